import { extent, median } from '../numeric/statistics.ts'

/** Points of a prepared curve: u ascending and distinct, both in shares of full scale. */
interface Shape {
  readonly u: readonly number[]
  readonly j: readonly number[]
}

export interface Step {
  /** Where the curve lies deepest below its concave envelope, in shares of the voltage scale. */
  readonly u: number
  /** Depth below the envelope, normal to it, in shares of full scale. */
  readonly depth: number
}

/**
 * Distance of each point below the upper concave envelope of the curve, measured normal to the envelope. The I-V curve
 * of a uniform module is concave (every term of the diode equation bends the same way), so a deep valley is a step.
 */
export const concavityGap = (u: readonly number[], j: readonly number[]): number[] => {
  const hull: number[] = []
  for (let k = 0; k < u.length; k++) {
    while (hull.length >= 2 && !turnsDown({ u, j }, [hull.at(-2)!, hull.at(-1)!, k])) hull.pop()
    hull.push(k)
  }
  const gap = new Array<number>(u.length).fill(0)
  for (let edge = 1; edge < hull.length; edge++) {
    const [a, b] = [hull[edge - 1]!, hull[edge]!]
    const [du, dj] = [u[b]! - u[a]!, j[b]! - j[a]!]
    const length = Math.hypot(du, dj)
    for (let k = a + 1; k < b; k++) gap[k] = (du * (j[a]! - j[k]!) + dj * (u[k]! - u[a]!)) / length
  }
  return gap
}

const turnsDown = ({ u, j }: Shape, [a, b, c]: readonly [number, number, number]): boolean =>
  (u[b]! - u[a]!) * (j[c]! - j[b]!) - (j[b]! - j[a]!) * (u[c]! - u[b]!) < 0

/**
 * Steps: valleys below the concave envelope where two neighbouring points lie deeper than 0.4 % of full scale and than
 * eight times the scatter. Dense curves are averaged to about 64 places along their length first, so that the extremes
 * of many noisy points don't pass for a valley.
 */
export const findSteps = (u: readonly number[], j: readonly number[]): Step[] => {
  const coarse = averageAlong({ u, j }, 64)
  const gap = concavityGap(coarse.u, coarse.j)
  const scatter = localScatter(coarse.u, coarse.j)?.deviation ?? 0
  const threshold = Math.max(0.004, 8 * scatter)
  const steps: Step[] = []
  for (let k = 0; k < gap.length; k++) {
    if (gap[k] === 0) continue
    let [end, deepest, depth] = [k, k, 0]
    for (; end < gap.length && gap[end]! > 0; end++) {
      if (gap[end]! > gap[deepest]!) deepest = end
      depth = Math.max(depth, Math.min(gap[end]!, gap[end + 1] ?? 0))
    }
    const place = { u: coarse.u[deepest]!, j: coarse.j[deepest]! }
    // Beyond open circuit the current falls steeply and sources misbehave; a step is a matter of the quadrant of power.
    if (depth > threshold && place.u > 0 && place.j > 0) steps.push({ u: place.u, depth })
    k = end
  }
  return steps
}

/** Means of groups of neighbouring points that each cover an equal share of the curve's extent in u and j. */
const averageAlong = ({ u, j }: Shape, places: number): Shape => {
  if (u.length <= 1.5 * places) return { u, j }
  const [spanU, spanJ] = [u.at(-1)! - u[0]!, extent(j)[1] - extent(j)[0]]
  const [meanU, meanJ]: [number[], number[]] = [[], []]
  for (let from = 0; from < u.length;) {
    let to = from
    let [sumU, sumJ] = [0, 0]
    const covered = (k: number): number => (u[k]! - u[from]!) / spanU + Math.abs(sumJ / (k - from) - j[k]!) / spanJ
    while (to < u.length && (to < from + 2 || covered(to) <= 2 / places)) {
      sumU += u[to]!
      sumJ += j[to]!
      to++
    }
    meanU.push(sumU / (to - from))
    meanJ.push(sumJ / (to - from))
    from = to
  }
  return { u: meanU, j: meanJ }
}

/**
 * Scatter about a smooth curve: each point against the cubic through its two neighbours on each side, normal to the
 * curve. Medians make it robust; the level and the steep part are taken apart, since noise of the current shows in the
 * one and noise of the voltage in the other, and the larger counts. Needs 8 points.
 */
export const localScatter = (
  u: readonly number[],
  j: readonly number[],
): { deviation: number; outliers: number } | null => {
  if (u.length < 8) return null
  const found: Residual[] = []
  for (let k = 2; k < u.length - 2; k++) {
    const residual = cubicResidual({ u, j }, k)
    if (residual !== null) found.push(residual)
  }
  const sizes = found.map((residual) => residual.size)
  const level = found.filter((residual) => !residual.steep).map((residual) => residual.size)
  const steep = found.filter((residual) => residual.steep).map((residual) => residual.size)
  const parts = [level, steep].filter((part) => part.length >= 5)
  const medians = (parts.length > 0 ? parts : [sizes]).map((part) => median(part) ?? 0)
  // The median of the absolute values of a normal variable is 0.6745 of its standard deviation.
  const deviation = Math.max(...medians) / 0.6745
  // One wild point disturbs the prediction of four neighbours, so only peaks count.
  const limit = Math.max(0.02, 12 * deviation)
  const outliers = sizes.filter(
    (size, k) => size > limit && size >= (sizes[k - 1] ?? 0) && size >= (sizes[k + 1] ?? 0),
  ).length
  return { deviation, outliers }
}

interface Residual {
  readonly size: number
  readonly steep: boolean
}

const cubicResidual = ({ u, j }: Shape, k: number): Residual | null => {
  const others = [k - 2, k - 1, k + 1, k + 2]
  let [predicted, spread] = [0, 1]
  for (const a of others) {
    let weight = 1
    for (const b of others) if (b !== a) weight *= (u[k]! - u[b]!) / (u[a]! - u[b]!)
    predicted += weight * j[a]!
    spread += weight * weight
  }
  const slope = (j[k + 2]! - j[k - 2]!) / (u[k + 2]! - u[k - 2]!)
  const size = Math.abs(j[k]! - predicted) / Math.sqrt(spread * (1 + slope * slope))
  return Number.isFinite(size) ? { size, steep: Math.abs(slope) > 1 } : null
}
