import { assert } from '../../../base/assert.ts'

/** Bytes that are written one after the other; the array grows as needed. */
export interface ByteWriter {
  bytes: Uint8Array
  at: number
}

export interface ByteReader {
  readonly bytes: Uint8Array
  at: number
}

export const createWriter = (capacity = 1024): ByteWriter => ({ bytes: new Uint8Array(capacity), at: 0 })
export const createByteReader = (bytes: Uint8Array, at = 0): ByteReader => ({ bytes, at })

/** What was written, without a copy: it holds until the writer is used again. */
export const written = (writer: ByteWriter): Uint8Array => writer.bytes.subarray(0, writer.at)

/** Makes room for so many more bytes. */
export function reserve(writer: ByteWriter, count: number): void {
  const needed = writer.at + count
  if (needed <= writer.bytes.length) return
  const grown = new Uint8Array(Math.max(needed, writer.bytes.length * 2))
  grown.set(writer.bytes)
  writer.bytes = grown
}

/** The most bytes that a varint of a safe integer takes. */
export const longestVarint = 8

/** A whole number from 0 to 2^53: seven bits a byte, the lowest first. */
export function putVarint(writer: ByteWriter, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, 'a varint is a whole number')
  reserve(writer, longestVarint)
  let left = value
  while (left >= 0x10000000) {
    writer.bytes[writer.at++] = (left % 128) | 128
    left = Math.floor(left / 128)
  }
  while (left > 127) {
    writer.bytes[writer.at++] = (left & 127) | 128
    left >>>= 7
  }
  writer.bytes[writer.at++] = left
}

export function takeVarint(reader: ByteReader): number {
  const { bytes } = reader
  let value = 0
  let scale = 1
  for (;;) {
    const byte = takeByte(reader, bytes)
    value += (byte & 127) * scale
    if (byte < 128) return value
    scale *= 128
  }
}

const takeByte = (reader: ByteReader, bytes: Uint8Array): number => {
  const byte = bytes[reader.at++]
  if (byte === undefined) throw new RangeError('the bytes end too early')
  return byte
}

export function putBytes(writer: ByteWriter, bytes: Uint8Array): void {
  reserve(writer, bytes.length)
  writer.bytes.set(bytes, writer.at)
  writer.at += bytes.length
}

export function takeBytes(reader: ByteReader, count: number): Uint8Array {
  if (reader.at + count > reader.bytes.length) throw new RangeError('the bytes end too early')
  const taken = reader.bytes.subarray(reader.at, reader.at + count)
  reader.at += count
  return taken
}

/** One double as its bytes, the lowest first as in memory: a DataView for each would cost more than the number. */
const oneDouble = new Float64Array(1)
const itsBytes = new Uint8Array(oneDouble.buffer)

export function putDouble(writer: ByteWriter, value: number): void {
  reserve(writer, 8)
  oneDouble[0] = value
  for (let i = 0; i < 8; i++) writer.bytes[writer.at + i] = itsBytes[i]!
  writer.at += 8
}

export function takeDouble(reader: ByteReader): number {
  const { bytes, at } = reader
  if (at + 8 > bytes.length) throw new RangeError('the bytes end too early')
  for (let i = 0; i < 8; i++) itsBytes[i] = bytes[at + i]!
  reader.at = at + 8
  return oneDouble[0]!
}

/** With its length before it. */
export function putBlock(writer: ByteWriter, bytes: Uint8Array): void {
  putVarint(writer, bytes.length)
  putBytes(writer, bytes)
}

export const takeBlock = (reader: ByteReader): Uint8Array => takeBytes(reader, takeVarint(reader))

export const putText = (writer: ByteWriter, text: string): void => putBlock(writer, new TextEncoder().encode(text))
export const takeText = (reader: ByteReader): string => new TextDecoder().decode(takeBlock(reader))
