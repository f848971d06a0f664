import { tQuantile } from './distributions.ts'
import { badInput, missing, quantity, requireAllFinite } from './quantity.ts'
import type { Quantity } from './quantity.ts'

/** A sum with Neumaier's compensation: as good as twice the digits, whatever the order. */
export const compensatedSum = (values: ArrayLike<number>): number => {
  let sum = 0
  let lost = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return sum + lost
}

/** A power of two that brings extreme numbers into a range where sums and squares neither over- nor underflow. */
const scaleFor = (largest: number): number => {
  if (largest === 0 || (largest < 1e140 && largest > 1e-140)) return 1
  return 2 ** Math.min(1000, -Math.floor(Math.log2(largest)))
}

interface Moments {
  readonly mean: number
  /** Sum of squared deviations in units of 1/scale². */
  readonly squares: number
  readonly scale: number
  readonly least: number
  readonly greatest: number
}

/** Two passes: the mean with a compensated sum, then the squares about it with the correction for its rounding. */
const momentsOf = (values: ArrayLike<number>): Moments => {
  let least = Infinity
  let greatest = -Infinity
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  const scale = scaleFor(Math.max(Math.abs(least), Math.abs(greatest)))
  const count = values.length
  const mean = scale === 1 ? compensatedSum(values) / count : scaledMean(values, scale)
  let squares = 0
  let rest = 0
  for (let i = 0; i < count; i++) {
    const deviation = values[i]! * scale - mean
    squares += deviation * deviation
    rest += deviation
  }
  return { mean: mean / scale, squares: Math.max(0, squares - (rest * rest) / count), scale, least, greatest }
}

const scaledMean = (values: ArrayLike<number>, scale: number): number => {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += (values[i]! * scale - mean) / (i + 1)
  return mean
}

/** @throws StationError analysis.badInput for an empty list or a number that isn't finite */
export const mean = (values: ArrayLike<number>): number => {
  requireSome(values)
  return momentsOf(values).mean
}

/** s with n − 1; null with fewer than two values. */
export const standardDeviation = (values: ArrayLike<number>): Quantity => {
  requireSome(values)
  return spreadOf(momentsOf(values), values.length)
}

const spreadOf = (moments: Moments, count: number): Quantity => {
  if (count < 2) return missing('a standard deviation needs at least two values')
  return quantity(Math.sqrt(moments.squares / (count - 1)) / moments.scale, 'beyond the range of a double')
}

const requireSome = (values: ArrayLike<number>): void => {
  if (values.length === 0) throw badInput('values', 'there are none')
  requireAllFinite(values, 'values')
}

/**
 * Puts the k-th smallest value (0-based) at its place, smaller ones before and larger ones behind it (Hoare's select).
 * Falls back to sorting when an unlucky order makes it slow.
 */
const selectInPlace = (work: Float64Array, k: number, range: { from: number; to: number }): number => {
  let { from: low, to: high } = range
  let budget = 64
  while (low < high) {
    if (budget-- === 0) {
      work.subarray(low, high + 1).sort()
      break
    }
    const pivot = medianOfThree(work[low]!, work[(low + high) >> 1]!, work[high]!)
    let i = low
    let j = high
    while (i <= j) {
      while (work[i]! < pivot) i++
      while (work[j]! > pivot) j--
      if (i <= j) {
        const swap = work[i]!
        work[i++] = work[j]!
        work[j--] = swap
      }
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else break
  }
  return work[k]!
}

const medianOfThree = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))

/** Linear interpolation that can't overflow between two finite numbers. */
const between = (low: number, high: number, share: number): number =>
  share === 0 || low === high ? low : low * (1 - share) + high * share

/**
 * Quantile of an unsorted work array, which is reordered. Hyndman & Fan's type 7: at position (n − 1)·p, linear between.
 * @param known part of the array that an earlier selection left in place and that holds the quantile
 */
const quantileInPlace = (work: Float64Array, p: number, known?: { from: number; to: number }): number => {
  const last = work.length - 1
  const place = last * p
  const k = Math.min(last, Math.floor(place))
  const low = selectInPlace(work, k, known ?? { from: 0, to: last })
  if (k === last || place === k) return low
  let high = Infinity
  // The next value up may lie just behind the known part (two values: the part is the first alone).
  const end = known !== undefined && known.to > k ? known.to : last
  for (let i = k + 1; i <= end; i++) if (work[i]! < high) high = work[i]!
  return between(low, high, place - k)
}

/**
 * Quantiles, type 7 of Hyndman & Fan (the rule of R, NumPy and Excel).
 * @param probabilities each 0…1
 */
export const quantiles = (values: ArrayLike<number>, probabilities: readonly number[]): number[] => {
  requireSome(values)
  const work = Float64Array.from(values)
  return probabilities.map((p) => {
    if (!(p >= 0 && p <= 1)) throw badInput('probability', `${p} is not within 0 to 1`)
    return quantileInPlace(work, p)
  })
}

/** The median, the mean of the middle two for an even count. */
export const median = (values: ArrayLike<number>): number => quantiles(values, [0.5])[0]!

/** Median of the absolute deviations from the median (not scaled to a standard deviation). */
export const medianAbsoluteDeviation = (values: ArrayLike<number>): number => {
  requireSome(values)
  const work = Float64Array.from(values)
  return deviationInPlace(work, quantileInPlace(work, 0.5))
}

const deviationInPlace = (work: Float64Array, center: number): number => {
  for (let i = 0; i < work.length; i++) work[i] = Math.min(Number.MAX_VALUE, Math.abs(work[i]! - center))
  return quantileInPlace(work, 0.5)
}

export interface Description {
  readonly count: number
  readonly mean: number
  /** s with n − 1. */
  readonly standardDeviation: Quantity
  /** s/√n. */
  readonly standardError: Quantity
  readonly minimum: number
  readonly lowerQuartile: number
  readonly median: number
  readonly upperQuartile: number
  readonly maximum: number
  readonly medianAbsoluteDeviation: number
  /** Two-sided 95 % interval of the mean by Student's t; null with the reason in `standardDeviation`. */
  readonly meanInterval95: readonly [number, number] | null
}

/**
 * Mean, spread and order statistics.
 * @param values at least one, all finite; a typed array of a million takes some tens of milliseconds
 * @throws StationError analysis.badInput for an empty list or a number that isn't finite
 */
export const describeValues = (values: ArrayLike<number>): Description => {
  requireSome(values)
  const count = values.length
  const moments = momentsOf(values)
  const standardDeviation = spreadOf(moments, count)
  const error = standardDeviation.value === null ? null : standardDeviation.value / Math.sqrt(count)
  const work = Float64Array.from(values)
  const middle = quantileInPlace(work, 0.5)
  // The first selection has parted the array at its middle: each quartile lies within its own half.
  const half = Math.floor((count - 1) / 2)
  const lowerQuartile = quantileInPlace(work, 0.25, { from: 0, to: half })
  const upperQuartile = quantileInPlace(work, 0.75, { from: half, to: count - 1 })
  const width = error === null ? null : tQuantile(0.975, count - 1) * error
  const interval = width === null ? null : ([moments.mean - width, moments.mean + width] as const)
  return {
    count,
    mean: moments.mean,
    standardDeviation,
    standardError: quantity(error, 'a standard error needs at least two values'),
    minimum: moments.least,
    lowerQuartile,
    median: middle,
    upperQuartile,
    maximum: moments.greatest,
    medianAbsoluteDeviation: deviationInPlace(work, middle),
    meanInterval95: interval !== null && interval.every(Number.isFinite) ? interval : null,
  }
}
