import type { BackFill, BackFillEvidence, BackFillGap } from '../../contract/backFill.ts'

type Span = readonly [fromMs: number, toMs: number]

const lasted = (spans: readonly Span[]): number => spans.reduce((sum, [from, to]) => sum + to - from, 0)

/** Both rising and without overlap. */
function common(a: readonly Span[], b: readonly Span[]): Span[] {
  const spans: Span[] = []
  for (let [i, k] = [0, 0]; i < a.length && k < b.length;) {
    const [first, second] = [a[i]!, b[k]!]
    const [from, to] = [Math.max(first[0], second[0]), Math.min(first[1], second[1])]
    if (from < to) spans.push([from, to])
    if (first[1] < second[1]) i++
    else k++
  }
  return spans
}

interface Stretch {
  exposure: string
  lane: string | null
  fromUtcMs: number
  toUtcMs: number
}

type Window = BackFill['windows'][number]

/** Between two rows that are close enough and both fit, within the stretch: as the ledger judges two looks. */
function spansOf(
  gap: BackFillGap,
  stretch: Stretch,
  at: { longestMs: number; fits: (value: number) => boolean },
): Span[] {
  const spans: Span[] = []
  for (let i = 1; i < gap.utcMs.length; i++) {
    const [from, to] = [gap.utcMs[i - 1]!, gap.utcMs[i]!]
    if (to - from > at.longestMs || !at.fits(gap.value[i - 1]!) || !at.fits(gap.value[i]!)) continue
    const cut: Span = [Math.max(from, stretch.fromUtcMs), Math.min(to, stretch.toUtcMs)]
    if (cut[0] < cut[1]) spans.push(cut)
  }
  return spans
}

const gapsIn = (record: BackFill, channel: string, { fromUtcMs, toUtcMs }: Stretch): BackFillGap[] =>
  (record.channels.find((each) => each.channel === channel)?.gaps ?? []).filter(
    (gap) => (gap.utcMs[0] ?? Infinity) < toUtcMs && (gap.utcMs.at(-1) ?? -Infinity) > fromUtcMs,
  )

interface Found {
  id: string
  covered: Span[]
  inside: Span[]
  deviations: NonNullable<BackFillEvidence['mostDeviation']>[]
}

/** What the latest log of the window's instrument tells of it; null where there is none. */
function findFor(window: Window, stretch: Stretch, records: readonly BackFill[]): Found | null {
  const { instrumentId, channel, low, high, longestGapS, problem } = window
  const record = records.findLast(
    (each) => each.instrumentId === instrumentId && gapsIn(each, channel, stretch).length > 0,
  )
  if (!record || problem !== null) return null
  const gaps = gapsIn(record, channel, stretch)
  const unit = record.channels.find((each) => each.channel === channel)?.unit ?? ''
  const spans = (fits: (value: number) => boolean): Span[] =>
    gaps.flatMap((gap) => spansOf(gap, stretch, { longestMs: longestGapS * 1000, fits }))
  return {
    id: record.id,
    covered: spans(() => true),
    inside: spans((value) => value >= (low ?? -Infinity) && value <= (high ?? Infinity)),
    deviations: gaps
      .flatMap(({ before, after }) => [before.mostDeviation, after.mostDeviation])
      .filter((value) => value !== null)
      .map((value) => ({ channel, unit, value })),
  }
}

const overlap = (all: readonly (readonly Span[])[]): Span[] =>
  all.length === 0 ? [] : all.slice(1).reduce<Span[]>((rest, each) => common(rest, each), [...all[0]!])

/**
 * What the controllers' logs say of a stretch that was not credited; null where they say nothing of it. Of several logs
 * of one instrument the latest counts. It credits nothing: a person decides.
 */
export function evidenceOf(stretch: Stretch, records: readonly BackFill[]): BackFillEvidence | null {
  const windows = (records.at(-1)?.windows ?? []).filter(
    ({ exposure, lane }) => exposure === stretch.exposure && lane === stretch.lane,
  )
  const found = windows.map((window) => ({ window, found: findFor(window, stretch, records) }))
  const known = found.flatMap((each) => (each.found ? [each.found] : []))
  if (known.length === 0) return null
  const missing = found.flatMap((each) => (each.found ? [] : [each.window.title]))
  return {
    ids: [...new Set(known.map(({ id }) => id))],
    coveredMs: lasted(overlap(known.map(({ covered }) => covered))),
    insideMs: missing.length > 0 ? null : lasted(overlap(known.map(({ inside }) => inside))),
    missing: [...new Set(missing)],
    mostDeviation:
      known.flatMap((each) => each.deviations).toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))[0] ?? null,
  }
}
