import type { FugUnit } from './fugUnit.ts'

/** Why the interface says no, as `E5`. */
export type ErrorCode = 'E1' | 'E2' | 'E4' | 'E5' | 'E6' | 'E7' | 'E10' | 'E13' | 'E14'

/** What a register does when it is read and written; the texts are values without the register's name. */
export interface FugRegister {
  get?: () => string
  /** null where it was taken */
  set?: (text: string) => ErrorCode | null
}

/** What belongs to the interface rather than to the supply. */
export interface FugInterface {
  terminator: number
  lastError: number
  readback: number
  adcModes: [number, number]
  requestMask: number
  outputs: Record<string, number>
  executesOnX: boolean
}

/** `+1.00000E+3` */
export const scientific = (value: number, digits: number): string => {
  const text = (value === 0 ? 0 : value).toExponential(digits).toUpperCase()
  return value < 0 ? text : `+${text}`
}

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?$/i

const takeNumber = (
  text: string,
  [least, most]: readonly [number, number],
  store: (value: number) => void,
): ErrorCode | null => {
  if (!numberPattern.test(text)) return 'E4'
  const value = Number(text)
  if (value < least || value > most) return 'E5'
  store(value)
  return null
}
const takeDigit = (text: string, most: number, store: (value: number) => void): ErrorCode | null =>
  /^\d+$/.test(text) ? takeNumber(text, [0, most], store) : 'E4'

/** Combined status byte, as Probus IV had it: CC, CV, on, third regulator, polarity, calibration, unused, digital. */
export const statusBits = (unit: FugUnit): string => {
  const { isLimiting } = unit.present()
  const { isOn, isNegative } = unit.state
  return [isOn && isLimiting, isOn && !isLimiting, isOn, false, isNegative, false, false, unit.isRemote()]
    .map((bit) => (bit ? '1' : '0'))
    .join('')
}

function setRegisters(unit: FugUnit, name: 'S0' | 'S1'): Record<string, FugRegister> {
  const isVoltage = name === 'S0'
  const { state, ratings } = unit
  const most = isVoltage ? ratings.nominalV : ratings.nominalA
  const point = isVoltage ? unit.voltageSet : unit.currentSet
  const rate = isVoltage ? 'voltageRampPerS' : 'currentRampPerS'
  const mode = isVoltage ? 'voltageRampMode' : 'currentRampMode'
  return {
    [name]: {
      get: () => scientific(isVoltage ? state.setV : state.setA, 6),
      set: (text) => takeNumber(text, [0, most], isVoltage ? unit.setVoltage : unit.setCurrent),
    },
    [`${name}A`]: { get: () => scientific(point.value(), 6) },
    [`${name}R`]: {
      get: () => scientific(state[rate], 6),
      set: (text) => takeNumber(text, [0, 1e6], (value) => void (state[rate] = value)),
    },
    [`${name}B`]: {
      get: () => String(state[mode]),
      set: (text) => takeDigit(text, 4, (value) => void (state[mode] = value)),
    },
    [`${name}S`]: { get: () => (point.isMoving() ? '1' : '0') },
    [`${name}H`]: { get: () => '0', set: (text) => takeDigit(text, 1, () => undefined) },
  }
}

function monitorRegisters(unit: FugUnit, box: FugInterface): Record<string, FugRegister> {
  const monitor = (name: string, index: 0 | 1, read: () => number): Record<string, FugRegister> => ({
    [name]: { get: () => scientific(read(), 5) },
    [`${name}R`]: { get: () => scientific(read(), 5) },
    [`${name}I`]: {
      get: () => String(box.adcModes[index]),
      set: (text) => takeDigit(text, 7, (value) => void (box.adcModes[index] = value)),
    },
  })
  return { ...monitor('M0', 0, unit.measuredV), ...monitor('M1', 1, unit.measuredA) }
}

