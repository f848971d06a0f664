import { floatToWords, uint32ToWords, wordsToFloat } from '../../src/base/words.ts'
import type { SimulatorContext, SimulatorFault } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { modbusFaults, refuse, type ModbusDevice, type ModbusException } from '../bench/modbusSlave.ts'
import { chamberFaults } from '../climate/simulatedChamber.ts'

/** Error codes of 7001-0242, 2.7. */
export const noAddress = 2
export const outOfRange = 3
export const writeDenied = 5

/** Faults of both controllers. */
export const binderFaults: readonly SimulatorFault[] = [
  ...modbusFaults,
  { name: 'word-order', title: 'floats come with their high word first', effect: 'error' },
  { name: 'write-denied', title: 'every write is refused: write access denied (5)', effect: 'refused' },
  ...Object.values(chamberFaults),
]

/** What a controller shows where there is no value. */
export const noValue = 200_004

/** @returns null when taken */
type Setter = (value: number) => ModbusException | null

interface Register {
  get: () => number
  set: Setter | null
}

export interface RegisterBank {
  word(address: number, get: () => number, set?: Setter): void
  /** Two registers, low word first. Writing the second takes the value. */
  float(address: number, get: () => number, set?: Setter): void
  /** 32 bits, high word first. */
  counter(address: number, get: () => number): void
  /** Registers that hold what is written. */
  memory(address: number, values: readonly number[]): { read: (offset: number) => number }
  readonly device: ModbusDevice
}

/** Within the limits, or exception 3. */
export const within =
  (least: number, most: number, take: (value: number) => void): Setter =>
  (value) => {
    if (!(value >= least && value <= most)) return refuse(outOfRange)
    take(value)
    return null
  }

export function createRegisterBank(context: SimulatorContext): RegisterBank {
  const registers = new Map<number, Register>()
  const add = (address: number, register: Register): void => void registers.set(address, register)

  const float: RegisterBank['float'] = (address, get, set) => {
    const wordsOf = (): number[] => floatToWords(get(), hasFault(context, 'word-order') ? 'highFirst' : 'lowFirst')
    let low = 0
    const keep: Setter = (value) => {
      low = value
      return null
    }
    const take: Setter = (high) => set?.(wordsToFloat([low, high], 'lowFirst')) ?? null
    // Both words of a number are of one moment.
    let second: number | undefined
    const first = (): number => {
      const [one = 0, two] = wordsOf()
      second = two
      return one
    }
    const other = (): number => {
      const found = second ?? wordsOf()[1] ?? 0
      second = undefined
      return found
    }
    add(address, { get: first, set: set ? keep : null })
    add(address + 1, { get: other, set: set ? take : null })
  }
  const all = (address: number, count: number): Register[] | null => {
    const found = Array.from({ length: count }, (_each, i) => registers.get(address + i))
    return found.every((each) => each !== undefined) ? found : null
  }
  const device: ModbusDevice = {
    readRegisters: (_kind, address, count) =>
      all(address, count)?.map((each) => each.get() & 0xffff) ?? refuse(noAddress),
    writeRegisters: (address, values) => {
      const found = all(address, values.length)
      if (!found) return refuse(noAddress)
      if (hasFault(context, 'write-denied') || found.some((each) => each.set === null)) return refuse(writeDenied)
      for (const [i, each] of found.entries()) {
        const refusal = each.set?.(values[i] ?? 0) ?? null
        if (refusal) return refusal
      }
      return null
    },
  }
  return {
    word: (address, get, set) => add(address, { get, set: set ?? null }),
    float,
    counter: (address, get) => {
      for (const i of [0, 1])
        add(address + i, { get: () => uint32ToWords(Math.round(get()), 'highFirst')[i] ?? 0, set: null })
    },
    memory: (address, values) => {
      const held = [...values]
      held.forEach((_each, i) => {
        const set: Setter = (value) => {
          held[i] = value
          return null
        }
        add(address + i, { get: () => held[i] ?? 0, set })
      })
      return { read: (offset) => held[offset] ?? 0 }
    },
    device,
  }
}
