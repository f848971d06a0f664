import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { Channel, View } from '../../contract/sample.ts'
import { loadBackFills } from '../../engine/dossier.ts'
import { withReader } from '../../engine/openStation.ts'
import { backFilledCsv } from '../../engine/reports/backFilledCsv.ts'
import { csvText } from '../../engine/reports/csv.ts'
import { exportFormats, exportSamples, type ExportFormat } from '../../engine/sampleExport.ts'
import type { Reader } from '../../engine/storage/store.ts'
import { integerOption, readArguments, textOption, type Options } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf } from '../environment.ts'
import { exitCode } from '../output.ts'

const bad = (detail: string): StationError => new StationError('usage.badArgument', { detail })

/** ISO 8601, or milliseconds of UTC. */
function timeOption(options: Options, name: string): number | undefined {
  const text = textOption(options, name)
  if (text === undefined) return undefined
  const time = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isNaN(time)) throw bad(`--${name} ${text}: a time such as 2026-11-26T12:00:00Z is needed.`)
  return time
}

function formatOption(options: Options, isJson: boolean): ExportFormat {
  const text = textOption(options, 'format') ?? (isJson ? 'json' : 'csv')
  const format = exportFormats.find((each) => each === text)
  if (!format) throw bad(`--format ${text}: one of ${exportFormats.join(', ')} is needed.`)
  return format
}

async function channelsOf(reader: Reader, runId: string, name: string | undefined): Promise<Channel[]> {
  await reader.getRun(runId)
  const channels = (await reader.channels(runId)).filter((each) => name === undefined || each.name === name)
  if (name !== undefined && channels.length === 0)
    throw new StationError('usage.notFound', { what: 'Channel', id: name })
  return channels
}

/** One line a pixel and channel; pixels without values are left out. */
function* viewLines(view: View, channels: readonly Channel[]): Generator<string> {
  yield 'channel,unit,from,minimum,maximum,first,last,count\r\n'
  const pixelMs = (view.toMs - view.fromMs) / view.pixels
  for (const [at, { name, unit }] of channels.entries()) {
    const found = view.channels[at]!
    for (let i = 0; i < view.pixels; i++) {
      if (found.count[i] === 0) continue
      const numbers = [found.minimum[i], found.maximum[i], found.first[i], found.last[i], found.count[i]]
      const from = new Date(view.fromMs + i * pixelMs).toISOString()
      yield `${[csvText(name), csvText(unit), from, ...numbers].join(',')}\r\n`
    }
  }
}

/** Columns as plain arrays: what JSON can say. */
const viewDocument = (view: View): string =>
  `${JSON.stringify(view, (_key, value: unknown) => (value instanceof Float64Array ? [...value] : value))}\n`

type Parts = AsyncIterable<string | Uint8Array> | Iterable<string>

async function writeAll(parts: Parts, to: Writable): Promise<void> {
  for await (const part of parts) if (!to.write(part)) await once(to, 'drain')
}

async function intoFile(path: string, parts: Parts): Promise<void> {
  try {
    await pipeline(Readable.from(parts), createWriteStream(path))
  } catch (error) {
    if (error instanceof StationError) throw error
    throw new StationError('file.unwritable', { path, detail: messageOf(error) }, error)
  }
}

/** What was filled in from controllers' logs: kept apart from the samples, and so it is here. */
async function filledParts(reader: Reader, runId: string, { format, given }: Asked): Promise<Parts> {
  if (format !== 'csv' && format !== 'json') throw bad(`--format ${format}: back-filled values come as csv or json.`)
  const odd = ['channel', 'from', 'to', 'view', 'exact'].find((name) => given[name] !== undefined)
  if (odd !== undefined) throw bad(`--${odd}: --back-filled writes all that was filled in.`)
  await reader.getRun(runId)
  const backFills = await loadBackFills(reader, runId)
  return [format === 'json' ? `${JSON.stringify({ backFills })}\n` : backFilledCsv(backFills)]
}

interface Asked {
  format: ExportFormat
  given: Options
}

async function sampleParts(reader: Reader, runId: string, { format, given }: Asked): Promise<Parts> {
  const [fromMs, toMs] = [timeOption(given, 'from'), timeOption(given, 'to')]
  const span = { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) }
  const pixels = integerOption(given, 'view', { least: 1, most: 16_384, otherwise: 0 })
  const channels = await channelsOf(reader, runId, textOption(given, 'channel'))
  if (pixels === 0) return exportSamples(reader, { channels, ...span }, format)
  const exact = given['exact'] === true
  const view = await reader.view({ runId, channelIds: channels.map(({ id }) => id), pixels, exact, ...span })
  return format === 'json' ? [viewDocument(view)] : viewLines(view, channels)
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const options = {
  ...{ channel: text, from: text, to: text, format: text, view: text, out: text },
  ...{ exact: flag, simulate: flag, 'back-filled': flag },
}

export const samples: Command = {
  usage:
    'samples RUN [--channel NAME] [--from UTC] [--to UTC] [--format csv|table|json|parquet] [--view PIXELS] [--exact] [--back-filled] [--out FILE] [--data DIR] [--simulate] [--json]',
  about:
    'The raw samples of a run, or what a chart of them shows; also while the run goes on. With --back-filled what was filled in from controllers’ logs',
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 1] })
    const runId = positionals[0]!
    const asked = { format: formatOption(given, output.json), given }
    const out = textOption(given, 'out')
    const isFilled = given['back-filled'] === true
    if (asked.format === 'parquet' && out === undefined && !isFilled) throw bad('--format parquet needs --out FILE.')
    await withReader(dataFolderOf(given), async (reader) => {
      const parts = await (isFilled ? filledParts : sampleParts)(reader, runId, asked)
      await (out === undefined ? writeAll(parts, process.stdout) : intoFile(out, parts))
      if (!isFilled && (await loadBackFills(reader, runId)).length > 0)
        output.log('Values from controllers’ logs were filled in beside these samples: --back-filled writes them.')
    })
    return exitCode.ok
  },
}
