import type { InstrumentConfig } from '../../contract/run.ts'

/** A form's fields: all text, as typed. */
export interface InstrumentForm {
  id: string | null
  name: string
  driver: string
  link: string
  certificate: string
  calibratedBy: string
  dueDate: string
  deviations: readonly string[]
  /** JSON; empty where the driver needs none. */
  definition: string
  /** Ids of the instruments that it is made of, by slot. */
  parts: Readonly<Record<string, readonly string[]>>
  /** Where it belongs: the test station, and its place there. */
  station: string
  slot: string
  /** What the form doesn't show stays as it was. */
  kept: Pick<InstrumentConfig, 'pollMs' | 'keepConnected'>
}

export const emptyInstrument: InstrumentForm = {
  ...{ id: null, name: '', driver: '', link: '', certificate: '', calibratedBy: '', dueDate: '', deviations: [] },
  definition: '',
  parts: {},
  ...{ station: '', slot: '', kept: {} },
}

export const formOf = (config: InstrumentConfig): InstrumentForm => ({
  id: config.id,
  name: config.name,
  driver: config.driver,
  link: config.link,
  certificate: config.calibration?.certificate ?? '',
  calibratedBy: config.calibration?.by ?? '',
  dueDate: config.calibration?.dueDate ?? '',
  deviations: config.deviations,
  definition: config.definition === undefined ? '' : JSON.stringify(config.definition, null, 2),
  parts: config.parts ?? {},
  station: config.group?.station ?? '',
  slot: config.group?.slot ?? '',
  kept: {
    ...(config.pollMs === undefined ? {} : { pollMs: config.pollMs }),
    ...(config.keepConnected === undefined ? {} : { keepConnected: config.keepConnected }),
  },
})

/** A readable id that no other instrument has: `i-v-tracer`, `i-v-tracer-2` … */
export function newInstrumentId(name: string, taken: readonly string[]): string {
  const slug = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  const base = slug === '' ? 'instrument' : slug
  let id = base
  for (let n = 2; taken.includes(id); n++) id = `${base}-${n}`
  return id
}

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))

/** undefined for an empty text. Throws SyntaxError. */
const definitionOf = (text: string): unknown => (text.trim() === '' ? undefined : (JSON.parse(text) as unknown))

const definitionProblem = (text: string): string | null => {
  try {
    definitionOf(text)
    return null
  } catch (error) {
    return `This is not valid JSON: ${(error as Error).message}`
  }
}

/** What is wrong with the form, in words, by field. */
export function instrumentProblems(form: InstrumentForm): Partial<Record<keyof InstrumentForm, string>> {
  const calibration = [form.certificate, form.calibratedBy, form.dueDate].map((text) => text.trim())
  const some = calibration.some((text) => text !== '')
  return {
    ...(form.driver === '' && { driver: 'Choose the driver.' }),
    ...(form.name.trim() === '' && { name: 'Give it a name.' }),
    ...(form.link.trim() === '' && { link: 'Say how it is connected.' }),
    ...(definitionProblem(form.definition) !== null && { definition: definitionProblem(form.definition) ?? '' }),
    ...(some && calibration[0] === '' && { certificate: 'Give the number of the certificate.' }),
    ...(some && calibration[1] === '' && { calibratedBy: 'Say who calibrated it.' }),
    ...(some && !isDate(calibration[2] ?? '') && { dueDate: 'Give the day as yyyy-mm-dd.' }),
  }
}

/** The form as the station wants it. */
export function configOf(form: InstrumentForm, taken: readonly string[]): InstrumentConfig {
  const certificate = form.certificate.trim()
  const station = form.station.trim()
  return {
    ...form.kept,
    ...(station === '' ? {} : { group: { station, slot: form.slot.trim() } }),
    id: form.id ?? newInstrumentId(form.name, taken),
    name: form.name.trim(),
    driver: form.driver,
    link: form.link.trim(),
    deviations: [...form.deviations],
    ...(form.definition.trim() === '' ? {} : { definition: definitionOf(form.definition) }),
    ...(Object.keys(form.parts).length === 0
      ? {}
      : { parts: Object.fromEntries(Object.entries(form.parts).map(([slot, ids]) => [slot, [...ids]])) }),
    calibration:
      certificate === '' ? null : { certificate, by: form.calibratedBy.trim(), dueDate: form.dueDate.trim() },
  }
}

export type CalibrationState = 'none' | 'inDate' | 'dueSoon' | 'overdue'

/** Where a due date stands. `today` as `yyyy-mm-dd`; the due day itself is still in date. */
export function calibrationState(dueDate: string | null, today: string, warnDays = 30): CalibrationState {
  if (dueDate === null) return 'none'
  if (dueDate < today) return 'overdue'
  const leftDays = (Date.parse(dueDate) - Date.parse(today)) / 86_400_000
  return leftDays <= warnDays ? 'dueSoon' : 'inDate'
}
