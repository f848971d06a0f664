import type { Channel, SamplePage, SampleRequest } from '../contract/sample.ts'
import { csvText } from './reports/csv.ts'
import { writeParquet } from './storage/parquet.ts'
import type { Reader, SampleRow } from './storage/store.ts'

export const exportFormats = ['csv', 'table', 'json', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface ExportRequest {
  channels: readonly Channel[]
  /** Station time. */
  fromMs?: number
  toMs?: number
}

/** Rows of one write: one by one they would cost more than they are. */
const rowsPerWrite = 500

const rangeOf = (request: ExportRequest, channel: Channel): SampleRequest => ({
  channelId: channel.id,
  ...(request.fromMs === undefined ? {} : { fromMs: request.fromMs }),
  ...(request.toMs === undefined ? {} : { toMs: request.toMs }),
})

/** Samples of a run in one of the formats that docs/store.md describes, piece by piece: a run of weeks needn't fit into memory. */
export function exportSamples(
  reader: Reader,
  request: ExportRequest,
  format: ExportFormat,
): AsyncGenerator<string | Uint8Array> {
  if (format === 'json') return writeJson(reader, request)
  if (format === 'table') return writeTable(reader, request)
  if (format === 'parquet') return writeParquet(request.channels, pagesOf(reader, request))
  return writeCsv(reader, request)
}

async function* pagesOf(
  reader: Reader,
  request: ExportRequest,
): AsyncGenerator<{ channel: Channel; page: SamplePage }> {
  for (const channel of request.channels)
    for (let fromSeq: number | null = 1; fromSeq !== null;) {
      const page: SamplePage = await reader.samples({ ...rangeOf(request, channel), fromSeq, limit: 131_072 })
      yield { channel, page }
      fromSeq = page.nextSeq
    }
}

const isoUtc = (utcMs: number): string => new Date(utcMs).toISOString()

const csvLine = (channel: Channel, row: SampleRow): string =>
  [
    csvText(channel.name),
    csvText(channel.unit),
    row.seq,
    isoUtc(row.utc_ms),
    row.monotonic_ms,
    row.value ?? '',
    channel.provenance,
    csvText(channel.instrumentName),
    csvText(channel.calibration ?? ''),
    csvText(row.missing ?? ''),
  ].join(',')

/** One line a sample, channel after channel. */
async function* writeCsv(reader: Reader, request: ExportRequest): AsyncGenerator<string> {
  yield 'channel,unit,seq,utc,monotonic_ms,value,provenance,instrument,calibration,missing\r\n'
  for (const channel of request.channels) {
    let lines: string[] = []
    for await (const row of reader.sampleRows(rangeOf(request, channel))) {
      lines.push(`${csvLine(channel, row)}\r\n`)
      if (lines.length < rowsPerWrite) continue
      yield lines.join('')
      lines = []
    }
    yield lines.join('')
  }
}

/** One document. */
async function* writeJson(reader: Reader, request: ExportRequest): AsyncGenerator<string> {
  yield '{"channels":['
  for (const [i, channel] of request.channels.entries()) {
    yield `${i === 0 ? '' : ','}\n{"channel":${JSON.stringify(channel)},"samples":[`
    let first = true
    for await (const row of reader.sampleRows(rangeOf(request, channel))) {
      const { seq, utc_ms: utcMs, monotonic_ms: monotonicMs, value, missing } = row
      yield `${first ? '' : ','}\n${JSON.stringify({ seq, utcMs, monotonicMs, value, missing })}`
      first = false
    }
    yield ']}'
  }
  yield ']}\n'
}

interface Cursor {
  channel: Channel
  rows: AsyncIterator<SampleRow>
  row: SampleRow | null
}

async function advance(cursor: Cursor): Promise<void> {
  const next = await cursor.rows.next()
  cursor.row = next.done === true ? null : next.value
}

/**
 * One line a moment, one column a channel with its unit in the header: what a spreadsheet takes. Channels that were
 * read together share a line; a missing value is an empty cell.
 */
async function* writeTable(reader: Reader, request: ExportRequest): AsyncGenerator<string> {
  const cursors = request.channels.map((channel): Cursor => {
    const rows = reader.sampleRows(rangeOf(request, channel))[Symbol.asyncIterator]()
    return { channel, rows, row: null }
  })
  yield `utc,time_ms,${request.channels.map(({ name, unit }) => csvText(`${name} [${unit}]`)).join(',')}\r\n`
  for (const cursor of cursors) await advance(cursor)
  for (;;) {
    const timeMs = Math.min(...cursors.map(({ row }) => row?.time_ms ?? Infinity))
    if (timeMs === Infinity) return
    const now = cursors.filter(({ row }) => row?.time_ms === timeMs)
    const cells = cursors.map(({ row }) => (row?.time_ms === timeMs ? (row.value ?? '') : ''))
    yield `${isoUtc(now[0]!.row!.utc_ms)},${timeMs},${cells.join(',')}\r\n`
    for (const cursor of now) await advance(cursor)
  }
}
