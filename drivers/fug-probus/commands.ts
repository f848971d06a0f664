/** Registers of the ADDAT30 (command reference V2.22, chapter 4.2), each with the form of its value. */

const number = '[+-]?\\d+(?:\\.\\d+)?(?:E[+-]?\\d{1,2})?'

export interface Register {
  query: string
  form: RegExp
}

const register = (name: string, value: string): Register => ({
  query: `>${name}?`,
  form: new RegExp(`^${name}:(${value})$`),
})

export const registers = {
  setVoltage: register('S0', number),
  rampedVoltage: register('S0A', number),
  rampRate: register('S0R', number),
  rampMode: register('S0B', '[0-4]'),
  setCurrent: register('S1', number),
  voltage: register('M0', number),
  current: register('M1', number),
  isOn: register('DON', '[01]'),
  isNegative: register('DX', '[01]'),
  isRemote: register('DSD', '[01]'),
} as const

export const command = {
  voltage: (text: string) => `>S0 ${text}`,
  current: (text: string) => `>S1 ${text}`,
  rampRate: (text: string) => `>S0R ${text}`,
  rampMode: (mode: number) => `>S0B ${mode}`,
  polarity: (negative: boolean) => (negative ? 'P1' : 'P0'),
  on: 'F1',
  off: 'F0',
  reset: '=',
} as const

export const identity = '*IDN?'
export const anyText = /^[\x20-\x7e]{3,80}$/

/** Ramp modes: at once, or along the rate up and down. */
export const rampMode = { none: 0, follow: 1 } as const

export const done = /^E0$/
export const refusal = /^E\d{1,2}$/

const errors: Readonly<Record<string, string>> = {
  E1: 'no data',
  E2: 'unknown register',
  E4: 'invalid argument',
  E5: 'out of range',
  E6: 'the register can only be read',
  E7: 'too much was received',
  E8: 'the EEPROM is write-protected',
  E9: 'wrong address',
  E10: 'unknown command',
  E11: 'trigger on talk is not allowed',
  E12: 'invalid argument of ~Tn',
  E13: 'invalid N value',
  E14: 'the register can only be written',
  E15: 'the line is too long',
  E16: 'wrong checksum',
}
export const explain = (answer: string): string => errors[answer] ?? 'no error of the manual'

/** `FUG HCP 14 - 2 000 MOD 17022-01-01`; blanks part the thousands. */
export function decodeIdentity(text: string) {
  const [, type, watts, volts, serialNumber] =
    /^FUG ([A-Z]{2,4}) (\d[\d ]*?) ?- ?(\d[\d ]*?) MOD ([\w-]+)$/.exec(text) ?? []
  if (type === undefined || watts === undefined || volts === undefined || serialNumber === undefined) return null
  const nominalV = Number(volts.replaceAll(' ', ''))
  const nominalW = Number(watts.replaceAll(' ', ''))
  if (!(nominalV > 0 && nominalW > 0)) return null
  return { model: `${type} ${nominalW}-${nominalV}`, serialNumber, nominalV, nominalA: nominalW / nominalV }
}
export type FugIdentity = NonNullable<ReturnType<typeof decodeIdentity>>
