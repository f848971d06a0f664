import { StationError } from '../../contract/errors.ts'
import type { LogProfile } from '../../contract/backFill.ts'
import { checkTitles, complain, dataLines, linesOf, readNumber, type ImportLine } from '../iv/curveProfile.ts'

/** Columns of a controller's log, by its own clock taken to UTC. */
export interface LogTable {
  utcMs: number[]
  /** By channel; null where the cell is empty. */
  values: Map<string, (number | null)[]>
}

const dayOf: Readonly<Record<'ymd' | 'dmy' | 'mdy', readonly [year: number, month: number, day: number]>> = {
  ymd: [0, 1, 2],
  dmy: [2, 1, 0],
  mdy: [2, 0, 1],
}

const dateAndClock =
  /^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6}))?)? ?([AaPp]\.?[Mm]\.?)?(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/

/** Hours of a clock of twelve: 12 AM is midnight. */
const hourOf = (hour: number, half: string | undefined): number =>
  half === undefined ? hour : (hour % 12) + (/^p/i.test(half) ? 12 : 0)

/** A clock of twelve has neither a 0 nor a 13. */
const isHalfDay = (hour: number, half: string | undefined): boolean => half === undefined || (hour >= 1 && hour <= 12)

/** null for one that is nowhere. */
function zoneMin(zone: string): number | null {
  if (zone === 'Z' || zone === 'UTC') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  return hours > 14 || minutes > 59 ? null : sign * (hours * 60 + minutes)
}

/** @returns null for what is no time in the order that the profile tells */
export function readLogTime(text: string, time: LogProfile['time']): number | null {
  if (time.order === 'unixS') return /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : null
  const match = dateAndClock.exec(text.trim())
  if (!match) return null
  const parts = [match[1], match[2], match[3]].map(Number)
  const [year, month, day] = dayOf[time.order].map((at) => parts[at] ?? NaN) as [number, number, number]
  const fullYear = year < 100 ? 2000 + year : year
  const hour = hourOf(Number(match[4]), match[8])
  const [minute, second] = [Number(match[5]), Number(match[6] ?? 0)]
  const utcMs = Date.UTC(fullYear, month - 1, day, hour, minute, second, Number(`0.${match[7] ?? 0}`) * 1000)
  const date = new Date(utcMs)
  // The 31st of a month of thirty days would become the first of the next.
  const isDate = date.getUTCDate() === day && date.getUTCMonth() === month - 1 && date.getUTCHours() === hour
  if (!isDate || minute > 59 || second > 59 || !isHalfDay(Number(match[4]), match[8])) return null
  const offsetMin = match[9] === undefined ? time.utcOffsetMin : zoneMin(match[9])
  return offsetMin === null ? null : utcMs - offsetMin * 60_000
}

function timeOf({ line, cells }: ImportLine, file: string, profile: LogProfile): number {
  const { column, clockColumn } = profile.time
  const text = [cells[column - 1], clockColumn === undefined ? undefined : cells[clockColumn - 1]]
    .filter((cell) => cell !== undefined)
    .join(' ')
  const utcMs = readLogTime(text, profile.time)
  if (utcMs !== null) return utcMs
  const place = { file, line, column, what: 'time' }
  throw complain(profile)(place, `“${text.slice(0, 40)}” is no date with a time in the order ${profile.time.order}`)
}

/** Newest first or last; but a clock that steps back in between, as in the night that ends summer time, can't be told. */
function requireOneDirection(times: readonly { utcMs: number; line: number }[], file: string): void {
  const rises = (times.at(-1)?.utcMs ?? 0) >= (times[0]?.utcMs ?? 0)
  const turn = times.findIndex(({ utcMs }, i) => {
    const before = times[i - 1]?.utcMs ?? utcMs
    return rises ? utcMs < before : utcMs > before
  })
  if (turn < 0) return
  throw new StationError('usage.invalidInput', {
    detail: `${file}, line ${times[turn]!.line}: the log’s own clock turns back there. Cut the file where it was set, and fill in each part by itself.`,
  })
}

/**
 * Reads the log of a controller as its profile says: nothing is recognised or guessed. Rows come out in the order of
 * their times; of two with the same time the later line counts.
 *
 * @param text the file's content, decoded by the profile's encoding
 * @throws StationError file.badColumn with line and column; usage.invalidInput where there is no line of numbers, or
 * where the clock of the log steps back
 */
export function parseLog(profile: LogProfile, text: string, fileName: string): LogTable {
  const lines = linesOf(text)
  checkTitles(lines, fileName, { ...profile, columns: profile.values.map((each) => [each.channel, each]) })
  const rows = new Map<number, (number | null)[]>()
  const times: { utcMs: number; line: number }[] = []
  for (const each of dataLines(lines, profile)) {
    const values = profile.values.map(({ column, channel }) => {
      const cell = each.cells[column - 1] ?? ''
      if (cell === '') return null
      const value = readNumber(cell, profile.decimal)
      if (value !== null) return value
      const place = { file: fileName, line: each.line, column, what: channel }
      throw complain(profile)(
        place,
        `“${cell.slice(0, 40)}” is not a number with “${profile.decimal}” as its decimal sign`,
      )
    })
    const utcMs = timeOf(each, fileName, profile)
    times.push({ utcMs, line: each.line })
    rows.set(utcMs, values)
  }
  requireOneDirection(times, fileName)
  if (rows.size === 0)
    throw new StationError('usage.invalidInput', {
      detail: `${fileName}: below the ${profile.skipLines} line(s) that are skipped there is no line of numbers.`,
    })
  const utcMs = [...rows.keys()].toSorted((a, b) => a - b)
  return {
    utcMs,
    values: new Map(
      profile.values.map(({ channel }, i) => [channel, utcMs.map((time) => rows.get(time)?.[i] ?? null)]),
    ),
  }
}
