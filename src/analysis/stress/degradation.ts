import {
  badInput,
  missing,
  quantity,
  requireFinite,
  requireNotNegative,
  requirePositive,
} from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** LeTID (IEC TS 63342) and PID (IEC TS 62804-1): what the powers and resistances of a stress test say. */
export const letidMethod: Method = { id: 'stress/letid', version: '1.0.0' }
export const pidMethod: Method = { id: 'stress/pid', version: '1.0.0' }

/** 100·(after/before − 1). */
export const changePercent = (before: number, after: number): number =>
  100 * (requireFinite(after, 'value after') / requirePositive(before, 'value before') - 1)

/**
 * Share of a loss that came back, (Pr − Pd)/(P0 − Pd): 1 is full recovery, above 1 more than was there before.
 * @returns null when nothing was lost
 */
export const recoveryFraction = (powers: { initialW: number; degradedW: number; recoveredW: number }): Quantity => {
  const initial = requireFinite(powers.initialW, 'initial power')
  const degraded = requireFinite(powers.degradedW, 'degraded power')
  const recovered = requireFinite(powers.recoveredW, 'recovered power')
  if (!(initial > degraded)) return missing('no power was lost, so there is none to recover')
  return quantity((recovered - degraded) / (initial - degraded), 'beyond the range of a double')
}

/**
 * Dark forward current of the LeTID test, factor·(Isc − Imp).
 * The authors of IEC TS 63342 use the factor 2; procurement tests use 1.
 */
export const letidCurrentA = (iscA: number, impA: number, factor = 2): number => {
  requirePositive(impA, 'Imp')
  if (!(requireFinite(iscA, 'Isc') > impA)) throw badInput('LeTID current', `Isc ${iscA} A is not above Imp ${impA} A`)
  return requirePositive(factor, 'factor') * (iscA - impA)
}

export interface PowerAt {
  readonly timeH: number
  readonly pmaxW: number
}

export interface LetidResult {
  readonly method: Method
  /** Lowest measured power over the first one, and when. Between measurements it may have been lower. */
  readonly minimumRatio: number
  readonly minimumTimeH: number
  readonly lossPercent: number
  readonly endRatio: number
  /**
   * falling: the lowest power is the last one, so the real minimum may still come. regenerating: the last power is above
   * the minimum by more than the stated repeatability. flat: neither.
   */
  readonly state: 'falling' | 'regenerating' | 'flat'
  readonly regeneration: Quantity
}

/**
 * The minimum of a LeTID series and the regeneration after it.
 * @param series at least two, times rising; the first is the power after BO stabilisation
 * @param repeatabilityPercent differences up to this aren't called a change; 0.3 unless stated
 */
export const letidMinimum = (series: readonly PowerAt[], repeatabilityPercent = 0.3): LetidResult => {
  if (series.length < 2) throw badInput('LeTID series', 'at least two powers are needed')
  requireNotNegative(repeatabilityPercent, 'repeatability')
  series.forEach(({ timeH, pmaxW }, i) => {
    requireFinite(timeH, 'time')
    requirePositive(pmaxW, 'Pmax')
    if (i > 0 && !(timeH > series[i - 1]!.timeH)) throw badInput('LeTID series', `the time doesn’t rise at point ${i}`)
  })
  const first = series[0]!.pmaxW
  const least = series.reduce((lowest, point) => (point.pmaxW < lowest.pmaxW ? point : lowest))
  const end = series.at(-1)!
  const rise = (100 * (end.pmaxW - least.pmaxW)) / first
  const loss = (100 * (first - least.pmaxW)) / first
  const falling = least === end && loss > repeatabilityPercent
  return {
    method: letidMethod,
    minimumRatio: least.pmaxW / first,
    minimumTimeH: least.timeH,
    lossPercent: loss,
    endRatio: end.pmaxW / first,
    state: falling ? 'falling' : rise > repeatabilityPercent ? 'regenerating' : 'flat',
    regeneration: recoveryFraction({ initialW: first, degradedW: least.pmaxW, recoveredW: end.pmaxW }),
  }
}

export interface ShuntingResult {
  readonly method: Method
  /** Loss of the shunt resistance at low light (or dark) in %, positive when it fell. */
  readonly shuntLossPercent: Quantity
  /** none < 5 %, moderate 5…20 %, strong > 20 %. A recommendation, not from a standard. */
  readonly shuntClass: 'none' | 'moderate' | 'strong' | null
  readonly fillFactorChangePercent: Quantity
}

export interface ShuntingInput {
  /** From the slope at 200 W/m² or in the dark; the same for both. Null when it wasn't determined. */
  readonly shuntBeforeOhm: number | null
  readonly shuntAfterOhm: number | null
  readonly fillFactorBefore: number | null
  readonly fillFactorAfter: number | null
}

const changeOf = (before: number | null, after: number | null, name: string): Quantity => {
  if (before === null || after === null) return missing(`${name} ${before === null ? 'before' : 'after'} is missing`)
  return quantity(changePercent(before, after), 'beyond the range of a double')
}

/** How much of a PID loss is shunting. */
export const pidShunting = (input: ShuntingInput): ShuntingResult => {
  const change = changeOf(input.shuntBeforeOhm, input.shuntAfterOhm, 'shunt resistance')
  const loss: Quantity = change.value === null ? change : { value: -change.value }
  const classOf = (percent: number) => (percent < 5 ? 'none' : percent <= 20 ? 'moderate' : 'strong')
  return {
    method: pidMethod,
    shuntLossPercent: loss,
    shuntClass: loss.value === null ? null : classOf(loss.value),
    fillFactorChangePercent: changeOf(input.fillFactorBefore, input.fillFactorAfter, 'fill factor'),
  }
}
