import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createScpiClient } from '../scpi/client.ts'

export type Unit = 'V' | 'A' | 'W'

/** `60.00 V`, ` 9.50A `, `3.2 kW`: the unit and the spaces aren't the same on all units (programming guide, 5.2). */
const form = /^([+-]?\d{1,6}(?:\.\d{1,6})?)\s*(k?)([VAW])$/

/** A number with its unit; null for anything else, another unit too. */
export function decodeValue(text: string, unit: Unit): number | null {
  const [, number, kilo, actual] = form.exec(text.trim()) ?? []
  if (number === undefined || actual !== unit) return null
  return Number(number) * (kilo === 'k' ? 1000 : 1)
}

/** Half of the last digit that the answer shows: a value can't be told better. */
export const resolutionOf = (text: string): number => 0.5 / 10 ** (/\.(\d+)/.exec(text)?.[1]?.length ?? 0)

/** Numbers as the unit prints them, without an exponent. */
export const formatNumber = (value: number): string => String(Number(value.toFixed(4)))

export function createEaClient(link: LineLink, name: string, defaults: QueryOptions) {
  const client = createScpiClient(link, name, defaults)
  const askText = async (line: string, expected: RegExp): Promise<string> => {
    const reply = (await client.ask(line)).trim()
    if (!expected.test(reply)) throw client.badReply(line, reply, 'not one of its answers')
    return reply
  }
  const decode = (line: string, reply: string, unit: Unit): number => {
    const value = decodeValue(reply, unit)
    if (value === null) throw client.badReply(line, reply, `not a number of ${unit}`)
    return value
  }
  return {
    ...client,
    askText,
    askValue: async (line: string, unit: Unit): Promise<{ value: number; resolution: number }> => {
      const reply = await client.ask(line)
      return { value: decode(line, reply, unit), resolution: resolutionOf(reply) }
    },
    askRegister: async (line: string): Promise<number> => Number(await askText(line, /^\d{1,5}$/)),
    /** Voltage, current and power of one moment. */
    askArray: async (): Promise<[voltageV: number, currentA: number, powerW: number]> => {
      const line = 'MEAS:ARR?'
      const reply = await client.ask(line)
      const [volts = '', amperes = '', watts = '', ...more] = reply.split(',')
      if (more.length > 0) throw client.badReply(line, reply, 'more than three values')
      return [decode(line, volts, 'V'), decode(line, amperes, 'A'), decode(line, watts, 'W')]
    },
  }
}

export type EaClient = ReturnType<typeof createEaClient>
