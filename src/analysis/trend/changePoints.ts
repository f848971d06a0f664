import { medianAbsoluteDeviation } from '../statistics/descriptive.ts'
import { badInput, requirePositive, requireSquarable } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'

/** Where the level of a series changes (piecewise constant mean, independent noise of one spread). */
export const changePointMethod: Method = { id: 'trend/changePoints', version: '1.0.0' }

export interface ChangePointOptions {
  /** Standard deviation of the noise; unless stated 1.4826·MAD of the first differences / √2. */
  readonly sigma?: number
  /** Cost of a change in σ²; 3·ln n unless stated (modified BIC: position, mean and their search). */
  readonly penalty?: number
  /** Shortest segment, 2 unless stated. */
  readonly shortest?: number
}

export interface Segment {
  readonly from: number
  /** Exclusive. */
  readonly to: number
  readonly mean: number
}

export interface ChangePoints {
  readonly method: Method
  /** pelt: the exact optimum. binarySegmentation: for more than 2000 points. */
  readonly algorithm: 'pelt' | 'binarySegmentation'
  /** First index of each new level. */
  readonly changes: readonly number[]
  readonly segments: readonly Segment[]
  readonly sigma: number
}

const mostForPelt = 2000

/** Noise from first differences: a level change spoils one difference only. */
const noiseOf = (values: ArrayLike<number>): number => {
  const differences = Float64Array.from({ length: values.length - 1 }, (_, i) => values[i + 1]! - values[i]!)
  return (1.4826 * medianAbsoluteDeviation(differences)) / Math.SQRT2
}

/** Squared deviations from the mean over from…to−1, by prefix sums of values centred on their mean. */
type Cost = (from: number, to: number) => number

const costOf = (values: Float64Array): Cost => {
  const sums = new Float64Array(values.length + 1)
  const squares = new Float64Array(values.length + 1)
  for (let i = 0; i < values.length; i++) {
    sums[i + 1] = sums[i]! + values[i]!
    squares[i + 1] = squares[i]! + values[i]! * values[i]!
  }
  return (from, to) => {
    const sum = sums[to]! - sums[from]!
    return Math.max(0, squares[to]! - squares[from]! - (sum * sum) / (to - from))
  }
}

interface Search {
  readonly count: number
  readonly cost: Cost
  readonly penalty: number
  readonly shortest: number
}

/** Pruned exact linear time search. Source: Killick, Fearnhead, Eckley 2012. */
const pelt = ({ count, cost, penalty, shortest }: Search): number[] => {
  const best = new Float64Array(count + 1).fill(Infinity)
  const previous = new Int32Array(count + 1)
  best[0] = -penalty
  let candidates = [0]
  for (let end = shortest; end <= count; end++) {
    const totals = candidates.map((start) => best[start]! + cost(start, end))
    totals.forEach((total, i) => {
      if (total + penalty < best[end]!) {
        best[end] = total + penalty
        previous[end] = candidates[i]!
      }
    })
    candidates = candidates.filter((_, i) => totals[i]! <= best[end]!)
    const next = end - shortest + 1
    if (next >= shortest) candidates.push(next)
  }
  const changes: number[] = []
  for (let at = previous[count]!; at > 0; at = previous[at]!) changes.unshift(at)
  return changes
}

const binarySegmentation = ({ count, cost, penalty, shortest }: Search): number[] => {
  const changes: number[] = []
  const open: [number, number][] = [[0, count]]
  while (open.length > 0) {
    const [from, to] = open.pop()!
    const whole = cost(from, to)
    let split = -1
    let least = whole - penalty
    for (let at = from + shortest; at <= to - shortest; at++) {
      const total = cost(from, at) + cost(at, to)
      if (total < least) {
        least = total
        split = at
      }
    }
    if (split < 0) continue
    changes.push(split)
    open.push([from, split], [split, to])
  }
  return changes.sort((a, b) => a - b)
}

/** Centred and divided by the largest deviation, so that squares stay in range. */
const normalised = (values: ArrayLike<number>): { work: Float64Array; scale: number } => {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += values[i]! / (i + 1) - mean / (i + 1)
  let largest = 0
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]! - mean))
  if (!Number.isFinite(largest)) throw badInput('change points', 'the numbers are too large')
  const scale = largest === 0 ? 1 : largest
  return { work: Float64Array.from({ length: values.length }, (_, i) => (values[i]! - mean) / scale), scale }
}

/**
 * Change points of the mean.
 * @param values at least four, equally weighted, in time order
 * @throws StationError analysis.badInput for too few values or numbers that aren't finite
 */
export const changePoints = (values: ArrayLike<number>, options: ChangePointOptions = {}): ChangePoints => {
  if (values.length < 4) throw badInput('change points', `${values.length} values, at least 4 are needed`)
  requireSquarable(values, 'values')
  const count = values.length
  const { work, scale } = normalised(values)
  const sigma = options.sigma === undefined ? noiseOf(work) : requirePositive(options.sigma, 'sigma') / scale
  const shortest = Math.max(1, Math.floor(requirePositive(options.shortest ?? 2, 'shortest segment')))
  // The floor keeps rounding from being taken for changes when the noise is exactly 0.
  const unit = Math.max(sigma * sigma, 1e-18)
  const penalty = requirePositive(options.penalty ?? 3 * Math.log(count), 'penalty') * unit
  const algorithm = count <= mostForPelt ? 'pelt' : 'binarySegmentation'
  const search = { count, cost: costOf(work), penalty, shortest }
  const changes = algorithm === 'pelt' ? pelt(search) : binarySegmentation(search)
  const edges = [0, ...changes, count]
  const segments = edges.slice(1).map((to, i) => {
    const from = edges[i]!
    let mean = 0
    for (let k = from; k < to; k++) mean += (values[k]! - mean) / (k - from + 1)
    return { from, to, mean }
  })
  return { method: changePointMethod, algorithm, changes, segments, sigma: sigma * scale }
}
