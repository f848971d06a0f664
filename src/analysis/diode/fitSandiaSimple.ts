import type { IvCurve } from '../../contract/curve.ts'
import { factorise, solveFactored } from './cholesky.ts'
import { prepareCurve, type PreparationFault, type PreparedCurve } from './preparedCurve.ts'
import type { SingleDiode } from './singleDiode.ts'

export type SandiaFault = PreparationFault | 'tooFewPointsInKnee' | 'nonPhysical'

export type SandiaResult = { parameters: SingleDiode; reason: null } | { parameters: null; reason: SandiaFault }

/**
 * Single-diode parameters without iteration, from two linear regressions: the plateau V ≤ 0.2 Voc gives IL and Gsh,
 * the logarithm of what the current has fallen by, where that is more than 0.1 Isc, gives a, Rs and I0.
 * Quick and coarse (Rs to some per cent on noisy curves); a start for {@link fitSingleDiode}. A slope or Rs below 0 is set to 0.
 * @param curve V, A; any order; voltages and currents paired by index
 * @returns the parameters, or null with the reason
 * @throws StationError analysis.badInput when lengths differ or a value is not finite
 * Source: Jones and Hansen, 46th IEEE PVSC (2019) 1357, DOI 10.1109/PVSC40753.2019.8981330.
 */
export const fitSandiaSimple = (curve: Pick<IvCurve, 'id' | 'voltageV' | 'currentA'>): SandiaResult => {
  const prepared = prepareCurve(curve)
  return prepared.curve ? sandiaOfPrepared(prepared.curve) : { parameters: null, reason: prepared.reason }
}

/** The same on a prepared curve. */
export const sandiaOfPrepared = (curve: PreparedCurve): SandiaResult => {
  const beta0 = curve.plateau.interceptA
  const beta1 = Math.max(0, curve.plateau.slopeS)
  const knee = kneeRegression(curve, beta0, beta1)
  if (knee === null) return { parameters: null, reason: 'tooFewPointsInKnee' }
  const { perVolt, perAmpere } = knee
  const a = 1 / perVolt
  const rs = Math.max(0, perAmpere / perVolt)
  if (!(a > 0 && Number.isFinite(a) && 1 - rs * beta1 > 0)) return { parameters: null, reason: 'nonPhysical' }
  const g = beta1 / (1 - rs * beta1)
  const il = (1 + g * rs) * beta0
  const i0At = (v: number, i: number): number => (il - i - g * (v + rs * i)) / Math.expm1((v + rs * i) / a)
  const candidates = [i0At(curve.maximumPower.voltageV, curve.maximumPower.currentA), i0At(curve.vocV, 0)]
  const usable = candidates.filter((x) => x > 0 && Number.isFinite(x))
  if (usable.length === 0) return { parameters: null, reason: 'nonPhysical' }
  const parameters = {
    photocurrentA: il,
    saturationCurrentA: usable.reduce((sum, x) => sum + x, 0) / usable.length,
    seriesResistanceOhm: rs,
    shuntConductanceS: g,
    modifiedIdealityV: a,
  }
  return { parameters, reason: null }
}

/** OLS of ln(β0 − β1 V − I) on 1, V and I; null with fewer than 4 points or a singular system. */
const kneeRegression = (
  curve: PreparedCurve,
  beta0: number,
  beta1: number,
): { perVolt: number; perAmpere: number } | null => {
  const { voltageV, currentA, vocV, iscA } = curve
  const matrix = new Float64Array(9)
  const rhs = new Float64Array(3)
  let count = 0
  for (let k = 0; k < voltageV.length; k++) {
    const y = beta0 - beta1 * voltageV[k]! - currentA[k]!
    if (!(y > 0.1 * iscA)) continue
    count++
    // Scaled to Voc and Isc so that the normal equations keep their digits.
    const x1 = voltageV[k]! / vocV - 1
    const x2 = currentA[k]! / iscA
    const z = Math.log(y / iscA)
    matrix[0]! += 1
    matrix[3]! += x1
    matrix[4]! += x1 * x1
    matrix[6]! += x2
    matrix[7]! += x1 * x2
    matrix[8]! += x2 * x2
    rhs[0]! += z
    rhs[1]! += x1 * z
    rhs[2]! += x2 * z
  }
  if (count < 4 || !factorise(matrix, 3)) return null
  solveFactored(matrix, rhs)
  return { perVolt: rhs[1]! / vocV, perAmpere: rhs[2]! / iscA }
}
