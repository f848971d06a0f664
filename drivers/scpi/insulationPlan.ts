import { assert } from '../../src/base/assert.ts'
import type { InsulationRequest, InsulationResult, Profile } from '../../src/contract/instrument.ts'
import { limitError } from './settingCheck.ts'
import { profileLimit } from './smuLimits.ts'

/** A test of a hipot tester that has passed the profile's limits. */
export interface InsulationPlan {
  /** Insulation resistance, or the leakage under direct voltage where the resistance mode doesn't reach. */
  mode: 'IR' | 'DC'
  voltageV: number
  rampS: number
  holdS: number
  currentLimitA: number
  /** What the current limit means as a resistance: in IR mode testers know no other limit. */
  leastOhm: number
  /** How long the tester is busy. */
  durationMs: number
}

/**
 * Checks a test before anything is sent: throws device.limit. The profile's limits are irMinV, irMaxV, dcMaxV, minRampS,
 * maxRampS, irMinHoldS, dcMinHoldS, maxHoldS, minCurrentA, maxCurrentA, dcMaxW and irLeastOhm.
 */
export function planInsulation(request: InsulationRequest, of: { name: string; profile: Profile }): InsulationPlan {
  const { name, profile } = of
  const { voltageV, rampVPerS, holdS, currentLimitA } = request
  assert([voltageV, rampVPerS, holdS, currentLimitA].every(Number.isFinite), 'a test is asked for in finite numbers')
  const limit = (key: string): number => profileLimit(profile, key)
  const within = (quantity: string, asked: number, [least, most]: readonly [number, number]): void => {
    if (asked > most) throw limitError(name, { quantity, asked, limit: most })
    if (asked < least) throw limitError(name, { quantity, asked, limit: least })
  }
  within('voltage (V)', voltageV, [limit('irMinV'), limit('dcMaxV')])
  const mode = voltageV > limit('irMaxV') ? 'DC' : 'IR'
  within('hold (s)', holdS, [limit(mode === 'IR' ? 'irMinHoldS' : 'dcMinHoldS'), limit('maxHoldS')])
  within('current limit (A)', currentLimitA, [limit('minCurrentA'), limit('maxCurrentA')])
  if (mode === 'DC') within('power (W)', voltageV * currentLimitA, [0, limit('dcMaxW')])
  if (!(rampVPerS > 0)) throw limitError(name, { quantity: 'ramp (V/s)', asked: rampVPerS, limit: 0 })
  // Testers count ramps in tenths of a second; none is steeper than what was asked for.
  const rampS = Math.max(limit('minRampS'), Math.ceil((voltageV / rampVPerS) * 10 - 1e-9) / 10)
  within('ramp (s)', rampS, [0, limit('maxRampS')])
  return {
    mode,
    voltageV,
    rampS,
    holdS,
    currentLimitA,
    leastOhm: Math.max(limit('irLeastOhm'), voltageV / currentLimitA),
    durationMs: (rampS + holdS) * 1000,
  }
}

/** What a tester measured at the end of a test. */
export interface Measured {
  voltageV: number | null
  /** In IR mode; null beyond the range. */
  resistanceOhm: number | null
  /** In DC mode; null where it wasn't measured. */
  leakageA: number | null
  /** It judged that more flowed than was allowed. */
  isBreakdown: boolean
}

const broken = 'more current flowed than the limit allows'

/** @param tester the end of its resistance range, and the smallest current that it shows */
export function resultOf(
  plan: InsulationPlan,
  measured: Measured,
  tester: { mostOhm: number; leastA: number },
): InsulationResult {
  const { voltageV, resistanceOhm, isBreakdown: breakdown } = measured
  const volts = voltageV ?? plan.voltageV
  if (plan.mode === 'IR') {
    const isBeyond = resistanceOhm === null || resistanceOhm >= tester.mostOhm
    return {
      resistanceOhm: isBeyond ? null : resistanceOhm,
      atLeastOhm: isBeyond && !breakdown ? tester.mostOhm : null,
      leakageA: isBeyond || resistanceOhm === 0 ? null : volts / resistanceOhm,
      voltageV,
      breakdown,
      reason: breakdown ? broken : isBeyond ? 'the resistance is beyond the range of the tester' : null,
    }
  }
  const leakageA = measured.leakageA
  const derived =
    'leakage under direct voltage: the resistance is voltage by current, the IR mode ends below this voltage'
  if (leakageA === null || leakageA < tester.leastA)
    return {
      resistanceOhm: null,
      atLeastOhm: leakageA === null || breakdown ? null : volts / tester.leastA,
      leakageA,
      voltageV,
      breakdown,
      reason: breakdown ? broken : `${derived}; the current is below the resolution of the tester`,
    }
  return {
    resistanceOhm: breakdown ? null : volts / leakageA,
    atLeastOhm: null,
    leakageA,
    voltageV,
    breakdown,
    reason: breakdown ? broken : derived,
  }
}
