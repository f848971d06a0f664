import { requireFinite, requirePositive } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** Refuses to subtract powers that weren't measured alike, and says which condition differs. */
export const comparabilityMethod: Method = { id: 'station/comparability', version: '1.0.0' }

/** How a Pmax came about. A condition that wasn't recorded is null, and can't be shown to be alike. */
export interface MeasurementConditions {
  readonly stationId: string | null
  readonly referenceDeviceId: string | null
  /** forward: Isc to Voc; reverse: Voc to Isc; mean: the mean of both. */
  readonly sweepDirection: 'forward' | 'reverse' | 'mean' | null
  /** For instance "IEC 60891:2021 procedure 2", or "none". */
  readonly correctionProcedure: string | null
  /** Name or hash of the set of correction coefficients, or "none". */
  readonly coefficients: string | null
  /** Module temperature while it was swept, before correction. */
  readonly temperatureC: number | null
  /** For instance "MQT 19.1", "MQT 19.2" or "as received". */
  readonly stabilisation: string | null
}

export type ComparedCondition =
  'station' | 'reference device' | 'sweep direction' | 'procedure' | 'coefficients' | 'temperature' | 'stabilisation'

export interface Refusal {
  readonly condition: ComparedCondition
  readonly before: string | number | null
  readonly after: string | number | null
  readonly reason: string
}

export interface ComparabilityOptions {
  /** Window that both temperatures have to lie in; 23…27 °C unless stated (25 ± 2 °C before correction). */
  readonly temperatureWindowC?: readonly [lower: number, upper: number]
  /**
   * States of stabilisation that count as the same, each a list. Unless stated, the initial and the final stabilisation
   * of IEC 61215 (MQT 19.1, MQT 19.2) do: Gate No. 2 compares exactly these two.
   */
  readonly alikeStabilisation?: readonly (readonly string[])[]
}

export interface Comparability {
  readonly method: Method
  readonly comparable: boolean
  /** Empty when the two are comparable. */
  readonly refusals: readonly Refusal[]
}

type Text = string | null

const compareText = (condition: ComparedCondition, before: Text, after: Text): Refusal[] => {
  if (before === null && after === null) {
    return [{ condition, before, after, reason: `the ${condition} was recorded for neither measurement` }]
  }
  if (before === null || after === null) {
    const which = before === null ? 'first' : 'second'
    return [{ condition, before, after, reason: `the ${condition} of the ${which} measurement was not recorded` }]
  }
  if (before === after) return []
  return [{ condition, before, after, reason: `the ${condition} was “${before}” and is “${after}”` }]
}

const compareTemperature = (
  before: number | null,
  after: number | null,
  window: readonly [number, number],
): Refusal[] => {
  const condition = 'temperature'
  const refusals: Refusal[] = []
  for (const [which, value] of [['first', before] as const, ['second', after] as const]) {
    if (value === null) {
      refusals.push({
        condition,
        before,
        after,
        reason: `the temperature of the ${which} measurement was not recorded`,
      })
      continue
    }
    requireFinite(value, 'temperature')
    if (value < window[0] || value > window[1]) {
      const reason = `the ${which} temperature, ${value} °C, is outside ${window[0]} to ${window[1]} °C`
      refusals.push({ condition, before, after, reason })
    }
  }
  return refusals
}

const defaultStabilisation = [['MQT 19.1', 'MQT 19.2']]

const compareStabilisation = (before: Text, after: Text, groups: readonly (readonly string[])[]): Refusal[] => {
  const alike = groups.some(
    (group) => before !== null && after !== null && group.includes(before) && group.includes(after),
  )
  return alike ? [] : compareText('stabilisation', before, after)
}

/**
 * Whether two powers were measured under like conditions.
 * @throws StationError analysis.badInput for a temperature that isn't finite
 */
export const checkComparability = (
  before: MeasurementConditions,
  after: MeasurementConditions,
  options: ComparabilityOptions = {},
): Comparability => {
  const window = options.temperatureWindowC ?? ([23, 27] as const)
  const groups = options.alikeStabilisation ?? defaultStabilisation
  const refusals = [
    ...compareText('station', before.stationId, after.stationId),
    ...compareText('reference device', before.referenceDeviceId, after.referenceDeviceId),
    ...compareText('sweep direction', before.sweepDirection, after.sweepDirection),
    ...compareText('procedure', before.correctionProcedure, after.correctionProcedure),
    ...compareText('coefficients', before.coefficients, after.coefficients),
    ...compareTemperature(before.temperatureC, after.temperatureC, window),
    ...compareStabilisation(before.stabilisation, after.stabilisation, groups),
  ]
  return { method: comparabilityMethod, comparable: refusals.length === 0, refusals }
}

export interface MeasuredPower {
  readonly pmaxW: number
  readonly conditions: MeasurementConditions
}

export interface GuardedDelta extends Comparability {
  /** 100·(after/before − 1), or null with all refusals as the reason. */
  readonly deltaPmaxPercent: Quantity
}

/**
 * ΔPmax of two measurements, refused when their conditions are unlike.
 * @throws StationError analysis.badInput for a power that isn't finite, or a first power that isn't above 0
 */
export const deltaPmax = (
  before: MeasuredPower,
  after: MeasuredPower,
  options: ComparabilityOptions = {},
): GuardedDelta => {
  requirePositive(before.pmaxW, 'Pmax before')
  requireFinite(after.pmaxW, 'Pmax after')
  const guard = checkComparability(before.conditions, after.conditions, options)
  const reason = `not comparable: ${guard.refusals.map((refusal) => refusal.reason).join('; ')}`
  const deltaPmaxPercent: Quantity = guard.comparable
    ? { value: requireFinite(100 * (after.pmaxW / before.pmaxW - 1), 'ΔPmax') }
    : { value: null, reason }
  return { ...guard, deltaPmaxPercent }
}
