import { once } from 'node:events'
import type { Channel } from '../../contract/sample.ts'
import { StationError } from '../../contract/errors.ts'
import { withReader } from '../../engine/openStation.ts'
import type { Reader, SampleRow } from '../../engine/storage/store.ts'
import { readArguments, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf } from '../environment.ts'
import { exitCode } from '../output.ts'
import { csvText } from '../../engine/reports/csv.ts'

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

const csvLine = (channel: Channel, row: SampleRow): string =>
  [
    csvText(channel.name),
    csvText(channel.unit),
    row.seq,
    new Date(row.utc_ms).toISOString(),
    row.monotonic_ms,
    row.value ?? '',
    channel.provenance,
    csvText(channel.instrumentName),
    csvText(channel.calibration ?? ''),
    csvText(row.missing ?? ''),
  ].join(',')

async function printCsv(reader: Reader, channels: readonly Channel[]): Promise<void> {
  await write('channel,unit,seq,utc,monotonic_ms,value,provenance,instrument,calibration,missing\r\n')
  for (const channel of channels)
    for await (const row of reader.sampleRows(channel.id)) await write(`${csvLine(channel, row)}\r\n`)
}

/** One document, written as it is read: a run of weeks needn't fit into memory. */
async function printJson(reader: Reader, channels: readonly Channel[]): Promise<void> {
  await write('{"channels":[')
  for (const [i, channel] of channels.entries()) {
    await write(`${i === 0 ? '' : ','}\n{"channel":${JSON.stringify(channel)},"samples":[`)
    let first = true
    for await (const row of reader.sampleRows(channel.id)) {
      const sample = {
        seq: row.seq,
        utcMs: row.utc_ms,
        monotonicMs: row.monotonic_ms,
        value: row.value,
        missing: row.missing,
      }
      await write(`${first ? '' : ','}\n${JSON.stringify(sample)}`)
      first = false
    }
    await write(']}')
  }
  await write(']}\n')
}

export const samples: Command = {
  usage: 'samples RUN [--channel NAME] [--data DIR] [--simulate] [--json]',
  about: 'The raw samples of a run as CSV, or as JSON',
  run: async (args, output) => {
    const options = { channel: { type: 'string' }, simulate: { type: 'boolean' } } as const
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 1] })
    const runId = positionals[0]!
    const name = textOption(given, 'channel')
    await withReader(dataFolderOf(given), async (reader) => {
      await reader.getRun(runId)
      const channels = (await reader.channels(runId)).filter((each) => name === undefined || each.name === name)
      if (name !== undefined && channels.length === 0)
        throw new StationError('usage.notFound', { what: 'Channel', id: name })
      await (output.json ? printJson(reader, channels) : printCsv(reader, channels))
    })
    return exitCode.ok
  },
}
