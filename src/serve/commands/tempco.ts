import { basename } from 'node:path'
import { tempcoFile } from '../../engine/tempcoFile.ts'
import { readArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readText } from '../files.ts'
import { numberOption } from '../numberOption.ts'
import { alignTable, exitCode } from '../output.ts'

const shown = (value: number | null, digits = 6): string =>
  value === null ? '–' : String(Number(value.toPrecision(digits)))

export const tempco: Command = {
  usage: 'tempco FILE [--irradiance G] [--json]',
  about:
    'Temperature coefficients by least squares at one irradiance (1000 W/m² unless given), of a (G, T) matrix or of I-V curves',
  run: async (args, output) => {
    const { positionals, options } = readArguments(args, {
      options: { irradiance: { type: 'string' } },
      positionals: [1, 1],
    })
    const file = positionals[0]!
    const found = tempcoFile(await readText(file), basename(file), numberOption(options, 'irradiance', 0) ?? 1000)
    const rows = (['isc', 'voc', 'pmax', 'imp', 'vmp'] as const).map((name) => {
      const each = found[name]
      if (each.perK === null) return [name, '–', '', '', '', '', '', each.reason]
      return [
        name,
        `${shown(each.perK)} ${each.unit}`,
        shown(each.perKStandardError, 3),
        shown(each.percentPerK.ofFitAt25C),
        shown(each.percentPerK.ofMeasuredNearest25C),
        shown(each.rSquared),
        each.temperatureRangeC.map((limit) => shown(limit, 4)).join(' to '),
        `${each.count} points`,
      ]
    })
    const header = ['', 'per K', 'u(b)', '%/K of fit at 25 °C', '%/K of measured at 25 °C', 'r²', 'T (°C)', '']
    const title = `At ${found.irradianceWPerM2} W/m²: ${found.rowsUsed} of ${found.rowsInFile} rows`
    output.result(found, [title, alignTable([header, ...rows]), ...found.notes].join('\n'))
    return exitCode.ok
  },
}
