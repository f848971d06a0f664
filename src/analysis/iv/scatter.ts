import { squaresAboutCubic } from './cubic.ts'
import { distanceAlong, type Places } from './path.ts'

export interface Scatter {
  /** Standard deviation of a single sample normal to the curve, in shares of full scale. */
  readonly deviation: number
  /** That of the steep part alone; 0 where it has too few points. */
  readonly steepDeviation: number
  /** Indices of single places far off the curve. */
  readonly outliers: readonly number[]
  /** Indices of the places of the level part where the curve hardly bends, outliers left out. */
  readonly level: readonly number[]
}

interface Residual {
  readonly k: number
  /** Normal to the curve, in standard deviations of a sample of deviation one. */
  readonly size: number
  readonly part: 'level' | 'steep' | 'bend'
  /** Change of the current from one side to the other beyond that of a straight line. */
  readonly turn: number
  /** Off the cubic by a good part of the turn, as a wild point is; of a bend of the curve the cubic misses little. */
  readonly alone: boolean
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
  const deviationOf = (residuals: readonly Residual[]): number | null =>
    residuals.length < 6 ? null : robustDeviation(residuals, resolution)
  const levelDeviation = deviationOf(found.filter(({ part }) => part === 'level'))
  const steepDeviation = deviationOf(found.filter(({ part }) => part === 'steep'))
  const neither = levelDeviation === null && steepDeviation === null
  const deviation = neither ? robustDeviation(found, resolution) : Math.max(levelDeviation ?? 0, steepDeviation ?? 0)
  const limit = Math.max(0.02, 12 * deviation)
  // One wild point disturbs the prediction of four neighbours, so only peaks count.
  const outliers = found
    .filter(
      ({ size, alone }, i) =>
        alone && size > limit && size >= (found[i - 1]?.size ?? 0) && size >= (found[i + 1]?.size ?? 0),
    )
    .map(({ k }) => k)
  const wild = new Set(outliers)
  // Where the curve turns by more than noise makes it seem to, a long cubic doesn't follow it.
  const straight = 0.003 + 10 * deviation
  const level = found
    .filter(({ k, part, turn }) => part === 'level' && turn < straight && !wild.has(k))
    .map(({ k }) => k)
  return { deviation, steepDeviation: steepDeviation ?? 0, outliers, level }
}

/** Places that one cubic follows. */
const blockLength = 12

/**
 * A sharper estimate for the level part of curves with few points: the scatter about cubics, each over about twelve
 * places, which loses four degrees of freedom of twelve where a cubic through four neighbours loses four of five.
 *
 * @param falls ranges of u where the curve falls by a step: left out, and no cubic reaches across
 * @returns standard deviation of a single sample; null with fewer than four degrees of freedom
 */
export const levelScatter = (
  places: Places,
  level: readonly number[],
  falls: readonly { fromU: number; toU: number }[],
): number | null => {
  let [squares, freedom] = [0, 0]
  const edges = [{ toU: -Infinity }, ...falls].map(({ toU }, k) => [toU, falls[k]?.fromU ?? Infinity] as const)
  for (const [low, high] of edges) {
    const part = level.filter((k) => places.u[k]! > low && places.u[k]! < high)
    const blocks = Math.max(1, Math.round(part.length / blockLength))
    for (let block = 0; block < blocks; block++) {
      const [from, to] = [block, block + 1].map((share) => Math.round((share * part.length) / blocks))
      const inside = part.slice(from, to)
      const samples = inside.reduce((sum, k) => sum + places.count[k]!, 0) / inside.length
      const pick = (values: readonly number[]): number[] => inside.map((k) => values[k]!)
      const aboutCubic = squaresAboutCubic(pick(places.u), pick(places.j))
      if (aboutCubic === null) continue
      squares += samples * aboutCubic
      freedom += inside.length - 4
    }
  }
  return freedom < 4 ? null : Math.sqrt(squares / freedom)
}

/**
 * Standard deviation from absolute values of a normal variable: their median over 0.6745 sets a limit of three
 * deviations, and the root mean square of what lies within it, over 0.9866 for the cut tails, is the efficient estimate.
 */
const robustDeviation = (residuals: readonly Residual[], resolution: number): number => {
  const sizes = new Float64Array(residuals.map(({ size }) => size)).sort()
  const limit = Math.max((3 * (sizes[sizes.length >> 1] ?? 0)) / 0.6745, resolution)
  let [sum, count] = [0, 0]
  for (const size of sizes) {
    if (size > limit) break
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
    const off = cubicResidual(places, k)
    const size = off / Math.sqrt(1 + slope * slope)
    const turn = Math.abs(after - before) * Math.min(u[k]! - u[left]!, u[right]! - u[k]!)
    if (!Number.isFinite(size)) continue
    found.push({ k, size, part: partOf(slope, before, after), turn, alone: off > 0.15 * turn })
  }
  return found
}

const slopeBase = 0.06

/** Where the slope doubles between neighbours a cubic through them misses the curve itself; that is no scatter. */
const partOf = (slope: number, before: number, after: number): Residual['part'] => {
  if (Math.abs(slope) <= 1) return Math.abs(after - before) > 0.35 ? 'bend' : 'level'
  return before / after > 0.5 && before / after < 2 ? 'steep' : 'bend'
}

const cubicResidual = ({ u, j, count }: Places, k: number): number => {
  let predicted = 0
  let variance = 1 / count[k]!
  for (let a = k - 2; a <= k + 2; a++) {
    if (a === k) continue
    let weight = 1
    for (let b = k - 2; b <= k + 2; b++) if (b !== k && b !== a) weight *= (u[k]! - u[b]!) / (u[a]! - u[b]!)
    predicted += weight * j[a]!
    variance += (weight * weight) / count[a]!
  }
  return Math.abs(j[k]! - predicted) / Math.sqrt(variance)
}
