import { describe, expect, it } from 'vitest'
import { createCanceller } from '../../base/clock.ts'
import { bytesToHex } from '../../base/bytes.ts'
import { bytes, createBench, failureOf, type Bench } from '../../../test/transport/support.ts'
import { createChannel } from './channel.ts'
import { rtuFrame } from './modbusFrame.ts'
import { createModbusBus, createRegisterLink } from './registerLink.ts'

const linkOn = (bench: Bench, baudRate = 9600) =>
  createRegisterLink({ wire: bench.wire, clock: bench.clock, framing: 'rtu', baudRate, unit: 1, name: 'cell' })

const busOn = (bench: Bench, framing: 'rtu' | 'tcp' = 'rtu') => {
  const channel = createChannel({ wire: bench.wire, clock: bench.clock })
  return createModbusBus({ channel, framing, baudRate: 9600 })
}

/** An instrument that answers each request with these frames, in turn. */
const answering = (...answers: string[]): Bench => createBench((_request, { sayHex }) => sayHex(answers.shift() ?? ''))

const rtu = (unit: number, pdu: string): string => bytesToHex(rtuFrame(unit, bytes(pdu)))

describe('registers over RTU', () => {
  it('are read as the makers’ manuals show it', async () => {
    // IMT Si-RS485: 999.5 W/m². Kipp & Zonen SMP V01-0324: registers 2 to 9.
    const bench = answering('01 04 02 27 0b e3 07', '01 04 10 00 01 00 00 00 00 03 e5 03 e5 00 00 00 f8 00 ea 66 12')
    const link = linkOn(bench)
    expect(await bench.run(link.readInput(0, 1))).toEqual([9995])
    expect(await bench.run(link.readInput(2, 8))).toEqual([1, 0, 0, 997, 997, 0, 248, 234])
    expect(bench.frames).toEqual(['01040000000131ca', '010400020008500c'])
    expect(link.stats()).toMatchObject({ queries: 2, sentBytes: 16, receivedBytes: 28, discardedBytes: 0, timeouts: 0 })
  })

  it('are written, and coils too', async () => {
    const bench = createBench((_request, { frames, sayHex }) => {
      const frame = frames.at(-1) ?? ''
      sayHex(
        frame.startsWith('0110')
          ? rtu(1, frame.slice(2, 12))
          : frame.startsWith('0101')
            ? rtu(1, '01 02 05 01')
            : frame,
      )
    })
    const link = linkOn(bench)
    await bench.run(link.writeCoil(10, true))
    await bench.run(link.writeRegister(5, 0xbeef))
    await bench.run(link.writeRegisters(1, [10, 0x102]))
    expect(await bench.run(link.readCoils(0, 9))).toEqual([true, false, true, false, false, false, false, false, true])
    expect(bench.frames).toEqual([
      '0105000aff00ac38',
      rtu(1, '06 00 05 be ef'),
      rtu(1, '10 00 01 00 02 04 00 0a 01 02'),
      rtu(1, '01 00 00 00 09'),
    ])
  })

  it('have vendors’ own functions', async () => {
    // IMT Si-RS485, function 0x46, sub-function 7: hardware and firmware version.
    const bench = answering(rtu(1, '46 07 00 64 00 99'))
    const link = linkOn(bench)
    expect(await bench.run(link.custom(0x46, bytes('07'), { answerBytes: 5 }))).toEqual(bytes('07 00 64 00 99'))
    expect(bench.frames).toEqual(['01460753a2'])
    await expect(link.custom(0x2b, bytes('0e'), { answerBytes: 5 })).rejects.toThrow('vendor')
  })

  it('come in pieces, behind leading zeros and an echo', async () => {
    const bench = createBench((_request, { sayHex, frames }) => {
      sayHex('00')
      sayHex(frames.at(-1) ?? '', 1)
      sayHex('01 04 02', 5)
      sayHex('27 0b', 9)
      sayHex('e3 07 ff', 12)
    })
    const link = linkOn(bench)
    expect(await bench.run(link.readInput(0, 1))).toEqual([9995])
    expect(link.stats().discardedBytes).toBe(1 + 8 + 1)
  })

  it('are not taken for written on the echo alone', async () => {
    const bench = createBench((_request, { sayHex, frames }) => {
      const request = frames.at(-1) ?? ''
      sayHex(request)
      if (request.startsWith('0104')) sayHex('01 04 02 27 0b e3 07', 5)
    })
    const link = linkOn(bench)
    await bench.run(link.readInput(0, 1))
    expect((await bench.run(failureOf(link.writeRegister(1, 3)))).code).toBe('device.timeout')
  })

  it.each([
    ['nothing', '', 'device.timeout', ''],
    ['a fragment', '01 04 02 27', 'device.timeout', ''],
    ['a wrong checksum', '01 04 02 27 0b e3 08', 'device.badReply', 'the checksum is wrong'],
    ['another unit', rtu(2, '04 02 27 0b'), 'device.badReply', 'it comes from unit 2 instead of 1'],
    ['another length', rtu(1, '04 04 27 0b 00 00'), 'device.badReply', 'it is no answer to this request'],
    ['another function', rtu(1, '03 02 27 0b'), 'device.badReply', 'it is no answer to this request'],
    ['an exception', rtu(1, '84 02'), 'device.refused', 'exception 2, illegal data address'],
    ['a busy exception', rtu(1, '84 06'), 'device.refused', 'exception 6, device busy'],
    ['an unknown exception', rtu(1, '84 7f'), 'device.refused', 'exception 127, which the standard does not know'],
  ])('never give a value on %s', async (...row) => {
    const [, answer, code, detail] = row
    const bench = answering(answer)
    const failure = await bench.run(failureOf(linkOn(bench).readInput(0, 1, { timeoutMs: 300 })))
    expect(failure.code).toBe(code)
    expect(failure.context).toMatchObject({ instrument: 'cell', request: 'read input register 0' })
    if (detail) expect(failure.context?.detail).toBe(detail)
    if (code === 'device.timeout') expect(failure.context?.received).toBe(answer.replaceAll(' ', ''))
  })

  it('take a right answer that follows a wrong one', async () => {
    const bench = answering(`${rtu(2, '04 02 11 11')}${rtu(1, '04 02 22 22').slice(0, -1)}0${rtu(1, '04 02 27 0b')}`)
    expect(await bench.run(linkOn(bench).readInput(0, 1))).toEqual([9995])
  })

  it.each([400, 1100, 3000])('never take a late answer (%d ms) for the next one’s', async (lateMs) => {
    const sentAtMs: number[] = []
    const bench = createBench((_request, { sayHex, frames, clock }) => {
      sentAtMs.push(clock.monotonicMs())
      if (frames.length === 1) sayHex(rtu(1, '03 02 aa aa'), lateMs)
      else sayHex(rtu(1, '03 02 bb bb'), 10)
    })
    const link = linkOn(bench)
    expect((await bench.run(failureOf(link.readHolding(100, 1, { timeoutMs: 250 })))).code).toBe('device.timeout')
    expect(await bench.run(link.readHolding(200, 1))).toEqual([0xbbbb])
    // As soon as the late answer is through, and the line quiet.
    expect(sentAtMs[1]).toBeGreaterThan(lateMs)
    expect(sentAtMs[1]).toBeLessThan(lateMs + 50)
    expect(link.stats().discardedBytes).toBe(7)
  })

  it('never take the answer of a cancelled request for the next one’s', async () => {
    const bench = createBench((_request, { sayHex, frames }) =>
      sayHex(rtu(1, frames.length === 1 ? '03 02 aa aa' : '03 02 bb bb'), 100),
    )
    const link = linkOn(bench)
    const canceller = createCanceller()
    const first = failureOf(link.readHolding(100, 1, { signal: canceller.signal }))
    void bench.clock.sleep(10).then(() => canceller.cancel(new Error('stop')))
    await bench.run(first)
    expect(await bench.run(link.readHolding(200, 1))).toEqual([0xbbbb])
  })

  it('keep 3.5 characters between frames', async () => {
    for (const [baudRate, gapMs] of [
      [9600, 4.01],
      [1200, 32.08],
      [115_200, 1.75],
    ] as const) {
      const sentAtMs: number[] = []
      const bench = createBench((_request, { sayHex, clock }) => {
        sentAtMs.push(clock.monotonicMs())
        sayHex('01 04 02 27 0b e3 07', 10)
      })
      const link = linkOn(bench, baudRate)
      await bench.run(link.readInput(0, 1))
      await bench.run(link.readInput(0, 1))
      expect(sentAtMs[1]).toBeCloseTo(10 + gapMs, 2)
    }
  })

  it('have a deadline from the baud rate where the driver gives none', async () => {
    const bench = createBench()
    const failure = await bench.run(failureOf(linkOn(bench, 1200).readInput(0, 100)))
    // 8 + 205 characters of 11 bits, and a second to think.
    expect(Number(failure.context?.timeoutMs)).toBeGreaterThan(1000 + (213 * 11_000) / 1200 - 1)
    expect(Number(failure.context?.timeoutMs)).toBeLessThan(3100)
  })

  it('fail at once when the wire closes', async () => {
    const bench = createBench()
    const link = linkOn(bench)
    const pending = failureOf(link.readInput(0, 1))
    void bench.clock.sleep(10).then(() => bench.far.unplug())
    expect((await bench.run(pending)).code).toBe('device.closed')
    expect(bench.clock.monotonicMs()).toBe(10)
  })

  it('end the exchange of a unit that sends nothing but noise', async () => {
    const bench = createBench((_request, { far }) => far.send(new Uint8Array(5000).fill(0x55)))
    expect((await bench.run(failureOf(linkOn(bench).readInput(0, 1)))).code).toBe('device.badReply')
    expect(bench.clock.monotonicMs()).toBe(0)
  })

  it('outside the protocol’s range are the program’s own mistake', async () => {
    const link = linkOn(createBench())
    await expect(link.readInput(0, 126)).rejects.toThrow('126')
    await expect(link.readInput(65_535, 2)).rejects.toThrow('65537')
    await expect(link.writeRegister(0, 65_536)).rejects.toThrow('65536')
    await expect(link.writeRegisters(0, [1.5])).rejects.toThrow('1.5')
    await expect(link.writeRegisters(0, [])).rejects.toThrow('0')
  })
})

