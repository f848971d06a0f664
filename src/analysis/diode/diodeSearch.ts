import { factorise, solveFactored } from './cholesky.ts'
import { createDiodeProblem, type DiodeProblem } from './diodeProblem.ts'
import { sandiaOfPrepared } from './fitSandiaSimple.ts'
import { leastSquares, type LeastSquaresOptions, type LeastSquaresResult } from './levenbergMarquardt.ts'
import type { PreparedCurve } from './preparedCurve.ts'
import type { SingleDiode } from './singleDiode.ts'

export interface DiodeSolution {
  /** Of the curve scaled to Isc = Voc = 1; see {@link createDiodeProblem}. */
  solver: LeastSquaresResult
  /** Moved to the result's parameters. */
  problem: DiodeProblem
  scaled: { v: Float64Array; i: Float64Array }
  /** Where the iteration that won began. */
  start: 'sandia' | 'grid'
}

export interface SearchOptions {
  readonly voltageNoiseRatio: number
  readonly solver: LeastSquaresOptions
}

/** RMS, as a fraction of Isc, above which the first result is distrusted and a second start is tried. */
const DOUBTFUL_RMS = 0.005

/** Fits from the Sandia start; where that fails or ends badly, also from the best point of a coarse grid. */
export const searchDiode = (curve: PreparedCurve, options: SearchOptions): DiodeSolution => {
  const scaled = scaleCurve(curve)
  const problem = createDiodeProblem(scaled.v, scaled.i, options.voltageNoiseRatio)
  const bounded = { ...options, solver: { maxEvaluations: evaluationsFor(scaled.v.length), ...options.solver } }
  const sandia = sandiaOfPrepared(curve).parameters
  const first = sandia && refine(problem, innerOf(sandia, curve), bounded)
  // Results of different weights compare by their unweighted sums of squares.
  const firstCost = first ? problem.moveTo(first.parameters) : Infinity
  if (first?.converged && firstCost <= DOUBTFUL_RMS ** 2 * scaled.v.length)
    return { solver: first, problem, scaled, start: 'sandia' }
  const second = refine(problem, gridStart(thinned(scaled.v), thinned(scaled.i)), bounded)
  const secondCost = problem.moveTo(second.parameters)
  if (!first || secondCost < firstCost) return { solver: second, problem, scaled, start: 'grid' }
  problem.moveTo(first.parameters)
  return { solver: first, problem, scaled, start: 'sandia' }
}

/** A good fit takes about ten evaluations; the limit keeps hostile curves within some 20 ms. */
const evaluationsFor = (points: number): number => Math.max(12, Math.min(200, Math.floor(15_000 / points)))

/** A coarse pass with weights from the start, then one to the end with weights from its result. */
const refine = (problem: DiodeProblem, start: ArrayLike<number>, options: SearchOptions): LeastSquaresResult => {
  const good = { initialDamping: 1e-6, ...options.solver }
  problem.weight.fill(1)
  if (options.voltageNoiseRatio === 0) return leastSquares(problem, start, good)
  problem.reweight(Float64Array.from(start))
  const coarse = leastSquares(problem, start, { ...good, relativeCost: 1e-3, relativeStep: 1e-4 })
  problem.reweight(coarse.parameters)
  return leastSquares(problem, coarse.parameters, good)
}

const scaleCurve = (curve: PreparedCurve): { v: Float64Array; i: Float64Array } => {
  const v = curve.voltageV.slice()
  const i = curve.currentA.slice()
  for (let k = 0; k < v.length; k++) {
    v[k]! /= curve.vocV
    i[k]! /= curve.iscA
  }
  return { v, i }
}

/** Model parameters in the fit's inner, scaled form. */
export const innerOf = (d: SingleDiode, scale: { vocV: number; iscA: number }): Float64Array => {
  const b = scale.vocV / d.modifiedIdealityV
  const toOhm = scale.vocV / scale.iscA
  const c = Math.log(d.saturationCurrentA / scale.iscA) + b
  return Float64Array.of(d.photocurrentA / scale.iscA, c, d.seriesResistanceOhm / toOhm, d.shuntConductanceS * toOhm, b)
}

/** About a hundred points are enough to choose a start. */
const thinned = (x: Float64Array): Float64Array => {
  const stride = Math.ceil(x.length / 100)
  return x.filter((_x, k) => k % stride === 0)
}

const gridB = [6, 10, 15, 22, 32, 50]
const gridRs = [0, 0.03, 0.08, 0.2, 0.5]

/** The grid point (b, Rs) whose linear least-squares IL, I0 and Gsh give the smallest sum of squares. */
const gridStart = (v: Float64Array, i: Float64Array): Float64Array => {
  const problem = createDiodeProblem(v, i, 0)
  let best: Float64Array = Float64Array.of(1, 0, 0, 0, 15)
  let bestCost = Infinity
  for (const b of gridB)
    for (const rs of gridRs) {
      const candidate = linearStart(v, i, { b, rs })
      const cost = candidate ? problem.moveTo(candidate) : Infinity
      if (candidate && cost < bestCost) [best, bestCost] = [candidate, cost]
    }
  return best
}

/** With b and Rs given the model is linear in IL, I0 and Gsh once the measured current stands in its right side. */
const linearStart = (v: Float64Array, i: Float64Array, given: { b: number; rs: number }): Float64Array | null => {
  const matrix = new Float64Array(9)
  const rhs = new Float64Array(3)
  for (let k = 0; k < v.length; k++) {
    const vd = v[k]! + given.rs * i[k]!
    const e = Math.exp((vd - 1) * given.b)
    const row = [1, -e, -vd]
    row.forEach((x, r) => {
      rhs[r]! += x * i[k]!
      for (let s = 0; s <= r; s++) matrix[r * 3 + s]! += x * row[s]!
    })
  }
  if (!factorise(matrix, 3)) return null
  solveFactored(matrix, rhs)
  const [il, atVoc, g] = rhs as unknown as [number, number, number]
  if (!(il > 0 && atVoc > 0)) return null
  return Float64Array.of(il, Math.log(atVoc), given.rs, Math.max(0, g), given.b)
}
