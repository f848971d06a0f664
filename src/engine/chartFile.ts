import { capability, type CapabilityResult } from '../analysis/spc/capability.ts'
import { individualsMovingRange, xbarR, type ShewhartResult } from '../analysis/spc/charts.ts'
import { runRules, type RuleSet, type RuleViolation } from '../analysis/spc/runRules.ts'
import { cusum, ewma } from '../analysis/spc/sequential.ts'
import { describeValues } from '../analysis/statistics/descriptive.ts'
import { StationError } from '../contract/errors.ts'
import { readChartValues, type ChartValues } from './chartValues.ts'

export const chartKinds = ['i-mr', 'xbar-r', 'ewma', 'cusum'] as const
export type ChartKind = (typeof chartKinds)[number]

export interface ChartRequest {
  /** null: by the file, i-mr for values and xbar-r for subgroups. */
  readonly chart: ChartKind | null
  readonly lowerSpecification: number | null
  readonly upperSpecification: number | null
  /** For Cpm; also the centre of EWMA and CUSUM, whose default is the mean of the values. */
  readonly target: number | null
  /** Of a single value, from an earlier study, for EWMA and CUSUM; null takes MR̄/1.128 of these values. */
  readonly sigma: number | null
}

/** A rule that a point broke, with the set it belongs to. */
export type NamedViolation = RuleViolation & { readonly set: RuleSet }

/**
 * A control chart of a file's values, as `pvtp spc` prints it.
 *
 * @throws StationError usage.invalidInput, file.badNumber; analysis.badInput for too few values or crossed limits
 */
export function chartFile(text: string, fileName: string, request: ChartRequest) {
  const given = readChartValues(text, fileName)
  const chart = request.chart ?? (given.subgroups === null ? 'i-mr' : 'xbar-r')
  const common = { chart, unit: given.unit, count: given.values.length }
  const made = chart === 'xbar-r' || chart === 'i-mr' ? shewhart(chart, given) : sequential(chart, given, request)
  return {
    ...common,
    ...made,
    capability: capabilityOf(given, made.sigma, request),
    notes: [...given.notes, ...made.notes],
  }
}

export type ChartDocument = ReturnType<typeof chartFile>

const needSingle = ({ subgroups, values }: ChartValues, chart: ChartKind): readonly number[] => {
  if (subgroups === null) return values
  throw new StationError('usage.badArgument', {
    detail: `--chart ${chart} needs single values; the file has subgroups.`,
  })
}

function shewhart(chart: 'i-mr' | 'xbar-r', given: ChartValues) {
  const result = chart === 'i-mr' ? individualsMovingRange(needSingle(given, chart)) : xbarR(needSubgroups(given))
  const { location, spread, sigma } = result
  const violations = violationsOf(result)
  const points = location.values.map((value, index) => ({
    index,
    value,
    outside: location.outside.includes(index),
    rules: violations.filter((each) => each.index === index).map((each) => each.ruleId),
  }))
  return {
    center: location.center,
    lowerLimit: location.lowerLimit,
    upperLimit: location.upperLimit,
    sigma,
    points,
    spread,
    violations,
    signals: null,
    settings: null,
    notes: result.rulesApplied.value === null ? [`Rules were not applied: ${result.rulesApplied.reason}.`] : [],
    method: result.method,
  }
}

const needSubgroups = ({ subgroups }: ChartValues): readonly (readonly number[])[] => {
  if (subgroups !== null) return subgroups
  throw new StationError('usage.badArgument', {
    detail: '--chart xbar-r needs subgroups: a JSON list of lists, or a table with several columns of one unit.',
  })
}

/** Western Electric and Nelson, both; without a spread there is no sigma to judge by. */
const violationsOf = ({ location, rulesApplied }: ShewhartResult): NamedViolation[] => {
  if (rulesApplied.value === null) return []
  const chart = { center: location.center, sigma: (location.upperLimit - location.center) / 3 }
  return (['westernElectric', 'nelson'] as const).flatMap((set) =>
    runRules(location.values, chart, set).map((violation) => ({ set, ...violation })),
  )
}

function sequential(chart: 'ewma' | 'cusum', given: ChartValues, request: ChartRequest) {
  const values = needSingle(given, chart)
  const { center, sigma, notes } = studied(values, request)
  const options = { target: center, sigma }
  const drawn = chart === 'ewma' ? ewmaChart(values, options) : cusumChart(values, options)
  return { center, sigma, ...drawn, spread: null, violations: [], notes }
}

/** Centre and sigma as given, else from these values, which is said. */
function studied(values: readonly number[], request: ChartRequest) {
  const own = request.target === null || request.sigma === null ? individualsMovingRange(values) : null
  const notes = [
    ...(request.target === null ? ['The centre is the mean of these values (--target gives another).'] : []),
    ...(request.sigma === null ? ['Sigma is MR̄/1.128 of these values (--sigma gives another).'] : []),
  ]
  return { center: request.target ?? own!.location.center, sigma: request.sigma ?? own!.sigma, notes }
}

interface Study {
  target: number
  sigma: number
}

const ewmaSettings = { lambda: 0.2, width: 2.7 }
const cusumSettings = { reference: 0.5, decision: 5 }

function ewmaChart(values: readonly number[], study: Study) {
  const result = ewma(values, { ...study, ...ewmaSettings })
  const points = values.map((value, index) => ({
    index,
    value,
    ewma: result.values[index]!,
    lowerLimit: result.lowerLimits[index]!,
    upperLimit: result.upperLimits[index]!,
    outside: result.signals.includes(index),
  }))
  const last = points.at(-1)!
  const limits = { lowerLimit: last.lowerLimit, upperLimit: last.upperLimit }
  const signals = result.signals.map((index) => ({ index }))
  return { ...limits, points, signals, settings: ewmaSettings, method: result.method }
}

function cusumChart(values: readonly number[], study: Study) {
  const result = cusum(values, { ...study, ...cusumSettings })
  const signalled = new Set(result.signals.map((signal) => signal.index))
  const points = values.map((value, index) => ({
    index,
    value,
    up: result.up[index]!,
    down: result.down[index]!,
    outside: signalled.has(index),
  }))
  const limits = { lowerLimit: 0, upperLimit: result.decisionLimit }
  return { ...limits, points, signals: result.signals, settings: cusumSettings, method: result.method }
}

function capabilityOf(
  { values }: ChartValues,
  withinSigma: number,
  { lowerSpecification: lower, upperSpecification: upper, target }: ChartRequest,
): CapabilityResult | null {
  if (lower === null && upper === null) return null
  const { mean, standardDeviation, count } = describeValues(values)
  const limits = { lower, upper, target }
  return capability({ mean, withinSigma, overallSigma: standardDeviation.value, count, limits })
}
