import type { BackFill } from '../../contract/backFill.ts'
import type { ExposureAccount, ExposureLoss, RunExposure } from '../../contract/exposure.ts'
import type { Disposition, ExposureClass, ExposureEntry } from '../../contract/run.ts'
import { formatNumber } from './format.ts'

interface ClassWords {
  title: string
  meaning: string
}

export const classWords: Record<ExposureClass, ClassWords> = {
  credited: { title: 'Credited', meaning: 'Every value was where the standard wants it.' },
  outOfTolerance: { title: 'Out of tolerance', meaning: 'A value was outside; the time doesn’t count.' },
  unknown: { title: 'Unknown', meaning: 'There are no values of this time.' },
  blind: { title: 'Blind', meaning: 'The controller went on, but the station didn’t see it.' },
}
export const classes = ['credited', 'outOfTolerance', 'unknown', 'blind'] as const

export const decisionNames: Record<Disposition['decision'], { title: string; meaning: string }> = {
  extend: { title: 'Extend', meaning: 'The time is made up for: the test runs that much longer.' },
  accept: { title: 'Accept as it is', meaning: 'It doesn’t matter for the result, for the reason given.' },
  restart: { title: 'Restart', meaning: 'The exposure has to be done again.' },
}

const keyOf = ({ exposure, lane }: { exposure: string; lane: string | null }): string => `${exposure}@${lane}`

export const accountKey = keyOf

export const entriesOf = ({ entries }: RunExposure, account: ExposureAccount): ExposureEntry[] =>
  entries.filter((entry) => keyOf(entry) === keyOf(account)).toSorted((a, b) => a.fromUtcMs - b.fromUtcMs)

export interface Piece {
  class: ExposureClass
  /** 0 to 1 of the width. */
  from: number
  width: number
  entry: ExposureEntry
}

/** Narrower would not be seen; a loss must be. */
const leastWidth = 0.0025

/** The stretches side by side in true time; losses last, so that none hides below its neighbours. */
export function piecesOf(entries: readonly ExposureEntry[]): Piece[] {
  const fromMs = entries.reduce((least, entry) => Math.min(least, entry.fromUtcMs), Infinity)
  const toMs = entries.reduce((most, entry) => Math.max(most, entry.toUtcMs), -Infinity)
  const spanMs = toMs - fromMs
  if (!(spanMs > 0)) return []
  const pieces = entries.map((entry) => {
    const width = Math.max(leastWidth, (entry.toUtcMs - entry.fromUtcMs) / spanMs)
    return { class: entry.class, from: Math.min((entry.fromUtcMs - fromMs) / spanMs, 1 - width), width, entry }
  })
  return pieces.toSorted((a, b) => Number(a.class !== 'credited') - Number(b.class !== 'credited'))
}

/** Such as `12.500 of 1000 h`. */
export function sayCredited({ credited, required, unit }: ExposureAccount): string {
  const decimals = unit === 'cycles' || unit === '' ? 0 : 3
  const of = required === null ? '' : ` of ${formatNumber(required, 0)}`
  return `${formatNumber(credited, decimals)}${of} ${unit}`.trim()
}

export interface Filled {
  fromUtcMs: number
  toUtcMs: number
  fileName: string
}

/** Where controllers' logs have values of windows of this account. */
export const filledOf = (
  records: readonly BackFill[],
  { exposure, lane }: Pick<ExposureAccount, 'exposure' | 'lane'>,
): Filled[] =>
  records.flatMap(({ windows, channels, instrumentId, fileName }) => {
    const wanted = windows
      .filter((each) => each.exposure === exposure && each.lane === lane && each.instrumentId === instrumentId)
      .map(({ channel }) => channel)
    return channels
      .filter(({ channel }) => wanted.includes(channel))
      .flatMap(({ gaps }) => gaps)
      .map(({ utcMs }) => ({ fromUtcMs: utcMs[0] ?? 0, toUtcMs: utcMs.at(-1) ?? 0, fileName }))
  })

/** Those that matter and wait for a decision come first, then the longest. */
export const inOrder = (losses: readonly ExposureLoss[]): ExposureLoss[] =>
  losses.toSorted((a, b) => Number(b.open) - Number(a.open) || b.durationMs - a.durationMs)
