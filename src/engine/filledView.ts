import { gapsOf } from '../analysis/backfill/align.ts'
import { filledGapsOf } from '../analysis/backfill/filled.ts'
import type { BackFill } from '../contract/backFill.ts'
import type { Channel, ChannelView } from '../contract/sample.ts'
import { ownNameOf } from './exposureWindows.ts'
import { createBuckets } from './storage/samples/buckets.ts'

interface Window {
  fromMs: number
  toMs: number
  pixels: number
}

/** What controllers' logs say beside a channel: as it is shown, but of no sample. */
export interface FilledView extends Omit<ChannelView, 'lastSeq' | 'gaps'> {
  /** All of the window that no log tells anything of. */
  gaps: { fromMs: number; toMs: number }[]
  fileNames: string[]
}

type Span = readonly [fromMs: number, toMs: number]

/** From the first to the last row, without the holes that the log itself has. */
function spansOf(timeMs: readonly number[], value: readonly number[]): Span[] {
  const { gaps } = gapsOf({ timeMs, value }, false)
  const begins = [timeMs[0] ?? 0, ...gaps.map(({ toMs }) => toMs ?? 0)]
  const ends = [...gaps.map(({ fromMs }) => fromMs), timeMs.at(-1) ?? 0]
  return begins.map((from, i): Span => [from, ends[i]!])
}

/** What lies around the spans; the end of the window belongs to it, too. */
function between(spans: readonly Span[], { fromMs, toMs }: Window): { fromMs: number; toMs: number }[] {
  const begins = [fromMs, ...spans.map(([, to]) => to)]
  const ends = [...spans.map(([from]) => from), toMs + 1]
  return begins.map((from, i) => ({ fromMs: from, toMs: ends[i]! })).filter((each) => each.toMs > each.fromMs)
}

/**
 * The values that stand beside a channel's own, in the pixels of a window; null where there are none in it. They go by the
 * station's clock, a view by station time: a clock that was set in the middle of a run moves them by as much.
 */
export function viewFilled(records: readonly BackFill[], channel: Channel, window: Window): FilledView | null {
  const found = filledGapsOf(records, {
    instrumentId: channel.instrumentId,
    channel: ownNameOf(channel) ?? channel.name,
  })
  const buckets = createBuckets(window)
  for (const { gap } of found)
    buckets.addPoints({ monotonicMs: Float64Array.from(gap.utcMs), value: Float64Array.from(gap.value) }, 0)
  if (buckets.columns.count.every((count) => count === 0)) return null
  return {
    ...{ channelId: channel.id, ...buckets.columns },
    gaps: between(
      found.flatMap(({ gap }) => spansOf(gap.utcMs, gap.value)),
      window,
    ),
    fileNames: [...new Set(found.map(({ fileName }) => fileName))],
  }
}

/** When the last of the values that were filled in is; null without any. */
export const lastFilledMs = (records: readonly BackFill[]): number | null => {
  const ends = records.flatMap(({ channels }) => channels.flatMap(({ gaps }) => gaps.map(({ utcMs }) => utcMs.at(-1)!)))
  return ends.length === 0 ? null : Math.max(...ends)
}
