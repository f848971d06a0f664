import type { CurveSet } from '../../contract/curve.ts'
import { StationError } from '../../contract/errors.ts'
import { readCsv } from './curveCsv.ts'
import { readJson } from './curveJson.ts'
import { assembleCurves } from './curveDraft.ts'

/** Version of the reading rules below; stored with an import. */
export const curveFileVersion = 'curve file 1.0'

/**
 * Reads measured I-V curves from the text of a file: JSON (`{"cellsInSeries", "curves": [{"id", "voltageV", "currentA",
 * "irradianceWPerM2", "temperatureC"}]}`, or the ivcurves project's `"IV Curves"`), or a table with a header line that
 * names a voltage and a current column with their units (comma, semicolon, tab, bar or spaces between columns; decimal
 * point or comma; metadata lines before the header; optional irradiance, temperature and curve columns).
 *
 * Curves in the load convention (negative current while delivering power) are turned to the generator convention and
 * noted. Units are never guessed.
 *
 * @param text the file's content as text, with or without a byte-order mark
 * @param fileName for messages only; the extension does not decide the form
 * @returns at least one curve, each of at least two finite points in the order of the file
 * @throws StationError file.notACurve, file.badNumber, file.badUnit, file.tooFewPoints
 */
export const parseCurveFile = (text: string, fileName: string): CurveSet => {
  const body = text.replace(/^\uFEFF/, '')
  if (body.trim() === '') throw new StationError('file.notACurve', { file: fileName, detail: 'the file is empty' })
  if (body.includes('\u0000')) {
    throw new StationError('file.notACurve', { file: fileName, detail: 'it is not a text file (UTF-8)' })
  }
  const drafts = /^\s*[{[]/.test(body) ? readJson(body, fileName) : readCsv(body, fileName)
  return assembleCurves(drafts, fileName)
}
