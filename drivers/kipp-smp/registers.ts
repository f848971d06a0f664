/** Registers of the SMP (manual, A.2, A.3 and A.7), zero based as on the wire; holding and input registers are the same. */
export const register = {
  deviceType: 0,
  dataModel: 1,
  mode: 2,
  status: 3,
  scale: 4,
  irradiance: 5,
  raw: 6,
  deviation: 7,
  body: 8,
  supply: 9,
  secondIrradiance: 10,
  secondRaw: 11,
  secondDeviation: 12,
  bodyKelvin: 13,
  dacOutput: 16,
  dacInput: 17,
  firstCounts: 18,
  errorCode: 26,
  protocolError: 27,
  onTimeHigh: 32,
  onTimeLow: 33,
  defaultScale: 34,
  batch: 41,
  serial: 42,
  software: 43,
  hardware: 44,
  node: 45,
} as const

/** Operational mode: only in normal mode it measures as calibrated. */
export const normalMode = 1

/** Of the status flags (register 3); the same conditions as discrete inputs, three addresses up. */
export const statusBit = { voidData: 1, overflow: 2, underflow: 4, error: 8 } as const

/** Discrete inputs (A.5, A.8); reading 2 to 4 clears them and their status bits. */
export const input = {
  alwaysFalse: 0,
  alwaysTrue: 1,
  voidData: 2,
  overflow: 3,
  underflow: 4,
  error: 5,
  adc: 6,
  dac: 7,
  calibration: 8,
  update: 9,
} as const

/** Coils (A.6); coils and discrete inputs are the same. */
export const coil = {
  clearError: 10,
  restart: 18,
  roundOff: 20,
  autoRange: 21,
  fastResponse: 22,
  trackingFilter: 23,
} as const

/** Device types (A.4) of pyranometers: volt and current version of each. */
const types: readonly (readonly [model: string, ...numbers: number[]])[] = [
  ['SMP3', 601, 602],
  ['SMP6', 619, 620],
  ['SMP10', 617, 618],
  ['SMP11', 603, 604],
  ['SMP12', 633],
  ['SMP21', 605, 606],
  ['SMP22', 607, 608],
]
/** Other smart sensors of the maker, which measure something else. */
const otherTypes: readonly (readonly [model: string, ...numbers: number[]])[] = [
  ['SGR3', 609, 610],
  ['SGR4', 611, 612],
  ['SHP1', 613, 614],
  ['SUV5', 615, 616],
]

const find = (list: readonly (readonly [model: string, ...numbers: number[]])[], type: number): string | null =>
  list.find(([, ...numbers]) => numbers.includes(type))?.[0] ?? null

/** `SMP11`; null for another sensor or device. */
export const modelOf = (type: number): string | null => find(types, type)
export const otherModelOf = (type: number): string | null => find(otherTypes, type)
export const typeOf = (model: string): number | null =>
  [...types, ...otherTypes].find(([name]) => name === model)?.[1] ?? null

/** Scale factor 2 divides by 100, 1 by 10, −1 multiplies by 10 (A.4, register 4). */
export const scaleFactors: Readonly<Record<number, number>> = { 2: 0.01, 1: 0.1, 0: 1, [-1]: 10 }
