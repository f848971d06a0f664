import { averageCells, type Places } from './path.ts'
import { levelScatter, localScatter } from './scatter.ts'

export interface Step {
  /** Between these places the current falls to the lower level, in shares of the voltage scale. */
  readonly fromU: number
  readonly toU: number
  /** How far the curve lies below its chord beside the step, normal to the chord, in shares of full scale. */
  readonly depth: number
  /** Depth over its error for a scatter of one: to be compared with the scatter of the cells. */
  readonly strength: number
}

/** Depth below which a valley is no step: wander of the light by 0.1 % makes valleys of up to 0.3 %. */
const leastDepth = 0.0045
/** Light that swings by 1 % in one period over the sweep bends the curve by 0.2, a valley of 0.2/8 times its width². */
const depthOfDrift = 0.03
const cellWidth = 0.012
/** In standard errors: some hundred places and widths are tried, with an error estimated from as few as 25 points. */
const significance = 7

/** Cells left out between the runs left of the corner, at it and right of it, as multiples of the cells of a run. */
const gaps = [0, 1].flatMap((before) => [0, 1, 2].map((after) => ({ before, after })))
const runs = [2, 3, 5, 8]

/**
 * Steps: places where the curve is convex. The I-V curve of a uniform module is concave, so for three runs of points one
 * after the other the chord from the first to the last lies below the middle one. (For any concave curve: the outer runs
 * are a spread of the middle one that keeps its mean.) Where the middle run lies below the chord by more than 0.5 % of
 * full scale and by more than its error allows, the current fell to a lower level: a step. Each run counts by its median,
 * or, of two points, by the one that speaks least for a step, so that a wild point makes none. A current that rises with
 * the voltage (the hump of a capacitive module swept backwards) counts as level.
 *
 * @param places of the quadrant of power
 * @param resolution step of the current readings in shares of full scale; readings may be off by it, so it is allowed for
 */
export const findSteps = (places: Places, resolution: number): Step[] => {
  const cells = averageCells(places, cellWidth)
  const valleys = valleysOf(cells, resolution)
  if (valleys.every((valley) => valley === null)) return []
  const single = { ...cells, count: cells.count.map(() => 1) }
  const local = localScatter(single, resolution)
  const candidates = deepestOfEach(valleys, significance * (local?.deviation ?? 0))
  if (candidates.length === 0 || local === null) return candidates
  // The local estimate can come out small by chance; with the steps cut out a sharper one confirms them.
  const sharper = Math.max(local.deviation, levelScatter(single, local.level, candidates) ?? 0)
  return candidates.filter((step) => step.strength > significance * sharper)
}

/** The most significant valley at each cell that is deep enough to be a step. */
const valleysOf = (cells: Places, resolution: number): (Step | null)[] => {
  const best: (Step | null)[] = cells.u.map(() => null)
  const least = leastDepth + resolution
  for (const run of runs) {
    const points = run === 2 ? { u: new Float64Array(cells.u), j: new Float64Array(cells.j) } : medianPoints(cells, run)
    const valleyAt = run === 2 ? shallowestValley : valleyOf
    // The median has up to 1.25 times the error of the mean; the shallowest valley lies below that of the means.
    const error = (run === 2 ? 1 : 1.25) / Math.sqrt(run)
    for (const gap of gaps) {
      const length = run * (3 + gap.before + gap.after)
      for (let a = 0; a + length <= cells.u.length; a++) {
        const b = a + run * (1 + gap.before)
        const at = { a, b, c: a + length - run }
        // Hardly any place passes this, and the rest of the work is many times that of the drop.
        if (dropOf(points, at) <= least) continue
        const { depth, errorFactor } = valleyAt(points, at)
        const width = cells.u[a + length - 1]! - cells.u[a]!
        if (depth <= Math.max(leastDepth, depthOfDrift * width ** 2) + resolution || cells.j[b]! <= 0) continue
        const strength = (depth - resolution) / (error * errorFactor)
        if (strength <= (best[b]?.strength ?? 0)) continue
        best[b] = { fromU: cells.u[a + run - 1]!, toU: cells.u[b]!, depth, strength }
      }
    }
  }
  return best
}

interface Valley {
  readonly depth: number
  readonly errorFactor: number
}

interface Points {
  readonly u: Float64Array
  readonly j: Float64Array
}

/** Indices of three points, one after the other. */
interface Triple {
  readonly a: number
  readonly b: number
  readonly c: number
}

/** How far point b lies below the chord from a to c at its voltage. In a valley at least the depth, which is normal to it. */
const dropOf = ({ u, j }: Points, { a, b, c }: Triple): number => {
  const share = (u[c]! - u[b]!) / (u[c]! - u[a]!)
  return share * j[a]! + (1 - share) * Math.min(j[c]!, j[b]!) - j[b]!
}

/** Depth of b below the chord from a to c, normal to it. Where the current rises from b to c the chord stays level. */
const valleyOf = (points: Points, at: Triple): Valley => {
  const { u, j } = points
  const { a, b, c } = at
  const share = (u[c]! - u[b]!) / (u[c]! - u[a]!)
  const slope = (Math.min(j[c]!, j[b]!) - j[a]!) / (u[c]! - u[a]!)
  return {
    depth: dropOf(points, at) / Math.sqrt(1 + slope * slope),
    errorFactor: Math.sqrt(1 + share ** 2 + (1 - share) ** 2),
  }
}

/** Of the eight valleys between one point of each pair, the shallowest. */
const shallowestValley = (points: Points, { a, b, c }: Triple): Valley => {
  let least: Valley = { depth: Infinity, errorFactor: 1 }
  for (let choice = 0; choice < 8; choice++) {
    const valley = valleyOf(points, { a: a + (choice & 1), b: b + ((choice >> 1) & 1), c: c + (choice >> 2) })
    if (valley.depth < least.depth) least = valley
  }
  return least
}

/** Median voltage and median current of the cells of each run, by its first cell. */
const medianPoints = (cells: Places, run: number): Points => {
  const count = Math.max(0, cells.u.length - run + 1)
  const [u, j, sorted] = [new Float64Array(count), new Float64Array(count), new Float64Array(run)]
  const [lower, upper] = [(run - 1) >> 1, run >> 1]
  for (let from = 0; from < count; from++) {
    // The voltages ascend and the currents mostly fall, so inserting them from the right is the shortest way to order.
    for (let k = 0; k < run; k++) {
      const current = cells.j[from + run - 1 - k]!
      let place = k
      for (; place > 0 && sorted[place - 1]! > current; place--) sorted[place] = sorted[place - 1]!
      sorted[place] = current
    }
    u[from] = cells.u[from + lower]! / 2 + cells.u[from + upper]! / 2
    j[from] = sorted[lower]! / 2 + sorted[upper]! / 2
  }
  return { u, j }
}

/** Neighbouring finds beyond the least strength are one step. */
const deepestOfEach = (found: readonly (Step | null)[], leastStrength: number): Step[] => {
  const steps: Step[] = []
  let continues = false
  for (const step of found) {
    const counts = step !== null && step.strength > leastStrength
    if (counts && !continues) steps.push(step)
    else if (counts && step.depth > steps.at(-1)!.depth) steps[steps.length - 1] = step
    continues = counts
  }
  return steps
}
