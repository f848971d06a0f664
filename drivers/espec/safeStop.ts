import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import { proveOff, type OffCheck } from '../scpi/offProof.ts'
import { carryOut, type SafeStep } from '../scpi/safeState.ts'
import { refusalOf, type EspecClient } from './client.ts'
import { noProgram } from './refusals.ts'
import { decodeText } from './replies.ts'

const stopping: QueryOptions = { priority: 'stop', timeoutMs: 3000 }

/**
 * Ends a program, then all operation, and asks what became of it. Standby, not power off: the panel stays lit, and the
 * chamber's own protection works on. That no program runs is what is wanted, so this refusal counts as done.
 */
export async function stopChamber(client: EspecClient, onSent?: () => void): Promise<SafeStateProof> {
  const tell = (command: string): SafeStep => ({
    command,
    run: async () => {
      try {
        return await client.tell(command, stopping)
      } catch (error) {
        if (refusalOf(error) === noProgram) return `NA:${noProgram}`
        throw error
      }
    },
  })
  const ask = (command: string): SafeStep => ({ command, run: () => client.ask(command, decodeText, stopping) })
  const steps = [tell('PRGM,END,STANDBY'), tell('MODE,STANDBY'), ask('MODE?'), ask('%?'), ask('MON?')]
  const states: OffCheck[] = [
    { command: 'MODE?', problemOf: (mode) => (/^(STANDBY|OFF)$/i.test(mode) ? null : `the chamber is in ${mode}`) },
    { command: '%?', problemOf: (heaters) => (/^\d(,\s*0(\.0)?)+$/.test(heaters) ? null : `heaters: ${heaters}`) },
  ]
  return proveOff(await carryOut(steps, onSent), states)
}
