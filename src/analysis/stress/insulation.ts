import { missing, requireFinite, requireNotNegative, requirePositive } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** Insulation (MQT 03 / MST 16) and wet leakage (MQT 15 / MST 17): the rule on resistance and area. */
export const insulationMethod: Method = { id: 'iec61215-2:2021/insulationArea', version: '1.0.0' }

const megohm = 1e6
/** Below this area the resistance itself counts, from it on resistance times area. Both agree at 0.1 m². */
const smallAreaM2 = 0.1
const smallModuleMegohm = 400
const areaRuleMegohmM2 = 40

export interface InsulationInput {
  /** Test voltage during the reading, above 0 (its magnitude). */
  readonly voltageV: number
  /** Leakage current (its magnitude); null with a reason when it is missing. */
  readonly currentA: number | { readonly value: null; readonly reason: string }
  /** Current of cables and instrument without the module, at the same voltage; null when it wasn't measured. */
  readonly blankCurrentA: number | null
  /** Smallest current that the instrument tells from 0, above 0; null when unknown. */
  readonly resolutionA: number | null
  readonly areaM2: number
  /** Dielectric breakdown or surface tracking was seen. */
  readonly breakdown?: boolean
}

export interface InsulationResult {
  readonly method: Method
  readonly verdict: 'pass' | 'fail' | 'notMeasured'
  readonly reason: string | null
  readonly rule: string
  /** I − I_blank; I itself without a blank. */
  readonly netCurrentA: number | null
  /** When the net current is at or below the resolution this is a lower bound. */
  readonly resistanceMohm: Quantity
  readonly isLowerBound: boolean
  readonly resistanceAreaMohmM2: Quantity
  /** Limits of this module at this voltage. */
  readonly limitMohm: number
  readonly limitCurrentA: number
  readonly leakageDensityAPerM2: number | null
}

/** The net current, or the resolution in its place when nothing above it was seen. */
const currentForResistance = (net: number, resolution: number | null): { amps: number; bound: boolean } | null => {
  if (resolution !== null && net <= resolution) return { amps: resolution, bound: true }
  return net > 0 ? { amps: net, bound: false } : null
}

const verdictOf = (resistance: number, limit: number, bound: boolean): InsulationResult['verdict'] => {
  if (resistance >= limit * (1 - 1e-12)) return 'pass'
  // A lower bound under the limit doesn't show that the resistance itself is.
  return bound ? 'notMeasured' : 'fail'
}

/**
 * R = V/(I − I_blank); R ≥ 400 MΩ below 0.1 m², otherwise R·A ≥ 40 MΩ·m².
 * @throws StationError analysis.badInput for numbers that aren't finite, or a voltage or area that isn't above 0
 */
export const insulationResistance = (input: InsulationInput): InsulationResult => {
  const voltage = requirePositive(input.voltageV, 'test voltage')
  const area = requirePositive(input.areaM2, 'area')
  const blank = input.blankCurrentA === null ? 0 : requireFinite(input.blankCurrentA, 'blank current')
  const resolution = input.resolutionA === null ? null : requirePositive(input.resolutionA, 'resolution')
  const small = area < smallAreaM2
  const limitMohm = small ? smallModuleMegohm : areaRuleMegohmM2 / area
  const density = (amps: number): number => requireFinite(amps / area, 'leakage density')
  const base = {
    method: insulationMethod,
    rule: small ? `R ≥ ${smallModuleMegohm} MΩ (A < 0.1 m²)` : `R·A ≥ ${areaRuleMegohmM2} MΩ·m² (A ≥ 0.1 m²)`,
    limitMohm,
    limitCurrentA: requireFinite(voltage / (limitMohm * megohm), 'limit of the current'),
  }
  const without = (reason: string, netCurrentA: number | null): InsulationResult => ({
    ...base,
    verdict: input.breakdown === true ? 'fail' : 'notMeasured',
    reason: input.breakdown === true ? 'breakdown or surface tracking' : reason,
    netCurrentA,
    resistanceMohm: missing(reason),
    isLowerBound: false,
    resistanceAreaMohmM2: missing(reason),
    leakageDensityAPerM2: netCurrentA === null ? null : density(netCurrentA),
  })
  if (typeof input.currentA !== 'number') return without(input.currentA.reason, null)
  const net = requireFinite(requireNotNegative(input.currentA, 'leakage current') - blank, 'net current')
  const used = currentForResistance(net, resolution)
  if (used === null) return without('the current is not above the blank, and no resolution is given', net)
  const resistance = requireFinite(voltage / used.amps / megohm, 'resistance')
  const judged = verdictOf(resistance, limitMohm, used.bound)
  const breakdown = input.breakdown === true
  const reason = judged === 'notMeasured' ? 'the instrument’s resolution is too coarse for this limit' : null
  return {
    ...base,
    verdict: breakdown ? 'fail' : judged,
    reason: breakdown ? 'breakdown or surface tracking' : reason,
    netCurrentA: net,
    resistanceMohm: { value: resistance },
    isLowerBound: used.bound,
    resistanceAreaMohmM2: { value: requireFinite(resistance * area, 'resistance times area') },
    leakageDensityAPerM2: density(net),
  }
}
