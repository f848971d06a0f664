import {
  floatToWords,
  int16ToWord,
  uint32ToWords,
  wordToInt16,
  wordsToFloat,
  type WordOrder,
} from '../../src/base/words.ts'
import { refuse, type ModbusDevice, type ModbusException } from '../bench/modbusSlave.ts'

/** Neighbouring registers of a simulated controller that belong together. */
export interface RegisterBlock {
  at: number
  length: number
  /** @param offset within the block */
  read: (offset: number) => number
  /** Absent where it can only be read. */
  write?: (offset: number, values: readonly number[]) => ModbusException | null
}

/** null when taken; a bare boolean of false is a value that the controller doesn't allow. */
type Set<T> = (value: T) => ModbusException | boolean

const outcome = (answer: ModbusException | boolean): ModbusException | null =>
  answer === true ? null : answer === false ? refuse(3) : answer

/** A number in one register. */
export const wordAt = (at: number, read: () => number, set?: Set<number>): RegisterBlock => ({
  at,
  length: 1,
  read: () => read() & 0xffff,
  ...(set ? { write: (_offset, [value = 0]) => outcome(set(value)) } : {}),
})

export const signedAt = (at: number, read: () => number, set?: Set<number>): RegisterBlock => ({
  at,
  length: 1,
  read: () => int16ToWord(Math.round(read())),
  ...(set ? { write: (_offset, [value = 0]) => outcome(set(wordToInt16(value))) } : {}),
})

/** A number in the first of two registers; the second is zero, and may be written with it. */
export const paddedAt = (at: number, read: () => number, set?: Set<number>): RegisterBlock => ({
  at,
  length: 2,
  read: (offset) => (offset === 0 ? read() & 0xffff : 0),
  ...(set ? { write: (offset, [value = 0]) => (offset === 0 ? outcome(set(value)) : refuse(3)) } : {}),
})

/** Two registers that are written together or not at all, and whose words are of one moment. */
export function floatAt(
  at: number,
  { order, read, set }: { order: () => WordOrder; read: () => number; set?: Set<number> },
): RegisterBlock {
  let second: number | undefined
  return {
    at,
    length: 2,
    read: (offset) => {
      const [first = 0, other = 0] = offset === 0 || second === undefined ? floatToWords(read(), order()) : [0, second]
      second = offset === 0 ? other : undefined
      return offset === 0 ? first : other
    },
    ...(set
      ? {
          write: (_offset: number, values: readonly number[]) => {
            const value = values.length === 2 ? wordsToFloat(values, order()) : NaN
            return Number.isFinite(value) ? outcome(set(value)) : refuse(3)
          },
        }
      : {}),
  }
}

export const unsigned32At = (at: number, order: () => WordOrder, value: number): RegisterBlock => ({
  at,
  length: 2,
  read: (offset) => uint32ToWords(value, order())[offset] ?? 0,
})

/** One character a register. */
export const textAt = (
  at: number,
  { length, read, set }: { length: number; read: () => string; set?: (text: string) => void },
): RegisterBlock => ({
  at,
  length,
  read: (offset) => read().charCodeAt(offset) || 0,
  ...(set
    ? {
        write: (offset, values) => {
          const text = read().slice(0, offset).padEnd(offset) + String.fromCharCode(...values)
          set(text.replace(/[\0 ]+$/, ''))
          return null
        },
      }
    : {}),
})

/** Words that hold whatever is written. */
export const memoryAt = (at: number, memory: number[]): RegisterBlock => ({
  at,
  length: memory.length,
  read: (offset) => memory[offset] ?? 0,
  write: (offset, values) => {
    values.forEach((value, i) => (memory[offset + i] = value))
    return null
  },
})

/** The registers that there are, function 3 and 4 alike; all others, and writing to what can only be read, is exception 2. */
export function createRegisters(blocks: readonly RegisterBlock[]): ModbusDevice {
  const byAddress = new Map<number, RegisterBlock>()
  for (const block of blocks) for (let i = 0; i < block.length; i++) byAddress.set(block.at + i, block)
  return {
    readRegisters: (_kind, address, count) => {
      const found: number[] = []
      for (let at = address; at < address + count; at++) {
        const block = byAddress.get(at)
        if (!block) return refuse(2)
        found.push(block.read(at - block.at))
      }
      return found
    },
    writeRegisters: (address, values) => {
      for (let i = 0; i < values.length;) {
        const block = byAddress.get(address + i)
        if (!block?.write) return refuse(2)
        const offset = address + i - block.at
        const own = values.slice(i, i + block.length - offset)
        const problem = block.write(offset, own)
        if (problem) return problem
        i += own.length
      }
      return null
    },
  }
}