describe('two units on one bus', () => {
  it('are asked one at a time, the more urgent first', async () => {
    let inFlight = 0
    const bench = createBench((_request, { clock, far, frames }) => {
      inFlight++
      expect(inFlight).toBe(1)
      const unit = Number.parseInt(frames.at(-1)?.slice(0, 2) ?? '', 16)
      void clock.sleep(20).then(() => {
        inFlight--
        far.send(rtuFrame(unit, Uint8Array.of(4, 2, 0, unit)))
      })
    })
    const bus = busOn(bench)
    const one = bus.unit(1, 'one')
    const two = bus.unit(2, 'two')
    const all = await bench.run(
      Promise.all([
        one.readInput(0, 1, { priority: 'poll' }),
        one.readInput(0, 1, { priority: 'poll' }),
        two.readInput(0, 1, { priority: 'poll' }),
        two.readInput(0, 1, { priority: 'stop' }),
      ]),
    )
    expect(all).toEqual([[1], [1], [2], [2]])
    expect(bench.frames.map((frame) => frame.slice(0, 2))).toEqual(['01', '02', '01', '02'])
    expect(one.stats()).toMatchObject({ queries: 2, receivedBytes: 14 })
    expect(two.stats()).toMatchObject({ queries: 2, receivedBytes: 14 })
  })

  it('do not wait for a dead third one, nor take its late answer', async () => {
    const sentAtMs: number[] = []
    const bench = createBench((_request, { frames, sayHex, clock }) => {
      sentAtMs.push(clock.monotonicMs())
      if (frames.at(-1)?.startsWith('01')) sayHex(rtu(1, '03 02 aa aa'), 510)
      else sayHex(rtu(2, '03 02 bb bb'), 30)
    })
    const bus = busOn(bench)
    const late = failureOf(bus.unit(1, 'late').readHolding(0, 1, { timeoutMs: 500 }))
    const other = bus.unit(2, 'other').readHolding(0, 1)
    expect((await bench.run(late)).code).toBe('device.timeout')
    expect(await bench.run(other)).toEqual([0xbbbb])
    expect(sentAtMs[1]).toBeLessThan(600)
  })

  it('are independent in closing', async () => {
    const bench = createBench((_request, { sayHex, frames }) =>
      frames.at(-1)?.startsWith('02') ? sayHex(rtu(2, '03 02 bb bb'), 30) : undefined,
    )
    const bus = busOn(bench)
    const one = bus.unit(1, 'one')
    const pending = failureOf(one.readHolding(0, 1))
    const other = bus.unit(2, 'two').readHolding(0, 1)
    await bench.run(bench.clock.sleep(10))
    one.close()
    expect((await bench.run(pending)).code).toBe('device.closed')
    expect(await bench.run(other)).toEqual([0xbbbb])
    expect((await bench.run(failureOf(one.readHolding(0, 1)))).code).toBe('device.closed')
    expect(bench.wire.isOpen).toBe(true)
  })
})

