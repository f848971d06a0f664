import type Database from 'better-sqlite3'
import type { ViewGap } from '../../../contract/sample.ts'
import type { Piece } from './chunks.ts'
import { findGaps, type Gap } from './gaps.ts'
import type { PyramidReader } from './pyramid.ts'
import type { Epoch } from './range.ts'

interface Asked {
  epochs: readonly Epoch[]
  window: { fromMs: number; toMs: number; pixels: number }
  tail: readonly Piece[]
}

const restarted = 'the recording was interrupted'

/** Gaps of a channel in a window: those stored with its chunks, those of the live tail, and those between epochs. */
export function createGapReader(db: Database.Database, extentOf: PyramidReader['extent']) {
  const stored = db.prepare(
    `SELECT t0, t1, first_seq AS firstSeq, missing, reason FROM gaps
     WHERE channel_id = @channelId AND epoch_id = @epochId AND t0 <= @toMs AND t1 >= @fromMs ORDER BY t0, first_seq`,
  )
  const ofTail = (tail: readonly Piece[], epoch: Epoch, before: number | null): Gap[] => {
    const own = tail.filter((piece) => piece.epochId === epoch.id)
    if (own.length === 0) return []
    const monotonicMs = new Float64Array(own.reduce((sum, piece) => sum + piece.value.length, 0))
    const missing = new Map<number, string>()
    let count = 0
    for (const piece of own) {
      monotonicMs.set(piece.monotonicMs, count)
      for (const [at, reason] of piece.missing) missing.set(count + at, reason)
      count += piece.value.length
    }
    return findGaps({ monotonicMs, missing }, own[0]!.firstSeq, before)
  }

  return (channelId: number, { epochs, window, tail }: Asked): ViewGap[] => {
    const gaps: ViewGap[] = []
    let endMs: number | null = null
    for (const epoch of epochs) {
      const { id, originMs } = epoch
      const known = extentOf(channelId, id)
      const span = { fromMs: window.fromMs - originMs, toMs: window.toMs - originMs }
      const all = [
        ...(stored.all({ channelId, epochId: id, ...span }) as Gap[]),
        ...ofTail(tail, epoch, known?.t1 ?? null).filter((gap) => gap.t0 <= span.toMs && gap.t1 >= span.fromMs),
      ]
      const ownTail = tail.filter((piece) => piece.epochId === id)
      const begin = known?.t0 ?? ownTail[0]?.monotonicMs[0]
      if (begin === undefined) continue
      const startMs = begin + originMs
      if (endMs !== null && endMs <= window.toMs && startMs >= window.fromMs)
        gaps.push({ fromMs: endMs, toMs: startMs, missing: 0, reason: restarted })
      for (const { t0, t1, missing, reason } of all)
        gaps.push({ fromMs: t0 + originMs, toMs: t1 + originMs, missing, reason })
      endMs = (ownTail.at(-1)?.monotonicMs.at(-1) ?? known?.t1 ?? begin) + originMs
    }
    return merged(gaps, (window.toMs - window.fromMs) / window.pixels)
  }
}

/** Gaps of the same kind that no pixel could show apart are told as one. */
function merged(gaps: readonly ViewGap[], pixelMs: number): ViewGap[] {
  const found: ViewGap[] = []
  for (const gap of gaps) {
    const last = found.at(-1)
    if (last && last.reason === gap.reason && gap.fromMs - last.toMs < pixelMs) {
      last.toMs = Math.max(last.toMs, gap.toMs)
      last.missing += gap.missing
    } else found.push({ ...gap })
  }
  return found
}
