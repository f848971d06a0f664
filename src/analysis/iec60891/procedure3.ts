import { StationError } from '../../contract/errors.ts'
import { solveLinear } from '../numeric/linear.ts'
import { segmentOf } from '../numeric/interpolate.ts'
import type { Conditions, Points } from './conditions.ts'

/** A measured curve with its conditions and its short-circuit current. */
export interface ConditionedCurve extends Points {
  readonly conditions: Conditions
  readonly iscA: number
}

export interface Interpolated extends ConditionedCurve {
  /** Points of the first curve that have no partner on the second: it ends too early there. */
  readonly unpaired: number
}

/**
 * IEC 60891:2021 procedure 3 with two measured curves: points whose currents differ by Isc2 − Isc1 belong together, and
 *
 *     V3 = V1 + a (V2 − V1),  I3 = I1 + a (I2 − I1),  G3 = G1 + a (G2 − G1),  T3 = T1 + a (T2 − T1)
 *
 * The partner on the second curve is interpolated between its points. Points without one are left out, so a curve that
 * ends at Voc gives a result that ends before its Voc: measure into negative current.
 *
 * @param share a; 0 … 1 interpolates, beyond it extrapolates (avoid)
 */
export const procedure3 = (first: ConditionedCurve, second: ConditionedCurve, share: number): Interpolated => {
  const conditions = between(first.conditions, second.conditions, share)
  const iscA = first.iscA + share * (second.iscA - first.iscA)
  if (share === 0) return { ...first, unpaired: 0 }
  const voltageAt = voltageOfCurrent(second)
  const shiftA = second.iscA - first.iscA
  const voltageV: number[] = []
  const currentA: number[] = []
  first.currentA.forEach((current, k) => {
    const partner = voltageAt(current + shiftA)
    if (partner === null) return
    voltageV.push(first.voltageV[k]! + share * (partner - first.voltageV[k]!))
    currentA.push(current + share * shiftA)
  })
  return { voltageV, currentA, conditions, iscA, unpaired: first.currentA.length - voltageV.length }
}

const between = (a: Conditions, b: Conditions, share: number): Conditions => ({
  irradianceWPerM2: a.irradianceWPerM2 + share * (b.irradianceWPerM2 - a.irradianceWPerM2),
  temperatureC: a.temperatureC + share * (b.temperatureC - a.temperatureC),
})

/**
 * V(I) of a curve by linear interpolation; null beyond its currents by more than rounding. Scatter that makes the
 * current rise with the voltage is levelled by isotonic regression first, so that every current has one voltage.
 */
const voltageOfCurrent = (curve: Points): ((currentA: number) => number | null) => {
  const order = curve.voltageV.map((_, k) => k).sort((a, b) => curve.voltageV[b]! - curve.voltageV[a]!)
  const voltages = order.map((k) => curve.voltageV[k]!)
  const currents = levelled(order.map((k) => curve.currentA[k]!))
  const [lowest, highest] = [currents[0] ?? 0, currents.at(-1) ?? 0]
  const rounding = 1e-9 * Math.max(Math.abs(lowest), Math.abs(highest))
  return (current) => {
    if (currents.length < 2 || current < lowest - rounding || current > highest + rounding) return null
    const k = segmentOf(currents, current)
    const width = currents[k + 1]! - currents[k]!
    const share = width === 0 ? 0 : Math.min(1, Math.max(0, (current - currents[k]!) / width))
    return voltages[k]! + share * (voltages[k + 1]! - voltages[k]!)
  }
}

/** Isotonic regression: the ascending sequence nearest to the values in least squares (pool adjacent violators). */
const levelled = (values: readonly number[]): number[] => {
  const blocks: { sum: number; count: number }[] = []
  for (const value of values) {
    let block = { sum: value, count: 1 }
    for (let last = blocks.at(-1); last && last.sum / last.count > block.sum / block.count; last = blocks.at(-1)) {
      blocks.pop()
      block = { sum: block.sum + last.sum, count: block.count + last.count }
    }
    blocks.push(block)
  }
  return blocks.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count))
}

/** Distance between conditions with 1000 W/m² and 25 K as units. */
const distance = (a: Conditions, b: Conditions): number =>
  Math.hypot((a.irradianceWPerM2 - b.irradianceWPerM2) / 1000, (a.temperatureC - b.temperatureC) / 25)

