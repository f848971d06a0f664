import { wordsToFloat, wordsToText } from '../../src/base/words.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { QueryOptions, RegisterLink } from '../../src/contract/link.ts'
import { alarmsOfState } from '../ea/alarms.ts'
import { fromWord, modes, mostActual, register, stateBit, textRegisters } from '../ea/registers.ts'

export interface Nominal {
  voltageV: number
  currentA: number
  powerW: number
}

export interface State {
  isOn: boolean
  isRemote: boolean
  isSinking: boolean
  /** 1 voltage, 2 current, 3 power, 4 resistance; 0 with the output off. */
  regulation: number
  alarms: number
}

const regulationOf = { CV: 1, CC: 2, CP: 3, CR: 4 } as const

export function decodeState([high = 0, low = 0]: readonly number[]): State {
  const has = (bit: number): boolean => (low & (1 << bit)) !== 0
  const isOn = has(stateBit.output)
  const mode = modes[(low >>> stateBit.modeLow) & 3] ?? 'CV'
  return {
    isOn,
    isRemote: has(stateBit.remote),
    isSinking: has(stateBit.sink),
    regulation: isOn ? regulationOf[mode] : 0,
    alarms: alarmsOfState(high),
  }
}

/** Texts are padded with zeros or spaces; other characters than printable ones are no text. */
export async function readText(link: RegisterLink, address: number, options: QueryOptions): Promise<string> {
  const text = wordsToText(await link.readHolding(address, textRegisters, options)).trim()
  return /^[\x20-\x7e]*$/.test(text) ? text : ''
}

export async function readNominal(link: RegisterLink, name: string, options: QueryOptions): Promise<Nominal> {
  // A float whose words are swapped is mostly far below what any of these devices has.
  const nominal = async (address: number, [least, most]: readonly [number, number]): Promise<number> => {
    const words = await link.readHolding(address, 2, options)
    const value = wordsToFloat(words, 'highFirst')
    if (value >= least && value <= most) return value
    throw new StationError('device.badReply', {
      instrument: name,
      request: `read holding registers ${address}–${address + 1}`,
      reply: words.map((word) => word.toString(16).padStart(4, '0')).join(' '),
      detail: 'no nominal value that could be; are the words in another order?',
    })
  }
  return {
    voltageV: await nominal(register.nominalVoltage, [1, 5000]),
    currentA: await nominal(register.nominalCurrent, [0.1, 20_000]),
    powerW: await nominal(register.nominalPower, [1, 1_000_000]),
  }
}

export const readState = async (link: RegisterLink, options: QueryOptions): Promise<State> =>
  decodeState(await link.readHolding(register.state, 2, options))

/** null at the end of the range (125 % of nominal). */
export interface Actual {
  voltageV: number | null
  currentA: number | null
  powerW: number | null
}

/** Magnitudes as they stand in the registers. */
export async function readActual(link: RegisterLink, nominal: Nominal, options: QueryOptions): Promise<Actual> {
  const [volts = 0, amperes = 0, watts = 0] = await link.readHolding(register.actualVoltage, 3, options)
  const decode = (word: number, full: number): number | null => (word >= mostActual ? null : fromWord(word, full))
  return {
    voltageV: decode(volts, nominal.voltageV),
    currentA: decode(amperes, nominal.currentA),
    powerW: decode(watts, nominal.powerW),
  }
}
