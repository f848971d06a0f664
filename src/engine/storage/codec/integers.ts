import { longestVarint, reserve, type ByteReader, type ByteWriter } from './bytes.ts'

/**
 * Whole numbers as zigzag varints of themselves, of their differences or of the differences of those, whichever is
 * shortest, with runs of zeros counted where that is shorter still. Each number is between -2^50 and 2^50, so that
 * every difference of differences is exact.
 */
export const largestInteger = 2 ** 50

/** Bit 0 and 1: the order of differences; bit 2: runs of zeros are counted. */
const runsFlag = 4

const costOf = (zigzag: number): number => (zigzag < 128 ? 1 : zigzag < 16384 ? 2 : zigzag < 2097152 ? 3 : 5)

/** Of a long column only so many numbers are looked at, in its middle: its first ones have no difference to tell. */
const probe = 24

/** Bytes that differences of one order would take in a window, near enough to choose by. */
function costOfOrder(
  values: Float64Array,
  { from, to }: { from: number; to: number },
  order: number,
): { plain: number; runs: number } {
  let plain = 0
  let runs = 0
  let wasZero = false
  let before = from > 0 ? values[from - 1]! : 0
  let beforeDelta = from > 1 ? before - values[from - 2]! : 0
  for (let i = from; i < to; i++) {
    const value = values[i]!
    const delta = value - before
    const coded = order === 0 ? value : order === 1 ? delta : delta - beforeDelta
    const cost = costOf(coded < 0 ? -coded * 2 : coded * 2)
    plain += cost
    // The first zero of a run costs itself and the run's length.
    if (coded !== 0) runs += cost
    else if (!wasZero) runs += 2
    wasZero = coded === 0
    before = value
    beforeDelta = delta
  }
  return { plain, runs }
}

/** The order of differences, and whether runs are counted, that takes the fewest bytes. */
function choose(values: Float64Array, count: number): number {
  const from = count <= 2 * probe ? 0 : count >> 1
  const to = count <= 2 * probe ? count : from + probe
  let best = 0
  let least = Infinity
  for (let order = 0; order < 3; order++) {
    const { plain, runs } = costOfOrder(values, { from, to }, order)
    if (plain < least) {
      best = order
      least = plain
    }
    if (runs < least) {
      best = order | runsFlag
      least = runs
    }
  }
  return best
}

/** Replaces each number by its difference of that order, as zigzag: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
function toZigzags(values: Float64Array, count: number, order: number): void {
  let before = 0
  let beforeDelta = 0
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    const delta = value - before
    const coded = order === 0 ? value : order === 1 ? delta : delta - beforeDelta
    before = value
    beforeDelta = delta
    values[i] = coded < 0 ? -coded * 2 - 1 : coded * 2
  }
}

function putZigzags(writer: ByteWriter, values: Float64Array, count: number): void {
  reserve(writer, count * longestVarint)
  const { bytes } = writer
  let { at } = writer
  for (let i = 0; i < count; i++) {
    let left = values[i]!
    while (left >= 0x10000000) {
      bytes[at++] = (left % 128) | 128
      left = Math.floor(left / 128)
    }
    let small = left | 0
    while (small > 127) {
      bytes[at++] = (small & 127) | 128
      small >>>= 7
    }
    bytes[at++] = small
  }
  writer.at = at
}

/** Puts the length of each run behind its first zero, and leaves the rest of the run out; returns how many are left. */
function countRuns(values: Float64Array, count: number): Float64Array {
  const found = new Float64Array(count * 2)
  let length = 0
  for (let i = 0; i < count; i++) {
    found[length++] = values[i]!
    if (values[i] !== 0) continue
    let run = 0
    while (i + 1 < count && values[i + 1] === 0) {
      run++
      i++
    }
    found[length++] = run
  }
  return found.subarray(0, length)
}

/** Writes the first `count` numbers and spoils the array on the way. */
export function putIntegers(writer: ByteWriter, values: Float64Array, count: number): void {
  const way = choose(values, count)
  reserve(writer, 1)
  writer.bytes[writer.at++] = way
  toZigzags(values, count, way & 3)
  if ((way & runsFlag) === 0) return putZigzags(writer, values, count)
  const runs = countRuns(values, count)
  putZigzags(writer, runs, runs.length)
}

/** How whole numbers become a column's values again: `(number + first) / scale`. */
export interface Scaling {
  first: number
  scale: number
}

/**
 * Reads as many numbers as the column is long, scaled on the way. One loop does everything: this is what a chart that
 * is zoomed in waits for.
 */
export function takeIntegers(reader: ByteReader, into: Float64Array, { first, scale }: Scaling): void {
  const { bytes } = reader
  const way = bytes[reader.at++] ?? 0
  const countsRuns = (way & runsFlag) !== 0
  const order = way & 3
  const count = into.length
  let { at } = reader
  let zeros = 0
  let value = 0
  let delta = 0
  for (let i = 0; i < count; i++) {
    let coded = 0
    if (zeros > 0) zeros--
    else {
      let byte = bytes[at++]!
      if (byte < 128) coded = (byte >>> 1) ^ -(byte & 1)
      else {
        let zigzag = byte & 127
        for (let weight = 128; byte > 127; weight *= 128) {
          byte = bytes[at++]!
          zigzag += (byte & 127) * weight
        }
        coded = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
      }
      if (countsRuns && coded === 0)
        for (let weight = 1; ; weight *= 128) {
          byte = bytes[at++]!
          zeros += (byte & 127) * weight
          // Also where the bytes end: the check below says so.
          if (!(byte > 127)) break
        }
    }
    if (order === 2) {
      delta += coded
      value += delta
    } else if (order === 1) value += coded
    else value = coded
    into[i] = (value + first) / scale
  }
  if (at > bytes.length) throw new RangeError('the bytes end too early')
  reader.at = at
}
