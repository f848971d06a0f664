import { StationError } from '../../src/contract/errors.ts'
import type { Reading } from '../../src/contract/instrument.ts'
import type { QueryOptions, RegisterLink } from '../../src/contract/link.ts'
import { orderOf, type ModbusChannel, type ModbusDefinition } from './definition.ts'
import {
  decodeRaw,
  decodeText,
  fromRaw,
  isBitFunction,
  mergeBlocks,
  sizeOf,
  type Block,
  type Register,
} from './registers.ts'

const blockText = ({ functionCode, address, count }: Block): string =>
  `function ${functionCode}, ${count === 1 ? `address ${address}` : `addresses ${address} to ${address + count - 1}`}`

/** Reads registers of one definition; bits come as 0 and 1. */
export interface RegisterReader {
  raw: (place: Register, options?: QueryOptions) => Promise<number>
  text: (place: Register, options?: QueryOptions) => Promise<string>
  channels: (options?: QueryOptions) => Promise<Reading[]>
}

export function createReader(link: RegisterLink, definition: ModbusDefinition, name: string): RegisterReader {
  const order = orderOf(definition)
  const limits = { gap: definition.maximumGap, most: definition.maximumBlock }

  const readBlock = async (block: Block, more: QueryOptions): Promise<number[]> => {
    const options = { timeoutMs: definition.timeoutMs, ...more }
    const { functionCode, address, count } = block
    const found =
      functionCode === 1
        ? await link.readCoils(address, count, options)
        : functionCode === 2
          ? await link.readDiscrete(address, count, options)
          : functionCode === 3
            ? await link.readHolding(address, count, options)
            : await link.readInput(address, count, options)
    const words = found.map(Number)
    const most = isBitFunction(functionCode) ? 1 : 0xffff
    if (words.length === count && words.every((word) => Number.isInteger(word) && word >= 0 && word <= most))
      return words
    throw new StationError('device.badReply', {
      instrument: name,
      request: blockText(block),
      reply: words.join(' ').slice(0, 120),
      detail: `${count} values of 0 to ${most} are expected`,
    })
  }
  const readPlace = (place: Register, options: QueryOptions): Promise<number[]> =>
    readBlock({ functionCode: place.functionCode, address: place.address, count: sizeOf(place) }, options)

  return {
    raw: async (place, options = {}) => decodeRaw(place, await readPlace(place, options), order),
    text: async (place, options = {}) => decodeText(await readPlace(place, options), order),
    channels: async (options = {}) => {
      const read: { block: Block; words: number[] }[] = []
      for (const block of mergeBlocks(definition.channels, limits))
        read.push({ block, words: await readBlock(block, options) })
      return definition.channels.map((channel) => {
        const found = read.find(
          ({ block }) =>
            block.functionCode === channel.functionCode &&
            block.address <= channel.address &&
            channel.address + sizeOf(channel) <= block.address + block.count,
        )
        const at = channel.address - (found?.block.address ?? 0)
        return decodeChannel(
          channel,
          decodeRaw(channel, found?.words.slice(at, at + sizeOf(channel)) ?? [], order),
          name,
        )
      })
    },
  }
}

const isCode = (raw: number, code: number | 'NaN' | 'Infinity'): boolean =>
  code === 'NaN' ? Number.isNaN(raw) : code === 'Infinity' ? Math.abs(raw) === Infinity : raw === code

/** A value, or why there is none. A float that is no number, where the definition doesn't say what it means, is no answer. */
function decodeChannel(definition: ModbusChannel, raw: number, name: string): Reading {
  const { channel, unit, minimum = -Infinity, maximum = Infinity } = definition
  const missing = (reason: string): Reading => ({ channel, value: null, unit, reason })
  const code = definition.noValue.find((each) => isCode(raw, each.raw))
  if (code) return missing(code.reason)
  if (!Number.isFinite(raw))
    throw new StationError('device.badReply', {
      instrument: name,
      request: channel,
      reply: String(raw),
      detail: 'it is not a number, and the definition does not say what that means',
    })
  const value = fromRaw(definition, raw)
  if (value >= minimum && value <= maximum) return { channel, value, unit }
  return missing(`${value} ${unit} is outside ${minimum} to ${maximum} ${unit}`)
}
