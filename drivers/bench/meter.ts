import type { Random } from '../../src/base/random.ts'

/** Errors of one simulated meter: a gain that stays, and noise of each reading; together about 0.02 % of the range. */
export interface Meter {
  read(trueValue: number, range: number): number
}

export function createMeter(random: Random): Meter {
  const gain = 1 + 3e-5 * random.normal()
  return { read: (trueValue, range) => trueValue * gain + 6e-5 * Math.abs(range) * random.normal() }
}

/** Smallest range that holds the value, 5 % over its nominal size included; the largest where none does. */
export function rangeFor(ranges: readonly number[], value: number): number {
  const largest = ranges[ranges.length - 1] ?? 0
  return ranges.find((range) => Math.abs(value) <= range * 1.0501) ?? largest
}
