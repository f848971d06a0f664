import { assert } from '../../base/assert.ts'

/** Index k with xs[k] ≤ x < xs[k + 1], clamped to 0 … n − 2. xs ascending, at least two. */
export const segmentOf = (xs: readonly number[], x: number): number => {
  let [low, high] = [0, xs.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (xs[middle]! <= x) low = middle
    else high = middle
  }
  return low
}

/**
 * Linear interpolation.
 *
 * @param xs ascending, n ≥ 1
 * @param ys n values
 * @returns null outside [xs[0], xs[n − 1]]: nothing is extrapolated
 */
export const interpolateLinear = (xs: readonly number[], ys: readonly number[], x: number): number | null => {
  assert(xs.length === ys.length, 'interpolateLinear: xs and ys must pair up')
  if (xs.length === 0 || !(x >= xs[0]! && x <= xs.at(-1)!)) return null
  if (xs.length === 1) return ys[0]!
  const k = segmentOf(xs, x)
  const width = xs[k + 1]! - xs[k]!
  if (width === 0) return ys[k]!
  const share = (x - xs[k]!) / width
  return ys[k]! * (1 - share) + ys[k + 1]! * share
}

/** Integral of y dx by the trapezoid rule over ascending x. */
export const trapezoid = (xs: readonly number[], ys: readonly number[]): number => {
  assert(xs.length === ys.length, 'trapezoid: xs and ys must pair up')
  let sum = 0
  for (let k = 1; k < xs.length; k++) sum += ((xs[k]! - xs[k - 1]!) * (ys[k]! + ys[k - 1]!)) / 2
  return sum
}
