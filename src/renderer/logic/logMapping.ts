import { readLogTime } from '../../analysis/backfill/logTable.ts'
import { previewLines } from '../../analysis/iv/curveProfile.ts'
import { logProfileSchema, type LogProfile } from '../../contract/backFill.ts'
import { importDelimiters } from '../../contract/importProfile.ts'
import { evenTable } from './importMapping.ts'

/** What a person sets on the form for a controller's log; columns count from 1, as text. */
export interface LogForm {
  name: string
  encoding: LogProfile['encoding']
  delimiter: LogProfile['delimiter']
  decimal: LogProfile['decimal']
  skipLines: string
  timeColumn: string
  clockColumn: string
  order: LogProfile['time']['order']
  utcOffsetMin: string
  /** By channel of the instrument; empty: the log doesn't have it. */
  columns: Readonly<Record<string, string>>
}

export const orderNames: Readonly<Record<LogForm['order'], string>> = {
  ymd: 'Year, month, day',
  dmy: 'Day, month, year',
  mdy: 'Month, day, year',
  unixS: 'Seconds since 1970',
}

/** A channel that the run has recorded of the instrument. */
export interface LogChannel {
  channel: string
  unit: string
}

const orders: readonly LogForm['order'][] = ['ymd', 'dmy', 'mdy']
const mostLines = 200

/** Where a time stands in the lines, cut by one delimiter and read in one order; null where in none. */
function findTime(lines: readonly { cells: readonly string[] }[], order: LogForm['order']) {
  const isTime = (cell: string): boolean => readLogTime(cell, { column: 1, order, utcOffsetMin: 0 }) !== null
  for (const [at, { cells }] of lines.entries()) {
    const alone = cells.findIndex(isTime)
    if (alone >= 0) return { skip: at, column: alone, clock: null }
    const apart = cells.findIndex((cell, i) => isTime(`${cell} ${cells[i + 1] ?? ''}`))
    if (apart >= 0) return { skip: at, column: apart, clock: apart + 1 }
  }
  return null
}

/** How many lines read as times: of 03/04 both orders do, of 13/04 only one. */
function countTimes(
  lines: readonly { cells: readonly string[] }[],
  { order, column, clock }: { order: LogForm['order']; column: number; clock: number | null },
): number {
  const textOf = (cells: readonly string[]): string =>
    clock === null ? (cells[column] ?? '') : `${cells[column] ?? ''} ${cells[clock] ?? ''}`
  return lines.filter(({ cells }) => readLogTime(textOf(cells), { column: 1, order, utcOffsetMin: 0 }) !== null).length
}

/**
 * A start for the form by what the lines look like; a person looks at it.
 * @param utcOffsetMin of this window's clock: a chamber mostly stands in the same zone
 */
export function guessLog(text: string, given: { name: string; utcOffsetMin: number }): LogForm {
  const tried = importDelimiters.flatMap((delimiter) => {
    const lines = previewLines(text, { delimiter }, mostLines)
    return orders.flatMap((order) => {
      const found = findTime(lines, order)
      if (!found) return []
      const cells = lines[found.skip]!.cells.length
      return [{ delimiter, order, ...found, score: countTimes(lines, { order, ...found }) + Math.min(cells, 20) / 100 }]
    })
  })
  const best = tried.toSorted((a, b) => b.score - a.score)[0]
  const delimiter = best?.delimiter ?? ','
  const first = previewLines(text, { delimiter }, mostLines)[best?.skip ?? 0]
  const hasComma = (first?.cells ?? []).some((cell) => /^-?\d+,\d+$/.test(cell))
  return {
    name: given.name.replace(/\.[^.]*$/, ''),
    ...{ encoding: 'utf-8', delimiter, decimal: hasComma ? ',' : '.', skipLines: String(best?.skip ?? 1) },
    ...{ timeColumn: String((best?.column ?? 0) + 1), order: best?.order ?? 'ymd' },
    clockColumn: best?.clock === null || best?.clock === undefined ? '' : String(best.clock + 1),
    ...{ utcOffsetMin: String(given.utcOffsetMin), columns: {} },
  }
}

export function formOfLogProfile({ name, encoding, delimiter, decimal, skipLines, time, values }: LogProfile): LogForm {
  return {
    ...{ name, encoding, delimiter, decimal, skipLines: String(skipLines), order: time.order },
    ...{ timeColumn: String(time.column), clockColumn: String(time.clockColumn ?? '') },
    utcOffsetMin: String(time.utcOffsetMin),
    columns: Object.fromEntries(values.map(({ channel, column }) => [channel, String(column)])),
  }
}

const isWhole = (text: string): boolean => /^-?\d{1,5}$/.test(text.trim())

/** The profile that the form amounts to, or what is missing in words. */
export function profileOfLogForm(
  form: LogForm,
  channels: readonly LogChannel[],
): { profile: LogProfile } | { missing: string } {
  const used = channels.filter(({ channel }) => (form.columns[channel] ?? '').trim() !== '')
  if (used.length === 0) return { missing: 'say in which column a value stands' }
  const numbers = [
    form.skipLines,
    form.timeColumn,
    form.utcOffsetMin,
    ...used.map(({ channel }) => form.columns[channel]!),
  ]
  if (!numbers.every(isWhole) || (form.clockColumn.trim() !== '' && !isWhole(form.clockColumn)))
    return { missing: 'give columns, lines to skip and the time zone as whole numbers' }
  const parsed = logProfileSchema.safeParse({
    ...{ name: form.name, encoding: form.encoding, delimiter: form.delimiter, decimal: form.decimal },
    skipLines: Number(form.skipLines),
    time: {
      ...{ column: Number(form.timeColumn), order: form.order, utcOffsetMin: Number(form.utcOffsetMin) },
      ...(form.clockColumn.trim() === '' ? {} : { clockColumn: Number(form.clockColumn) }),
    },
    values: used.map(({ channel, unit }) => ({ column: Number(form.columns[channel]), channel, unit })),
  })
  if (parsed.success) return { profile: parsed.data }
  return { missing: parsed.error.issues[0]?.path[0] === 'name' ? 'give the layout a name' : 'correct the columns' }
}

/** The first lines for a table, all with the same number of cells. */
export function logLines(text: string, form: LogForm): ReturnType<typeof evenTable> {
  const skip = isWhole(form.skipLines) ? Number(form.skipLines) : 0
  const from = Math.max(0, skip - 2)
  return evenTable(previewLines(text, form, from + 6).slice(from))
}
