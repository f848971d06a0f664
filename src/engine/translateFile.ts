import type { Conditions } from '../analysis/iec60891/conditions.ts'
import { translateCurve, type TranslatedCurve, type TranslationMethod } from '../analysis/iec60891/translate.ts'
import { parseCurveFile } from '../analysis/iv/curveFile.ts'
import { extractIv } from '../analysis/iv/extract.ts'
import type { CurveSet, IvCurve } from '../contract/curve.ts'
import {
  coefficientsFor,
  noCoefficients,
  parseCoefficients,
  statedFor,
  type CoefficientFile,
  type Procedure,
} from './translationCoefficients.ts'

export interface TranslationRequest {
  readonly procedure: Procedure
  readonly target: Conditions
  readonly curves: { readonly text: string; readonly fileName: string }
  readonly coefficients: { readonly text: string; readonly fileName: string } | null
}

/**
 * Translates the curves of a file after IEC 60891, as `pvtp translate` prints them: a curve file again. Procedures 1, 2
 * and 4 give one curve for each; procedure 3 gives one from all of them, under the id of the curve that was measured
 * nearest to the target.
 *
 * @throws StationError usage.invalidInput for missing coefficients; those of parseCurveFile and translateCurve
 */
export function translateFile({ procedure, target, curves, coefficients }: TranslationRequest) {
  const set = parseCurveFile(curves.text, curves.fileName)
  const file = coefficients === null ? noCoefficients : parseCoefficients(coefficients.text, coefficients.fileName)
  const used = procedure === '3' ? null : coefficientsFor(procedure, withCells(file, set))
  const translated =
    procedure === '3'
      ? [interpolated(set, target)]
      : set.curves.map((curve) => moved(curve, target, { procedure, file, set }))
  return {
    cellsInSeries: set.cellsInSeries,
    procedure,
    target,
    coefficients: used,
    notes: [...set.notes, ...file.notes, ...unusedNotes(procedure, file)],
    curves: translated,
  }
}

const withCells = (file: CoefficientFile, set: CurveSet): CoefficientFile['fields'] =>
  set.cellsInSeries === null ? file.fields : { cellsInSeries: set.cellsInSeries, ...file.fields }

/** What a reader could take for used, but the procedure has no place for. */
const unusedNotes = (procedure: Procedure, { fields }: CoefficientFile): string[] => {
  const usesIsc = procedure === '1' || procedure === '4'
  const unused = [
    ...(fields.iscA !== undefined && !usesIsc ? ['iscA'] : []),
    ...(fields.iscRule !== undefined && !usesIsc ? ['iscRule'] : []),
    ...(fields.vocV !== undefined && procedure !== '2-2009' ? ['vocV'] : []),
  ]
  return unused.map((name) => `Procedure ${procedure} does not use ${name} of the coefficients.`)
}

interface Work {
  procedure: Exclude<Procedure, '3'>
  file: CoefficientFile
  set: CurveSet
}

function moved(curve: IvCurve, target: Conditions, { procedure, file, set }: Work) {
  const fields = withCells(file, set)
  const notes: string[] = []
  const isc = (): { iscA?: number } => givenIsc(curve, file, notes)
  const method = ((): TranslationMethod => {
    switch (procedure) {
      case '1':
        return { procedure, coefficients: coefficientsFor(procedure, fields), ...isc() }
      case '2':
        return { procedure, coefficients: coefficientsFor(procedure, fields) }
      case '2-2009': {
        const vocV = statedFor(curve, fields, 'vocV')
        return { procedure, coefficients: coefficientsFor(procedure, fields), ...(vocV === undefined ? {} : { vocV }) }
      }
      case '4':
        return { procedure, coefficients: coefficientsFor(procedure, fields), ...isc() }
    }
  })()
  return described([curve], translateCurve(curve, target, method), notes)
}

/** Isc1 by the file: a number, or the largest current; empty where the station's rule extracts it. */
const givenIsc = (curve: IvCurve, { fields }: CoefficientFile, notes: string[]): { iscA?: number } => {
  const stated = statedFor(curve, fields, 'iscA')
  if (stated !== undefined) return { iscA: stated }
  if (fields.iscRule !== 'maximum') return {}
  const iscA = curve.currentA.reduce((most, current) => Math.max(most, current), -Infinity)
  notes.push(`Isc of curve ${curve.id} is its largest current: ${iscA.toPrecision(6)} A.`)
  return { iscA }
}

function interpolated(set: CurveSet, target: Conditions) {
  // Conditions that are missing are refused by translateCurve; here they only must not come first.
  const distance = (curve: IvCurve): number =>
    Math.hypot(
      ((curve.irradianceWPerM2 ?? Infinity) - target.irradianceWPerM2) / 1000,
      ((curve.temperatureC ?? Infinity) - target.temperatureC) / 25,
    )
  const nearest = set.curves.reduce((best, curve) => (distance(curve) < distance(best) ? curve : best))
  const others = set.curves.filter((curve) => curve !== nearest)
  const found = translateCurve(nearest, target, { procedure: '3', others })
  const { irradianceWPerM2: g, temperatureC: t } = found.curve
  const missed = g !== target.irradianceWPerM2 || t !== target.temperatureC
  const notes = missed
    ? [
        `The curve is at ${g?.toFixed(2)} W/m² and ${t?.toFixed(3)} °C: the place between the curves nearest to the target.`,
      ]
    : []
  return described([nearest, ...others], found, notes)
}

/** The curve as a curve file has it, with the parameters of the result and the flags of it and the measured curves. */
function described(
  measured: readonly IvCurve[],
  { curve, method, notes }: TranslatedCurve,
  ownNotes: readonly string[],
) {
  const found = extractIv(curve)
  const flags = [
    ...measured.flatMap((each) => extractIv(each).flags.map((flag) => ({ ...flag, of: `Measured curve ${each.id}` }))),
    ...found.flags.map((flag) => ({ ...flag, of: 'The result' })),
  ]
  return {
    ...curve,
    method,
    notes: [...ownNotes, ...notes],
    from: measured.map(({ id, irradianceWPerM2, temperatureC }) => ({ id, irradianceWPerM2, temperatureC })),
    parameters: { iscA: found.iscA, vocV: found.vocV, pmaxW: found.pmaxW },
    flags: [...new Set(flags.map((flag) => flag.code))],
    messages: flags.map((flag) => `${flag.of}: ${flag.text}`),
  }
}
