import { basename } from 'node:path'
import { neededOption, readArguments, readParameters, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf, realClock } from '../environment.ts'
import { readText } from '../files.ts'
import { writeRunFiles } from '../runFiles.ts'
import { hostStation } from '../stationHost.ts'

const options = {
  protocol: { type: 'string' },
  sample: { type: 'string' },
  param: { type: 'string', multiple: true },
  operator: { type: 'string' },
  out: { type: 'string' },
} as const

export const importFile: Command = {
  usage: 'import FILE --protocol PVTP-001 --sample ID [--param name=value]… --out DIR [--json]',
  about: 'Makes a run from a measured curve file: same evaluation, same report, marked IMPORTED',
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 1] })
    const file = positionals[0]!
    const out = neededOption(given, 'out')
    const request = {
      protocolId: neededOption(given, 'protocol'),
      module: { id: neededOption(given, 'sample'), maker: '', model: '' },
      operator: textOption(given, 'operator') ?? process.env['USER'] ?? 'command line',
      parameters: readParameters(given),
      fileName: basename(file),
      text: await readText(file),
    }
    const { station, close } = await hostStation({
      dataFolder: dataFolderOf(given),
      clock: realClock(),
      simulate: null,
      virtualTime: false,
      automaticAnswer: null,
      lockWaitMs: 30_000,
    })
    try {
      const run = await station.importCurves(request)
      return await writeRunFiles({ run, station, out, output })
    } finally {
      await close()
    }
  },
}
