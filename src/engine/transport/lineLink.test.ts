import { describe, expect, it } from 'vitest'
import { createCanceller } from '../../base/clock.ts'
import { StationError } from '../../contract/errors.ts'
import { bytes, createBench, failureOf, scpi, type Bench } from '../../../test/transport/support.ts'
import { createLineLink } from './lineLink.ts'
import { latestAnswerMs } from './overdue.ts'

const linkOn = (bench: Bench, settings = scpi) =>
  createLineLink({ wire: bench.wire, clock: bench.clock, settings, name: 'smu' })

describe('a line link', () => {
  it('resolves with the line that answers, without its terminator', async () => {
    const bench = createBench((_request, { say }) => say('KEITHLEY,MODEL 2460\r\n'))
    const link = linkOn(bench)
    expect(await bench.run(link.query('*IDN?'))).toBe('KEITHLEY,MODEL 2460')
    expect(bench.lines).toEqual(['*IDN?'])
    expect(link.stats()).toEqual({
      sentBytes: 6,
      receivedBytes: 21,
      queries: 1,
      timeouts: 0,
      discardedBytes: 0,
      lastGoodUtcMs: Date.UTC(2026, 0, 1),
    })
  })

  it('puts an answer in pieces together, and does not mind a LF that comes after its CR', async () => {
    const bench = createBench((request, { say }) => {
      if (request === 'A?') for (const [index, piece] of ['fi', 'r', 'st\r'].entries()) say(piece, 10 * index)
      if (request === 'A?') say('\n', 40)
      if (request === 'B?') say('second\r\n', 50)
    })
    const link = linkOn(bench)
    expect(await bench.run(link.query('A?'))).toBe('first')
    expect(await bench.run(link.query('B?'))).toBe('second')
    expect(link.stats().discardedBytes).toBe(0)
  })

  it('takes an empty answer for one where there is a single terminator', async () => {
    const bench = createBench((_request, { say }) => say('\r'))
    const link = linkOn(bench, { ...scpi, receiveTerminators: '\r' })
    expect(await bench.run(link.query('ERR?'))).toBe('')
  })

  it('discards and counts what nobody asked for: before, behind and between answers', async () => {
    const bench = createBench((request, { say }) => say(`answer to ${request}\r\nnot asked\r\n`))
    const link = linkOn(bench)
    bench.say('POWER ON\r\n')
    expect(await bench.run(bench.clock.sleep(1).then(() => link.query('A?')))).toBe('answer to A?')
    expect(await bench.run(link.query('B?'))).toBe('answer to B?')
    expect(link.stats().discardedBytes).toBe('POWER ON\r\n'.length + 2 * 'not asked\r\n'.length)
  })

  it('waits for the other half of a stray line before it asks', async () => {
    const bench = createBench((request, { say }) => say(`answer to ${request}\n`, 150))
    const link = linkOn(bench)
    bench.say('half of a banner')
    bench.say(' line\n', 100)
    expect(await bench.run(bench.clock.sleep(1).then(() => link.query('A?')))).toBe('answer to A?')
    bench.say('half of a')
    bench.say(' report\n', 100)
    expect(await bench.run(bench.clock.sleep(1).then(() => link.query('B?')))).toBe('answer to B?')
  })

  it('times out with what was received so far', async () => {
    const bench = createBench((_request, { say }) => say('+1.234\x07'))
    const link = linkOn(bench)
    const failure = await bench.run(failureOf(link.query('READ?', { timeoutMs: 300 })))
    expect(failure.code).toBe('device.timeout')
    expect(failure.context).toEqual({ instrument: 'smu', request: 'READ?', timeoutMs: 300, received: '+1.234\\x07' })
    expect(bench.clock.monotonicMs()).toBe(300)
    expect(link.stats()).toMatchObject({ queries: 1, timeouts: 1, discardedBytes: 7, lastGoodUtcMs: null })
  })

  it('sends nothing after a time-out until the line was quiet, and then answers rightly', async () => {
    const sentAtMs: number[] = []
    const bench = createBench((request, { say, clock }) => {
      sentAtMs.push(clock.monotonicMs())
      say(`answer to ${request}\n`, request === 'SLOW?' ? 650 : 0)
    })
    const link = linkOn(bench)
    expect((await bench.run(failureOf(link.query('SLOW?')))).code).toBe('device.timeout')
    expect(await bench.run(link.query('FAST?'))).toBe('answer to FAST?')
    // The late answer came at 650 ms, in the quiet time that began at 500 ms, and made it begin again.
    expect(sentAtMs).toEqual([0, 850])
    expect(link.stats().discardedBytes).toBe('answer to SLOW?\n'.length)
  })

  it('does not wait at all where the line was quiet long enough already', async () => {
    const bench = createBench((request, { say }) => (request === 'B?' ? say('b\n') : undefined))
    const link = linkOn(bench)
    await bench.run(failureOf(link.query('A?')))
    await bench.run(bench.clock.sleep(latestAnswerMs))
    expect(await bench.run(link.query('B?'))).toBe('b')
    expect(bench.clock.monotonicMs()).toBe(500 + latestAnswerMs)
  })

  it.each([900, 1500, 2900, 3400])('never takes an answer that comes %d ms late for the next one’s', async (lateMs) => {
    const bench = createBench((request, { say }) =>
      say(`answer to ${request}\n`, request === 'SLOW?' ? lateMs : request === 'B?' ? 400 : 0),
    )
    const link = linkOn(bench)
    expect((await bench.run(failureOf(link.query('SLOW?')))).code).toBe('device.timeout')
    expect(await bench.run(link.query('B?'))).toBe('answer to B?')
    expect(await bench.run(link.query('C?'))).toBe('answer to C?')
    expect(link.stats()).toMatchObject({ timeouts: 1, discardedBytes: 'answer to SLOW?\n'.length })
  })

  it('never takes a late answer for the read-back of a stop, whose commands go out at once', async () => {
    const bench = createBench((request, { say }) =>
      say(request === 'VOLT?' ? '0\n' : '1\n', request === 'VOLT?' ? 2000 : 0),
    )
    const link = linkOn(bench)
    await bench.run(failureOf(link.query('VOLT?')))
    await bench.run(link.write(':OUTP OFF', { priority: 'stop' }))
    expect(bench.clock.monotonicMs()).toBe(500)
    expect(await bench.run(link.query(':OUTP?', { priority: 'stop' }))).toBe('1')
    expect(bench.clock.monotonicMs()).toBeLessThan(2300)
  })

  it('lets no poll between the steps of a stop', async () => {
    const bench = createBench((request, { say }) => say(`answer to ${request}\n`, 5))
    const link = linkOn(bench)
    const polls = Array.from({ length: 1000 }, (_each, i) => link.query(`POLL ${i}?`, { priority: 'poll' }))
    await bench.run(bench.clock.sleep(1))
    const stop = async (): Promise<void> => {
      await link.write('OFF', { priority: 'stop' })
      await link.query('OUTP?', { priority: 'stop' })
      await link.write('VOLT 0', { priority: 'stop' })
      await link.query('VOLT?', { priority: 'stop' })
    }
    await bench.run(stop())
    expect(bench.lines).toEqual(['POLL 0?', 'OFF', 'OUTP?', 'VOLT 0', 'VOLT?'])
    await bench.run(Promise.all(polls))
    expect(bench.lines.slice(5)).toEqual(Array.from({ length: 999 }, (_each, i) => `POLL ${i + 1}?`))
  })

  it('gives up on a line that is never quiet, but a stop goes out', async () => {
    const bench = createBench()
    const link = linkOn(bench)
    await bench.run(failureOf(link.query('A?')))
    const babble = async (): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        await bench.clock.sleep(50)
        bench.far.send(bytes('aa'))
      }
    }
    const babbling = babble()
    const failure = await bench.run(failureOf(link.query('B?')))
    expect(failure.code).toBe('device.badReply')
    expect(bench.lines).toEqual(['A?'])
    await bench.run(link.write(':OUTP OFF', { priority: 'stop' }))
    expect(bench.lines).toEqual(['A?', ':OUTP OFF'])
    await bench.run(babbling)
  })

  it('refuses a line that never ends', async () => {
    const bench = createBench((_request, { far }) => {
      for (let i = 0; i < 20; i++) far.send(new Uint8Array(65_536).fill(0x31))
    })
    const link = linkOn(bench)
    const failure = await bench.run(failureOf(link.query('DATA?')))
    expect(failure.code).toBe('device.badReply')
    expect(failure.context?.detail).toContain('longer than 1048576 bytes')
  })

  it('takes a long answer in single bytes', async () => {
    const long = '1'.repeat(200_000)
    const bench = createBench((_request, { far }) => {
      for (const char of `${long}\n`) far.send(Uint8Array.of(char.charCodeAt(0)))
    })
    expect(await bench.run(linkOn(bench).query('DATA?'))).toBe(long)
  })

  it('has one query in flight, and stop goes before control before poll', async () => {
    const bench = createBench((request, { say }) => say(`${request} done\n`, 10))
    const link = linkOn(bench)
    const all = [
      link.query('FIRST?', { priority: 'poll' }),
      link.query('POLL1?', { priority: 'poll' }),
      link.query('CONTROL?'),
      link.query('POLL2?', { priority: 'poll' }),
      link.write('STOP', { priority: 'stop' }),
    ]
    await bench.run(Promise.all(all))
    expect(bench.lines).toEqual(['FIRST?', 'STOP', 'CONTROL?', 'POLL1?', 'POLL2?'])
  })

  it('never sends a query that was cancelled while it waited', async () => {
    const bench = createBench((_request, { say }) => say('x\n', 100))
    const link = linkOn(bench)
    const canceller = createCanceller()
    const first = link.query('A?')
    const second = failureOf(link.query('B?', { signal: canceller.signal }))
    const third = link.query('C?')
    const reason = new Error('the run was stopped')
    void bench.clock.sleep(10).then(() => canceller.cancel(reason))
    expect(await bench.run(second)).toBe(reason)
    expect(bench.clock.monotonicMs()).toBe(10)
    await bench.run(Promise.all([first, third]))
    expect(bench.lines).toEqual(['A?', 'C?'])
  })

  it('ends a cancelled query at once, and its answer is nobody else’s', async () => {
    const bench = createBench((request, { say }) => say(`answer to ${request}\n`, request === 'A?' ? 100 : 0))
    const link = linkOn(bench)
    const canceller = createCanceller()
    const first = failureOf(link.query('A?', { signal: canceller.signal }))
    const second = link.query('B?')
    void bench.clock.sleep(10).then(() => canceller.cancel(new Error('stop')))
    await bench.run(first)
    expect(bench.clock.monotonicMs()).toBe(10)
    expect(await bench.run(second)).toBe('answer to B?')
    expect(bench.clock.monotonicMs()).toBe(300)
  })

  it('fails what is pending and what waits at once when the wire closes', async () => {
    const bench = createBench()
    const link = linkOn(bench)
    const all = [failureOf(link.query('A?')), failureOf(link.query('B?')), failureOf(link.write('C'))]
    void bench.clock.sleep(10).then(() => bench.far.unplug('cable pulled'))
    const failures = await bench.run(Promise.all(all))
    expect(failures.map((each) => each.code)).toEqual(['device.closed', 'device.closed', 'device.closed'])
    expect(failures[0]?.context).toEqual({ link: 'memory', detail: 'cable pulled' })
    expect(bench.clock.monotonicMs()).toBe(10)
    expect(bench.lines).toEqual(['A?'])
    expect((await bench.run(failureOf(link.query('D?')))).code).toBe('device.closed')
    expect((await bench.run(failureOf(link.interrupt(bytes('03'))))).code).toBe('device.closed')
  })

  it('ends its queries with device.closed when it is closed itself', async () => {
    const bench = createBench()
    const link = linkOn(bench)
    const pending = failureOf(link.query('A?'))
    await bench.run(bench.clock.sleep(1))
    await link.close()
    await link.close()
    expect((await pending).code).toBe('device.closed')
    expect(bench.wire.isOpen).toBe(false)
  })

  it('interrupts: past the queue, the query in flight ends, and the line is quiet before the next', async () => {
    const bench = createBench((request, { say }) => {
      if (request === 'READ?') say('+1.0,+2.0\n', 5000)
      if (request === '\x03') say('rest of the sweep\n', 50)
      if (request === ':OUTP?') say('0\n')
    })
    const link = linkOn(bench)
    const sweep = failureOf(link.query('READ?', { timeoutMs: 60_000 }))
    const readBack = link.query(':OUTP?', { priority: 'stop' })
    await bench.run(bench.clock.sleep(100))
    await bench.run(link.interrupt(bytes('03')))
    expect((await bench.run(sweep)).code).toBe('device.interrupted')
    expect(bench.clock.monotonicMs()).toBe(100)
    expect(await bench.run(readBack)).toBe('0')
    expect(bench.lines).toEqual(['READ?', '\x03', ':OUTP?'])
    expect(bench.clock.monotonicMs()).toBe(350)
  })

  it('doesn’t wait for the answer of a query that was cancelled, once the device was told to abort', async () => {
    const bench = createBench((request, { say }) => {
      if (request === ':OUTP?') say('0\n')
    })
    const link = linkOn(bench)
    const { signal, cancel } = createCanceller()
    const sweep = failureOf(link.query('READ?', { timeoutMs: 60_000, signal }))
    await bench.run(bench.clock.sleep(100))
    cancel(new StationError('run.stopped', { who: 'operator' }))
    expect((await bench.run(sweep)).code).toBe('run.stopped')
    await bench.run(link.interrupt(bytes('03')))
    expect(await bench.run(link.query(':OUTP?', { priority: 'stop' }))).toBe('0')
    expect(bench.clock.monotonicMs()).toBeLessThan(1000)
  })

  it('shows every byte to a trace', async () => {
    const bench = createBench((_request, { say }) => say('1\n'))
    const seen: string[] = []
    const link = createLineLink({
      wire: bench.wire,
      clock: bench.clock,
      settings: scpi,
      name: 'smu',
      trace: ({ direction, bytes: what, link: name }) =>
        seen.push(`${name} ${direction} ${Buffer.from(what).toString('hex')}`),
    })
    await bench.run(link.query('A?'))
    expect(seen).toEqual(['memory sent 413f0a', 'memory received 310a'])
  })

  it('refuses a line with a terminator inside as the program’s own mistake', async () => {
    const bench = createBench()
    await expect(linkOn(bench).write(':OUTP OFF\n:OUTP ON')).rejects.toThrow('without its terminator')
    await expect(linkOn(bench).query('°C?\u2026')).rejects.toThrow('one-byte')
    expect(bench.lines).toEqual([])
  })
})
