import type { EspecDialect } from './dialect.ts'

/** A program as it lies in a simulated controller. */
export interface StoredStep {
  temperatureC: number
  ramp: boolean
  /** null: humidity isn't controlled. */
  humidityPercent: number | null
  humidityRamp: boolean
  minutes: number
  /** GRANTY: the time counts only from when the air is there. */
  guaranteed: boolean
  pause: boolean
  /** REF0 to REF9. */
  refrigeration: string
  relays: number[]
  /** Product temperature control, and how far the air may go beyond it. */
  ptc: boolean
  deviationC: readonly [plus: number, minus: number]
}

export interface StoredCounter {
  start: number
  end: number
  cycles: number
}

export interface StartCondition {
  mode: 'OFF' | 'PV' | 'SV'
  value: number
}

export interface StoredProgram {
  name: string
  /** `yy.mm/dd` of its last change. */
  date: string
  steps: StoredStep[]
  a: StoredCounter
  b: StoredCounter
  /** OFF, STANDBY, CONSTANT, HOLD, or RUN:n. */
  end: string
  highC: number
  lowC: number
  highPercent: number
  lowPercent: number
  preTemperature: StartCondition
  preHumidity: StartCondition
}

export const noCounter: StoredCounter = { start: 0, end: 0, cycles: 0 }

export const emptyProgram = (range: { highC: number; lowC: number; date: string }): StoredProgram => ({
  ...range,
  name: '',
  steps: [],
  a: noCounter,
  b: noCounter,
  end: 'OFF',
  highPercent: 100,
  lowPercent: 0,
  preTemperature: { mode: 'OFF', value: 0 },
  preHumidity: { mode: 'OFF', value: 0 },
})

export const plainStep = (more: Partial<StoredStep>): StoredStep => ({
  temperatureC: 23,
  ramp: false,
  humidityPercent: null,
  humidityRamp: false,
  minutes: 60,
  guaranteed: false,
  pause: false,
  refrigeration: 'REF9',
  relays: [],
  ptc: false,
  deviationC: [10, -10],
  ...more,
})

const onOff = (on: boolean): string => (on ? 'ON' : 'OFF')

/** `h:mm`, as the controllers print it. */
export const formatTime = (minutes: number): string =>
  `${Math.floor(minutes / 60)}:${String(Math.floor(minutes % 60)).padStart(2, '0')}`

export const formatTenths = (value: number): string => Number(value.toFixed(1)).toFixed(1)

const counterText = ({ start, end, cycles }: StoredCounter): string => `(${start}.${end}.${cycles})`

/** Answer to `PRGM DATA?`. */
export function formatProgram(program: StoredProgram, dialect: EspecDialect): string {
  const { steps, name, a, b, end } = program
  return dialect.programWord === 'PGM'
    ? `${steps.length},COUNT${counterText(a)},END(${end})`
    : `${steps.length},<${name}>,COUNT,A${counterText(a)},B${counterText(b)},END(${end})`
}

/** Answer to `PRGM DATA?,…,DETAIL`. */
export function formatDetail(program: StoredProgram, hasHumidity: boolean): string {
  const { preTemperature: t, preHumidity: h } = program
  const temperature = t.mode === 'SV' ? `TEMPSV,${formatTenths(t.value)}` : `TEMP${t.mode}`
  const range = `${formatTenths(program.highC)},${formatTenths(program.lowC)}`
  if (!hasHumidity) return `${range},${temperature}`
  const humidity = h.mode === 'SV' ? `HUMISV,${h.value.toFixed(0)}` : `HUMI${h.mode}`
  return `${range},${program.highPercent.toFixed(0)},${program.lowPercent.toFixed(0)},${temperature},${humidity}`
}

/** Answer to `PRGM DATA?,…,STEPn`, and with product temperature control to `PRGM DATA PTC?,…`. */
export function formatStep(
  number: number,
  step: StoredStep,
  of: { hasHumidity: boolean; withPtc: boolean; dialect: EspecDialect },
): string {
  const isBig = of.dialect.programWord !== 'PGM'
  const [plus, minus] = step.deviationC
  const humidity =
    step.humidityPercent === null
      ? 'HUMI OFF'
      : `HUMI${step.humidityPercent.toFixed(0)},HUMI RAMP ${onOff(step.humidityRamp)}`
  // The SCP-220 gives the deviation downwards as a positive number.
  const below = of.dialect.name === 'P-300' ? minus : -minus
  return [
    String(number),
    `TEMP${formatTenths(step.temperatureC)}`,
    `TEMP RAMP ${onOff(step.ramp)}`,
    ...(of.withPtc ? [`PTC ${onOff(step.ptc)}`] : []),
    ...(of.hasHumidity ? [humidity] : []),
    `TIME${formatTime(step.minutes)}`,
    `GRANTY ${onOff(step.guaranteed)}`,
    step.refrigeration,
    ...(step.relays.length > 0 ? [`RELAY ON${step.relays.join('.')}`] : []),
    ...(isBig ? [`PAUSE ${onOff(step.pause)}`] : []),
    ...(of.withPtc ? [`DEVP${formatTenths(plus)}`, `DEVN${formatTenths(below)}`] : []),
  ].join(',')
}

/** Two programs that a chamber of a module laboratory would have: thermal cycling and humidity freeze. */
export function examplePrograms(range: { highC: number; lowC: number; date: string }): Map<number, StoredProgram> {
  const cycle = [
    plainStep({ temperatureC: 85, ramp: true, minutes: 60 }),
    plainStep({ temperatureC: 85, minutes: 15, guaranteed: true }),
    plainStep({ temperatureC: -40, ramp: true, minutes: 125 }),
    plainStep({ temperatureC: -40, minutes: 15, guaranteed: true }),
    plainStep({ temperatureC: 25, ramp: true, minutes: 65 }),
  ]
  const damp = [
    plainStep({ temperatureC: 85, humidityPercent: 85, minutes: 1200, guaranteed: true }),
    plainStep({ temperatureC: 25, ramp: true, minutes: 60 }),
    plainStep({ temperatureC: -40, ramp: true, minutes: 60 }),
    plainStep({ temperatureC: -40, minutes: 30, guaranteed: true }),
    plainStep({ temperatureC: 25, ramp: true, minutes: 60 }),
  ]
  return new Map([
    [1, { ...emptyProgram(range), name: 'TC-200', steps: cycle, a: { start: 1, end: 5, cycles: 199 }, end: 'STANDBY' }],
    [2, { ...emptyProgram(range), name: 'HF-10', steps: damp, a: { start: 1, end: 5, cycles: 9 }, end: 'STANDBY' }],
  ])
}
