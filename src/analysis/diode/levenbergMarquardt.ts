import { assert } from '../../base/assert.ts'
import { factorise, inverse, solveFactored } from './cholesky.ts'

/**
 * A nonlinear least-squares problem: minimise the sum of r² within bounds. It hands over its normal equations
 * rather than the whole Jacobian, so that a large problem needs no memory per point.
 */
export interface LeastSquaresProblem {
  readonly parameterCount: number
  /**
   * Writes the gradient Jᵀr (n) and the lower triangle of JᵀJ (n × n by rows) at the parameters.
   * @returns the sum of r²; Infinity where the model has no value
   */
  readonly evaluate: (parameters: Float64Array, gradient: Float64Array, hessian: Float64Array) => number
  /** Lower and upper bounds of each parameter; unbounded when left out. */
  readonly lower?: ArrayLike<number>
  readonly upper?: ArrayLike<number>
}

export interface LeastSquaresOptions {
  /** Stop when actual and predicted relative reduction of the sum of squares are both below this. */
  readonly relativeCost?: number
  /** Stop when the scaled step is below this times the scaled parameters. */
  readonly relativeStep?: number
  /** Stop when the cosine between the residuals and every free Jacobian column is below this. */
  readonly gradientCosine?: number
  readonly maxEvaluations?: number
  /** First damping, relative to the scaled diagonal: 1e-3, or smaller when the start is good. */
  readonly initialDamping?: number
}

export type StopReason = 'cost' | 'step' | 'gradient' | 'exact' | 'evaluations' | 'singular' | 'notEvaluable'

export interface LeastSquaresResult {
  parameters: Float64Array
  sumOfSquares: number
  /** Why it stopped; converged for cost, step, gradient and exact. */
  reason: StopReason
  converged: boolean
  evaluations: number
  /** −1, 0 or 1: at the lower bound, inside, at the upper bound. */
  bound: Int8Array
  /** (JᵀJ)⁻¹ over the parameters off their bounds (rows and columns of the others are 0); null when singular. */
  inverseHessian: Float64Array | null
}

interface Work {
  readonly n: number
  readonly p: Float64Array
  readonly trial: Float64Array
  readonly step: Float64Array
  readonly lower: ArrayLike<number>
  readonly upper: ArrayLike<number>
  readonly scale: Float64Array
  readonly matrix: Float64Array
  readonly rhs: Float64Array
  readonly fixed: Uint8Array
  gradient: Float64Array
  hessian: Float64Array
  trialGradient: Float64Array
  trialHessian: Float64Array
}

/**
 * Levenberg-Marquardt with Nielsen's damping, columns scaled by their largest norm so far, and bounds kept by an
 * active set: a parameter at a bound whose gradient points outwards is held, one that would cross is put on it.
 * @param start finite first parameters; moved onto the bounds where outside
 * Never throws on finite input; a start without a value ends with reason notEvaluable.
 * Source: Nielsen, IMM-REP-1999-05 (damping); Moré, LNM 630 (1978) 105 (scaling, stopping tests).
 */
export const leastSquares = (
  problem: LeastSquaresProblem,
  start: ArrayLike<number>,
  options: LeastSquaresOptions = {},
): LeastSquaresResult => {
  assert(start.length === problem.parameterCount, 'one start value a parameter')
  const work = createWork(problem, start)
  const cost = problem.evaluate(work.p, work.gradient, work.hessian)
  const outcome = Number.isFinite(cost)
    ? descend(problem, work, { cost, ...defaults, ...options })
    : { sumOfSquares: cost, reason: 'notEvaluable' as const, evaluations: 1 }
  const bound = Int8Array.from(work.p, (p, i) => (p <= work.lower[i]! ? -1 : p >= work.upper[i]! ? 1 : 0))
  const good = ['cost', 'step', 'gradient', 'exact'].includes(outcome.reason)
  const inverseHessian = Number.isFinite(cost) ? freeInverse(work, bound) : null
  return { parameters: work.p, ...outcome, converged: good, bound, inverseHessian }
}

const defaults = {
  relativeCost: 1e-12,
  relativeStep: 1e-10,
  gradientCosine: 1e-14,
  maxEvaluations: 300,
  initialDamping: 1e-3,
}

