// An EA supply or load at the wire, asked in Modbus: RTU at address 0, and Modbus TCP; SCPI on the same port, by the first byte.
// Decides nothing about cables. Functions 1, 3, 5, 6, 16; a request that reaches beyond a group of registers is refused.
// Follows EA's “Programming Guide ModBus & SCPI” and its register list; which registers make a group is partly a guess.
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { modbusFaults } from '../bench/modbusSlave.ts'
import { createEaSimulator, eaFaults } from '../ea/eaSimulator.ts'

/** Options: see `drivers/ea/eaSimulator.ts`. */
export const simulator: SimulatorModule = {
  faults: [
    ...eaFaults,
    { name: 'over-range', title: 'actual values are at the end of the range', effect: 'missing' },
    { name: 'word-order', title: 'nominal values come with their low word first', effect: 'error' },
    ...modbusFaults,
  ],
  createSimulator: createEaSimulator,
}
