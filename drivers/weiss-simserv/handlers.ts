import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { refusal } from './commands.ts'

/** Gets the arguments; gives the values behind code 1, or another code. */
export type Handler = (args: readonly string[]) => string[] | number

const readIndex = (text: string | undefined, count: number): number | null => {
  const index = /^\d{1,4}$/.test(text ?? '') ? Number(text) : 0
  return index >= 1 && index <= count ? index : null
}

/** A command whose first argument says which one is meant. */
export const withIndex =
  (count: number, handle: (index: number, rest: readonly string[]) => string[] | number): Handler =>
  ([first, ...rest]) => {
    const index = readIndex(first, count)
    return index === null ? refusal.parameters : handle(index, rest)
  }

export const readNumber = (text: string | undefined): number | null =>
  /^[+-]?\d+(\.\d*)?$/.test(text ?? '') ? Number(text) : null

/** Index, then a value within the limits. */
export const setWithin = (
  count: number,
  limitsOf: (index: number) => readonly [least: number, most: number],
  take: (index: number, value: number) => void,
): Handler =>
  withIndex(count, (index, [text]) => {
    const value = readNumber(text)
    const [least, most] = limitsOf(index)
    if (value === null || value < least || value > most) return refusal.parameters
    take(index, value)
    return []
  })

/** Actual values have four decimals. */
export const actual = (value: number): string => value.toFixed(4)

const slowMs = 4000

/** Values that read back some time after they were set. */
export function createLag(context: SimulatorContext) {
  const { clock, options } = context
  const lagMs = (): number => (hasFault(context, 'slow-readback') ? slowMs : Number(options['lagMs'] ?? 1000))
  return <T>(initial: T): { set: (value: T) => void; get: () => T } => {
    let shown = initial
    let coming: { value: T; atMs: number } | null = null
    return {
      set: (value) => {
        coming = { value, atMs: clock.monotonicMs() + lagMs() }
      },
      get: () => {
        if (coming && clock.monotonicMs() >= coming.atMs) {
          shown = coming.value
          coming = null
        }
        return shown
      },
    }
  }
}
