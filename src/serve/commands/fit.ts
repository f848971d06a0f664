import { basename } from 'node:path'
import { fitFile } from '../../engine/fitFile.ts'
import { integerOption, readArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readText } from '../files.ts'
import { alignTable, exitCode } from '../output.ts'

const shown = (value: number | null): string => (value === null ? '–' : String(Number(value.toPrecision(6))))

export const fit: Command = {
  usage: 'fit FILE [--cells N] [--json]',
  about:
    'Single-diode parameters of the I-V curves of a CSV or JSON file; the ideality factor needs temperature and cells in series',
  run: async (args, output) => {
    const { positionals, options } = readArguments(args, {
      options: { cells: { type: 'string' } },
      positionals: [1, 1],
    })
    // 0 stands for: as the file states.
    const cells = integerOption(options, 'cells', {
      least: 1,
      most: 10_000,
      otherwise: 0,
    })
    const file = positionals[0]!
    const fitted = fitFile(await readText(file), basename(file), cells === 0 ? null : cells)
    const rows = fitted.curves.map((each) => [
      each.id,
      shown(each.photocurrentA),
      shown(each.saturationCurrentA),
      shown(each.seriesResistanceOhm),
      shown(each.shuntResistanceOhm),
      shown(each.idealityFactor),
      shown(each.rmsA),
      each.flags.join(', '),
    ])
    const table = alignTable([['id', 'IL (A)', 'I0 (A)', 'Rs (Ω)', 'Rsh (Ω)', 'n', 'RMS (A)', 'flags'], ...rows])
    output.result(fitted, [table, ...fitted.notes].join('\n'))
    return exitCode.ok
  },
}