const createWork = (problem: LeastSquaresProblem, start: ArrayLike<number>): Work => {
  const n = problem.parameterCount
  const lower = problem.lower ?? new Float64Array(n).fill(-Infinity)
  const upper = problem.upper ?? new Float64Array(n).fill(Infinity)
  const block = new Float64Array(7 * n + 3 * n * n)
  let used = 0
  const take = (length: number): Float64Array => block.subarray(used, (used += length))
  const p = take(n)
  for (let i = 0; i < n; i++) p[i] = Math.min(upper[i]!, Math.max(lower[i]!, start[i]!))
  return {
    n,
    p,
    lower,
    upper,
    trial: take(n),
    step: take(n),
    scale: take(n),
    rhs: take(n),
    gradient: take(n),
    trialGradient: take(n),
    matrix: take(n * n),
    hessian: take(n * n),
    trialHessian: take(n * n),
    fixed: new Uint8Array(n),
  }
}

type Settings = Required<LeastSquaresOptions> & { cost: number }

const descend = (
  problem: LeastSquaresProblem,
  work: Work,
  settings: Settings,
): { sumOfSquares: number; reason: StopReason; evaluations: number } => {
  let cost = settings.cost
  let mu = settings.initialDamping
  let nu = 2
  let evaluations = 1
  const end = (reason: StopReason) => ({ sumOfSquares: cost, reason, evaluations })
  updateScale(work)
  for (;;) {
    if (cost === 0) return end('exact')
    holdBlocked(work)
    if (largestCosine(work, cost) <= settings.gradientCosine) return end('gradient')
    if (evaluations >= settings.maxEvaluations) return end('evaluations')
    const predicted = boundedStep(work, mu) ? predictedReduction(work) : -1
    if (predicted > 0) {
      const short = isShort(work, settings.relativeStep)
      const trialCost = problem.evaluate(work.trial, work.trialGradient, work.trialHessian)
      evaluations++
      const gain = cost - trialCost
      const limit = settings.relativeCost * cost
      const settled = Math.abs(gain) <= limit && predicted <= limit
      if (gain > 0) {
        accept(work)
        cost = trialCost
        mu *= Math.max(1 / 3, 1 - (2 * (gain / predicted) - 1) ** 3)
        nu = 2
      }
      if (settled) return end('cost')
      if (short) return end('step')
      if (gain > 0) continue
    }
    // Also where the damped matrix was not positive definite or the bounds took the whole step.
    mu = Math.max(mu, 1e-15) * nu
    nu *= 2
    if (!(mu < 1e60)) return end('singular')
  }
}

const updateScale = ({ n, scale, hessian }: Work): void => {
  for (let i = 0; i < n; i++) {
    const norm = Math.sqrt(hessian[i * n + i]!)
    if (norm > scale[i]!) scale[i] = norm
  }
}

const accept = (work: Work): void => {
  work.p.set(work.trial)
  const { gradient, hessian } = work
  work.gradient = work.trialGradient
  work.hessian = work.trialHessian
  work.trialGradient = gradient
  work.trialHessian = hessian
  updateScale(work)
}

/** Holds what sits at a bound and wants to leave through it, and what has no influence at all. */
const holdBlocked = ({ n, p, lower, upper, gradient, hessian, fixed }: Work): void => {
  for (let i = 0; i < n; i++) {
    const outwards = (p[i]! <= lower[i]! && gradient[i]! > 0) || (p[i]! >= upper[i]! && gradient[i]! < 0)
    fixed[i] = outwards || hessian[i * n + i] === 0 ? 1 : 0
  }
}

const largestCosine = ({ n, gradient, hessian, fixed }: Work, cost: number): number => {
  let largest = 0
  for (let i = 0; i < n; i++)
    if (!fixed[i]) largest = Math.max(largest, Math.abs(gradient[i]!) / Math.sqrt(hessian[i * n + i]! * cost))
  return largest
}

