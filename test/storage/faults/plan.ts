/** What the workload does, known to whoever checks what is left of it. */
import type { SampleBlock } from '../../../src/contract/sample.ts'

export const runId = 'run-1'
export const keyFile = 'in the test'
export const rounds = 12
export const tries = 6
/** The channels that prepare() makes, in their order. */
export const channelIds = [1, 2] as const
export const sweepAt = { runId, position: 0 }

/** So many that chunks are sealed in the midst of the run. */
export const samplesPerRound = 1500

/** Different in each sample, so that nothing can stand in for anything else, and short when packed: each write is a test. */
export const valueOf = (channelId: number, seq: number): number => (seq * channelId) / 8

export function blockOf(channelId: number, round: number): SampleBlock {
  const firstSeq = (round - 1) * samplesPerRound + 1
  const seqs = Array.from({ length: samplesPerRound }, (_each, i) => firstSeq + i)
  return {
    channelId,
    firstSeq,
    utcMs: seqs.map((seq) => 1_780_000_000_000 + 1000 * seq),
    monotonicMs: seqs.map((seq) => 1000 * seq),
    value: seqs.map((seq) => valueOf(channelId, seq)),
  }
}

export const stepOf = (round: number) => ({
  runId,
  ordinal: round,
  path: `round/${round}`,
  iteration: round,
  kind: 'hold',
  utcMs: round,
})
