import { crc32 } from 'node:zlib'
import {
  createByteReader,
  createWriter,
  putBlock,
  putBytes,
  putText,
  putVarint,
  takeBlock,
  takeText,
  takeVarint,
  written,
  type ByteReader,
  type ByteWriter,
} from './bytes.ts'
import { createColumnCodec } from './column.ts'
import { createTimesCodec, type Times } from './times.ts'

/**
 * Samples of one channel in the order of their numbers. Inside the storage a missing value is NaN in the column, with
 * its reason beside it; no NaN gets in from outside, and none leaves.
 */
export interface Samples extends Times {
  value: Float64Array
  missing: ReadonlyMap<number, string>
}

/** A part of a block that can be read without what is before it: the edge of a view needn't read the whole of it. */
export const segmentSamples = 512

export interface BlockCodec {
  encodeTimes(times: Times, segment?: number): Uint8Array
  encodeValues(samples: Pick<Samples, 'value' | 'missing'>, segment?: number): Uint8Array
  decodeTimes(bytes: Uint8Array): Times
  decodeValues(bytes: Uint8Array): Pick<Samples, 'value' | 'missing'>
  /** Samples `from` to `to` at least; `first` says which sample the columns begin with. */
  decodeMonotonicPart(bytes: Uint8Array, from: number, to: number): { monotonicMs: Float64Array; first: number }
  decodeValuesPart(bytes: Uint8Array, from: number, to: number): { value: Float64Array; first: number }
}

interface Head {
  count: number
  segment: number
  /** Where each segment begins, and where the last one ends. */
  offsets: number[]
}

/** No block has more samples, or more of anything: a number beyond it is damage, and not to be obeyed. */
const mostSamples = 1 << 24

function takeCount(reader: ByteReader, most = mostSamples): number {
  const count = takeVarint(reader)
  if (count > most) throw new RangeError('a block has an impossible length')
  return count
}

function takeHead(reader: ByteReader): Head {
  const count = takeCount(reader)
  const segment = Math.max(1, takeVarint(reader))
  if (count / segment > reader.bytes.length) throw new RangeError('a block has an impossible length')
  const lengths = Array.from({ length: Math.ceil(count / segment) }, () => takeVarint(reader))
  const offsets = [reader.at]
  for (const length of lengths) offsets.push(offsets.at(-1)! + length)
  return { count, segment, offsets }
}

/** Runs of missing values: gap to the run before, length, reason; the reasons first, each once. */
function putMissing(writer: ByteWriter, missing: ReadonlyMap<number, string>): void {
  if (missing.size === 0) {
    putVarint(writer, 0)
    putVarint(writer, 0)
    return
  }
  const reasons = [...new Set(missing.values())]
  putVarint(writer, reasons.length)
  for (const reason of reasons) putText(writer, reason)
  const runs: { at: number; length: number; reason: string }[] = []
  for (const [at, reason] of [...missing].sort((a, b) => a[0] - b[0])) {
    const last = runs.at(-1)
    if (last && last.at + last.length === at && last.reason === reason) last.length++
    else runs.push({ at, length: 1, reason })
  }
  putVarint(writer, runs.length)
  let end = 0
  for (const run of runs) {
    putVarint(writer, run.at - end)
    putVarint(writer, run.length)
    putVarint(writer, reasons.indexOf(run.reason))
    end = run.at + run.length
  }
}

const noneMissing: ReadonlyMap<number, string> = new Map()

function takeMissing(reader: ByteReader): ReadonlyMap<number, string> {
  const reasons = Array.from({ length: takeCount(reader, reader.bytes.length) }, () => takeText(reader))
  const runs = takeCount(reader, reader.bytes.length)
  if (runs === 0) return noneMissing
  const missing = new Map<number, string>()
  let at = 0
  for (let run = 0; run < runs; run++) {
    at += takeCount(reader)
    const end = Math.min(mostSamples, at + takeCount(reader))
    const reason = reasons[takeVarint(reader)] ?? ''
    for (; at < end; at++) missing.set(at, reason)
  }
  return missing
}

/** The value before each missing one stands in for it: NaN would keep its neighbours from being written as integers. */
function bridged(value: Float64Array, missing: ReadonlyMap<number, string>): Float64Array {
  if (missing.size === 0) return value
  const bridge = value.slice()
  for (let i = 0; i < bridge.length; i++) if (missing.has(i)) bridge[i] = bridge[i - 1] ?? 0
  return bridge
}

/**
 * Count, length of a segment, the bytes of each segment, then the segments.
 * @param put writes one segment to the writer that it is given
 */
function createSegmentWriter() {
  const segments = createWriter(1 << 16)
  return (
    writer: ByteWriter,
    shape: { count: number; segment: number },
    put: (to: ByteWriter, from: number, until: number) => void,
  ): void => {
    const { count, segment } = shape
    putVarint(writer, count)
    putVarint(writer, segment)
    segments.at = 0
    for (let from = 0; from < count; from += segment) {
      const before = segments.at
      put(segments, from, Math.min(count, from + segment))
      putVarint(writer, segments.at - before)
    }
    putBytes(writer, written(segments))
  }
}

