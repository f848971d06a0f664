import { zstdCompressSync } from 'node:zlib'
import { ByteWriter, ParquetWriter, schemaFromColumnData, type ColumnSource } from 'hyparquet-writer'
import type { Channel, SamplePage } from '../../contract/sample.ts'

/** What a row group is gathered up to: large enough to compress, small enough for any memory. */
const rowsPerGroup = 131_072

/** A page of one channel's samples as the columns of a Parquet file. */
function columnsOf(channel: Channel, page: SamplePage): ColumnSource[] {
  const count = page.seq.length
  const reasons = new Array<string | null>(count).fill(null)
  const value: (number | null)[] = Array.from(page.value)
  for (const { at, reason } of page.missing) {
    reasons[at] = reason
    value[at] = null
  }
  return [
    { name: 'channel', data: new Array<string>(count).fill(channel.name), type: 'STRING', nullable: false },
    { name: 'seq', data: Int32Array.from(page.seq), type: 'INT32', nullable: false },
    { name: 'time_ms', data: page.timeMs, type: 'DOUBLE', nullable: false },
    { name: 'utc_ms', data: page.utcMs, type: 'DOUBLE', nullable: false },
    { name: 'monotonic_ms', data: page.monotonicMs, type: 'DOUBLE', nullable: false },
    { name: 'value', data: value, type: 'DOUBLE', nullable: true },
    { name: 'missing', data: reasons, type: 'STRING', nullable: true },
  ]
}

const emptyPage = (channelId: number): SamplePage => {
  const none = new Float64Array(0)
  return { channelId, seq: none, timeMs: none, utcMs: none, monotonicMs: none, value: none, missing: [], nextSeq: null }
}

/**
 * Samples as an Apache Parquet file, in pieces as they are read. What a column can’t say of a channel (unit, instrument,
 * provenance, calibration, precision) is JSON under the key `pvtp.channels` of the file’s metadata.
 */
export async function* writeParquet(
  channels: readonly Channel[],
  pages: AsyncIterable<{ channel: Channel; page: SamplePage }>,
): AsyncGenerator<Uint8Array> {
  const buffer = new ByteWriter(1 << 20)
  const take = (): Uint8Array => {
    const bytes = buffer.getBytes().slice()
    // The offset goes on: it is the file's.
    buffer.index = 0
    return bytes
  }
  const shape = columnsOf(channels[0] ?? ({ name: '' } as Channel), emptyPage(0))
  const writer = new ParquetWriter({
    writer: buffer,
    schema: schemaFromColumnData({ columnData: shape }),
    codec: 'ZSTD',
    compressors: { ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes) },
    kvMetadata: [{ key: 'pvtp.channels', value: JSON.stringify(channels) }],
    createdBy: 'PVTP Station',
  })
  for await (const { channel, page } of pages) {
    if (page.seq.length === 0) continue
    await writer.write({ columnData: columnsOf(channel, page), rowGroupSize: rowsPerGroup })
    yield take()
  }
  await writer.finish()
  yield take()
}
