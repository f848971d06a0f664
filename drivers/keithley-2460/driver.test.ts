import { describe, expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { SweepPoints, SweepRequest } from '../../src/contract/instrument.ts'
import { codeOf, linesSent } from '../../test/support/driverRig.ts'
import { smuOpener } from '../../test/support/smuRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const request: SweepRequest = {
  direction: 'forward',
  startV: 0,
  stopV: 20,
  points: 121,
  currentLimitA: 3.5,
  settleMs: 10,
  nplc: 0.1,
  fourWire: true,
}

const setUp = smuOpener(driver, simulator, request)
const joined = (batches: SweepPoints[], key: 'elapsedMs' | 'voltageV' | 'currentA'): number[] =>
  batches.flatMap((batch) => batch[key])

describe('identification', () => {
  it.each(['2450', '2460', '2461'])('takes a %s', async (model) => {
    const { clock, instrument } = await setUp({ options: { model } })
    expect(await clock.run(instrument.identify())).toEqual({
      maker: 'KEITHLEY INSTRUMENTS',
      model,
      serialNumber: '04430000',
      firmware: '1.7.7b',
    })
  })

  it.each([
    ['KEITHLEY INSTRUMENTS INC.,MODEL 2420,1,C30', 'device.wrongModel'],
    ['KEITHLEY INSTRUMENTS,MODEL 2470,1,1.0', 'device.wrongModel'],
    ['Keithley Instruments Inc., Model 2651A, 1234567, 1.1.6', 'device.wrongModel'],
    ['+1.0E+00', 'device.badReply'],
  ])('refuses “%s”', async (reply, code) => {
    const { createOn } = await setUp()
    expect(await codeOf(createOn({ query: async () => reply }).identify())).toBe(code)
  })

  it('refuses a unit that speaks TSP, having sent nothing but queries of identity', async () => {
    const { wire, sweep } = await setUp({ options: { language: 'TSP' } })
    expect(await codeOf(sweep())).toBe('device.wrongModel')
    expect(linesSent(wire)).toEqual(['*IDN?', '*LANG?', ':OUTP?'].slice(0, 2))
  })
})