/** What the encoders return holds until they are called again: it is written to the database at once. */
export function createBlockCodec(): BlockCodec {
  const column = createColumnCodec()
  const timesCodec = createTimesCodec(column)
  const putSegments = createSegmentWriter()
  const times = createWriter(1 << 16)
  const values = createWriter(1 << 16)
  const reasons = createWriter(1 << 12)

  const encodeTimes: BlockCodec['encodeTimes'] = ({ utcMs, monotonicMs }, segment = segmentSamples) => {
    times.at = 0
    putSegments(times, { count: utcMs.length, segment }, (to, from, until) =>
      timesCodec.put(to, { utcMs: utcMs.subarray(from, until), monotonicMs: monotonicMs.subarray(from, until) }),
    )
    return written(times)
  }

  const encodeValues: BlockCodec['encodeValues'] = (samples, segment = segmentSamples) => {
    const value = bridged(samples.value, samples.missing)
    values.at = 0
    reasons.at = 0
    putMissing(reasons, samples.missing)
    putBlock(values, written(reasons))
    putSegments(values, { count: value.length, segment }, (to, from, until) =>
      column.put(to, value.subarray(from, until)),
    )
    return written(values)
  }
  return { encodeTimes, encodeValues, ...createBlockDecoder(column, timesCodec) }
}

function createBlockDecoder(
  column: ReturnType<typeof createColumnCodec>,
  timesCodec: ReturnType<typeof createTimesCodec>,
): Omit<BlockCodec, 'encodeTimes' | 'encodeValues'> {
  /** Which segments hold these samples. */
  const around = (head: Head, from: number, to: number) => {
    const begin = Math.floor(from / head.segment)
    const end = Math.min(head.offsets.length - 1, Math.max(begin + 1, Math.ceil(to / head.segment)))
    const first = begin * head.segment
    return { begin, end, first, count: Math.min(head.count, end * head.segment) - first }
  }
  const eachSegment = (
    head: Head,
    part: { begin: number; end: number; first: number; count: number },
    take: (at: number, span: [from: number, to: number]) => void,
  ): void => {
    for (let i = part.begin; i < part.end; i++) {
      const from = i * head.segment - part.first
      take(head.offsets[i]!, [from, Math.min(part.count, from + head.segment)])
    }
  }

  const decodeTimes: BlockCodec['decodeTimes'] = (bytes) => {
    const head = takeHead(createByteReader(bytes))
    const part = around(head, 0, head.count)
    const times = { utcMs: new Float64Array(head.count), monotonicMs: new Float64Array(head.count) }
    eachSegment(head, part, (at, [begin, end]) =>
      timesCodec.take(createByteReader(bytes, at), {
        utcMs: times.utcMs.subarray(begin, end),
        monotonicMs: times.monotonicMs.subarray(begin, end),
      }),
    )
    return times
  }

  const decodeMonotonicPart: BlockCodec['decodeMonotonicPart'] = (bytes, from, to) => {
    const head = takeHead(createByteReader(bytes))
    const part = around(head, from, to)
    const monotonicMs = new Float64Array(part.count)
    eachSegment(head, part, (at, [begin, end]) =>
      timesCodec.takeMonotonic(createByteReader(bytes, at), monotonicMs.subarray(begin, end)),
    )
    return { monotonicMs, first: part.first }
  }

  const valuesPart = (reader: ByteReader, from: number, to: number) => {
    const head = takeHead(reader)
    const part = around(head, from, Math.min(to, head.count))
    const value = new Float64Array(part.count)
    eachSegment(head, part, (at, [begin, end]) =>
      column.take(createByteReader(reader.bytes, at), value.subarray(begin, end)),
    )
    return { value, first: part.first }
  }

  return {
    decodeTimes,
    decodeMonotonicPart,
    decodeValues: (bytes) => {
      const reader = createByteReader(bytes)
      const missing = takeMissing(createByteReader(takeBlock(reader)))
      const { value } = valuesPart(reader, 0, Number.MAX_SAFE_INTEGER)
      for (const at of missing.keys()) value[at] = NaN
      return { value, missing }
    },
    decodeValuesPart: (bytes, from, to) => {
      const reader = createByteReader(bytes)
      const missing = takeMissing(createByteReader(takeBlock(reader)))
      const { value, first } = valuesPart(reader, from, to)
      for (const at of missing.keys()) if (at >= first && at < first + value.length) value[at - first] = NaN
      return { value, first }
    },
  }
}

/** A checksum of columns as they are in memory: it finds a fault of the codec, which the database's own MAC can't. */
export function checksum(...columns: Float64Array[]): number {
  let sum = 0
  for (const each of columns) sum = crc32(new Uint8Array(each.buffer, each.byteOffset, each.byteLength), sum)
  return sum
}
