import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBlockCodec, type Samples } from './block.ts'
import { createByteReader, createWriter, putVarint, takeVarint } from './bytes.ts'

const codec = createBlockCodec()
const seed = 20261126

const bitsOf = (values: Float64Array): BigUint64Array => new BigUint64Array(values.slice().buffer)

/** What instruments give: so many decimal digits, singles of such numbers, whole numbers, constants, drifts. */
const decimals = fc
  .record({ digits: fc.integer({ min: 0, max: 9 }), start: fc.integer({ min: -1e6, max: 1e6 }) })
  .chain(({ digits, start }) =>
    fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 1500 }).map((steps) => {
      let n = start
      return steps.map((step) => (n += step) / 10 ** digits)
    }),
  )
const singles = decimals.map((values) => values.map(Math.fround))
const anything = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 1500 })
/** Where integers, differences of differences and signs end. */
const edges = fc.array(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    0.1,
    -0.1,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    1e-310,
    2 ** 50,
    -(2 ** 50),
    2 ** 50 + 1,
    2 ** 52,
    2 ** 53,
    -(2 ** 53),
    2 ** 53 - 1,
    2 ** 60,
    1e15,
    1e16,
    1e22,
    1e300,
    -1e300,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    Math.PI,
    1 / 3,
    Math.fround(0.1),
    1e-15,
    123456.789,
    1e-9,
  ),
  { minLength: 1, maxLength: 700 },
)
const columns = fc.oneof(
  decimals,
  singles,
  anything,
  edges,
  fc.tuple(decimals, edges).map(([a, b]) => [...a, ...b]),
)

const segments = fc.constantFrom(1, 7, 512, 1 << 30)

const roundTrip = (value: Float64Array, segment: number): Float64Array =>
  codec.decodeValues(codec.encodeValues({ value, missing: new Map() }, segment)).value

describe('a column comes back bit for bit', () => {
  it('whatever it holds', () => {
    fc.assert(
      fc.property(columns, segments, (values, segment) => {
        const column = Float64Array.from(values)
        expect(bitsOf(roundTrip(column, segment))).toEqual(bitsOf(column))
      }),
      { seed, numRuns: 600 },
    )
  })

  it('also infinities and numbers with the bits of signalling NaNs never get worse than NaN', () => {
    const column = Float64Array.of(1, Infinity, -Infinity, NaN, 2)
    expect([...roundTrip(column, 512)]).toEqual([1, Infinity, -Infinity, NaN, 2])
  })

  it('an empty one, too', () => {
    expect(roundTrip(new Float64Array(0), 512)).toHaveLength(0)
  })
})

const times = fc
  .record({
    origin: fc.oneof(
      fc.integer({ min: 0, max: 4e12 }),
      fc.double({ min: 0, max: 4e12, noNaN: true }),
      fc.constantFrom(1_780_000_000_000, 1_780_000_000_000.25, -5),
    ),
    start: fc.double({ min: 0, max: 1e10, noNaN: true }),
    unit: fc.constantFrom(1, 1e3, 1e6, 0),
    floors: fc.boolean(),
    steps: fc.array(
      fc.record({
        ms: fc.oneof(fc.constant(1000), fc.double({ min: 0, max: 5000, noNaN: true }), fc.constant(-20)),
        /** The PC's clock is set: now and then, by some seconds or by a day. */
        jump: fc.oneof({ weight: 50, arbitrary: fc.constant(0) }, fc.constantFrom(-86_400_000, 3600_000, 1, -1, 0.5)),
      }),
      { minLength: 1, maxLength: 1200 },
    ),
  })
  .map(({ origin, start, unit, floors, steps }) => {
    let [now, offset] = [start, origin]
    const monotonicMs = new Float64Array(steps.length)
    const utcMs = new Float64Array(steps.length)
    steps.forEach(({ ms, jump }, i) => {
      now += ms
      offset += jump
      monotonicMs[i] = unit === 0 ? now : Math.round(now * unit) / unit
      utcMs[i] = floors ? Math.floor(offset + monotonicMs[i]) : offset + monotonicMs[i]
    })
    return { utcMs, monotonicMs }
  })

