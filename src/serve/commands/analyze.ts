import { basename } from 'node:path'
import { analyzeFile } from '../../engine/analyzeFile.ts'
import { StationError } from '../../contract/errors.ts'
import { readArguments, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readText } from '../files.ts'
import { alignTable, exitCode } from '../output.ts'

const shown = (value: number | null, decimals: number): string => (value === null ? '–' : value.toFixed(decimals))

export const analyze: Command = {
  usage: 'analyze FILE [--rule station|e1036] [--json]',
  about: 'Isc, Voc, Pmax, Vmp, Imp and FF of the I-V curves of a CSV or JSON file',
  run: async (args, output) => {
    const { positionals, options } = readArguments(args, { options: { rule: { type: 'string' } }, positionals: [1, 1] })
    const rule = textOption(options, 'rule') ?? 'station'
    if (rule !== 'station' && rule !== 'e1036')
      throw new StationError('usage.badArgument', { detail: `--rule ${rule}: station or e1036 is needed.` })
    const file = positionals[0]!
    const analysed = analyzeFile(await readText(file), basename(file), rule)
    const rows = analysed.curves.map((each) => [
      each.id,
      shown(each.iscA, 4),
      shown(each.vocV, 3),
      shown(each.pmaxW, 3),
      shown(each.impA, 4),
      shown(each.vmpV, 3),
      shown(each.fillFactor, 4),
      each.flags.join(', '),
    ])
    const table = alignTable([['id', 'Isc (A)', 'Voc (V)', 'Pmax (W)', 'Imp (A)', 'Vmp (V)', 'FF', 'flags'], ...rows])
    output.result(analysed, [table, ...analysed.notes].join('\n'))
    return exitCode.ok
  },
}
