import type { Clock } from '../../src/base/clock.ts'
import { messageOf } from '../../src/contract/errors.ts'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'

export interface StopEvidence {
  /** Does it whatever happened before, and never throws; null where nothing was read back. */
  note(command: string, work: () => Promise<string | null>): Promise<string | null>
  /** Writes all of them past every other queue. Says whether each is on the wire. */
  sendAll(link: LineLink, commands: readonly string[]): Promise<boolean>
  /** @param findings what speaks against it; with none of them it is safe */
  proof(findings: readonly (string | null)[]): SafeStateProof
}

export const stopping: QueryOptions = { priority: 'stop', timeoutMs: 1000 }

/** What a safe stop did, in its order. */
export function createStopEvidence(): StopEvidence {
  const evidence: SafeStateProof['evidence'] = []
  const problems: string[] = []

  const note: StopEvidence['note'] = async (command, work) => {
    const entry: SafeStateProof['evidence'][number] = { command, readBack: null }
    evidence.push(entry)
    try {
      entry.readBack = await work()
    } catch (error) {
      problems.push(`${command}: ${messageOf(error)}`)
    }
    return entry.readBack
  }
  return {
    note,
    sendAll: async (link, commands) => {
      const before = problems.length
      const write = (command: string) => note(command, () => link.write(command, stopping).then(() => null))
      await Promise.all(commands.map(write))
      return problems.length === before
    },
    proof: (findings) => {
      const against = findings.filter((each) => each !== null)
      const notes = [...against, ...problems]
      return { safe: against.length === 0, evidence, detail: notes.length > 0 ? notes.join('; ') : null }
    },
  }
}

/**
 * Measures until the voltage is small enough or the time is over. So many measurements that fail one after the other end it
 * too: after a silent one the next has to wait for what may still come.
 * @returns the last voltage (V); throws what the last measurement threw
 */
export async function watchDischarge(
  clock: Clock,
  of: { measureV: () => Promise<number>; mostV: number; forMs: number; everyMs: number; failures: number },
): Promise<number> {
  const endMs = clock.monotonicMs() + of.forMs
  let failures = 0
  for (;;) {
    try {
      const voltageV = await of.measureV()
      if (Math.abs(voltageV) < of.mostV || clock.monotonicMs() >= endMs) return voltageV
      failures = 0
    } catch (error) {
      if (++failures >= of.failures || clock.monotonicMs() >= endMs) throw error
    }
    await clock.sleep(of.everyMs)
  }
}