function digitalRegisters(unit: FugUnit, box: FugInterface): Record<string, FugRegister> {
  const bit = (is: () => boolean): FugRegister => ({ get: () => (is() ? '1' : '0') })
  const output = (name: string): Record<string, FugRegister> => ({
    [name]: {
      get: () => String(box.outputs[name] ?? 0),
      set: (text) => takeDigit(text, 1, (value) => void (box.outputs[name] = value)),
    },
    [`${name}A`]: { get: () => String(box.outputs[name] ?? 0) },
  })
  return {
    ...output('B0'),
    ...output('B1'),
    ...output('B2'),
    BX: {
      get: () => (unit.state.isNegative ? '1' : '0'),
      set: (text) => takeDigit(text, 1, (value) => unit.setPolarity(value === 1)),
    },
    BXA: bit(() => unit.state.isNegative),
    BON: {
      get: () => (unit.state.isOn ? '1' : '0'),
      set: (text) => takeDigit(text, 1, (value) => unit.switchTo(value === 1)),
    },
    BONA: bit(() => unit.state.isOn),
    DVR: bit(() => unit.state.isOn && !unit.present().isLimiting),
    DIR: bit(() => unit.state.isOn && unit.present().isLimiting),
    D3R: bit(() => false),
    DX: bit(() => unit.state.isNegative),
    DON: bit(() => unit.state.isOn),
    DSD: bit(() => unit.isRemote()),
    DSA: bit(() => !unit.isRemote()),
    DCAL: bit(() => false),
  }
}

function configRegisters(unit: FugUnit, box: FugInterface, serialNumber: string): Record<string, FugRegister> {
  const { nominalV, nominalA } = unit.ratings
  return {
    CFN: { get: () => serialNumber },
    KT: {
      get: () => String(box.terminator),
      set: (text) => takeDigit(text, 3, (value) => void (box.terminator = value)),
    },
    KS: { get: () => statusBits(unit) },
    KQS: { get: () => String(unit.state.isOn ? (unit.present().isLimiting ? 4 : 2) : 0) },
    KQM: {
      get: () => String(box.requestMask),
      set: (text) => takeDigit(text, 255, (value) => void (box.requestMask = value)),
    },
    KX: {
      get: () => (box.executesOnX ? '1' : '0'),
      set: (text) => takeDigit(text, 1, (value) => void (box.executesOnX = value === 1)),
    },
    KN: {
      get: () => String(box.readback),
      set: (text) => takeDigit(text, 6, (value) => void (box.readback = value)),
    },
    KE: { get: () => String(box.lastError) },
    H1: { get: () => block(unit, box, { nominalV, nominalA, serialNumber }) },
  }
}

/** Sixteen bytes in hexadecimal: ADC counts (low byte first), status, polarity, serial number, last error. */
function block(
  unit: FugUnit,
  box: FugInterface,
  of: { nominalV: number; nominalA: number; serialNumber: string },
): string {
  const hex = (value: number): string => (value & 0xff).toString(16).toUpperCase().padStart(2, '0')
  const counts = (value: number, most: number): string => {
    const count = Math.max(0, Math.min(0xffff, Math.round((value / (1.25 * most)) * 0xffff)))
    return hex(count) + hex(count >>> 8)
  }
  const serial = Number(of.serialNumber.replace(/\D/g, '')) % 2 ** 32
  const bytes = [24, 16, 8, 0].map((shift) => hex(Math.floor(serial / 2 ** shift)))
  return [
    counts(unit.measuredV(), of.nominalV),
    counts(unit.measuredA(), of.nominalA),
    hex(Number.parseInt(statusBits(unit), 2)),
    hex(unit.state.isNegative ? 3 : 0),
    '00'.repeat(4),
    ...bytes,
    hex(box.lastError),
    '00',
  ].join('')
}

export const createRegisters = (
  unit: FugUnit,
  box: FugInterface,
  serialNumber: string,
): Readonly<Record<string, FugRegister>> => ({
  ...setRegisters(unit, 'S0'),
  ...setRegisters(unit, 'S1'),
  ...monitorRegisters(unit, box),
  ...digitalRegisters(unit, box),
  ...configRegisters(unit, box, serialNumber),
})