/** A pair may miss the target by this much: 0.2 % of 1000 W/m² and 0.05 K; the result states where it really is. */
const closeEnough = 0.002

/**
 * Procedure 3 towards a target with two or more measured curves. G and T can't be chosen independently with two curves:
 * the target must lie on the line between them. With three it must lie in their triangle (two are joined first, the
 * result with the third).
 *
 * @throws StationError analysis.badInput when no two or three of the curves surround the target
 */
export const procedure3Towards = (
  curves: readonly ConditionedCurve[],
  target: Conditions,
): Interpolated & { readonly method: string } => {
  const pair = bestPair(curves, target)
  if (pair !== null) {
    const [first, second, share] = pair
    return { ...procedure3(first, second, share), method: 'two curves' }
  }
  const triangle = bestTriangle(curves, target)
  if (triangle !== null) {
    const [a, b, c, share, last] = triangle
    const joined = procedure3(a, b, share)
    const result = procedure3(joined, c, last)
    return { ...result, unpaired: joined.unpaired + result.unpaired, method: 'three curves' }
  }
  const { irradianceWPerM2: g, temperatureC: t } = target
  const detail = `no two of the ${curves.length} curves have ${g} W/m² and ${t} °C on the line between them, and no three around it`
  throw new StationError('analysis.badInput', { what: 'Procedure 3', detail })
}

const bestPair = (
  curves: readonly ConditionedCurve[],
  target: Conditions,
): [ConditionedCurve, ConditionedCurve, number] | null => {
  let best: [ConditionedCurve, ConditionedCurve, number] | null = null
  let shortest = Infinity
  for (const [i, first] of curves.entries()) {
    if (distance(first.conditions, target) < 1e-9) return [first, first, 0]
    for (const second of curves.slice(i + 1)) {
      const length = distance(first.conditions, second.conditions)
      const share = length > 0 ? projected(first.conditions, second.conditions, target) : -1
      if (share < 0 || share > 1 || length >= shortest) continue
      if (distance(between(first.conditions, second.conditions, share), target) > closeEnough) continue
      best = [first, second, share]
      shortest = length
    }
  }
  return best
}

const projected = (a: Conditions, b: Conditions, target: Conditions): number => {
  const [gx, tx] = [(b.irradianceWPerM2 - a.irradianceWPerM2) / 1000, (b.temperatureC - a.temperatureC) / 25]
  const [gy, ty] = [(target.irradianceWPerM2 - a.irradianceWPerM2) / 1000, (target.temperatureC - a.temperatureC) / 25]
  return (gx * gy + tx * ty) / (gx * gx + tx * tx)
}

type Triangle = [ConditionedCurve, ConditionedCurve, ConditionedCurve, number, number]

const bestTriangle = (curves: readonly ConditionedCurve[], target: Conditions): Triangle | null => {
  let best: Triangle | null = null
  let smallest = Infinity
  for (let i = 0; i < curves.length; i++) {
    for (let j = i + 1; j < curves.length; j++) {
      for (let k = j + 1; k < curves.length; k++) {
        const [a, b, c] = [curves[i]!, curves[j]!, curves[k]!]
        const size =
          distance(a.conditions, b.conditions) +
          distance(b.conditions, c.conditions) +
          distance(a.conditions, c.conditions)
        const weights = size < smallest ? weightsIn([a, b, c], target) : null
        if (weights === null) continue
        smallest = size
        const pair = weights[0]! + weights[1]!
        best = [a, b, c, pair > 0 ? weights[1]! / pair : 0, weights[2]!]
      }
    }
  }
  return best
}

/** Barycentric weights of the target, null unless it lies within the triangle. */
const weightsIn = (corners: readonly ConditionedCurve[], target: Conditions): number[] | null => {
  const weights = solveLinear(
    [
      corners.map((corner) => corner.conditions.irradianceWPerM2 / 1000),
      corners.map((corner) => corner.conditions.temperatureC / 25),
      corners.map(() => 1),
    ],
    [target.irradianceWPerM2 / 1000, target.temperatureC / 25, 1],
  )
  return weights !== null && weights.every((weight) => weight >= -1e-9) ? weights.map((w) => Math.max(0, w)) : null
}
