import type { IvCurve } from '../../contract/curve.ts'
import { thermalVoltageV } from './constants.ts'
import { searchDiode, type DiodeSolution } from './diodeSearch.ts'
import { flagsOfFit, preparationFlags, type DiodeFlag } from './fitFlags.ts'
import { uncertaintyOf, type FitUncertainty } from './fitUncertainty.ts'
import type { LeastSquaresOptions } from './levenbergMarquardt.ts'
import { prepareCurve, type PreparedCurve } from './preparedCurve.ts'

/** Name and version of the method, stored with each result. */
export const SINGLE_DIODE_FIT_METHOD = 'sde-lm@1'

export interface SingleDiodeFitOptions {
  /** Cells in series; null when unknown, then no ideality factor is given. */
  readonly cellsInSeries: number | null
  /** Cell temperature, °C; the curve's own when left out. */
  readonly temperatureC?: number | null
  /**
   * (voltage noise/Voc)/(current noise/Isc), 0.3 when left out: typical of a tracer with 0.1 % of noise in the current,
   * lamp included, and 0.03 % in the voltage. 0 fits the current alone, with equal weights.
   */
  readonly voltageNoiseRatio?: number
  readonly solver?: LeastSquaresOptions
}

/** Parameters of one curve; all null, with a flag that says why, where nothing could be fitted. */
export interface SingleDiodeFit {
  id: string
  photocurrentA: number | null
  saturationCurrentA: number | null
  seriesResistanceOhm: number | null
  shuntConductanceS: number | null
  /** null where the conductance is 0: no shunt. */
  shuntResistanceOhm: number | null
  /** a = n·Ns·kT/q, V. */
  modifiedIdealityV: number | null
  /** n of one cell. */
  idealityFactor: number | null
  /** Why there is no ideality factor; null where there is one. */
  idealityReason: string | null
  /** Root mean square of measured minus model current at the measured voltages, A. */
  rmsA: number | null
  pointsUsed: number
  /** Points outside the generating quadrant, where bypass diodes or breakdown set the current. */
  pointsOutside: number
  uncertainty: FitUncertainty | null
  flags: DiodeFlag[]
  method: typeof SINGLE_DIODE_FIT_METHOD
}

/**
 * Fits the single-diode model to one I-V curve: weighted least squares with bounds (IL, ln I0, Rs ≥ 0, Gsh ≥ 0, a),
 * started by the Sandia simple method or, where that fails, by a coarse grid. Errors of both voltage and current
 * count by their effective variance: a residual weighs 1/√(1 + (noise ratio × slope)²).
 * @param curve V, A in any order; only the generating quadrant is used, lone spikes are left out (and flagged)
 * @returns always finite numbers or null with a flag; never silent about a stepped, truncated or ill-fitting curve
 * @throws StationError analysis.badInput when lengths differ or a value is not finite
 * Sources: De Soto et al., Solar Energy 80 (2006) 78 (model); Jones and Hansen 2019 (start); Nielsen 1999 (solver);
 * effective variance: Orear, Am. J. Phys. 50 (1982) 912.
 */
export const fitSingleDiode = (curve: IvCurve, options: SingleDiodeFitOptions): SingleDiodeFit => {
  const prepared = prepareCurve(curve)
  if (prepared.curve === null) return emptyFit(curve.id, preparationFlags[prepared.reason])
  const { voltageNoiseRatio = 0.3, solver = {} } = options
  const solution = searchDiode(prepared.curve, { voltageNoiseRatio, solver })
  if (solution.solver.reason === 'notEvaluable')
    return emptyFit(curve.id, {
      code: 'notConverged',
      sentence: 'No start gave the model a value: nothing was fitted.',
    })
  return assemble(prepared.curve, solution, {
    id: curve.id,
    cellsInSeries: options.cellsInSeries,
    temperatureC: options.temperatureC === undefined ? curve.temperatureC : options.temperatureC,
  })
}

interface Labels {
  id: string
  cellsInSeries: number | null
  temperatureC: number | null
}

const assemble = (curve: PreparedCurve, solution: DiodeSolution, labels: Labels): SingleDiodeFit => {
  const { iscA, vocV } = curve
  const [il, c, rs, g, b] = solution.solver.parameters as unknown as [number, number, number, number, number]
  const modifiedIdealityV = vocV / b
  const shuntConductanceS = (g * iscA) / vocV
  const points = curve.voltageV.length
  const uncertainty = uncertaintyOf(solution.solver, curve, points)
  const ideality = idealityOf(modifiedIdealityV, labels)
  return {
    id: labels.id,
    photocurrentA: il * iscA,
    saturationCurrentA: Math.exp(c - b) * iscA,
    seriesResistanceOhm: (rs * vocV) / iscA,
    shuntConductanceS,
    shuntResistanceOhm: shuntConductanceS > 0 ? 1 / shuntConductanceS : null,
    modifiedIdealityV,
    ...ideality,
    rmsA: rmsOf(solution) * iscA,
    pointsUsed: points,
    pointsOutside: curve.outside,
    uncertainty,
    flags: flagsOfFit(curve, solution, { uncertainty, idealityFactor: ideality.idealityFactor }),
    method: SINGLE_DIODE_FIT_METHOD,
  }
}

const rmsOf = ({ problem, solver, scaled }: DiodeSolution): number =>
  Math.sqrt(problem.moveTo(solver.parameters) / scaled.i.length)

const idealityOf = (
  a: number,
  { cellsInSeries, temperatureC }: Labels,
): Pick<SingleDiodeFit, 'idealityFactor' | 'idealityReason'> => {
  if (cellsInSeries === null || !(cellsInSeries > 0))
    return { idealityFactor: null, idealityReason: 'The number of cells in series is not known.' }
  if (temperatureC === null || !(temperatureC > -273.15))
    return { idealityFactor: null, idealityReason: 'The cell temperature is not known.' }
  const n = a / (cellsInSeries * thermalVoltageV(temperatureC))
  if (!Number.isFinite(n)) return { idealityFactor: null, idealityReason: 'Cells or temperature are out of range.' }
  return { idealityFactor: n, idealityReason: null }
}

const emptyFit = (id: string, flag: DiodeFlag): SingleDiodeFit => ({
  id,
  photocurrentA: null,
  saturationCurrentA: null,
  seriesResistanceOhm: null,
  shuntConductanceS: null,
  shuntResistanceOhm: null,
  modifiedIdealityV: null,
  idealityFactor: null,
  idealityReason: flag.sentence,
  rmsA: null,
  pointsUsed: 0,
  pointsOutside: 0,
  uncertainty: null,
  flags: [flag],
  method: SINGLE_DIODE_FIT_METHOD,
})
