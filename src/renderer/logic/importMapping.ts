import { parseCurveFileBy, previewLines, type ImportLine } from '../../analysis/iv/curveProfile.ts'
import {
  importDelimiters,
  importProfileSchema,
  importUnits,
  type ImportColumn,
  type ImportProfile,
} from '../../contract/importProfile.ts'

export type Meaning = ImportColumn | ''

/** What a person sets on the mapping form; columns count from 1. */
export interface MappingForm {
  name: string
  encoding: ImportProfile['encoding']
  delimiter: ImportProfile['delimiter']
  decimal: ImportProfile['decimal']
  sign: ImportProfile['sign']
  skipLines: string
  stopAtEmptyLine: boolean
  comment: string
  meanings: Readonly<Record<number, { what: ImportColumn; unit: string; title?: string | undefined }>>
}

export const meaningNames: Readonly<Record<ImportColumn, string>> = {
  voltage: 'Voltage',
  current: 'Current',
  irradiance: 'Irradiance',
  temperature: 'Temperature',
  curve: 'Name of the curve',
}
export const delimiterNames: Readonly<Record<ImportProfile['delimiter'], string>> = {
  ',': 'Comma',
  ';': 'Semicolon',
  '\t': 'Tab',
  '|': 'Bar |',
  ' ': 'Spaces',
}
export const encodingNames: Readonly<Record<ImportProfile['encoding'], string>> = {
  'utf-8': 'UTF-8',
  'windows-1252': 'Western (Windows-1252)',
  'utf-16le': 'UTF-16',
  shift_jis: 'Japanese (Shift-JIS)',
  gb18030: 'Chinese (GB 18030)',
}
export const signNames: Readonly<Record<ImportProfile['sign'], string>> = {
  automatic: 'Look at each curve',
  generator: 'Positive while it delivers',
  load: 'Negative while it delivers',
}

export const unitsOf = (what: ImportColumn): readonly string[] => (what === 'curve' ? [] : importUnits[what])

const isNumber = (cell: string, decimal: ImportProfile['decimal']): boolean =>
  (decimal === ',' ? /^[+-]?\d+(,\d+)?([eE][+-]?\d+)?$/ : /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/).test(cell)

/** A start for the form, by what the file's lines look like: the cut that gives the most lines of numbers. */
export function guessMapping(text: string, name: string): MappingForm {
  const decimals: readonly ImportProfile['decimal'][] = ['.', ',']
  const tried = importDelimiters.flatMap((delimiter) =>
    decimals.map((decimal) => {
      const lines = previewLines(text, { delimiter }, 200)
      // How much of each line is numbers: a wrong separator leaves scraps between them.
      const shares = lines.map(({ cells }) => {
        const filled = cells.filter((cell) => cell !== '')
        const numbers = filled.filter((cell) => isNumber(cell, decimal)).length
        return numbers >= 2 ? numbers / filled.length : 0
      })
      const score = shares.reduce((sum, share) => sum + share, 0)
      return { delimiter, decimal, first: shares.findIndex((share) => share > 0.5), score }
    }),
  )
  const best = tried.reduce((most, each) => (each.score > most.score ? each : most))
  return {
    name: name.replace(/\.[^.]*$/, ''),
    encoding: 'utf-8',
    delimiter: best.delimiter,
    decimal: best.decimal,
    sign: 'automatic',
    skipLines: String(Math.max(best.first, 0)),
    stopAtEmptyLine: false,
    comment: '',
    meanings: {},
  }
}

export function formOfProfile(profile: ImportProfile): MappingForm {
  const { columns, skipLines, ...rest } = profile
  const meanings = Object.fromEntries(
    Object.entries(columns).flatMap(([what, each]) =>
      each
        ? [[each.column, { what: what as ImportColumn, unit: 'unit' in each ? each.unit : '', title: each.title }]]
        : [],
    ),
  )
  return { ...rest, skipLines: String(skipLines), meanings }
}

/** The column's new meaning; a quantity has one column, so it leaves the one that had it. */
export function withMeaning(form: MappingForm, column: number, what: Meaning): MappingForm {
  const others = Object.entries(form.meanings).filter(([at, each]) => Number(at) !== column && each.what !== what)
  const meanings = Object.fromEntries(others)
  return {
    ...form,
    meanings: what === '' ? meanings : { ...meanings, [column]: { what, unit: unitsOf(what)[0] ?? '' } },
  }
}

export function withUnit(form: MappingForm, column: number, unit: string): MappingForm {
  const old = form.meanings[column]
  return old ? { ...form, meanings: { ...form.meanings, [column]: { ...old, unit } } } : form
}

/** The profile that the form amounts to, or what is missing in words. */
export function profileOfForm(form: MappingForm): { profile: ImportProfile } | { missing: string } {
  const { meanings, skipLines, ...rest } = form
  const has = (what: ImportColumn): boolean => Object.values(meanings).some((each) => each.what === what)
  if (!has('voltage') || !has('current')) return { missing: 'say which columns are voltage and current' }
  if (!/^\d{1,5}$/.test(skipLines.trim())) return { missing: 'give the lines to skip as a whole number' }
  const columns = Object.fromEntries(
    Object.entries(meanings).map(([column, { what, unit, title }]) => [
      what,
      { column: Number(column), ...(unit === '' ? {} : { unit }), ...(title === undefined ? {} : { title }) },
    ]),
  )
  const parsed = importProfileSchema.safeParse({ ...rest, skipLines: Number(skipLines), columns })
  if (parsed.success) return { profile: parsed.data }
  return { missing: parsed.error.issues[0]?.path[0] === 'name' ? 'give the profile a name' : 'correct the profile' }
}

/** What the station will read from the file, by the station's own rules. Throws its StationError. */
export function trialOf(profile: ImportProfile, text: string, fileName: string): string {
  const { curves } = parseCurveFileBy(profile, text, fileName)
  const points = curves.reduce((sum, curve) => sum + curve.voltageV.length, 0)
  const most = (of: (curve: (typeof curves)[number]) => readonly number[]): number =>
    curves.reduce((largest, curve) => of(curve).reduce((a, b) => Math.max(a, b), largest), -Infinity)
  const count = curves.length === 1 ? '1 curve' : `${curves.length} curves`
  const [voltage, current] = [most((each) => each.voltageV), most((each) => each.currentA)]
  return `${count}, ${points} points; up to ${Number(voltage.toPrecision(4))} V and ${Number(current.toPrecision(4))} A`
}

const mostColumns = 40

/** Lines for a table: each gets as many cells as the longest has. */
export function evenTable(lines: readonly ImportLine[]): { lines: ImportLine[]; columns: number } {
  const columns = Math.min(
    mostColumns,
    lines.reduce((most, { cells }) => Math.max(most, cells.length), 1),
  )
  const even = lines.map(({ line, cells }) => ({
    line,
    cells: Array.from({ length: columns }, (_each, i) => cells[i] ?? ''),
  }))
  return { columns, lines: even }
}

/** The first lines for the table, all with the same number of cells. */
export function previewTable(
  text: string,
  form: MappingForm,
): { lines: (ImportLine & { skipped: boolean })[]; columns: number } {
  const skip = Number(form.skipLines)
  const from = Math.max(0, skip - 4)
  const { lines, columns } = evenTable(previewLines(text, form, from + 12).slice(from))
  return { columns, lines: lines.map((each) => ({ ...each, skipped: each.line <= skip })) }
}
