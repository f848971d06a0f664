import { putDouble, reserve, takeDouble, type ByteReader, type ByteWriter } from './bytes.ts'
import type { ColumnCodec } from './column.ts'
import { largestInteger, putIntegers, takeIntegers } from './integers.ts'

/**
 * The two times of each sample. UTC nearly follows from the monotonic time: it is that plus a constant, rounded down
 * to a millisecond by the PC's clock, but for the moments at which somebody sets the clock.
 */
const ways = { sum: 0, floor: 1, own: 2 } as const

export interface Times {
  utcMs: Float64Array
  monotonicMs: Float64Array
}

export interface TimesCodec {
  put(writer: ByteWriter, times: Times): void
  take(reader: ByteReader, into: Times): void
  /** The monotonic times alone: they come first. */
  takeMonotonic(reader: ByteReader, into: Float64Array): void
}

/** The constant that gives every UTC time as a plain sum; null where there is none. */
function findSum({ utcMs, monotonicMs }: Times): number | null {
  const difference = utcMs[0]! - monotonicMs[0]!
  for (const constant of [Math.round(difference), difference])
    if (utcMs.every((utc, i) => constant + monotonicMs[i]! === utc)) return constant
  return null
}

/** The smallest constant that, added and rounded down, reaches every UTC time; null where these are no whole numbers. */
function findFloor({ utcMs, monotonicMs }: Times): number | null {
  let constant = -Infinity
  for (let i = 0; i < utcMs.length; i++) {
    const utc = utcMs[i]!
    if (!Number.isSafeInteger(utc) || (utc === 0 && 1 / utc < 0)) return null
    constant = Math.max(constant, utc - monotonicMs[i]!)
  }
  return Number.isFinite(constant) ? constant : null
}

export function createTimesCodec(column: ColumnCodec): TimesCodec {
  const putWay = (writer: ByteWriter, way: number): void => {
    reserve(writer, 1)
    writer.bytes[writer.at++] = way
  }

  /** What rounding down doesn't give, as whole numbers; false where one is too large to be kept so. */
  const putFloor = (writer: ByteWriter, { utcMs, monotonicMs }: Times, constant: number): boolean => {
    const rest = new Float64Array(utcMs.length)
    for (let i = 0; i < utcMs.length; i++) {
      const expected = Math.floor(constant + monotonicMs[i]!)
      rest[i] = utcMs[i]! - expected
      if (Math.abs(rest[i]!) > largestInteger || !Number.isSafeInteger(expected)) return false
      if (rest[i]! + expected !== utcMs[i]) return false
    }
    putWay(writer, ways.floor)
    putDouble(writer, constant)
    putIntegers(writer, rest, rest.length)
    return true
  }

  const put = (writer: ByteWriter, times: Times): void => {
    if (times.utcMs.length === 0) return
    column.put(writer, times.monotonicMs)
    const sum = findSum(times)
    if (sum !== null && !hasMinusZero(times.utcMs)) {
      putWay(writer, ways.sum)
      return putDouble(writer, sum)
    }
    const floor = findFloor(times)
    if (floor !== null && putFloor(writer, times, floor)) return
    putWay(writer, ways.own)
    column.put(writer, times.utcMs)
  }

  const take = (reader: ByteReader, { utcMs, monotonicMs }: Times): void => {
    if (utcMs.length === 0) return
    column.take(reader, monotonicMs)
    const way = reader.bytes[reader.at++]!
    if (way === ways.own) return column.take(reader, utcMs)
    const constant = takeDouble(reader)
    if (way === ways.sum) {
      for (let i = 0; i < utcMs.length; i++) utcMs[i] = constant + monotonicMs[i]!
      return
    }
    takeIntegers(reader, utcMs, { first: 0, scale: 1 })
    for (let i = 0; i < utcMs.length; i++) utcMs[i] = utcMs[i]! + Math.floor(constant + monotonicMs[i]!)
  }
  return { put, take, takeMonotonic: (reader, into) => column.take(reader, into) }
}

const hasMinusZero = (values: Float64Array): boolean => values.some((value) => value === 0 && 1 / value < 0)
