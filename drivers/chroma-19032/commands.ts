/** What goes over the wire, by the command sheet of the 19032 (SAFEty subsystem). */

export type Mode = 'IR' | 'DC'

export const command = {
  stop: 'SAFE:STOP',
  start: 'SAFE:STAR',
  reportsOff: 'SAFE:RES:AREP OFF',
  deleteStep: (step: number) => `SAFE:STEP ${step}:DEL`,
} as const

export const query = {
  identity: '*IDN?',
  status: 'SAFE:STAT?',
  steps: 'SAFE:SNUM?',
  modes: 'SAFE:RES:ALL:MODE?',
  outputs: 'SAFE:RES:ALL:OMET?',
  measured: 'SAFE:RES:ALL:MMET?',
  codes: 'SAFE:RES:ALL?',
  present: 'SAFE:FETC? OMET,MMET',
} as const

const number = '[+-]?\\d\\.\\d+E[+-]\\d{2}'

export const form = {
  anyText: /^[\x20-\x7e]{3,120}$/,
  /** A sheet prints RUNNINT. */
  status: /^(RUNNING|RUNNINT|STOPPED)$/,
  count: /^[+]?\d{1,2}$/,
  modes: /^[A-Z]{2,3}(,[A-Z]{2,3})*$/,
  numbers: new RegExp(`^${number}(,${number})*$`),
  codes: /^\d{1,3}(,\d{1,3})*$/,
  number: new RegExp(`^${number}$`),
} as const

/** A set value, and what it has to read back as. */
export interface Edit {
  header: string
  value: number
  quantity: string
}

export interface TestValues {
  voltageV: number
  rampS: number
  holdS: number
  currentLimitA: number
  leastOhm: number
}

/** Step 1 of the working memory; the level has to come first, because it gives the step its mode. */
export function stepEdits(mode: Mode, values: TestValues): Edit[] {
  const step = `SAFE:STEP 1:${mode}`
  const level = { header: step, value: values.voltageV, quantity: 'voltage (V)' }
  const times = [
    { header: `${step}:TIME:RAMP`, value: values.rampS, quantity: 'ramp (s)' },
    { header: `${step}:TIME`, value: values.holdS, quantity: 'test time (s)' },
  ]
  if (mode === 'IR')
    return [
      level,
      { header: `${step}:LIM`, value: values.leastOhm, quantity: 'least resistance (Ω)' },
      { header: `${step}:LIM:HIGH`, value: 0, quantity: 'greatest resistance (Ω; 0 is off)' },
      ...times,
    ]
  return [
    level,
    { header: `${step}:LIM`, value: values.currentLimitA, quantity: 'current limit (A)' },
    { header: `${step}:LIM:LOW`, value: 0, quantity: 'least current (A; 0 is off)' },
    ...times,
  ]
}

/** SCPI’s 9.9E37 is over range, 9.91E37 not measured; null for both. */
export const measuredOf = (text: string): number | null => {
  const value = Number(text)
  return Math.abs(value) < 9.8e37 ? value : null
}

export type Judgement = 'pass' | 'stopped' | 'cannotTest' | 'testing' | 'breakdown' | 'limit' | 'overRange' | 'unknown'

/** Codes that don't depend on the mode. */
const common: Readonly<Record<number, Judgement>> = {
  112: 'stopped',
  113: 'stopped',
  114: 'cannotTest',
  115: 'testing',
  116: 'pass',
}
/** Failures count from 32 for AC, 48 for DC, 64 for IR. */
const bases: Readonly<Record<Mode, number>> = { DC: 48, IR: 64 }
/** Above the limit, below it, arc, output beyond its converter, meter beyond its converter, ground fault. */
const failures: Readonly<Record<Mode, Readonly<Record<number, Judgement>>>> = {
  DC: { 1: 'breakdown', 2: 'limit', 3: 'breakdown', 6: 'breakdown', 7: 'breakdown', 15: 'breakdown' },
  // More resistance than allowed is no failure of the insulation; less is.
  IR: { 1: 'limit', 2: 'breakdown', 3: 'breakdown', 6: 'breakdown', 7: 'overRange', 13: 'breakdown' },
}

export const judgementOf = (code: number, mode: Mode): Judgement =>
  common[code] ?? failures[mode][code - bases[mode]] ?? 'unknown'