describe('a sweep', () => {
  it('follows the module within 0.035 % of the ranges (20 V, 4 A), live, and ends with the output off', async () => {
    const { bench, batches, sweep, ask } = await setUp({ bench: { disturbances: false } })
    await sweep()
    expect(batches.length).toBeGreaterThan(3)
    const [voltageV, currentA] = [joined(batches, 'voltageV'), joined(batches, 'currentA')]
    expect(voltageV).toHaveLength(121)
    // The simulated point takes 10 ms of settling, four conversions of 2 ms and 0.5 ms.
    const rateVPerS = 20 / 120 / 0.0185
    for (const [i, each] of voltageV.entries()) {
      const levelV = (20 * i) / 120
      expect(Math.abs(each - levelV)).toBeLessThan(7e-3)
      const truthA = bench.moduleCurrentA(levelV, i === 0 ? 0 : rateVPerS)
      expect(Math.abs(currentA[i]! - truthA)).toBeLessThan(1.4e-3)
    }
    expect(currentA[0]).toBeGreaterThan(2.99)
    expect(currentA[120]).toBeLessThan(0)
    expect(batches.flatMap((batch) => batch.limiting)).toEqual([])
    const elapsedMs = joined(batches, 'elapsedMs')
    expect(elapsedMs.every((each, i) => i === 0 || each > elapsedMs[i - 1]!)).toBe(true)
    expect(await ask(':OUTP?')).toBe('0')
    expect(await ask(':OUTP:VOLT:SMOD?')).toBe('HIMP')
    expect(await ask(':SYST:ERR?')).toBe('0,"No error;0;0 0"')
  })

  it('falls from open circuit in reverse, whichever way round the voltages were given', async () => {
    const { batches, sweep } = await setUp()
    await sweep({ direction: 'reverse', points: 11 })
    const voltageV = joined(batches, 'voltageV')
    expect(voltageV[0]).toBeCloseTo(20, 1)
    expect(voltageV[10]).toBeCloseTo(0, 1)
  })

  it('shows hysteresis between fast sweeps of both directions', async () => {
    const forward = await setUp({ bench: { disturbances: false } })
    const reverse = await setUp({ bench: { disturbances: false } })
    const fast = { settleMs: 0, nplc: 0.01, points: 61 }
    await forward.sweep(fast)
    await reverse.sweep({ ...fast, direction: 'reverse' })
    const up = joined(forward.batches, 'currentA')
    const down = joined(reverse.batches, 'currentA').reverse()
    const sum = (values: number[]) => values.slice(45, 58).reduce((total, each) => total + each, 0)
    expect(sum(down) - sum(up)).toBeGreaterThan(0.005)
  })

  it('reports points in which the source was limiting', async () => {
    const { batches, sweep } = await setUp()
    await sweep({ currentLimitA: 1, points: 11 })
    expect(batches.flatMap((batch) => batch.limiting).length).toBeGreaterThan(5)
    for (const each of joined(batches, 'currentA')) expect(Math.abs(each)).toBeLessThan(1.01)
  })

  it.each([
    [{ stopV: 110 }, 'voltage (V)'],
    [{ startV: -120 }, 'voltage (V)'],
    [{ currentLimitA: 7.5 }, 'current (A)'],
    [{ stopV: 40, currentLimitA: 5 }, 'current above 21 V (A)'],
    [{ points: 1 }, 'points'],
    [{ nplc: 11 }, 'integration time (power-line cycles)'],
    [{ settleMs: -1 }, 'settling time (ms)'],
  ])('of %j is refused before anything but the identification is sent', async (asked, quantity) => {
    const { wire, sweep } = await setUp()
    const error = await sweep(asked).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StationError)
    expect((error as StationError).code).toBe('device.limit')
    expect((error as StationError).context.quantity).toBe(quantity)
    expect(linesSent(wire)).toEqual(['*IDN?', '*LANG?'])
  })

  it('reports a current limit that the instrument took lower, and leaves the output off', async () => {
    const { sweep, ask, batches } = await setUp({ options: { fault: 'clamp' } })
    expect(await codeOf(sweep())).toBe('device.clamped')
    expect(batches).toEqual([])
    expect(await ask(':OUTP?')).toBe('0')
  })

  it('needs the interlock above 21 V', async () => {
    const open = await setUp({ options: { interlock: 'open' } })
    expect(await codeOf(open.sweep({ stopV: 25 }))).toBe('device.refused')
    expect(await open.ask(':OUTP?')).toBe('0')
    expect(await codeOf((await setUp({ options: { interlock: 'closed' } })).sweep({ stopV: 25 }))).toBe('none')
  })

  it.each([
    ['over-range', '', 'device.overRange'],
    ['partial', 'TRAC:DATA', 'device.timeout'],
    ['no-answer', 'TRIG:STAT', 'device.timeout'],
    ['late-answer', 'TRAC:ACT', 'device.timeout'],
    ['split', 'TRAC:DATA', 'none'],
  ])('with the fault %s (%s) ends in %s with the output off', async (fault, faultOn, code) => {
    const { sweep, ask, options } = await setUp({ options: { fault, faultOn } })
    expect(await codeOf(sweep())).toBe(code)
    options.fault = ''
    expect(await ask(':OUTP?')).toBe('0')
  })

  it.each(['', '1.0,2.0', '0,-3,0,abc', '0,-3,0,200,1', '0x10,-3,0,200', 'inf,-3,0,200', '1 2,-3,0,200'])(
    'takes no points from the answer “%s”',
    async (reply) => {
      const { link, clock, batches, createOn } = await setUp()
      const instrument = createOn({
        query: async (line, options) =>
          line.startsWith(':TRAC:DATA?') ? reply : line.startsWith(':TRAC:ACT?') ? '1' : link.query(line, options),
      })
      const work = instrument.ivSource!.sweep(request, (points) => void batches.push(points), createCanceller().signal)
      expect(await codeOf(clock.run(work))).toBe('device.badReply')
      expect(batches).toEqual([])
    },
  )

  it('cancelled half way ends within a second, with its reason, the output off', async () => {
    const { clock, instrument, ask, batches } = await setUp()
    const { signal, cancel } = createCanceller()
    const stopped = new StationError('run.stopped', { who: 'operator' })
    const startMs = clock.monotonicMs()
    const work = instrument.ivSource!.sweep(
      { ...request, settleMs: 100 },
      (points) => void batches.push(points),
      signal,
    )
    const both = Promise.allSettled([work, clock.sleep(5000).then(() => cancel(stopped))])
    const [outcome] = await clock.run(both)
    expect(outcome).toEqual({ status: 'rejected', reason: stopped })
    expect(clock.monotonicMs() - startMs).toBeLessThan(6000)
    const points = joined(batches, 'voltageV').length
    expect(points).toBeGreaterThan(10)
    expect(points).toBeLessThan(100)
    expect(await ask(':OUTP?')).toBe('0')
    expect(await ask(':TRIG:STAT?')).toMatch(/^ABORTED;ABORTED;\d+$/)
  })

  it('says so when the output can not be switched off', async () => {
    const { sweep } = await setUp({ options: { fault: 'stuck-output' } })
    expect(await codeOf(sweep({ points: 5 }))).toBe('device.notSafe')
  })
})

