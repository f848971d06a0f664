import { basename } from 'node:path'
import { parseImportProfile } from '../../engine/importProfiles.ts'
import { parseJson } from '../../engine/jsonFile.ts'
import { neededOption, readArguments, readParameters, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf, realClock } from '../environment.ts'
import { bytesToText, readBytes, readText } from '../files.ts'
import { writeRunFiles } from '../runFiles.ts'
import { hostStation } from '../stationHost.ts'

const options = {
  protocol: { type: 'string' },
  sample: { type: 'string' },
  param: { type: 'string', multiple: true },
  operator: { type: 'string' },
  profile: { type: 'string' },
  out: { type: 'string' },
} as const

export const importFile: Command = {
  usage:
    'import FILE --protocol PVTP-001 --sample ID [--profile NAME|FILE.json] [--param name=value]… --out DIR [--json]',
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
    }
    const bytes = await readBytes(file)
    const asked = textOption(given, 'profile')
    const own = asked?.endsWith('.json')
      ? parseImportProfile(parseJson(await readText(asked), asked), asked)
      : undefined
    const { station, close } = await hostStation({
      dataFolder: dataFolderOf(given),
      clock: realClock(),
      simulate: null,
      virtualTime: false,
      automaticAnswer: null,
      goesOn: false,
      lockWaitMs: 30_000,
    })
    try {
      const profile = own ?? (asked === undefined ? undefined : station.importProfiles.find(asked))
      const text = bytesToText(bytes, file, profile?.encoding)
      const run = await station.importCurves({ ...request, text, ...(profile ? { profile } : {}) })
      return await writeRunFiles({ run, station, out, output })
    } finally {
      await close()
    }
  },
}