/** Fills step and trial; false where the damped matrix is not positive definite. */
const boundedStep = (work: Work, mu: number): boolean => {
  const { n, p, step, trial, lower, upper, rhs, scale, fixed } = work
  step.fill(0)
  for (let round = 0; round <= n; round++) {
    fillSystem(work, mu)
    if (!factorise(work.matrix, n)) return false
    solveFactored(work.matrix, rhs)
    let crossed = false
    for (let i = 0; i < n; i++) {
      if (fixed[i]) continue
      step[i] = rhs[i]! / scale[i]!
      trial[i] = p[i]! + step[i]!
      if (trial[i]! >= lower[i]! && trial[i]! <= upper[i]!) continue
      step[i] = (trial[i]! < lower[i]! ? lower[i]! : upper[i]!) - p[i]!
      fixed[i] = 1
      crossed = true
    }
    if (!crossed) break
  }
  for (let i = 0; i < n; i++) trial[i] = Math.min(upper[i]!, Math.max(lower[i]!, p[i]! + step[i]!))
  return true
}

/** The scaled, damped system of the free parameters; held ones become unit rows and move their step to the right. */
const fillSystem = ({ n, matrix, rhs, hessian, gradient, scale, fixed, step }: Work, mu: number): void => {
  for (let i = 0; i < n; i++) {
    rhs[i] = fixed[i] ? 0 : -gradient[i]! / scale[i]!
    for (let j = 0; j < i; j++) {
      const free = !fixed[i] && !fixed[j]
      matrix[i * n + j] = free ? hessian[i * n + j]! / (scale[i]! * scale[j]!) : 0
    }
    matrix[i * n + i] = fixed[i] ? 1 : hessian[i * n + i]! / scale[i]! ** 2 + mu
  }
  for (let i = 0; i < n; i++) {
    if (fixed[i]) continue
    for (let j = 0; j < n; j++)
      if (fixed[j] && step[j] !== 0) rhs[i]! -= (hessian[Math.max(i, j) * n + Math.min(i, j)]! * step[j]!) / scale[i]!
  }
}

/** How much the quadratic model says the sum of squares falls. */
const predictedReduction = ({ n, step, gradient, hessian }: Work): number => {
  let sum = 0
  for (let i = 0; i < n; i++) {
    let row = gradient[i]! * 2 + hessian[i * n + i]! * step[i]!
    for (let j = 0; j < i; j++) row += 2 * hessian[i * n + j]! * step[j]!
    sum -= row * step[i]!
  }
  return sum
}

const isShort = ({ n, step, p, scale }: Work, relativeStep: number): boolean => {
  let moved = 0
  let size = 0
  for (let i = 0; i < n; i++) {
    moved += (scale[i]! * step[i]!) ** 2
    size += (scale[i]! * p[i]!) ** 2
  }
  return moved <= relativeStep ** 2 * size
}

const freeInverse = (work: Work, bound: Int8Array): Float64Array | null => {
  const { n, hessian, scale, matrix, fixed } = work
  for (let i = 0; i < n; i++) {
    fixed[i] = bound[i] === 0 ? 0 : 1
    const norm = Math.sqrt(hessian[i * n + i]!)
    if (!fixed[i] && !(norm > 0 && Number.isFinite(norm))) return null
    scale[i] = norm || 1
  }
  work.step.fill(0)
  fillSystem(work, 0)
  if (!factorise(matrix, n)) return null
  const result = inverse(matrix, n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) result[i * n + j]! *= fixed[i] || fixed[j] ? 0 : 1 / (scale[i]! * scale[j]!)
  return result
}

/** One residual of a problem: returns r and writes its derivatives by each parameter into the row. */
export type ResidualRow = (parameters: Float64Array, index: number, row: Float64Array) => number

/** A least-squares problem given residual by residual. */
export const problemOfRows = (
  shape: Omit<LeastSquaresProblem, 'evaluate'> & { readonly residualCount: number },
  residual: ResidualRow,
): LeastSquaresProblem => {
  const n = shape.parameterCount
  const row = new Float64Array(n)
  const evaluate = (p: Float64Array, gradient: Float64Array, hessian: Float64Array): number => {
    gradient.fill(0)
    hessian.fill(0)
    let cost = 0
    for (let k = 0; k < shape.residualCount; k++) {
      const r = residual(p, k, row)
      cost += r * r
      for (let i = 0; i < n; i++) {
        gradient[i]! += row[i]! * r
        for (let j = 0; j <= i; j++) hessian[i * n + j]! += row[i]! * row[j]!
      }
    }
    return Number.isFinite(cost) ? cost : Infinity
  }
  return { ...shape, evaluate }
}
