import { distanceAlong, type Places } from './path.ts'

export interface Scatter {
  /** Standard deviation of a single sample normal to the curve, in shares of full scale. */
  readonly deviation: number
  /** Indices of single places far off the curve. */
  readonly outliers: readonly number[]
}

interface Residual {
  readonly k: number
  /** Normal to the curve, in standard deviations of a sample of deviation one. */
  readonly size: number
  readonly part: 'level' | 'steep' | 'bend'
}

/**
 * Scatter about a smooth curve: each place against the cubic through its two neighbours on each side, normal to the
 * curve and in units of a single sample. The level and the steep part are taken apart, since noise of the current shows
 * in the one and noise of the voltage in the other, and the larger counts; the bend between them serves where neither
 * has enough points. Only noise from point to point is seen, not a wander of the light over many points.
 *
 * @param resolution step of the current readings, in shares of full scale; 0 when unknown
 * @returns null below 8 places
 */
export const localScatter = (places: Places, resolution: number): Scatter | null => {
  if (places.u.length < 8) return null
  const found = residualsOf(places)
  const sizes = (part: Residual['part']): number[] => found.filter((r) => r.part === part).map((r) => r.size)
  const parts = [sizes('level'), sizes('steep')].filter((part) => part.length >= 6)
  const used = parts.length > 0 ? parts : [found.map((residual) => residual.size)]
  const deviation = Math.max(...used.map((part) => robustDeviation(part, resolution)))
  const limit = Math.max(0.02, 12 * deviation)
  // One wild point disturbs the prediction of four neighbours, so only peaks count.
  const outliers = found
    .filter(({ size }, i) => size > limit && size >= (found[i - 1]?.size ?? 0) && size >= (found[i + 1]?.size ?? 0))
    .map(({ k }) => k)
  return { deviation, outliers }
}

/**
 * Standard deviation from absolute values of a normal variable: their median over 0.6745 sets a limit of three
 * deviations, and the root mean square of what lies within it, over 0.9866 for the cut tails, is the efficient estimate.
 */
const robustDeviation = (sizes: readonly number[], resolution: number): number => {
  const sorted = Float64Array.from(sizes).sort()
  const limit = Math.max((3 * (sorted[sizes.length >> 1] ?? 0)) / 0.6745, resolution)
  let [sum, count] = [0, 0]
  for (const size of sizes) {
    if (size > limit) continue
    sum += size * size
    count++
  }
  return count === 0 ? 0 : Math.sqrt(sum / count) / 0.9866
}

const residualsOf = (places: Places): Residual[] => {
  const { u, j } = places
  const distance = distanceAlong(places)
  const found: Residual[] = []
  let [left, right] = [0, 0]
  for (let k = 2; k < u.length - 2; k++) {
    // Slopes over a base wide enough that noise doesn't make a level curve look steep.
    while (left < k - 2 && distance[k]! - distance[left + 1]! > slopeBase) left++
    while (right < u.length - 1 && (right < k + 2 || distance[right]! - distance[k]! < slopeBase)) right++
    const before = (j[k]! - j[left]!) / (u[k]! - u[left]!)
    const after = (j[right]! - j[k]!) / (u[right]! - u[k]!)
    const slope = (j[right]! - j[left]!) / (u[right]! - u[left]!)
    const size = cubicResidual(places, k) / Math.sqrt(1 + slope * slope)
    if (Number.isFinite(size)) found.push({ k, size, part: partOf(slope, before, after) })
  }
  return found
}

const slopeBase = 0.03

/** Where the slope doubles between neighbours a cubic through them misses the curve itself; that is no scatter. */
const partOf = (slope: number, before: number, after: number): Residual['part'] => {
  if (Math.abs(slope) <= 1) return Math.abs(after - before) > 0.5 ? 'bend' : 'level'
  return before / after > 0.5 && before / after < 2 ? 'steep' : 'bend'
}

const cubicResidual = ({ u, j, count }: Places, k: number): number => {
  let [predicted, variance] = [0, 1 / count[k]!]
  for (let a = k - 2; a <= k + 2; a++) {
    if (a === k) continue
    let weight = 1
    for (let b = k - 2; b <= k + 2; b++) if (b !== k && b !== a) weight *= (u[k]! - u[b]!) / (u[a]! - u[b]!)
    predicted += weight * j[a]!
    variance += (weight * weight) / count[a]!
  }
  return Math.abs(j[k]! - predicted) / Math.sqrt(variance)
}
