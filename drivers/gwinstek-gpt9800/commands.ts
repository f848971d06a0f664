/** What goes over the wire, by the GPT-9000 user manual. */

type Mode = 'IR' | 'DCW'

export const command = {
  stop: 'FUNC:TEST OFF',
  start: 'FUNC:TEST ON',
  reportsOff: 'TEST:RET OFF',
} as const

export const query = { identity: '*IDN?', testing: 'FUNC:TEST?', measured: 'MEAS?' } as const

/** An edit, and the query that reads it back. */
export interface Edit {
  header: string
  text: string
  /** What a number that is read back has to be; a word otherwise. */
  value: number | null
  quantity: string
  resolution: number
}

const word = (header: string, text: string, quantity: string): Edit => ({
  header,
  text,
  value: null,
  quantity,
  resolution: 0,
})

/** Into the manual test, before anything of one mode is edited. */
export const modeEdits = (step: number, mode: Mode): Edit[] => [
  word('MAIN:FUNC', 'MANU', 'main function'),
  { header: 'MANU:STEP', text: String(step), value: step, quantity: 'number of the manual test', resolution: 0 },
  word('MANU:EDIT:MODE', mode, 'test mode'),
]

export interface TestValues {
  voltageV: number
  rampS: number
  holdS: number
  currentLimitA: number
  leastOhm: number
}

const number = (header: string, asked: number, of: { quantity: string; digits: number }): Edit => ({
  header,
  text: asked.toFixed(of.digits),
  value: asked,
  quantity: of.quantity,
  resolution: 0.51 * 10 ** -of.digits,
})

const times = (mode: Mode, { rampS, holdS }: TestValues): Edit[] => [
  number('MANU:RTIM', rampS, { quantity: 'ramp (s)', digits: 1 }),
  number(`MANU:${mode}:TTIM`, holdS, { quantity: 'test time (s)', digits: 1 }),
]

const voltage = (mode: Mode, { voltageV }: TestValues): Edit =>
  number(`MANU:${mode}:VOLT`, voltageV / 1000, { quantity: 'voltage (kV)', digits: 3 })

export const irEdits = (values: TestValues): Edit[] => [
  voltage('IR', values),
  word('MANU:IR:RHIS', 'NULL', 'upper resistance limit'),
  number('MANU:IR:RLOS', Math.ceil(values.leastOhm / 1e6 - 1e-9), { quantity: 'least resistance (MΩ)', digits: 0 }),
  ...times('IR', values),
]

export const dcEdits = (values: TestValues): Edit[] => [
  voltage('DCW', values),
  number('MANU:DCW:CHIS', values.currentLimitA * 1000, { quantity: 'current limit (mA)', digits: 3 }),
  number('MANU:DCW:CLOS', 0, { quantity: 'least current (mA)', digits: 3 }),
  ...times('DCW', values),
]

export const form = {
  identity: /^GPT-[0-9A-Z]+ *,[\x20-\x7e]*,[\x20-\x7e]*$/,
  testing: /^TEST (ON|OFF)$/,
  measured: /^>? ?(ACW|DCW|IR|GB) *, *[A-Z][A-Z ]*, *[0-9.]+ *(kV|A) *,[\x20-\x7e]*, *[TR]= *[0-9.]+ *S$/,
  value: /^(NULL|TIME OFF|[A-Z]{2,4}|\d+(\.\d+)? *(kV|mA|S|M *ohm)?)$/i,
} as const

/** A number that is read back, its unit left out; null for a word. */
export const valueOf = (text: string): number | null => (/^\d/.test(text) ? Number.parseFloat(text) : null)

export type Judgement = 'PASS' | 'FAIL' | 'VIEW' | 'TEST' | 'STOP'

export interface Measurement {
  mode: string
  judgement: Judgement
  voltageV: number
  /** null where the field is none of a resistance, or says that it is beyond the range. */
  resistanceOhm: number | null
  leakageA: number | null
}

const judgements: readonly Judgement[] = ['PASS', 'FAIL', 'VIEW', 'TEST', 'STOP']
const ohms: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9 }

/**
 * Fields of `>IR ,PASS ,0.500kV,1.234G ohm,T=020.0S`: padded with blanks, on some firmware behind `>`.
 * @returns null for what can't be one
 */
export function decodeMeasurement(reply: string): Measurement | null {
  const [mode = '', word = '', voltage = '', value = ''] = reply
    .replace(/^>/, '')
    .split(',')
    .map((part) => part.trim())
  const judgement = judgements.find((each) => word.includes(each))
  const [, kilovolts] = /^(\d+\.\d+) *kV$/i.exec(voltage) ?? []
  if (!judgement || kilovolts === undefined) return null
  const [, sign = '', ohm, prefix = ''] = /^([<>]?) *(\d+(?:\.\d+)?) *([kMG]?) *ohm$/i.exec(value) ?? []
  const [, ampere, unit = ''] = /^(\d+(?:\.\d+)?) *([mu])A$/i.exec(value) ?? []
  if (ohm === undefined && ampere === undefined && judgement !== 'VIEW') return null
  const isRange = sign === '>'
  return {
    mode,
    judgement,
    voltageV: Number(kilovolts) * 1000,
    resistanceOhm: ohm === undefined || isRange ? null : Number(ohm) * (ohms[prefix.toUpperCase()] ?? 1),
    leakageA: ampere === undefined ? null : Number(ampere) * (unit.toLowerCase() === 'u' ? 1e-6 : 1e-3),
  }
}
