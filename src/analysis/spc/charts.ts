import { mean } from '../statistics/descriptive.ts'
import { badInput, missing, requireAllFinite, requireFinite, requirePositive } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'
import { chartConstants } from './constants.ts'
import { runRules } from './runRules.ts'
import type { RuleSet, RuleViolation } from './runRules.ts'

/** Control charts for measured values. */
export const xbarRMethod: Method = { id: 'spc/xbarR', version: '1.0.0' }
export const individualsMethod: Method = { id: 'spc/individualsMovingRange', version: '1.0.0' }

export interface ChartLine {
  readonly values: readonly number[]
  readonly center: number
  readonly lowerLimit: number
  readonly upperLimit: number
  /** Points strictly outside the limits. */
  readonly outside: readonly number[]
}

export interface ShewhartResult {
  readonly method: Method
  /** X̄ or the individual values. */
  readonly location: ChartLine
  /** R or the moving range (one point fewer than the individuals). */
  readonly spread: ChartLine
  /** Standard deviation of a single value, R̄/d2. */
  readonly sigma: number
  readonly ruleSet: RuleSet
  readonly violations: readonly RuleViolation[]
  /** null reason when the rules were applied; without any spread they can't be. */
  readonly rulesApplied: Quantity
}

export interface ChartOptions {
  /** westernElectric unless stated. */
  readonly rules?: RuleSet
  /** Centre and sigma of a single value from an earlier study (phase II) instead of from these data (phase I). */
  readonly known?: { readonly center: number; readonly sigma: number }
}

const lineOf = (values: readonly number[], center: number, limits: readonly [number, number]): ChartLine => ({
  values,
  center: requireFinite(center, 'centre line'),
  lowerLimit: requireFinite(limits[0], 'lower control limit'),
  upperLimit: requireFinite(limits[1], 'upper control limit'),
  outside: values.flatMap((value, i) => (value < limits[0] || value > limits[1] ? [i] : [])),
})

interface Lines {
  readonly method: Method
  readonly location: ChartLine
  readonly spread: ChartLine
  readonly sigma: number
  readonly pointSigma: number
}

const withRules = (lines: Lines, options: ChartOptions): ShewhartResult => {
  const { pointSigma, ...chart } = lines
  const ruleSet = options.rules ?? 'westernElectric'
  if (!(pointSigma > 0)) {
    const none = missing('all ranges are 0: there is no sigma for the run rules')
    return { ...chart, ruleSet, violations: [], rulesApplied: none }
  }
  const { values, center } = lines.location
  const violations = runRules(values, { center, sigma: pointSigma }, ruleSet)
  return { ...chart, ruleSet, violations, rulesApplied: { value: violations.length } }
}

const knownOf = (options: ChartOptions): { center: number; sigma: number } | null => {
  if (options.known === undefined) return null
  const { center, sigma } = options.known
  return { center: requireFinite(center, 'known centre'), sigma: requirePositive(sigma, 'known sigma') }
}

/**
 * X̄ and R chart.
 * @param subgroups at least two, all of the same size n = 2…10, in time order
 * @returns limits X̿ ± A2·R̄ and D3·R̄, D4·R̄; with a known sigma, centre ± 3σ/√n and d2·σ times D3, D4
 * @throws StationError analysis.badInput for unequal subgroups or numbers that aren't finite
 * @see Montgomery, 6.2
 */
export const xbarR = (subgroups: readonly (readonly number[])[], options: ChartOptions = {}): ShewhartResult => {
  const size = subgroups[0]?.length ?? 0
  if (subgroups.length < 2) throw badInput('subgroups', 'at least two are needed')
  if (subgroups.some((group) => group.length !== size)) throw badInput('subgroups', 'they differ in size')
  const { A2, d2, D3, D4 } = chartConstants(size)
  subgroups.forEach((group, i) => requireAllFinite(group, `subgroup ${i}`))
  const means = subgroups.map(mean)
  const ranges = subgroups.map((group) => Math.max(...group) - Math.min(...group))
  const known = knownOf(options)
  const rangeCenter = known === null ? mean(ranges) : d2 * known.sigma
  const center = known === null ? mean(means) : known.center
  const sigma = rangeCenter / d2
  const half = known === null ? A2 * rangeCenter : (3 * sigma) / Math.sqrt(size)
  const lines = {
    method: xbarRMethod,
    location: lineOf(means, center, [center - half, center + half]),
    spread: lineOf(ranges, rangeCenter, [D3 * rangeCenter, D4 * rangeCenter]),
    sigma,
    pointSigma: half / 3,
  }
  return withRules(lines, options)
}

/**
 * Individuals and moving-range chart: sigma = MR̄/1.128, limits x̄ ± 3·sigma and 3.267·MR̄.
 * @param values at least two, in time order
 * @see Montgomery, 6.4; NIST/SEMATECH e-Handbook 6.3.2.2
 */
export const individualsMovingRange = (values: readonly number[], options: ChartOptions = {}): ShewhartResult => {
  if (values.length < 2) throw badInput('values', 'at least two are needed')
  requireAllFinite(values, 'values')
  const { d2, D4 } = chartConstants(2)
  const ranges = values.slice(1).map((value, i) => Math.abs(value - values[i]!))
  const known = knownOf(options)
  const rangeCenter = known === null ? mean(ranges) : d2 * known.sigma
  const center = known === null ? mean(values) : known.center
  const sigma = rangeCenter / d2
  const lines = {
    method: individualsMethod,
    location: lineOf(values, center, [center - 3 * sigma, center + 3 * sigma]),
    spread: lineOf(ranges, rangeCenter, [0, D4 * rangeCenter]),
    sigma,
    pointSigma: sigma,
  }
  return withRules(lines, options)
}
