import { fitSingleDiode } from '../analysis/diode/fitSingleDiode.ts'
import { parseCurveFile } from '../analysis/iv/curveFile.ts'
import type { CurveSet, IvCurve } from '../contract/curve.ts'

/**
 * Single-diode parameters of every curve of a file, as `pvtp fit` prints them.
 *
 * @param cells cells in series; takes the place of what the file states
 * @throws StationError of parseCurveFile
 */
export function fitFile(text: string, fileName: string, cells: number | null) {
  const set = parseCurveFile(text, fileName)
  const cellsInSeries = cells ?? set.cellsInSeries
  return {
    cellsInSeries,
    notes: [...set.notes, ...notesOnCells(set, cells)],
    curves: set.curves.map((curve) => fitCurve(curve, cellsInSeries)),
  }
}

const notesOnCells = (set: CurveSet, cells: number | null): string[] =>
  cells !== null && set.cellsInSeries !== null && set.cellsInSeries !== cells
    ? [`The file states ${set.cellsInSeries} cells in series; ${cells} were used as asked.`]
    : []

function fitCurve(curve: IvCurve, cellsInSeries: number | null) {
  const fit = fitSingleDiode(curve, { cellsInSeries })
  const messages = fit.flags.map((flag) => flag.sentence)
  return {
    id: fit.id,
    photocurrentA: fit.photocurrentA,
    saturationCurrentA: fit.saturationCurrentA,
    seriesResistanceOhm: fit.seriesResistanceOhm,
    shuntResistanceOhm: fit.shuntResistanceOhm,
    shuntConductanceS: fit.shuntConductanceS,
    idealityFactor: fit.idealityFactor,
    modifiedIdealityV: fit.modifiedIdealityV,
    rmsA: fit.rmsA,
    irradianceWPerM2: curve.irradianceWPerM2,
    temperatureC: curve.temperatureC,
    pointsUsed: fit.pointsUsed,
    pointsOutside: fit.pointsOutside,
    flags: fit.flags.map((flag) => flag.code),
    messages: [
      ...messages,
      ...(fit.shuntConductanceS === 0 ? ['The shunt conductance is 0: there is no finite shunt resistance.'] : []),
      // Without a fit this reason is the flag's sentence.
      ...(fit.idealityReason === null || messages.includes(fit.idealityReason) ? [] : [fit.idealityReason]),
    ],
    method: fit.method,
  }
}