describe('the safe stop', () => {
  it.each(['nothing', 'output on', 'sweeping', 'sourcing current'])('from %s is proved by read-back', async (state) => {
    const { clock, link, instrument, ask } = await setUp()
    const prepare: Record<string, string[]> = {
      nothing: [],
      'output on': [':SOUR:VOLT:ILIM 3', ':SOUR:VOLT 10', ':OUTP:VOLT:SMOD HIMP', ':OUTP ON'],
      sweeping: [':SOUR:VOLT:ILIM 3.5', ':SOUR:SWE:VOLT:LIN 0,20,500,0.1,1,BEST,OFF', ':OUTP:VOLT:SMOD HIMP', ':INIT'],
      'sourcing current': [':SOUR:FUNC CURR', ':OUTP:CURR:SMOD HIMP', ':SOUR:CURR -1', ':OUTP ON'],
    }
    for (const line of prepare[state] ?? []) await clock.run(link.write(line))
    const proof = await clock.run(instrument.safeStop())
    expect(proof.safe).toBe(true)
    const commands = proof.evidence.map((each) => each.command)
    expect(commands.slice(0, 4)).toEqual([':ABOR', ':SOUR:VOLT 0', ':OUTP OFF', ':OUTP?'])
    expect(proof.evidence.filter((each) => each.command === ':OUTP?').map((each) => each.readBack)).toEqual(['0', '0'])
    expect(await ask(':OUTP?')).toBe('0')
  })

  it('is not safe with a stuck output, nor without answers, and never throws', async () => {
    const stuck = await setUp({ options: { fault: 'stuck-output' } })
    await stuck.clock.run(stuck.link.write(':OUTP ON'))
    expect(await stuck.clock.run(stuck.instrument.safeStop())).toMatchObject({ safe: false })
    const silent = await setUp({ options: { fault: 'no-answer' } })
    const proof = await silent.clock.run(silent.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain('not read back')
    const broken = async () => Promise.reject(new StationError('device.closed', { link: 'x' }))
    const dead = silent.createOn({ write: broken, query: broken, queryLines: broken, interrupt: broken })
    expect(await dead.safeStop()).toMatchObject({ safe: false })
  })
})

describe('a safe stop while a sweep is still being set up', () => {
  it('lets nothing come behind it: the output stays off and the trigger is never sent', async () => {
    const { wire, clock, instrument, ask, batches } = await setUp()
    const work = instrument.ivSource!.sweep(request, (points) => void batches.push(points), createCanceller().signal)
    const [swept, proof] = await clock.run(Promise.allSettled([work, instrument.safeStop()]))
    expect(swept.status).toBe('rejected')
    expect(proof).toMatchObject({ status: 'fulfilled', value: { safe: true } })
    expect(linesSent(wire).filter((line) => [':INIT', ':READ?', ':OUTP ON'].includes(line))).toEqual([])
    expect(await ask(':OUTP?')).toBe('0')
    expect(batches).toEqual([])
  })
})

describe('reading', () => {
  it('never switches the output on, and has no values while it is off', async () => {
    const { clock, wire, instrument, link, bench } = await setUp({ bench: { disturbances: false } })
    const off = await clock.run(instrument.read())
    expect(off.map((each) => [each.channel, each.value])).toEqual([
      ['voltage', null],
      ['current', null],
      ['output', 0],
    ])
    expect(linesSent(wire)).toEqual([':OUTP?'])
    for (const line of [':SOUR:VOLT:ILIM 3.5', ':SOUR:VOLT 10', ':SENS:CURR:RSEN ON', ':OUTP ON'])
      await clock.run(link.write(line))
    const on = await clock.run(instrument.read())
    expect(on[0]?.value).toBeCloseTo(10, 1)
    expect(on[1]?.value).toBeCloseTo(bench.moduleCurrentA(10, 0), 2)
  })
})
