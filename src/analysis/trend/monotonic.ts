import { median, quantiles } from '../statistics/descriptive.ts'
import { normalProbability, normalQuantile } from '../statistics/distributions.ts'
import { badInput, missing, requireAllFinite } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** Trends without a normal distribution: Mann–Kendall's test and Theil–Sen's slope. */
export const mannKendallMethod: Method = { id: 'trend/mannKendall', version: '1.0.0' }
export const theilSenMethod: Method = { id: 'trend/theilSen', version: '1.0.0' }

export interface MannKendall {
  readonly method: Method
  /** Rising less falling pairs. */
  readonly S: number
  /** Kendall's τ_b (with the ties of y taken out). */
  readonly tau: Quantity
  /** Variance of S with the correction for ties. */
  readonly variance: number
  /** Continuity-corrected standard normal statistic. */
  readonly Z: number
  /** Two-sided. Good from about ten points on. */
  readonly pValue: number
  readonly trend: 'rising' | 'falling' | 'none'
}

/** Counts pairs i < j with y_i > y_j while sorting (merge sort), so a million points take a second, not an hour. */
const countFalling = (values: Float64Array): number => {
  let from: Float64Array = values
  let to: Float64Array = new Float64Array(values.length)
  let falling = 0
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length)
      const end = Math.min(start + 2 * width, values.length)
      let [i, j] = [start, middle]
      for (let k = start; k < end; k++) {
        if (i < middle && (j >= end || from[i]! <= from[j]!)) to[k] = from[i++]!
        else {
          falling += middle - i
          to[k] = from[j++]!
        }
      }
    }
    ;[from, to] = [to, from]
  }
  values.set(from)
  return falling
}

const tieSizes = (sorted: Float64Array): number[] => {
  const sizes: number[] = []
  let start = 0
  for (let i = 1; i <= sorted.length; i++) {
    if (i < sorted.length && sorted[i] === sorted[start]) continue
    if (i - start > 1) sizes.push(i - start)
    start = i
  }
  return sizes
}

/**
 * Mann–Kendall's test for a monotonic trend.
 * @param values in time order, at least three; equal values are ties
 * @param level of significance for `trend`, 0.05 unless stated
 * @throws StationError analysis.badInput for too few values or numbers that aren't finite
 * @see Mann 1945; Kendall 1975; Gilbert 1987, 16.4
 */
export const mannKendall = (values: ArrayLike<number>, level = 0.05): MannKendall => {
  const count = values.length
  if (count < 3) throw badInput('Mann–Kendall', `${count} values, at least 3 are needed`)
  requireAllFinite(values, 'values')
  const work = Float64Array.from(values)
  const falling = countFalling(work)
  const ties = tieSizes(work)
  const pairs = (count * (count - 1)) / 2
  const tied = ties.reduce((sum, t) => sum + (t * (t - 1)) / 2, 0)
  const S = pairs - tied - 2 * falling
  const tieTerm = ties.reduce((sum, t) => sum + t * (t - 1) * (2 * t + 5), 0)
  const variance = (count * (count - 1) * (2 * count + 5) - tieTerm) / 18
  const Z = variance > 0 ? (S - Math.sign(S)) / Math.sqrt(variance) : 0
  const pValue = Math.min(1, 2 * normalProbability(-Math.abs(Z)))
  return {
    method: mannKendallMethod,
    S,
    tau: pairs === tied ? missing('all values are the same') : { value: S / Math.sqrt((pairs - tied) * pairs) },
    variance,
    Z,
    pValue,
    trend: pValue >= level || S === 0 ? 'none' : S > 0 ? 'rising' : 'falling',
  }
}

export interface TheilSen {
  readonly method: Method
  readonly slope: number
  readonly intercept: number
  /** Two-sided 95 % interval by Sen's method; null with fewer than ten points or by the incomplete method. */
  readonly slopeInterval95: readonly [number, number] | null
  /**
   * all: the median over all pairs. incomplete: Theil's incomplete method, point i with point i + n/2, taken for more
   * than 2000 points so that time and memory stay bounded.
   */
  readonly pairs: 'all' | 'incomplete'
}

const mostForAllPairs = 2000

const slopesOf = (x: ArrayLike<number>, y: ArrayLike<number>, order: readonly number[]): Float64Array => {
  const count = order.length
  const all = count <= mostForAllPairs
  const half = count >> 1
  const slopes = new Float64Array(all ? (count * (count - 1)) / 2 : count)
  let found = 0
  for (let i = 0; i < count; i++) {
    for (let j = all ? i + 1 : i + half; j < (all ? count : Math.min(count, i + half + 1)); j++) {
      const dx = x[order[j]!]! - x[order[i]!]!
      const slope = (y[order[j]!]! - y[order[i]!]!) / dx
      if (dx !== 0 && Number.isFinite(slope)) slopes[found++] = slope
    }
  }
  return slopes.subarray(0, found)
}

/** Ranks (M ± z·√var S)/2 of the sorted slopes. Source: Gilbert 1987, 16.5; Sen 1968. */
const senInterval = (slopes: Float64Array, y: ArrayLike<number>): readonly [number, number] | null => {
  if (y.length < 10) return null
  const half = normalQuantile(0.975) * Math.sqrt(mannKendall(y).variance)
  const last = slopes.length - 1
  const low = ((slopes.length - half) / 2 - 1) / last
  const high = (slopes.length + half) / 2 / last
  const [a, b] = quantiles(slopes, [Math.max(0, low), Math.min(1, high)])
  return [a!, b!]
}

/**
 * Median of the slopes between pairs of points; intercept = median of y − slope·x.
 * @param x any order, not all the same; at least two points
 * @throws StationError analysis.badInput for unequal lengths, too few points, or an x without spread
 * @see Theil 1950; Sen 1968
 */
export const theilSen = (x: ArrayLike<number>, y: ArrayLike<number>): TheilSen => {
  if (x.length !== y.length || x.length < 2) throw badInput('Theil–Sen', 'x and y have to pair up, at least two points')
  requireAllFinite(x, 'x')
  requireAllFinite(y, 'y')
  const order = Array.from({ length: x.length }, (_, i) => i).sort((a, b) => x[a]! - x[b]!)
  const slopes = slopesOf(x, y, order)
  if (slopes.length === 0) throw badInput('Theil–Sen', 'no two points differ in x')
  const slope = median(slopes)
  const rest = Float64Array.from({ length: x.length }, (_, i) => y[i]! - slope * x[i]!)
  const all = x.length <= mostForAllPairs
  const inOrder = order.map((i) => y[i]!)
  return {
    method: theilSenMethod,
    slope,
    intercept: median(rest),
    slopeInterval95: all ? senInterval(slopes, inOrder) : null,
    pairs: all ? 'all' : 'incomplete',
  }
}
