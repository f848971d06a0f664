import { describeShape, medianOf } from './curveShape.ts'
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
  ...shapeFlags(solution),
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
  const lowest = currentA.reduce((least, x) => Math.min(least, x), Infinity)
  if (lowest > 0.1 * iscA)
    add('truncatedAtOpenCircuit', `The curve ends at ${percent(lowest / iscA)} % of Isc: Voc is extrapolated.`)
  if (voltageV[0]! > 0.2 * vocV)
    add('truncatedAtShortCircuit', `The curve begins at ${percent(voltageV[0]! / vocV)} % of Voc: Isc is extrapolated.`)
  const { voltageV: vmp } = maximumPower
  const inKnee = voltageV.filter((v) => v >= 0.85 * vmp && v <= 0.5 * (vmp + vocV)).length
  if (inKnee < 4) add('fewPointsInKnee', `Only ${inKnee} points lie in the knee: n, I0 and Rs are loosely held.`)
  return flags
}

const shapeFlags = ({ problem, solver, scaled: { v, i } }: DiodeSolution): DiodeFlag[] => {
  const flags: DiodeFlag[] = []
  const add = (code: DiodeFlagCode, sentence: string): void => void flags.push({ code, sentence })
  const { dentDepth, dentVoltage, scatter } = describeShape(v, i)
  if (dentDepth > Math.max(flagLimits.dent, 6 * scatter)) {
    const where = `near ${percent(dentVoltage)} % of Voc, by ${percent(dentDepth)} %`
    add('stepped', `The curve is dented ${where}: a step, mismatch or changed light; one diode can’t describe it.`)
  }
  const { rms, structure } = residualShape(scaledResiduals({ problem, solver, v, i }))
  if (structure > Math.max(flagLimits.structure, 3 * scatter))
    add('structuredResiduals', `The fit leaves a pattern of ${percent(structure)} % of Isc: the model does not match.`)
  if (!(rms <= flagLimits.poorRms)) add('poorFit', `The fit is off by ${percent(rms)} % of Isc (RMS).`)
  if (scatter > flagLimits.scatter) add('noisy', `Neighbouring points scatter by ${percent(scatter)} % of Isc.`)
  return flags
}

interface Residuals {
  problem: DiodeSolution['problem']
  solver: DiodeSolution['solver']
  v: Float64Array
  i: Float64Array
}

/** Perpendicular distances from the model, so that the steep part does not turn voltage noise into current. */
const scaledResiduals = ({ problem, solver, i }: Residuals): Float64Array => {
  const out = new Float64Array(i.length)
  for (let k = 0; k < i.length; k++) {
    const slope = problem.slopeAt(solver.parameters, k)
    out[k] = (i[k]! - problem.modelA[k]!) / Math.sqrt(1 + slope * slope)
  }
  return out
}

const residualShape = (u: Float64Array): { rms: number; structure: number } => {
  let [sum, structure] = [0, 0]
  for (let k = 0; k < u.length; k++) {
    sum += u[k]! * u[k]!
    if (k < 4) continue
    const mean = Math.abs(u[k]! + u[k - 1]! + u[k - 2]! + u[k - 3]! + u[k - 4]!) / 5
    // A lone outlier is no pattern: the median of the five must be off as well.
    if (mean > structure)
      structure = Math.max(structure, Math.min(mean, medianOf([...u.subarray(k - 4, k + 1)].map(Math.abs)) * 2))
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
  const largest = (uncertainty?.correlation ?? []).flatMap((row, r) => row.filter((x, c) => x !== null && c < r))
  if (largest.some((x) => Math.abs(x!) > flagLimits.correlation))
    flags.push({
      code: 'highCorrelation',
      sentence: 'Two parameters can hardly be told apart on this curve: use them together only.',
    })
  return flags
}
