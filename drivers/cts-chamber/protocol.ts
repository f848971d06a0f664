import { bytesToLatin1, latin1ToBytes } from '../../src/base/bytes.ts'

export const stx = 0x02
export const etx = 0x03
const topBit = 0x80

/** XOR of address and data; its top bit, too, is always set, so that it is never taken for the end of the frame. */
const checksum = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum ^ byte, 0) | topBit

/** STX, address (1 to 32), the text with bit 7 of each character set, checksum, ETX. */
export function encodeFrame(address: number, text: string): Uint8Array {
  const inner = Uint8Array.of(topBit + address, ...latin1ToBytes(text).map((byte) => byte | topBit))
  return Uint8Array.of(stx, ...inner, checksum(inner), etx)
}

/** null where it isn't such a frame, or where its checksum is wrong. */
export function decodeFrame(frame: Uint8Array): { address: number; text: string } | null {
  const inner = frame.slice(1, -2)
  const whole = frame.slice(1, -1)
  if (frame[0] !== stx || frame.at(-1) !== etx || inner.length < 2) return null
  if (!whole.every((byte) => byte >= topBit) || whole.at(-1) !== checksum(inner)) return null
  return { address: (inner[0] ?? 0) - topBit, text: bytesToLatin1(inner.slice(1).map((byte) => byte & ~topBit)) }
}

/** The same without address, bit 7 and checksum. */
export const encodeSevenBit = (text: string): Uint8Array => Uint8Array.of(stx, ...latin1ToBytes(text), etx)

export function decodeSevenBit(frame: Uint8Array): string | null {
  const inner = frame.slice(1, -1)
  const isText = inner.length > 0 && inner.every((byte) => byte >= 0x20 && byte < 0x7f)
  return frame[0] === stx && frame.at(-1) === etx && isText ? bytesToLatin1(inner) : null
}

/** Five characters: 085.0, -40.0. */
export const formatValue = (value: number): string =>
  value < 0 ? `-${(-value).toFixed(1).padStart(4, '0')}` : value.toFixed(1).padStart(5, '0')

const value = String.raw`(\d{3}\.\d|-\d{2}\.\d)`
const long = String.raw`(\d{4}\.\d{2}|-\d{2}\.\d{2})`

/** Channels: 0 temperature, 1 humidity. Gradients count from 1. */
export const channel = { temperature: 0, humidity: 1 } as const
export const rampChannel = { temperature: 1, humidity: 2 } as const
/** As fast as it can. */
export const fastest = 999.9

export const command = {
  read: (of: number): string => `A${of}`,
  set: (of: number, to: number): string => `a${of} ${formatValue(to)}`,
  rampUp: (rate: number): string => `u${rampChannel.temperature} ${formatValue(rate)}`,
  rampDown: (rate: number): string => `d${rampChannel.temperature} ${formatValue(rate)}`,
  gradients: `U${rampChannel.temperature}`,
  ramp: `R${rampChannel.temperature}`,
  run: (on: boolean): string => `s1 ${on ? 1 : 0}`,
  pause: 's3 0',
  resume: 's3 1',
  startProgram: (number: number): string => `p${String(number).padStart(3, '0')}`,
  stopProgram: 'p000',
  program: 'P',
  status: 'S',
  error: 'F',
} as const

/** What each answer has to look like. */
export const answer = {
  channel: (of: number): RegExp => new RegExp(`^A${of} ${value} ${value}$`),
  gradients: new RegExp(`^U${rampChannel.temperature} ${value} ${value}$`),
  ramp: new RegExp(`^R${rampChannel.temperature} ([01])([01]) ${long} ${long} ${long}$`),
  /** Running, error, not paused, humidity on, dew point above and below 7 °C, deep dehumidification, supply air, error number. */
  status: /^S([01])([01])([01])([01])[01]{4}([\x20-\x7e]*)$/,
  error: /^F([\x20-\x7e]{32})$/,
  program: /^P(\d{3})/,
} as const
