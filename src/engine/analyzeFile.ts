import { extractIv } from '../analysis/iv/extract.ts'
import { parseCurveFile } from '../analysis/iv/curveFile.ts'

/** Parameters of every curve of a file, as `pvtp analyze` prints them. */
export function analyzeFile(text: string, fileName: string, rule: 'station' | 'e1036' = 'station') {
  const set = parseCurveFile(text, fileName)
  return {
    cellsInSeries: set.cellsInSeries,
    notes: set.notes,
    curves: set.curves.map((curve) => {
      const found = extractIv(curve, { rule })
      return {
        id: curve.id,
        iscA: found.iscA,
        vocV: found.vocV,
        pmaxW: found.pmaxW,
        vmpV: found.vmpV,
        impA: found.impA,
        fillFactor: found.fillFactor,
        irradianceWPerM2: curve.irradianceWPerM2,
        temperatureC: curve.temperatureC,
        flags: found.flags.map((flag) => flag.code),
        messages: found.flags.map((flag) => flag.text),
        rule: found.rule,
      }
    }),
  }
}