describe('times come back bit for bit', () => {
  it('whatever the clocks did', () => {
    fc.assert(
      fc.property(times, segments, (given, segment) => {
        const back = codec.decodeTimes(codec.encodeTimes(given, segment))
        expect(bitsOf(back.monotonicMs)).toEqual(bitsOf(given.monotonicMs))
        expect(bitsOf(back.utcMs)).toEqual(bitsOf(given.utcMs))
      }),
      { seed, numRuns: 500 },
    )
  })

  it('of a schedule that is kept cost next to nothing', () => {
    const monotonicMs = Float64Array.from({ length: 4096 }, (_each, i) => 12.5 + 1000 * i)
    const utcMs = monotonicMs.map((time) => Math.floor(1_780_000_000_000.4 + time))
    expect(codec.encodeTimes({ utcMs, monotonicMs }).length).toBeLessThan(4096 * 0.1)
  })
})

describe('missing values', () => {
  const samples = fc
    .record({
      value: columns,
      at: fc.array(fc.nat(3000), { maxLength: 80 }),
      reason: fc.array(fc.string(), { minLength: 1 }),
    })
    .map(({ value, at, reason }): Samples => {
      const column = Float64Array.from(value)
      const missing = new Map(
        [...new Set(at.map((each) => each % column.length))]
          .sort((a, b) => a - b)
          .map((each, i): [number, string] => [each, reason[i % reason.length]!]),
      )
      for (const each of missing.keys()) column[each] = NaN
      return { value: column, missing, utcMs: column, monotonicMs: column }
    })

  it('keep their places and reasons, and change no neighbour', () => {
    fc.assert(
      fc.property(samples, segments, (given, segment) => {
        const back = codec.decodeValues(codec.encodeValues(given, segment))
        expect([...back.missing]).toEqual([...given.missing])
        expect(bitsOf(back.value)).toEqual(bitsOf(given.value))
      }),
      { seed, numRuns: 400 },
    )
  })

  it('of a long outage cost no more than one', () => {
    const value = new Float64Array(4096).fill(NaN)
    const missing = new Map(Array.from(value, (_each, i): [number, string] => [i, 'the instrument gave no number']))
    expect(codec.encodeValues({ value, missing }).length).toBeLessThan(250)
  })
})

describe('a part of a block', () => {
  it('is what the whole has there', () => {
    fc.assert(
      fc.property(columns, fc.nat(2000), fc.nat(2000), (values, a, b) => {
        const value = Float64Array.from(values)
        const [from, to] = [Math.min(a, b) % value.length, Math.min(value.length, Math.max(a, b) + 1)]
        fc.pre(from < to)
        const part = codec.decodeValuesPart(codec.encodeValues({ value, missing: new Map() }, 100), from, to)
        expect(part.first).toBeLessThanOrEqual(from)
        expect(part.first + part.value.length).toBeGreaterThanOrEqual(to)
        expect(bitsOf(part.value)).toEqual(bitsOf(value.slice(part.first, part.first + part.value.length)))
      }),
      { seed, numRuns: 300 },
    )
  })
})

describe('bytes that were cut or changed', () => {
  it('are an error or other numbers, but no hang and no reading beyond the end', () => {
    const value = Float64Array.from({ length: 2000 }, (_each, i) => Math.round(100 * Math.sin(i)) / 100)
    const whole = codec.encodeValues({ value, missing: new Map([[3, 'x']]) })
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, isCut) => {
        const bytes = isCut ? whole.slice(0, at) : whole.slice()
        if (!isCut) bytes[at]! ^= flip
        try {
          codec.decodeValues(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
      { seed, numRuns: 1000 },
    )
  })
})

it('a varint comes back, and takes eight bytes at most', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const writer = createWriter(1)
      putVarint(writer, value)
      expect(writer.at).toBeLessThanOrEqual(8)
      expect(takeVarint(createByteReader(writer.bytes))).toBe(value)
    }),
    { seed },
  )
})
