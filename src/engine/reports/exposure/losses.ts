import type { ExposureLoss } from '../../../contract/exposure.ts'
import type { Disposition, ExposureClass, ExposureEntry } from '../../../contract/run.ts'

/** Two rows with less between them follow each other without a break (ms). */
const seamMs = 1000

/** The graver one decides what a stretch is called. */
const gravity: readonly ExposureClass[] = ['credited', 'outOfTolerance', 'unknown', 'blind']
const graver = (a: ExposureClass, b: ExposureClass): ExposureClass => (gravity.indexOf(a) >= gravity.indexOf(b) ? a : b)

export const isSameAccount = (
  a: Pick<ExposureEntry, 'exposure' | 'lane'>,
  b: Pick<ExposureEntry, 'exposure' | 'lane'>,
): boolean => a.exposure === b.exposure && a.lane === b.lane

/** Rows of one account that were not credited, those that follow each other without a break together. */
function stretchesOf(entries: readonly ExposureEntry[], isCycles: boolean): ExposureEntry[][] {
  const stretches: ExposureEntry[][] = []
  let before: ExposureEntry | null = null
  for (const entry of entries) {
    const goesOn =
      before !== null &&
      !isCycles &&
      before.class !== 'credited' &&
      before.step === entry.step &&
      Math.abs(entry.fromUtcMs - before.toUtcMs) < seamMs
    if (entry.class !== 'credited') {
      if (goesOn) stretches.at(-1)!.push(entry)
      else stretches.push([entry])
    }
    before = entry
  }
  return stretches
}

function reasonsOf(rows: readonly ExposureEntry[]): string[] {
  const lasted = new Map<string, number>()
  for (const { reason, durationMs } of rows)
    if (reason !== null) lasted.set(reason, (lasted.get(reason) ?? 0) + durationMs)
  return [...lasted].sort((a, b) => b[1] - a[1]).map(([reason]) => reason)
}

export interface AccountRule {
  quantity: 'time' | 'integral' | 'cycles'
  required: number | null
  longestGapS: number | null
}

/** A step has just begun, and its conditions weren't there yet: nothing of this account came right before. */
const isReaching = (rows: readonly ExposureEntry[], all: readonly ExposureEntry[]): boolean => {
  const first = rows[0]!
  const isSeen = rows.every((each) => each.class === 'outOfTolerance' && each.step !== null)
  return isSeen && !all.some((each) => each.seq !== first.seq && Math.abs(each.toUtcMs - first.fromUtcMs) < seamMs)
}

/** Short stretches that were made up for matter all the same when they are together more than this of what was credited. */
const mostShortShare = 0.01

const lastedMs = (rows: readonly ExposureEntry[]): number => rows.reduce((sum, each) => sum + each.durationMs, 0)

const isShort = (rows: readonly ExposureEntry[], { longestGapS }: AccountRule): boolean =>
  rows.every((each) => each.class === 'outOfTolerance') && lastedMs(rows) <= (longestGapS ?? 0) * 1000

/**
 * What the station would do about each stretch of an account.
 * none: nothing is asked of this exposure; or the conditions were only being reached; or it was made up for and is no
 * longer than the gap between two readings that still counts, and such stretches are rare. extend: the exposure is short
 * of what is required. restart: nothing of it was credited. accept: the amount was made up for, but the stress was not
 * what the standard describes for so long: a person has to say that the test still counts.
 */
function createProposal(
  all: readonly ExposureEntry[],
  stretches: readonly ExposureEntry[][],
  rule: AccountRule,
): (rows: readonly ExposureEntry[]) => ExposureLoss['proposal'] {
  const { quantity, required } = rule
  const good = all.filter((each) => each.class === 'credited')
  const credited = good.reduce((sum, each) => sum + each.amount, 0)
  const isCycles = quantity === 'cycles'
  const shortMs = stretches
    .filter((rows) => isShort(rows, rule) && !isReaching(rows, all))
    .reduce((sum, rows) => sum + lastedMs(rows), 0)
  const areRare = shortMs <= mostShortShare * lastedMs(good)
  return (rows) => {
    if (required === null) return 'none'
    if (good.length === 0) return 'restart'
    if (!isCycles && isReaching(rows, all)) return 'none'
    if (credited < required * (1 - 1e-9)) return 'extend'
    return isCycles || (areRare && isShort(rows, rule)) ? 'none' : 'accept'
  }
}

/** The stretches of one account that were not credited, in their order, each with what was decided about it. */
export function lossesOf(
  all: readonly ExposureEntry[],
  rule: AccountRule,
  dispositions: readonly Disposition[],
): ExposureLoss[] {
  const entries = all.toSorted((a, b) => a.fromUtcMs - b.fromUtcMs || a.seq - b.seq)
  const stretches = stretchesOf(entries, rule.quantity === 'cycles')
  const proposalOf = createProposal(entries, stretches, rule)
  return stretches.map((rows): ExposureLoss => {
    const first = rows[0]!
    const seqs = rows.map((each) => each.seq)
    const disposition = dispositions.findLast((each) => seqs.includes(each.seq)) ?? null
    const proposal = proposalOf(rows)
    return {
      ...{ seq: first.seq, seqs, exposure: first.exposure, lane: first.lane, step: first.step },
      class: rows.reduce<ExposureClass>((worst, each) => graver(worst, each.class), 'outOfTolerance'),
      ...{ fromUtcMs: first.fromUtcMs, toUtcMs: rows.at(-1)!.toUtcMs },
      durationMs: lastedMs(rows),
      reasons: reasonsOf(rows),
      ...{ proposal, disposition, open: proposal !== 'none' && disposition === null },
    }
  })
}

/** What stretches that differ only in their time and their figures have in common. */
export const kindOfLoss = (loss: ExposureLoss): string =>
  [
    ...[loss.exposure, loss.lane, loss.step, loss.class, loss.proposal],
    (loss.reasons[0] ?? '').replaceAll(/[0-9]+(?:\.[0-9]+)?/g, '#'),
  ].join('|')
