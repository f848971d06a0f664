/** What goes over the wire, by the SCPI programmers guide of 2020-10-07. */

/** `(@0-3)`: the manual's channel list, for commands (behind a comma) and for queries (behind a blank). */
export const channelList = (lanes: number): string => (lanes === 1 ? '(@0)' : `(@0-${lanes - 1})`)

export const command = {
  voltage: (value: string, list: string) => `:VOLT ${value},${list}`,
  current: (value: string, list: string) => `:CURR ${value},${list}`,
  rampUp: (value: string, list: string) => `:CONF:RAMP:VOLT:UP ${value},${list}`,
  rampDown: (value: string, list: string) => `:CONF:RAMP:VOLT:DOWN ${value},${list}`,
  polarity: (sign: 'p' | 'n', list: string) => `:CONF:OUTP:POL ${sign},${list}`,
  on: (list: string) => `:VOLT ON,${list}`,
  off: (list: string) => `:VOLT OFF,${list}`,
  emergencyOff: (list: string) => `:VOLT EMCY OFF,${list}`,
  emergencyClear: (list: string) => `:VOLT EMCY CLR,${list}`,
  clearEvents: (list: string) => `:EVENT CLEAR,${list}`,
} as const

export const query = {
  identity: '*IDN?',
  channels: ':READ:MODULE:CHANNELNUMBER?',
  measuredVoltage: (list: string) => `:MEAS:VOLT? ${list}`,
  measuredCurrent: (list: string) => `:MEAS:CURR? ${list}`,
  setVoltage: (list: string) => `:READ:VOLT? ${list}`,
  setCurrent: (list: string) => `:READ:CURR? ${list}`,
  nominalVoltage: (list: string) => `:READ:VOLT:NOM? ${list}`,
  nominalCurrent: (list: string) => `:READ:CURR:NOM? ${list}`,
  rampUp: (list: string) => `:CONF:RAMP:VOLT:UP? ${list}`,
  rampDown: (list: string) => `:CONF:RAMP:VOLT:DOWN? ${list}`,
  polarity: (list: string) => `:CONF:OUTP:POL? ${list}`,
  status: (list: string) => `:READ:CHAN:STAT? ${list}`,
} as const

const listOf = (item: string, count: number): RegExp => new RegExp(`^${Array(count).fill(item).join(' *, *')}$`)
const number = '[+-]?\\d+(?:\\.\\d+)?(?:E[+-]?\\d{1,2})?'

/** How answers look, a value for each channel of the list. */
export const form = {
  identity: /^[\x20-\x7e]+,[\x20-\x7e]+,[\x20-\x7e]+,[\x20-\x7e]+$/,
  count: /^\d{1,2}$/,
  volts: (count: number) => listOf(`${number}V`, count),
  amperes: (count: number) => listOf(`${number}A`, count),
  voltsPerSecond: (count: number) => listOf(`${number}V/s`, count),
  polarities: (count: number) => listOf('[pnPN]', count),
  registers: (count: number) => listOf('\\d{1,10}', count),
} as const

/** Bits of the channel status (register chapter 8.2). */
export const statusBit = {
  positive: 0,
  arc: 1,
  inputError: 2,
  on: 3,
  voltageRamp: 4,
  emergencyOff: 5,
  constantCurrent: 6,
  constantVoltage: 7,
  externalInhibit: 12,
  currentTrip: 13,
  voltageRampUp: 19,
  voltageRampDown: 20,
} as const
export type StatusBit = keyof typeof statusBit

export const hasBit = (status: number, bit: StatusBit): boolean => ((status >>> statusBit[bit]) & 1) === 1

/** What makes a channel's current no leakage, and keeps it from being switched on. */
export const hindrances: readonly { bit: StatusBit; says: string }[] = [
  { bit: 'emergencyOff', says: 'it is in emergency off' },
  { bit: 'externalInhibit', says: 'its inhibit or interlock is open' },
  { bit: 'currentTrip', says: 'it tripped on its current' },
  { bit: 'arc', says: 'an arc was detected' },
]

export const hindranceOf = (status: number): string | null =>
  hindrances.find(({ bit }) => hasBit(status, bit))?.says ?? null
