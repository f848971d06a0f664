import { bytesToLatin1, latin1ToBytes } from '../../src/base/bytes.ts'

export const stx = 0x02
export const etx = 0x03
export const ack = '\x06'
export const nak = '\x15'

/** What has to be added to the bytes so far, STX included, to make their sum 0 modulo 256: two upper-case hex digits. */
export function checksum(text: string): string {
  const sum = latin1ToBytes(text).reduce((total, byte) => total + byte, 0)
  return (-sum & 0xff).toString(16).toUpperCase().padStart(2, '0')
}

/** STX, the text, its checksum and ETX. */
export function encodeFrame(text: string): Uint8Array {
  const begun = `\x02${text}`
  return latin1ToBytes(`${begun}${checksum(begun)}\x03`)
}

/** The text between STX and the checksum; null where the frame or its checksum isn't right. */
export function decodeFrame(frame: Uint8Array, more: { isChecked: boolean } = { isChecked: true }): string | null {
  const whole = bytesToLatin1(frame)
  const begun = whole.slice(0, -3)
  if (whole.length < 5 || frame[0] !== stx || frame.at(-1) !== etx) return null
  return more.isChecked && whole.slice(-3, -1) !== checksum(begun) ? null : begun.slice(1)
}

export interface Status {
  address: string
  /** null where the chamber shows none. */
  temperatureC: number | null
  humidityPercent: number | null
  /** 0: none. */
  error: number
  setpointC: number
  setpointPercent: number | null
  /** 16 of them: start, humidity, and what the chamber has besides. */
  digits: string
  /** Nine characters whose meaning isn't known. */
  unknown: string
}

/** Address, T and temperature, F and humidity, nine characters, error code, T and F of the set-points, R and digits. */
const statusForm =
  /^(\d)[A-Z]([-\d]\d\d\.\d|-+\.?-*)[A-Z](\d\d|--)([\x20-\x7e]{9})(\d\d|--)[A-Z]([-\d]\d\d\.\d)[A-Z](\d\d|--)[A-Z]([01]{16})/
const numberOrNull = (text: string): number | null => (/\d/.test(text) ? Number(text) : null)

/** null for anything else. */
export function readStatus(text: string): Status | null {
  const found = statusForm.exec(text)
  if (!found) return null
  const [
    ,
    address = '',
    temperature = '',
    humidity = '',
    unknown = '',
    error = '',
    setpoint = '',
    wet = '',
    digits = '',
  ] = found
  return {
    address,
    temperatureC: numberOrNull(temperature),
    humidityPercent: numberOrNull(humidity),
    unknown,
    error: numberOrNull(error) ?? 0,
    setpointC: Number(setpoint),
    setpointPercent: numberOrNull(wet),
    digits,
  }
}

export const formatTemperature = (value: number): string =>
  value < 0 ? `-${(-value).toFixed(1).padStart(4, '0')}` : value.toFixed(1).padStart(5, '0')

export const formatHumidity = (value: number): string => value.toFixed(0).padStart(2, '0')

export interface Target {
  setpointC: number
  setpointPercent: number
  digits: string
}

/** Temperature and humidity always go together, with all digits. */
export const setText = (address: string, { setpointC, setpointPercent, digits }: Target): string =>
  `${address}T${formatTemperature(setpointC)}F${formatHumidity(setpointPercent)}R${digits}`

export const startDigit = 0
export const humidityDigit = 1

export const errorText: Readonly<Record<number, string>> = {
  1: 'power cut',
  2: 'communication',
  3: 'fan',
  4: 'temperature sensor',
  5: 'humidity sensor',
  6: 'a sensor',
  7: 'a sensor',
  8: 'a sensor',
  9: 'chiller, first stage',
  10: 'chiller, final stage',
  11: 'water level at its minimum',
  12: 'water level below its minimum',
  13: 'temperature too high',
  14: 'temperature too low',
  15: 'humidity too high',
  16: 'humidity too low',
  17: 'heater of the humidity’s water',
  18: 'heater of the test space',
  19: 'no program memory',
}
export const sensorError = { temperature: 4, humidity: 5 } as const
