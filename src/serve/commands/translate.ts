import { basename } from 'node:path'
import { StationError } from '../../contract/errors.ts'
import { translateFile } from '../../engine/translateFile.ts'
import { neededOption, readArguments, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readText } from '../files.ts'
import { joinNegativeNumbers, neededNumber } from '../numberOption.ts'
import { alignTable, exitCode } from '../output.ts'

const procedures = ['1', '2', '2-2009', '3', '4'] as const

const options = {
  procedure: { type: 'string' },
  'to-irradiance': { type: 'string' },
  'to-temperature': { type: 'string' },
  coefficients: { type: 'string' },
} as const

const shown = (value: number | null, decimals: number): string => (value === null ? '–' : value.toFixed(decimals))

const readCoefficients = async (path: string | undefined) =>
  path === undefined ? null : { text: await readText(path), fileName: basename(path) }

export const translate: Command = {
  usage:
    'translate FILE --procedure 1|2|2-2009|3|4 --to-irradiance G --to-temperature T [--coefficients FILE] [--json]',
  about: [
    'I-V curves at another irradiance (W/m²) and temperature (°C) after IEC 60891; with --json a curve file again.',
    'The coefficients are a JSON object (docs/analysis.md):',
    '  1: alphaAPerK, betaVPerK, seriesResistanceOhm, kappaOhmPerK     4: alphaAPerK, seriesResistanceOhm, cellsInSeries',
    '  2: alphaRelPerK, betaRelPerK, vocStcV, b1, b2, seriesResistanceOhm, kappaOhmPerK',
    '  2-2009: alphaRelPerK, betaRelPerK, irradianceFactor, seriesResistanceOhm, kappaOhmPerK     3: none',
    '  α and β also as alphaPercentPerK, betaPercentPerK (and iscStcA, vocStcV to convert); iscA, vocV or "iscRule": "maximum"',
  ].join('\n      '),
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(joinNegativeNumbers(args), { options, positionals: [1, 1] })
    const named = neededOption(given, 'procedure')
    const procedure = procedures.find((each) => each === named)
    if (procedure === undefined)
      throw new StationError('usage.badArgument', {
        detail: `--procedure ${named}: one of ${procedures.join(', ')} is needed.`,
      })
    const target = {
      irradianceWPerM2: neededNumber(given, 'to-irradiance', 0),
      temperatureC: neededNumber(given, 'to-temperature', -273.15),
    }
    const file = positionals[0]!
    const coefficients = await readCoefficients(textOption(given, 'coefficients'))
    const curves = { text: await readText(file), fileName: basename(file) }
    const translated = translateFile({ procedure, target, curves, coefficients })
    const rows = translated.curves.map((each) => [
      each.id,
      shown(each.irradianceWPerM2, 1),
      shown(each.temperatureC, 2),
      shown(each.parameters.iscA, 4),
      shown(each.parameters.vocV, 3),
      shown(each.parameters.pmaxW, 3),
      each.flags.join(', '),
    ])
    const table = alignTable([['id', 'G (W/m²)', 'T (°C)', 'Isc (A)', 'Voc (V)', 'Pmax (W)', 'flags'], ...rows])
    const notes = [...translated.notes, ...translated.curves.flatMap((each) => [...each.notes, ...each.messages])]
    output.result(translated, [table, translated.curves[0]!.method, ...notes].join('\n'))
    return exitCode.ok
  },
}
