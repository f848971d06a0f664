import { StationError } from '../contract/errors.ts'
import { textOption, type Options } from './arguments.ts'

/** `--lsl -5` as `--lsl=-5`: on its own, Node takes the -5 for an option. */
export const joinNegativeNumbers = (args: readonly string[]): string[] => {
  const joined: string[] = []
  for (const each of args) {
    const before = joined.at(-1)
    const isValue = /^-[\d.]/.test(each) && before !== undefined && /^--[^=]+$/.test(before)
    if (isValue) joined[joined.length - 1] = `${before}=${each}`
    else joined.push(each)
  }
  return joined
}

/** A finite number as people write it; null for all else, such as 0x10, Infinity or nothing. */
export function decimalOf(text: string): number | null {
  const value = Number(text)
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) && Number.isFinite(value) ? value : null
}

/** @throws StationError usage.badArgument unless it is a finite number above `above`, where that is given */
export function numberOption(options: Options, name: string, above = -Infinity): number | undefined {
  const text = textOption(options, name)
  if (text === undefined) return undefined
  const value = decimalOf(text)
  if (value !== null && value > above) return value
  const needed = above === -Infinity ? 'a number' : `a number above ${above}`
  throw new StationError('usage.badArgument', { detail: `--${name} ${text}: ${needed} is needed.` })
}

/** @throws StationError usage.badArgument where it is missing, too */
export function neededNumber(options: Options, name: string, above = -Infinity): number {
  const value = numberOption(options, name, above)
  if (value === undefined) throw new StationError('usage.badArgument', { detail: `--${name} is needed.` })
  return value
}
