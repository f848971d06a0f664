import { StationError } from '../../src/contract/errors.ts'

/** Commands of one channel (SHQ manual, table 4). */
export const commandsOf = (channel: 1 | 2) => ({
  voltage: `U${channel}`,
  current: `I${channel}`,
  voltageLimit: `M${channel}`,
  setVoltage: `D${channel}`,
  ramp: `V${channel}`,
  go: `G${channel}`,
  trip: `L${channel}`,
  status: `S${channel}`,
  bits: `T${channel}`,
  autostart: `A${channel}`,
})
export const identify = '#'
/** Milliseconds between two characters of an answer. */
export const fast = 'W=1'

export const form = {
  identity: /^[\x20-\x3a\x3c-\x7e]+;[\d.]+;\d+V;\d+(?:[.,]\d+)?[mu]A$/,
  /** Mantissa, and exponent without E; units without precision give plain volts. */
  number: /^[+-]?\d{3,8}[+-]\d{2}$|^[+-]?\d{4,6}$/,
  percent: /^\d{3}$/,
  byte: /^\d{3}$/,
  word: /^[SG]\d=[A-Z0-9]{2,3}$/,
} as const

/** Answers that mean no: syntax, wrong channel, time-out, above the limit. */
export const refusal = /^(\?\?\?\?|\?WCN|\?TOT|\? ?UMAX=.*)$/

/** `010000-01` is 1000.0. */
export function decodeMantissa(text: string): number {
  const [, mantissa, exponent] = /^([+-]?\d+)([+-]\d{2})$/.exec(text) ?? []
  return mantissa === undefined ? Number(text) : Number(`${mantissa}e${exponent}`)
}

/** Bits of T as the manual counts them; drivers that index its text from the left count the other way round. */
const bit = { quality: 7, error: 6, inhibit: 5, kill: 4, switchOff: 3, positive: 2, manual: 1 } as const

export interface ModuleBits {
  isPositive: boolean
  isManual: boolean
  isSwitchedOff: boolean
  isInhibited: boolean
  hasError: boolean
}

export function decodeBits(text: string, of: { name: string; request: string }): ModuleBits {
  const value = Number(text)
  if (value > 255) {
    const detail = 'a status byte goes to 255'
    throw new StationError('device.badReply', { instrument: of.name, request: of.request, reply: text, detail })
  }
  const has = (index: number): boolean => ((value >>> index) & 1) === 1
  return {
    isPositive: has(bit.positive),
    isManual: has(bit.manual),
    isSwitchedOff: has(bit.switchOff),
    isInhibited: has(bit.inhibit),
    hasError: has(bit.error),
  }
}

/** Words of S and G that say the output can't follow. */
const troubles: Readonly<Record<string, string>> = {
  TRP: 'the current trip was active',
  INH: 'the inhibit was active',
  ERR: 'the voltage or current limit was exceeded',
  OFF: 'the HV switch at the front is off',
  MAN: 'it is under manual control',
}
const peaceful = ['ON', 'L2H', 'H2L', 'QUA', 'LAS']

/** What is wrong by a status word such as `S1=TRP`; null where nothing is. */
export function troubleOf(answer: string, of: { name: string; request: string }): string | null {
  const word = answer.slice(answer.indexOf('=') + 1).trim()
  if (peaceful.includes(word)) return null
  const says = troubles[word]
  if (says !== undefined) return says
  const detail = `“${word}” is no status`
  throw new StationError('device.badReply', { instrument: of.name, request: of.request, reply: answer, detail })
}
