import { createByteReader, createWriter, putBlock, putVarint, takeBlock, takeVarint, written } from '../codec/bytes.ts'
import type { BlockCodec, Samples } from '../codec/block.ts'
import type { Times } from '../codec/times.ts'

/** A stretch of samples of one channel on its way into the journal. */
export interface Stretch {
  channelId: number
  firstSeq: number
  samples: Samples
}

/** The same as it lies in the journal: decoded only where somebody asks for this channel. */
export interface PackedStretch {
  channelId: number
  firstSeq: number
  count: number
  times: Uint8Array
  values: Uint8Array
}

const formatVersion = 1
/** One segment for all: a journal's stretches are short and are always read as a whole. */
const oneSegment = 1 << 30

const isSame = (a: Float64Array, b: Float64Array): boolean => {
  if (a.length !== b.length || a[0] !== b[0] || a.at(-1) !== b.at(-1)) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Channels that are read together have the same times: they are kept once. */
export const haveSameTimes = (a: Times, b: Times): boolean =>
  isSame(a.monotonicMs, b.monotonicMs) && isSame(a.utcMs, b.utcMs)

export function createJournalCodec(block: BlockCodec) {
  const writer = createWriter(1 << 16)

  /** Everything that one commit appends, whatever its channels. */
  const pack = (stretches: readonly Stretch[]): Uint8Array => {
    writer.at = 0
    putVarint(writer, formatVersion)
    putVarint(writer, stretches.length)
    let before: Times | null = null
    for (const { channelId, firstSeq, samples } of stretches) {
      putVarint(writer, channelId)
      putVarint(writer, firstSeq)
      putVarint(writer, samples.value.length)
      const shared = before !== null && haveSameTimes(before, samples)
      putBlock(writer, shared ? new Uint8Array(0) : block.encodeTimes(samples, oneSegment))
      putBlock(writer, block.encodeValues(samples, oneSegment))
      before = samples
    }
    return written(writer)
  }

  const unpack = (bytes: Uint8Array): PackedStretch[] => {
    const reader = createByteReader(bytes)
    const version = takeVarint(reader)
    if (version !== formatVersion) throw new RangeError(`the journal has format ${version}, not ${formatVersion}`)
    let before = new Uint8Array(0)
    return Array.from({ length: takeVarint(reader) }, () => {
      const head = { channelId: takeVarint(reader), firstSeq: takeVarint(reader), count: takeVarint(reader) }
      const own = takeBlock(reader)
      const times = own.length > 0 ? own : before
      before = times as Uint8Array<ArrayBuffer>
      return { ...head, times, values: takeBlock(reader) }
    })
  }

  const decode = (packed: PackedStretch): Samples => ({
    ...block.decodeTimes(packed.times),
    ...block.decodeValues(packed.values),
  })
  return { pack, unpack, decode }
}
export type JournalCodec = ReturnType<typeof createJournalCodec>
