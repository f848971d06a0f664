import type { BackFill, BackFillGap } from '../../contract/backFill.ts'

/** What stands for one gap of a channel, and the log that it is from. */
export interface FilledGap {
  gap: BackFillGap
  fileName: string
}

/** The gaps of one channel that controllers' logs have values in, in their order; of several logs of one gap the latest counts. */
export function filledGapsOf(
  records: readonly BackFill[],
  of: { instrumentId: string | null; channel: string },
): FilledGap[] {
  const byStart = new Map<number, FilledGap>()
  for (const { instrumentId, channels, fileName } of records)
    if (instrumentId === of.instrumentId)
      for (const { channel, gaps } of channels)
        if (channel === of.channel) for (const gap of gaps) byStart.set(gap.fromUtcMs, { gap, fileName })
  return [...byStart.values()].toSorted((a, b) => a.gap.fromUtcMs - b.gap.fromUtcMs)
}