describe('registers over Modbus TCP', () => {
  const answer = (request: string, pdu: string): string => {
    const data = bytes(pdu)
    return `${request.slice(0, 8)}00${(data.length + 1).toString(16).padStart(2, '0')}${request.slice(12, 14)}${bytesToHex(data)}`
  }

  it('are read, whatever pieces the segments have', async () => {
    const bench = createBench((_request, { frames, far }) => {
      for (const byte of bytes(answer(frames.at(-1) ?? '', '03 04 12 34 56 78'))) far.send(Uint8Array.of(byte))
    })
    expect(await bench.run(busOn(bench, 'tcp').unit(3, 'f4t').readHolding(7, 2))).toEqual([0x1234, 0x5678])
    expect(bench.frames).toEqual(['000100000006030300070002'])
  })

  it('tell a late answer by its transaction, also glued to the right one', async () => {
    const bench = createBench((_request, { frames, sayHex }) => {
      const [first = '', second] = frames
      if (second) sayHex(answer(first, '03 02 aa aa') + answer(second, '03 02 bb bb'))
    })
    const link = busOn(bench, 'tcp').unit(1, 'f4t')
    await bench.run(failureOf(link.readHolding(100, 1, { timeoutMs: 250 })))
    expect(await bench.run(link.readHolding(200, 1))).toEqual([0xbbbb])
    expect(link.stats().discardedBytes).toBe(11)
  })

  it('are read again after half a frame', async () => {
    const bench = createBench((_request, { frames, sayHex }) => {
      const [first = '', second] = frames
      if (second) sayHex(answer(second, '03 02 bb bb'))
      else sayHex(answer(first, '03 02 aa aa').slice(0, 16))
    })
    const link = busOn(bench, 'tcp').unit(1, 'f4t')
    await bench.run(failureOf(link.readHolding(100, 1, { timeoutMs: 250 })))
    expect(await bench.run(link.readHolding(200, 1))).toEqual([0xbbbb])
  })

  it('name the exception of a gateway', async () => {
    const bench = createBench((_request, { frames, sayHex }) => sayHex(answer(frames.at(-1) ?? '', '83 0b')))
    const failure = await bench.run(failureOf(busOn(bench, 'tcp').unit(1, 'f4t').readHolding(0, 1)))
    expect(failure.context?.detail).toBe('exception 11, gateway target device failed to respond')
  })
})
