import type { IvCurve } from '../../contract/curve.ts'
import { extractIv, type IvParameters } from './extract.ts'
import type { CurveFlagCode } from './flags.ts'
import { hysteresisOf } from './repeatability.ts'

/** Version of the rules and limits below; stored with each check. */
export const sanityVersion = 'I-V sanity 1.0'

export interface SanityLimits {
  /** Difference of Pmax between forward and reverse sweep, percent. */
  readonly hysteresisPmaxPercent: number
  /** Area between forward and reverse sweep over Isc · Voc, percent. */
  readonly hysteresisAreaPercent: number
  /** Rise of the slope at Voc against an earlier curve of the same module, percent. */
  readonly resistanceRisePercent: number
  /** −dV/dI at Voc times Isc over Voc, above which the voltage leads probably carry current. */
  readonly resistanceShare: number
}

/** The station's defaults; the 20 % for the resistance is the threshold of domain/analysis.md 14. */
export const usualSanityLimits: SanityLimits = {
  hysteresisPmaxPercent: 0.5,
  hysteresisAreaPercent: 0.5,
  resistanceRisePercent: 20,
  resistanceShare: 0.35,
}

export type SanityCode = CurveFlagCode | 'hysteresis' | 'contactResistance' | 'fourWireFault' | 'notComparable'

export interface SanityFinding {
  readonly code: SanityCode
  /** retake: measure again now, at the clamp; notice: good to know, the curve can stand. */
  readonly weight: 'retake' | 'notice'
  readonly text: string
}

export interface SanityResult {
  readonly version: string
  readonly retake: boolean
  readonly findings: readonly SanityFinding[]
  readonly parameters: IvParameters
}

/** Flags that can be cured at the bench by measuring again. */
const retakeCodes: ReadonlySet<CurveFlagCode> = new Set<CurveFlagCode>([
  'fewPoints',
  'fewPointsInKnee',
  'truncatedAtIsc',
  'truncatedAtVoc',
  'noPmaxBracket',
  'irregularAtIsc',
  'irregularAtVoc',
  'irregularKnee',
  'steps',
  'outliers',
  'noisy',
  'irradianceDrift',
  'notDelivering',
  'voltagePolarity',
  'noVoltageSpan',
  'outOfRange',
])

/**
 * Judges a sweep right after it was taken: is it to be taken again while the module is still on the clamp? Looks at the
 * curve itself, and, where given, at the sweep in the other direction and at an earlier curve of the same module.
 *
 * @param sweep curve as for extractIv; `otherDirection` at the same conditions; `earlier` of the same module
 * @throws StationError analysis.badInput as extractIv
 */
export const checkSweep = (
  sweep: { curve: IvCurve; otherDirection?: IvCurve; earlier?: IvCurve },
  limits: SanityLimits = usualSanityLimits,
): SanityResult => {
  const parameters = extractIv(sweep.curve)
  const findings = parameters.flags.map(({ code, text }): SanityFinding => {
    return { code, weight: retakeCodes.has(code) ? 'retake' : 'notice', text }
  })
  findings.push(...checkLeads(parameters, limits))
  if (sweep.otherDirection) findings.push(...checkHysteresis(sweep.curve, sweep.otherDirection, limits))
  if (sweep.earlier) findings.push(...checkContact(sweep.curve, sweep.earlier, limits))
  return { version: sanityVersion, retake: findings.some((f) => f.weight === 'retake'), findings, parameters }
}

const shown = (value: number): string => `${Number(value.toPrecision(3))}`

/** With two wires the resistance of cable and clamp is in the voltage: the curve leans over at Voc. */
const checkLeads = (parameters: IvParameters, limits: SanityLimits): SanityFinding[] => {
  const { rsSlopeOhm, iscA, vocV } = parameters
  if (rsSlopeOhm === null || iscA === null || vocV === null) return []
  const share = (rsSlopeOhm * iscA) / vocV
  if (share <= limits.resistanceShare) return []
  const text = `The slope at open circuit is ${shown(rsSlopeOhm)} Ω, ${shown(100 * share)} % of Voc/Isc: check that the voltage is sensed with its own pair of leads, and the contacts.`
  return [{ code: 'fourWireFault', weight: 'retake', text }]
}

const checkHysteresis = (curve: IvCurve, other: IvCurve, limits: SanityLimits): SanityFinding[] => {
  const { pmaxPercent, areaPercent } = hysteresisOf(curve, other)
  if (pmaxPercent === null || areaPercent === null) {
    return [{ code: 'hysteresis', weight: 'notice', text: 'The two sweep directions could not be compared.' }]
  }
  if (pmaxPercent <= limits.hysteresisPmaxPercent && areaPercent <= limits.hysteresisAreaPercent) return []
  const text = `Forward and reverse sweep differ by ${shown(pmaxPercent)} % in Pmax and ${shown(areaPercent)} % in area: sweep more slowly, or check the light.`
  return [{ code: 'hysteresis', weight: 'retake', text }]
}

const alike = (a: number | null, b: number | null, tolerance: number): boolean =>
  a !== null && b !== null && Math.abs(a - b) <= tolerance

/**
 * The slope at Voc holds n Ns Vth / Isc beside the resistances, so only curves at like light (± 5 %) and temperature
 * (± 5 K) are compared.
 */
const checkContact = (curve: IvCurve, earlier: IvCurve, limits: SanityLimits): SanityFinding[] => {
  const light = alike(curve.irradianceWPerM2, earlier.irradianceWPerM2, 0.05 * (earlier.irradianceWPerM2 ?? 0))
  if (!light || !alike(curve.temperatureC, earlier.temperatureC, 5)) {
    const text =
      'The earlier curve was taken at another irradiance or temperature; the contact resistance was not compared.'
    return [{ code: 'notComparable', weight: 'notice', text }]
  }
  const [now, before] = [extractIv(curve).rsSlopeOhm, extractIv(earlier).rsSlopeOhm]
  if (now === null || before === null) {
    const text = 'A curve gives no slope at open circuit; the contact resistance was not compared.'
    return [{ code: 'notComparable', weight: 'notice', text }]
  }
  const rise = 100 * (now / before - 1)
  if (rise <= limits.resistanceRisePercent) return []
  const text = `The slope at open circuit rose from ${shown(before)} Ω to ${shown(now)} Ω (${shown(rise)} %) since the earlier curve: clean and re-seat the contacts.`
  return [{ code: 'contactResistance', weight: 'retake', text }]
}
