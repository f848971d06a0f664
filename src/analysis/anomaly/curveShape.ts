import { requireFinite, requirePositive } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'

/**
 * What the change of an I-V curve's parameters points to, against an earlier curve of the same module at the same
 * conditions. Thresholds are recommendations, not from a standard.
 */
export const curveShapeMethod: Method = { id: 'anomaly/curveShape', version: '1.0.0' }

/** Parameters of one curve; null where one wasn't determined. */
export interface CurveParameters {
  readonly iscA: number | null
  readonly vocV: number | null
  readonly fillFactor: number | null
  readonly seriesResistanceOhm: number | null
  readonly shuntResistanceOhm: number | null
}

export interface ShapeThresholds {
  readonly iscPercent: number
  readonly vocPercent: number
  readonly fillFactorPercent: number
  readonly seriesRisePercent: number
  readonly shuntDropPercent: number
}

export const shapeThresholds: ShapeThresholds = {
  iscPercent: 3,
  vocPercent: 2,
  fillFactorPercent: 2,
  seriesRisePercent: 20,
  shuntDropPercent: 50,
}

export type ShapeCause =
  | 'currentLoss'
  | 'currentGain'
  | 'bypassedSubstring'
  | 'voltageLoss'
  | 'voltageGain'
  | 'seriesResistance'
  | 'shunt'
  | 'fillFactorLoss'

export interface ShapeFinding {
  readonly cause: ShapeCause
  readonly parameter: keyof CurveParameters
  readonly changePercent: number
  readonly thresholdPercent: number
  readonly text: string
}

export interface ShapeResult {
  readonly method: Method
  readonly findings: readonly ShapeFinding[]
  /** Parameters that couldn't be compared, with the reason. */
  readonly notCompared: readonly { readonly parameter: keyof CurveParameters; readonly reason: string }[]
}

export interface ShapeOptions {
  readonly thresholds?: ShapeThresholds
  /** Bypass diodes (substrings) of the module: tells a bypassed substring from another loss of voltage. */
  readonly substrings?: number
}

/** A shorted diode takes one of n substrings: the drop is near k/n of Voc, within a quarter of a substring. */
const bypassed = (changePercent: number, substrings: number | undefined): number => {
  if (substrings === undefined) return 0
  const lost = (-changePercent / 100) * requirePositive(substrings, 'substrings')
  const whole = Math.round(lost)
  return whole >= 1 && whole < substrings && Math.abs(lost - whole) <= 0.25 ? whole : 0
}

type Judge = (changePercent: number) => Omit<ShapeFinding, 'parameter' | 'changePercent'> | null

const judgesOf = (limits: ShapeThresholds, substrings: number | undefined): Record<keyof CurveParameters, Judge> => ({
  iscA: (change) => {
    const thresholdPercent = limits.iscPercent
    if (change < -thresholdPercent) {
      return { cause: 'currentLoss', thresholdPercent, text: 'lower current: soiling, loss at the front, or mismatch' }
    }
    if (change <= thresholdPercent) return null
    return { cause: 'currentGain', thresholdPercent, text: 'higher current: check irradiance and reference device' }
  },
  vocV: (change) => {
    const thresholdPercent = limits.vocPercent
    const lost = bypassed(change, substrings)
    if (change < -thresholdPercent && lost > 0) {
      return {
        cause: 'bypassedSubstring',
        thresholdPercent,
        text: `${lost} of ${substrings} substrings: shorted diode`,
      }
    }
    if (change < -thresholdPercent) {
      return { cause: 'voltageLoss', thresholdPercent, text: 'lower voltage: recombination, LID, PID or temperature' }
    }
    if (change <= thresholdPercent) return null
    return { cause: 'voltageGain', thresholdPercent, text: 'higher voltage: check the temperature' }
  },
  fillFactor: (change) => {
    const thresholdPercent = limits.fillFactorPercent
    if (change >= -thresholdPercent) return null
    return {
      cause: 'fillFactorLoss',
      thresholdPercent,
      text: 'rounder knee: series resistance, shunt or recombination',
    }
  },
  seriesResistanceOhm: (change) => {
    const thresholdPercent = limits.seriesRisePercent
    if (change <= thresholdPercent) return null
    return { cause: 'seriesResistance', thresholdPercent, text: 'flatter near Voc: contacts, ribbons or connectors' }
  },
  shuntResistanceOhm: (change) => {
    const thresholdPercent = limits.shuntDropPercent
    if (change >= -thresholdPercent) return null
    return { cause: 'shunt', thresholdPercent, text: 'steeper near Isc: shunt, PID or mismatch' }
  },
})

const parameters = ['iscA', 'vocV', 'fillFactor', 'seriesResistanceOhm', 'shuntResistanceOhm'] as const

/**
 * Names the anomalies by which a curve differs from its baseline; a change has to be strictly beyond its threshold.
 * @throws StationError analysis.badInput for numbers that aren't finite
 */
export const compareCurveShape = (
  baseline: CurveParameters,
  curve: CurveParameters,
  options: ShapeOptions = {},
): ShapeResult => {
  const judges = judgesOf(options.thresholds ?? shapeThresholds, options.substrings)
  const findings: ShapeFinding[] = []
  const notCompared: { parameter: keyof CurveParameters; reason: string }[] = []
  for (const parameter of parameters) {
    const [before, after] = [baseline[parameter], curve[parameter]]
    if (before === null || after === null) {
      notCompared.push({ parameter, reason: `not determined ${before === null ? 'at the baseline' : 'now'}` })
      continue
    }
    if (!(requireFinite(before, parameter) > 0)) {
      notCompared.push({ parameter, reason: 'the baseline is not above 0' })
      continue
    }
    const changePercent = Math.max(-1e300, Math.min(1e300, 100 * (requireFinite(after, parameter) / before - 1)))
    const finding = judges[parameter](changePercent)
    if (finding !== null) findings.push({ ...finding, parameter, changePercent })
  }
  return { method: curveShapeMethod, findings, notCompared }
}
