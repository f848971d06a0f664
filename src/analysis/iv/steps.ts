import { median } from '../numeric/statistics.ts'
import { averageCells, distanceAlong, type Places } from './path.ts'
import { localScatter } from './scatter.ts'

export interface Step {
  /** Where the current falls to the lower level, in shares of the voltage scale. */
  readonly u: number
  /** How far the curve lies below its chord beside the step, normal to the chord, in shares of full scale. */
  readonly depth: number
}

/** Depth below which a valley is no step: drift of the light by 1 % and wander of 0.1 % make up to 0.3 %. */
const leastDepth = 0.005
/** Valleys within so much of the way along the curve; what is wider is drift of the light. */
const widestSpan = 0.4
const cellWidth = 0.012
/** In standard errors: some hundred places and widths are tried, with an error estimated from as few as 25 points. */
const significance = 6.5

/** Runs of places left of the corner, at it and right of it: cells in a run, and cells left out between the runs. */
interface Pattern {
  readonly run: number
  readonly before: number
  readonly after: number
}

const patterns: readonly Pattern[] = [2, 3, 5, 8].flatMap((run) =>
  [0, run].flatMap((before) => [0, run, 2 * run].map((after) => ({ run, before, after }))),
)

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
  const single = cells.count.map(() => 1)
  const scatter = localScatter({ ...cells, count: single }, resolution)?.deviation ?? 0
  const distance = distanceAlong(cells)
  const best: (Step | null)[] = cells.u.map(() => null)
  for (const pattern of patterns) {
    const { run, before, after } = pattern
    for (let a = 0; a + 3 * run + before + after <= cells.u.length; a++) {
      const last = a + 3 * run + before + after - 1
      if (distance[last]! - distance[a]! > widestSpan) continue
      const step = stepAt(cells, a, pattern, { scatter, resolution })
      const at = a + run + before
      if (step !== null && step.depth > (best[at]?.depth ?? 0)) best[at] = step
    }
  }
  return deepestOfEach(best)
}

const stepAt = (
  cells: Places,
  a: number,
  { run, before, after }: Pattern,
  allow: { scatter: number; resolution: number },
): Step | null => {
  const b = a + run + before
  const c = b + run + after
  const valley = run === 2 ? shallowest(cells, [a, b, c]) : medianValley(cells, [a, b, c], run)
  // The median of few values has 1.25 times the error of their mean.
  const error = allow.scatter * (run === 2 ? 1 : 1.25 / Math.sqrt(run)) * valley.errorFactor
  if (valley.depth <= Math.max(leastDepth, significance * error) + allow.resolution) return null
  const u = (cells.u[a + run - 1]! + cells.u[b]!) / 2
  return cells.j[b]! > 0 ? { u, depth: valley.depth } : null
}

interface Valley {
  readonly depth: number
  readonly errorFactor: number
}

interface Point {
  readonly u: number
  readonly j: number
}

/** Depth of b below the chord from a to c, normal to it. Where the current rises from b to c the chord stays level. */
const valleyOf = (a: Point, b: Point, c: Point): Valley => {
  const share = (c.u - b.u) / (c.u - a.u)
  const end = Math.min(c.j, b.j)
  const slope = (end - a.j) / (c.u - a.u)
  const lean = Math.sqrt(1 + slope * slope)
  return {
    depth: (share * a.j + (1 - share) * end - b.j) / lean,
    errorFactor: Math.sqrt(1 + share ** 2 + (1 - share) ** 2),
  }
}

const medianValley = (cells: Places, starts: readonly [number, number, number], run: number): Valley => {
  const middle = (from: number): Point => ({
    u: median(cells.u.slice(from, from + run)) ?? 0,
    j: median(cells.j.slice(from, from + run)) ?? 0,
  })
  return valleyOf(middle(starts[0]), middle(starts[1]), middle(starts[2]))
}

/** Of the eight valleys between one point of each pair, the shallowest. */
const shallowest = (cells: Places, [a, b, c]: readonly [number, number, number]): Valley => {
  const point = (k: number): Point => ({ u: cells.u[k]!, j: cells.j[k]! })
  let least: Valley = { depth: Infinity, errorFactor: 1 }
  for (let choice = 0; choice < 8; choice++) {
    const valley = valleyOf(point(a + (choice & 1)), point(b + ((choice >> 1) & 1)), point(c + (choice >> 2)))
    if (valley.depth < least.depth) least = valley
  }
  return least
}

/** Neighbouring finds are one step. */
const deepestOfEach = (found: readonly (Step | null)[]): Step[] => {
  const steps: Step[] = []
  found.forEach((step, k) => {
    if (step === null) return
    const continues = k > 0 && found[k - 1] !== null
    if (!continues) steps.push(step)
    else if (step.depth > steps.at(-1)!.depth) steps[steps.length - 1] = step
  })
  return steps
}
