/** Faults that every simulator has beside its own. */
export { connectionFaults, wireFaults } from '../../drivers/bench/faults.ts'
