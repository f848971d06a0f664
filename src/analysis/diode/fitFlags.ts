import { deepestDent, medianOf, scatterOf } from './curveShape.ts'
import type { DiodeSolution } from './diodeSearch.ts'
import type { FitUncertainty } from './fitUncertainty.ts'
import type { PreparedCurve } from './preparedCurve.ts'

export type DiodeFlagCode =
  | 'tooFewPoints'
  | 'noGeneratingQuadrant'
  | 'notConverged'
  | 'atBoundPhotocurrent'
  | 'atBoundSaturationCurrent'
  | 'atBoundSeriesResistance'
  | 'atBoundShuntConductance'
  | 'atBoundIdeality'
  | 'nonPhysical'
  | 'shuntDominates'
  | 'stepped'
  | 'structuredResiduals'
  | 'poorFit'
  | 'noisy'
  | 'spikesLeftOut'
  | 'thinned'
  | 'truncatedAtOpenCircuit'
  | 'truncatedAtShortCircuit'
  | 'fewPointsInKnee'
  | 'highCorrelation'

/** Something a reader of the result has to know: a code for programs and a sentence for people. */
export interface DiodeFlag {
  code: DiodeFlagCode
  sentence: string
}

/** Limits of the flags. Distances are fractions of Isc and Voc, perpendicular to the curve. */
export const flagLimits = {
  /** Good curves dent by 0.05–0.3 %; one substring 3 % darker dents by 1 %. */
  dent: 0.008,
  /** Mean of five neighbouring residuals: 0.05–0.15 % on good curves, 0.4 % with one substring 2 % darker. */
  structure: 0.003,
  poorRms: 0.01,
  scatter: 0.01,
  /** ln I0 and a always correlate by 0.999 or more; from here on the data hold one of them at most. */
  correlation: 0.99999,
  shuntShare: 0.95,
  idealityLow: 0.6,
  idealityHigh: 3.5,
} as const

const percent = (fraction: number): string => (fraction * 100).toPrecision(2)

export const preparationFlags = {
  tooFewPoints: {
    code: 'tooFewPoints',
    sentence: 'Fewer than 8 different voltages lie in the generating quadrant: nothing was fitted.',
  },
  noGeneratingQuadrant: {
    code: 'noGeneratingQuadrant',
    sentence: 'The curve has no stretch with positive voltage and positive current: nothing was fitted.',
  },
} as const satisfies Record<string, DiodeFlag>

/** All that is to be said of a finished fit. */
export const flagsOfFit = (
  curve: PreparedCurve,
  solution: DiodeSolution,
  result: { uncertainty: FitUncertainty | null; idealityFactor: number | null },
): DiodeFlag[] => [
  ...coverageFlags(curve),
  ...shapeFlags(curve, solution),
  ...solverFlags(solution),
  ...shuntFlags(solution),
  ...physicsFlags(result.idealityFactor, result.uncertainty),
]

const coverageFlags = (curve: PreparedCurve): DiodeFlag[] => {
  const { voltageV, currentA, vocV, iscA, maximumPower, spikes, stride } = curve
  const flags: DiodeFlag[] = []
  const add = (code: DiodeFlagCode, sentence: string): void => void flags.push({ code, sentence })
  if (spikes > 0) add('spikesLeftOut', `${spikes} points that stick out from their neighbours were left out.`)
  if (stride > 1) add('thinned', `Of very many points every ${stride}th was used.`)
  const { voltageV: vmp } = maximumPower
  let lowest = Infinity
  let inKnee = 0
  for (let k = 0; k < voltageV.length; k++) {
    if (currentA[k]! < lowest) lowest = currentA[k]!
    if (voltageV[k]! >= 0.85 * vmp && voltageV[k]! <= 0.5 * (vmp + vocV)) inKnee++
  }
  if (lowest > 0.1 * iscA)
    add('truncatedAtOpenCircuit', `The curve ends at ${percent(lowest / iscA)} % of Isc: Voc is extrapolated.`)
  if (voltageV[0]! > 0.2 * vocV)
    add('truncatedAtShortCircuit', `The curve begins at ${percent(voltageV[0]! / vocV)} % of Voc: Isc is extrapolated.`)
  if (inKnee < 4) add('fewPointsInKnee', `Only ${inKnee} points lie in the knee: n, I0 and Rs are loosely held.`)
  return flags
}

