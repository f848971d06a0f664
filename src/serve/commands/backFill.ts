import { basename } from 'node:path'
import type { BackFill, BackFillEdge, BackFillRequest } from '../../contract/backFill.ts'
import { plainNumber } from '../../base/plainNumber.ts'
import { StationError } from '../../contract/errors.ts'
import { parseLogProfile } from '../../engine/importProfiles.ts'
import { parseJson } from '../../engine/jsonFile.ts'
import type { Station } from '../../engine/station.ts'
import { neededOption, readArguments, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf, realClock } from '../environment.ts'
import { bytesToText, readBytes, readText } from '../files.ts'
import { numberOption } from '../numberOption.ts'
import { alignTable, exitCode } from '../output.ts'
import { hostStation } from '../stationHost.ts'

const options = {
  instrument: { type: 'string' },
  profile: { type: 'string' },
  'clock-ahead': { type: 'string' },
  operator: { type: 'string' },
  preview: { type: 'boolean' },
  simulate: { type: 'boolean' },
} as const

const time = (utcMs: number | null): string =>
  utcMs === null ? '–' : new Date(utcMs).toISOString().slice(0, 19).replace('T', ' ')

const edge = ({ compared, mostDeviation }: BackFillEdge): string =>
  mostDeviation === null ? 'not compared' : `${plainNumber(mostDeviation)} (${compared} rows)`

function show(made: BackFill): string {
  const rows = made.channels.flatMap(({ channel, unit, gaps }) =>
    gaps.map((gap) => [
      ...[`${channel} (${unit})`, time(gap.fromUtcMs), time(gap.toUtcMs), String(gap.utcMs.length)],
      ...[edge(gap.before), edge(gap.after)],
    ]),
  )
  const head = ['channel', 'no values from (UTC)', 'until', 'rows', 'largest difference before', 'after']
  const clock =
    made.bestClockAheadS === null
      ? 'The values are too steady to tell whether the clock of the log is right.'
      : `Log and station agree best with --clock-ahead ${made.bestClockAheadS}; it was ${made.clockAheadS}.`
  return `${alignTable([head, ...rows])}\n${clock}`
}

/** By its id, or by the name that it has at the station. */
async function instrumentOf(station: Station, runId: string, asked: string): Promise<string> {
  const { run } = await station.detail(runId)
  const found = run.instruments.find(({ instrumentId, name }) => instrumentId === asked || name === asked)
  if (found) return found.instrumentId
  const known = [...new Set(run.instruments.map(({ instrumentId }) => instrumentId))].join(', ')
  throw new StationError('usage.badArgument', { detail: `--instrument ${asked}: the run has ${known}.` })
}

export const backFill: Command = {
  usage:
    'backfill RUN FILE --instrument ID --profile NAME|FILE.json [--clock-ahead S] [--preview] [--operator NAME] [--data DIR] [--json]',
  about: 'What the log of an instrument’s own controller says of the time in which the station recorded nothing',
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(args, { options, positionals: [2, 2] })
    const [runId, file] = positionals as [string, string]
    const [instrument, asked] = [neededOption(given, 'instrument'), neededOption(given, 'profile')]
    const clockAheadS = numberOption(given, 'clock-ahead') ?? 0
    const bytes = await readBytes(file)
    const own = asked.endsWith('.json') ? parseLogProfile(parseJson(await readText(asked), asked), asked) : null
    const { station, close } = await hostStation({
      ...{ dataFolder: dataFolderOf(given), clock: realClock(), simulate: null, virtualTime: false },
      ...{ automaticAnswer: null, goesOn: false, lockWaitMs: 0 },
    })
    try {
      const profile = own ?? station.backFill.profiles.find(asked)
      const request: BackFillRequest = {
        ...{ runId, fileName: basename(file), text: bytesToText(bytes, file, profile.encoding), profile, clockAheadS },
        instrumentId: await instrumentOf(station, runId, instrument),
        who: textOption(given, 'operator') ?? process.env['USER'] ?? 'command line',
      }
      const made = await station.backFill.preview(request)
      if (given['preview'] !== true) await station.backFill.add(request)
      output.result({ backFill: made, kept: given['preview'] !== true }, show(made))
      return exitCode.ok
    } finally {
      await close()
    }
  },
}
