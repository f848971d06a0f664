import { FIT_PARAMETERS } from './diodeProblem.ts'
import type { LeastSquaresResult } from './levenbergMarquardt.ts'

/** The order of rows and columns in {@link FitUncertainty}. */
export const uncertaintyParameters = [
  'photocurrentA',
  'lnSaturationCurrent',
  'seriesResistanceOhm',
  'shuntConductanceS',
  'modifiedIdealityV',
] as const

/** First-order uncertainty of the five parameters from the scatter about the fit; null for one held at its bound. */
export interface FitUncertainty {
  /** In the order of `uncertaintyParameters`; ln I0 stands for I0. */
  standardError: (number | null)[]
  covariance: (number | null)[][]
  correlation: (number | null)[][]
  degreesOfFreedom: number
}

/**
 * Covariance s² (JᵀJ)⁻¹ of IL, ln I0, Rs, Gsh and a, carried over from the fit's inner parameters.
 * @returns null when the fit is singular or leaves no degrees of freedom
 * Source: Bates and Watts, Nonlinear Regression Analysis (1988), ch. 2.
 */
export const uncertaintyOf = (
  solver: LeastSquaresResult,
  scale: { vocV: number; iscA: number },
  points: number,
): FitUncertainty | null => {
  const inner = solver.inverseHessian
  const free = solver.bound.reduce((count, at) => (at === 0 ? count + 1 : count), 0)
  const degreesOfFreedom = points - free
  if (inner === null || degreesOfFreedom < 1) return null
  const variance = solver.sumOfSquares / degreesOfFreedom
  const outward = jacobianOf(solver.parameters, scale)
  const entry = (r: number, c: number): number => {
    let sum = 0
    for (let k = 0; k < FIT_PARAMETERS; k++)
      for (let l = 0; l < FIT_PARAMETERS; l++) sum += outward[r]![k]! * inner[k * FIT_PARAMETERS + l]! * outward[c]![l]!
    return sum * variance
  }
  const rows = [0, 1, 2, 3, 4]
  const full = rows.map((r) => rows.map((c) => entry(r, c)))
  if (!full.every((row) => row.every(Number.isFinite))) return null
  const held = rows.map((r) => full[r]![r]! <= 0)
  const covariance = full.map((row, r) => row.map((x, c) => (held[r] || held[c] ? null : x)))
  const standardError = rows.map((r) => (held[r] ? null : Math.sqrt(full[r]![r]!)))
  const correlation = covariance.map((row, r) =>
    row.map((x, c) => (x === null ? null : r === c ? 1 : x / (standardError[r]! * standardError[c]!))),
  )
  return { standardError, covariance, correlation, degreesOfFreedom }
}

/** Derivatives of (IL, ln I0, Rs, Gsh, a) by the inner, scaled [IL, c, Rs, Gsh, b]. */
const jacobianOf = (p: Float64Array, { vocV, iscA }: { vocV: number; iscA: number }): number[][] => [
  [iscA, 0, 0, 0, 0],
  [0, 1, 0, 0, -1],
  [0, 0, vocV / iscA, 0, 0],
  [0, 0, 0, iscA / vocV, 0],
  [0, 0, 0, 0, -vocV / p[4]! ** 2],
]