const shapeFlags = (curve: PreparedCurve, solution: DiodeSolution): DiodeFlag[] => {
  const { v, i } = solution.scaled
  const dent = deepestDent(
    v,
    curve.smoothA.map((x) => x / curve.iscA),
  )
  const { rms, structure } = residualShape(perpendicularResiduals(solution))
  const { dent: dentLimit, structure: structureLimit, poorRms, scatter: scatterLimit } = flagLimits
  // Nothing to weigh against the scatter: the usual case.
  if (dent.depth <= dentLimit && structure <= structureLimit && rms <= scatterLimit / 4) return []
  const scatter = scatterOf(v, i)
  const flags: DiodeFlag[] = []
  const add = (code: DiodeFlagCode, sentence: string): void => void flags.push({ code, sentence })
  if (dent.depth > Math.max(dentLimit, 6 * scatter)) {
    const where = `near ${percent(dent.voltage)} % of Voc, by ${percent(dent.depth)} %`
    add('stepped', `The curve is dented ${where}: a step, mismatch or changed light; one diode can’t describe it.`)
  }
  if (structure > Math.max(structureLimit, 3 * scatter))
    add('structuredResiduals', `The fit leaves a pattern of ${percent(structure)} % of Isc: the model does not match.`)
  if (!(rms <= poorRms)) add('poorFit', `The fit is off by ${percent(rms)} % of Isc (RMS).`)
  if (scatter > scatterLimit) add('noisy', `Neighbouring points scatter by ${percent(scatter)} % of Isc.`)
  return flags
}

/** Perpendicular distances from the model, so that the steep part does not turn voltage noise into current. */
const perpendicularResiduals = ({ problem, solver, scaled: { i } }: DiodeSolution): Float64Array => {
  const out = new Float64Array(i.length)
  for (let k = 0; k < i.length; k++) {
    const slope = problem.slopeAt(solver.parameters, k)
    out[k] = (i[k]! - problem.modelA[k]!) / Math.sqrt(1 + slope * slope)
  }
  return out
}

/** Root mean square, and the largest mean of five neighbours. */
const residualShape = (u: Float64Array): { rms: number; structure: number } => {
  let [sum, structure] = [0, 0]
  for (let k = 0; k < u.length; k++) {
    sum += u[k]! * u[k]!
    if (k < 4) continue
    let mean = Math.abs(u[k]! + u[k - 1]! + u[k - 2]! + u[k - 3]! + u[k - 4]!) / 5
    if (mean <= structure) continue
    // A lone outlier is no pattern: the median of the five must be off as well.
    if (mean > flagLimits.structure) mean = Math.min(mean, 2 * medianOf(u.slice(k - 4, k + 1).map(Math.abs)))
    if (mean > structure) structure = mean
  }
  return { rms: Math.sqrt(sum / u.length), structure }
}

const boundFlags = [
  ['atBoundPhotocurrent', 'the photocurrent'],
  ['atBoundSaturationCurrent', 'the saturation current'],
  ['atBoundSeriesResistance', 'the series resistance'],
  ['atBoundShuntConductance', 'the shunt conductance'],
  ['atBoundIdeality', 'the ideality'],
] as const

const solverFlags = ({ solver }: DiodeSolution): DiodeFlag[] => {
  const flags: DiodeFlag[] = []
  if (!solver.converged)
    flags.push({
      code: 'notConverged',
      sentence: `The fit did not converge (${solver.reason}): the numbers are its last.`,
    })
  boundFlags.forEach(([code, name], k) => {
    if (solver.bound[k] === 0) return
    const end = solver.bound[k] === -1 ? 'lower' : 'upper'
    flags.push({ code, sentence: `The fit holds ${name} at its ${end} bound: the data ask for a value beyond it.` })
  })
  return flags
}

/** Inner parameters are scaled to Voc = 1, where the shunt takes Gsh of IL. */
const shuntFlags = ({ solver: { parameters } }: DiodeSolution): DiodeFlag[] => {
  const share = parameters[3]! / parameters[0]!
  if (!(share > flagLimits.shuntShare)) return []
  const sentence = `At Voc the shunt takes ${percent(share)} % of the photocurrent: n, I0 and Rs are not determined.`
  return [{ code: 'shuntDominates', sentence }]
}

const physicsFlags = (idealityFactor: number | null, uncertainty: FitUncertainty | null): DiodeFlag[] => {
  const flags: DiodeFlag[] = []
  const { idealityLow, idealityHigh } = flagLimits
  if (idealityFactor !== null && (idealityFactor < idealityLow || idealityFactor > idealityHigh))
    flags.push({
      code: 'nonPhysical',
      sentence: `An ideality factor of ${idealityFactor.toPrecision(3)} a cell is not physical: check cells and temperature.`,
    })
  const correlated = (uncertainty?.correlation ?? []).some((row, r) =>
    row.some((x, c) => x !== null && c < r && Math.abs(x) > flagLimits.correlation),
  )
  if (correlated)
    flags.push({
      code: 'highCorrelation',
      sentence: 'Two parameters can hardly be told apart on this curve: use them together only.',
    })
  return flags
}
