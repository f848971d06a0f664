/** A stretch without values: the instrument gave none, or gave nothing at all for much longer than usual. */
export interface Gap {
  /** Monotonic. */
  t0: number
  t1: number
  /** Number of the sample with which it begins (a missing one) or after which it comes. */
  firstSeq: number
  /** Missing samples in it; 0: there are no samples at all. */
  missing: number
  reason: string | null
}

/** A pause is a gap from this many times the usual interval on. */
const gapFactor = 5
/** More gaps than this in one chunk are told as one: a channel that fails every other time must not fill the table. */
const mostGaps = 32

/** So many intervals tell what is usual. */
const probedIntervals = 127

function usualInterval(monotonicMs: Float64Array): number {
  const count = Math.min(probedIntervals, monotonicMs.length - 1)
  if (count <= 0) return 0
  const intervals = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const at = Math.floor((i * (monotonicMs.length - 1)) / count)
    intervals[i] = monotonicMs[at + 1]! - monotonicMs[at]!
  }
  intervals.sort()
  return intervals[count >> 1]!
}

/**
 * Gaps of a stretch of samples, the pause before its first one included.
 * @param before time of the sample before the first one; null where there is none
 */
export function findGaps(
  samples: { monotonicMs: Float64Array; missing: ReadonlyMap<number, string> },
  firstSeq: number,
  before: number | null,
): Gap[] {
  const { monotonicMs } = samples
  const limit = gapFactor * usualInterval(monotonicMs)
  const gaps = findMissing(samples, firstSeq)
  if (limit > 0) {
    let last = before ?? monotonicMs[0]!
    for (let i = 0; i < monotonicMs.length; i++) {
      const time = monotonicMs[i]!
      if (time - last > limit) gaps.push({ t0: last, t1: time, firstSeq: firstSeq + i - 1, missing: 0, reason: null })
      last = time
    }
  }
  gaps.sort((a, b) => a.t0 - b.t0 || a.firstSeq - b.firstSeq)
  return gaps.length > mostGaps ? [asOne(gaps)] : gaps
}

function findMissing(
  { monotonicMs, missing }: { monotonicMs: Float64Array; missing: ReadonlyMap<number, string> },
  firstSeq: number,
): Gap[] {
  const gaps: Gap[] = []
  for (const [at, reason] of [...missing].sort((a, b) => a[0] - b[0])) {
    const last = gaps.at(-1)
    if (last && last.firstSeq + last.missing === firstSeq + at && last.reason === reason) {
      last.missing++
      last.t1 = monotonicMs[at]!
    } else gaps.push({ t0: monotonicMs[at]!, t1: monotonicMs[at]!, firstSeq: firstSeq + at, missing: 1, reason })
  }
  return gaps
}

const asOne = (gaps: readonly Gap[]): Gap => ({
  t0: gaps[0]!.t0,
  t1: gaps.reduce((latest, each) => Math.max(latest, each.t1), -Infinity),
  firstSeq: gaps[0]!.firstSeq,
  missing: gaps.reduce((sum, each) => sum + each.missing, 0),
  reason: `${gaps.length} gaps, the first: ${gaps[0]!.reason ?? 'a pause'}`,
})
