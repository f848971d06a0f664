import type { IvCurve } from '../../contract/curve.ts'
import { StationError } from '../../contract/errors.ts'
import { extractIv } from '../iv/extract.ts'
import { checkCoefficients, checkConditions, conditionsOf, type Conditions, type Points } from './conditions.ts'
import { procedure1, type Procedure1Coefficients } from './procedure1.ts'
import { procedure2, type Procedure2Coefficients } from './procedure2.ts'
import { procedure2Edition2009, type Procedure2Edition2009Coefficients } from './procedure2Edition2009.ts'
import { procedure3Towards, type ConditionedCurve } from './procedure3.ts'
import { procedure4, type Procedure4Coefficients } from './procedure4.ts'

/** What is to be done. Isc or Voc of the measured curve are extracted (rule `station`) unless given. */
export type TranslationMethod =
  | { readonly procedure: '1'; readonly coefficients: Procedure1Coefficients; readonly iscA?: number }
  | { readonly procedure: '2'; readonly coefficients: Procedure2Coefficients }
  | { readonly procedure: '2-2009'; readonly coefficients: Procedure2Edition2009Coefficients; readonly vocV?: number }
  | { readonly procedure: '3'; readonly others: readonly IvCurve[] }
  | { readonly procedure: '4'; readonly coefficients: Procedure4Coefficients; readonly iscA?: number }

/** Name and version of each procedure, stored with every translated curve. */
export const translationMethods: Record<TranslationMethod['procedure'], string> = {
  '1': 'IEC 60891:2021 procedure 1, 1.0',
  '2': 'IEC 60891:2021 procedure 2, 1.0',
  '2-2009': 'IEC 60891:2009 procedure 2, 1.0',
  '3': 'IEC 60891:2021 procedure 3, 1.0',
  '4': 'IEC 60891:2021 procedure 4, 1.0',
}

export interface TranslatedCurve {
  /** The curve at its new conditions, under the id of the measured one. */
  readonly curve: IvCurve
  readonly method: string
  /** What was taken, left out or is to be kept in mind, in words. */
  readonly notes: readonly string[]
}

/**
 * Translates a measured curve to a target irradiance and temperature after IEC 60891.
 *
 * @param curve with irradiance and temperature
 * @param target for procedure 3 it must lie between the measured curves
 * @throws StationError analysis.badInput for missing conditions, coefficients that are not finite, an Isc or Voc that
 *   can't be extracted, or a target out of reach of procedure 3
 */
export const translateCurve = (curve: IvCurve, target: Conditions, method: TranslationMethod): TranslatedCurve => {
  const from = conditionsOf(curve)
  const to = checkConditions('The target', target)
  const name = translationMethods[method.procedure]
  if (method.procedure === '3') return interpolate(curve, to, method.others)
  checkCoefficients(name, method.coefficients)
  const notes: string[] = []
  const points = translatePoints({ curve, from, to, method, notes })
  if (![...points.voltageV, ...points.currentA].every(Number.isFinite)) {
    throw new StationError('analysis.badInput', { what: name, detail: 'the coefficients lead beyond finite numbers' })
  }
  const step = Math.abs(to.irradianceWPerM2 / from.irradianceWPerM2 - 1)
  if (method.procedure === '1' && step > 0.2) {
    notes.push(`The irradiance changes by ${(100 * step).toFixed(0)} %; procedure 1 is meant for about 20 % at most.`)
  }
  return { curve: atConditions(curve, points, to), method: name, notes }
}

const atConditions = (curve: IvCurve, points: Points, to: Conditions): IvCurve => ({
  id: curve.id,
  voltageV: points.voltageV,
  currentA: points.currentA,
  irradianceWPerM2: to.irradianceWPerM2,
  temperatureC: to.temperatureC,
  ...(curve.direction === undefined ? {} : { direction: curve.direction }),
})

interface Work {
  curve: IvCurve
  from: Conditions
  to: Conditions
  method: Exclude<TranslationMethod, { procedure: '3' }>
  notes: string[]
}

const translatePoints = ({ curve, from, to, method, notes }: Work): Points => {
  const step = { from, to }
  switch (method.procedure) {
    case '1':
      return procedure1(curve, { ...step, iscA: method.iscA ?? extracted(curve, 'iscA', notes) }, method.coefficients)
    case '2':
      return procedure2(curve, step, method.coefficients)
    case '2-2009':
      return procedure2Edition2009(
        curve,
        { ...step, vocV: method.vocV ?? extracted(curve, 'vocV', notes) },
        method.coefficients,
      )
    case '4':
      return procedure4(curve, { ...step, iscA: method.iscA ?? extracted(curve, 'iscA', notes) }, method.coefficients)
  }
}

const extracted = (curve: IvCurve, which: 'iscA' | 'vocV', notes: string[]): number => {
  const parameters = extractIv(curve)
  const value = parameters[which]
  if (value !== null) {
    notes.push(`${which === 'iscA' ? 'Isc' : 'Voc'} of curve ${curve.id} was extracted: ${value.toPrecision(6)}.`)
    return value
  }
  const reasons = parameters.flags.map((flag) => flag.text).join(' ')
  throw new StationError('analysis.badInput', { what: `Curve ${curve.id}`, detail: `it gives no ${which}. ${reasons}` })
}

const interpolate = (curve: IvCurve, target: Conditions, others: readonly IvCurve[]): TranslatedCurve => {
  const notes: string[] = []
  const measured = [curve, ...others].map((each): ConditionedCurve => ({
    voltageV: each.voltageV,
    currentA: each.currentA,
    conditions: conditionsOf(each),
    iscA: extracted(each, 'iscA', notes),
  }))
  const found = procedure3Towards(measured, target)
  if (found.unpaired > 0) notes.push(`${found.unpaired} points had no partner on another curve and were left out.`)
  notes.push(`Interpolated between ${found.method}.`)
  return { curve: atConditions(curve, found, found.conditions), method: translationMethods['3'], notes }
}
