import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib'
import { putBlock, putDouble, reserve, takeBlock, takeDouble, type ByteReader, type ByteWriter } from './bytes.ts'
import { largestInteger, putIntegers, takeIntegers } from './integers.ts'

/**
 * A column of doubles, bit for bit. Instruments give decimal numbers of few digits: those are written as whole numbers
 * and a power of ten, after a trial that each comes back exactly. Everything else is written as it is, bytes of equal
 * weight together, through zstd.
 */
const kinds = { decimal: 0, single: 1, binary: 2, raw: 3, rawSingle: 4 } as const

const mostDigits = 15
const powers = Array.from({ length: mostDigits + 1 }, (_each, digits) => 10 ** digits)
/** Doubles that stand for a UTC time of this age are whole multiples of 2^-12 ms. */
const binaryScale = 4096

const isMinusZero = (value: number): boolean => value === 0 && 1 / value < 0

/** The first few values mostly say how many digits all of them have. */
const probe = 24

/** How many decimal digits bring the first `count` values back exactly, of at least so many; null where none do. */
function findDigits(values: Float64Array, count: number, given: { single: boolean; least: number }): number | null {
  let digits = given.least
  let power = powers[digits]!
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    for (;;) {
      const back = Math.round(value * power) / power
      if ((given.single ? Math.fround(back) : back) === value) break
      if (digits === mostDigits || Math.abs(value * power) > Number.MAX_SAFE_INTEGER) return null
      power = powers[++digits]!
    }
  }
  return digits
}

/** Scratch that calls share: columns are coded hundreds of times a second, one at a time. */
export interface ColumnCodec {
  put(writer: ByteWriter, values: Float64Array): void
  take(reader: ByteReader, into: Float64Array): void
}

export function createColumnCodec(): ColumnCodec {
  let scratch = new Float64Array(4096)
  const room = (count: number): Float64Array => {
    if (scratch.length < count) scratch = new Float64Array(count * 2)
    return scratch
  }

  /** Whole numbers relative to the first one; false where one of them doesn't come back as it was. */
  const scaled = (values: Float64Array, scale: number, single: boolean): boolean => {
    const whole = room(values.length)
    const first = Math.round(values[0]! * scale)
    if (!(Math.abs(first) <= Number.MAX_SAFE_INTEGER)) return false
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      const n = Math.round(value * scale)
      const back = single ? Math.fround(n / scale) : n / scale
      const relative = n - first
      if (back !== value || Math.abs(relative) > largestInteger || isMinusZero(value)) return false
      whole[i] = relative
    }
    return true
  }

  const tryScaled = (writer: ByteWriter, values: Float64Array, way: { kind: number; digits: number }): boolean => {
    const scale = way.kind === kinds.binary ? binaryScale : powers[way.digits]!
    if (!scaled(values, scale, way.kind === kinds.single)) return false
    reserve(writer, 2)
    writer.bytes[writer.at++] = way.kind
    writer.bytes[writer.at++] = way.digits
    putDouble(writer, Math.round(values[0]! * scale))
    putIntegers(writer, scratch, values.length)
    return true
  }

  const tryDecimal = (writer: ByteWriter, values: Float64Array, single: boolean): boolean => {
    const kind = single ? kinds.single : kinds.decimal
    const likely = findDigits(values, Math.min(probe, values.length), { single, least: 0 })
    if (likely === null) return false
    if (tryScaled(writer, values, { kind, digits: likely })) return true
    const digits = findDigits(values, values.length, { single, least: likely })
    return digits !== null && digits > likely && tryScaled(writer, values, { kind, digits })
  }

  const put = (writer: ByteWriter, values: Float64Array): void => {
    if (values.length === 0) return
    if (tryDecimal(writer, values, false) || tryDecimal(writer, values, true)) return
    if (!tryScaled(writer, values, { kind: kinds.binary, digits: 0 })) putRaw(writer, values)
  }

  const take = (reader: ByteReader, into: Float64Array): void => {
    if (into.length === 0) return
    const kind = reader.bytes[reader.at++]!
    if (kind === kinds.raw || kind === kinds.rawSingle) return takeRaw(reader, into, kind)
    const digits = reader.bytes[reader.at++]!
    const scale = kind === kinds.binary ? binaryScale : powers[digits]!
    const first = takeDouble(reader)
    takeIntegers(reader, into, { first, scale })
    if (kind === kinds.single) for (let i = 0; i < into.length; i++) into[i] = Math.fround(into[i]!)
  }
  return { put, take }
}

/** All first bytes, then all second bytes …: sign, exponent and leading digits hardly change, and compress. */
function shuffle(bytes: Uint8Array, width: number): Uint8Array {
  const count = bytes.length / width
  const shuffled = new Uint8Array(bytes.length)
  for (let part = 0; part < width; part++)
    for (let i = 0; i < count; i++) shuffled[part * count + i] = bytes[i * width + part]!
  return shuffled
}

function unshuffle(shuffled: Uint8Array, bytes: Uint8Array, width: number): void {
  const count = shuffled.length / width
  for (let part = 0; part < width; part++)
    for (let i = 0; i < count; i++) bytes[i * width + part] = shuffled[part * count + i]!
}

const quick = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** Below this the compressor costs more than it saves. */
const leastToCompress = 512

/** All of them singles, and no signal lost in a NaN's bits. */
const areSingles = (values: Float64Array): boolean => values.every((value) => Math.fround(value) === value)

function putRaw(writer: ByteWriter, values: Float64Array): void {
  const singles = areSingles(values)
  const typed = singles ? new Float32Array(values) : values
  const bytes = new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength)
  const shuffled = shuffle(bytes, singles ? 4 : 8)
  const packed = shuffled.length < leastToCompress ? shuffled : zstdCompressSync(shuffled, quick)
  const isPacked = packed.length < shuffled.length
  reserve(writer, 2)
  writer.bytes[writer.at++] = singles ? kinds.rawSingle : kinds.raw
  writer.bytes[writer.at++] = isPacked ? 1 : 0
  putBlock(writer, isPacked ? packed : shuffled)
}

function takeRaw(reader: ByteReader, into: Float64Array, kind: number): void {
  const isPacked = reader.bytes[reader.at++] === 1
  const stored = takeBlock(reader)
  const shuffled = isPacked ? zstdDecompressSync(stored) : stored
  const width = kind === kinds.rawSingle ? 4 : 8
  if (shuffled.length !== into.length * width) throw new RangeError('a column has another length than its chunk')
  const values = width === 4 ? new Float32Array(into.length) : into
  unshuffle(shuffled, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), width)
  if (width === 4) into.set(values)
}
