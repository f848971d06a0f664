import { describe, expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { SweepRequest } from '../../src/contract/instrument.ts'
import { codeOf, linesSent } from '../../test/support/driverRig.ts'
import { smuOpener } from '../../test/support/smuRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const request: SweepRequest = {
  direction: 'forward',
  startV: 0,
  stopV: 20,
  points: 81,
  currentLimitA: 3.1,
  settleMs: 10,
  nplc: 0.1,
  fourWire: true,
}

const setUp = smuOpener(driver, simulator, request)

describe('identification', () => {
  it.each(['2400', '2410', '2420', '2425', '2430', '2440'])('takes a %s', async (model) => {
    const { clock, instrument } = await setUp({ options: { model } })
    expect(await clock.run(instrument.identify())).toEqual({
      maker: 'KEITHLEY INSTRUMENTS INC.',
      model,
      serialNumber: '1234567',
      firmware: 'C30   Mar 17 2006 09:29:29/A02  /K/J',
    })
  })

  it.each([
    ['KEITHLEY INSTRUMENTS,MODEL 2460,1,1.7', 'device.wrongModel'],
    ['KEITHLEY INSTRUMENTS INC.,MODEL 2000,1,A01', 'device.wrongModel'],
    ['KEITHLEY INSTRU', 'device.badReply'],
  ])('refuses “%s”', async (reply, code) => {
    const { createOn } = await setUp()
    expect(await codeOf(createOn({ query: async () => reply }).identify())).toBe(code)
  })
})

describe('a sweep', () => {
  it('follows the module within 0.035 % of the ranges (20 V, 3 A) and ends with the output off', async () => {
    const { bench, batches, sweep, ask } = await setUp({ bench: { disturbances: false } })
    await sweep()
    expect(batches).toHaveLength(1)
    const { voltageV, currentA, elapsedMs, limiting } = batches[0]!
    // The simulated point takes 10 ms of settling, four conversions of 2 ms and 2 ms.
    const rateVPerS = 20 / 80 / 0.02
    for (const [i, each] of voltageV.entries()) {
      const levelV = (20 * i) / 80
      expect(Math.abs(each - levelV)).toBeLessThan(7e-3)
      const truthA = bench.moduleCurrentA(levelV, i === 0 ? 0 : rateVPerS)
      expect(Math.abs(currentA[i]! - truthA)).toBeLessThan(1.1e-3)
    }
    expect(voltageV).toHaveLength(81)
    expect(limiting).toEqual([])
    expect(elapsedMs[80]! - elapsedMs[0]!).toBeCloseTo(1600, -1)
    expect(await ask(':OUTP?')).toBe('0')
    expect(await ask(':OUTP:SMOD?')).toBe('HIMP')
    expect(await ask(':SYST:ERR?')).toBe('0,"No error"')
  })

  it('falls in reverse, and works on the range above after a sweep on the one below', async () => {
    const { batches, sweep } = await setUp()
    await sweep({ points: 11, direction: 'reverse' })
    expect(batches[0]!.voltageV[0]).toBeCloseTo(20, 1)
    await sweep({ points: 11, stopV: 40, currentLimitA: 1 })
    expect(batches[1]!.limiting.length).toBeGreaterThan(5)
    await sweep({ points: 11 })
    expect(batches[2]!.currentA[0]).toBeCloseTo(3, 1)
  })

  it.each([
    ['2400', { currentLimitA: 1.2 }, 'current (A)'],
    ['2420', { stopV: 64 }, 'voltage (V)'],
    ['2420', { stopV: 22 }, 'current above 21 V (A)'],
    ['2440', { stopV: 20 }, 'current above 10.5 V (A)'],
    ['2420', { points: 2501 }, 'points'],
  ])('on a %s of %j is refused before anything but the identification is sent', async (model, asked, quantity) => {
    const { wire, sweep } = await setUp({ options: { model } })
    const error = await sweep(asked).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StationError)
    expect((error as StationError).code).toBe('device.limit')
    expect((error as StationError).context.quantity).toBe(quantity)
    expect(linesSent(wire)).toEqual(['*IDN?'])
  })

  it.each([
    ['clamp', '', 'device.clamped'],
    ['over-range', '', 'device.overRange'],
    ['partial', 'READ?', 'device.timeout'],
    ['no-answer', 'READ?', 'device.timeout'],
    ['stuck-output', '', 'device.notSafe'],
    ['split', 'READ?', 'none'],
  ])('with the fault %s (%s) ends in %s', async (fault, faultOn, code) => {
    const { sweep, ask, batches, options } = await setUp({ options: { fault, faultOn } })
    expect(await codeOf(sweep())).toBe(code)
    if (code !== 'none' && code !== 'device.notSafe') expect(batches).toEqual([])
    options.fault = ''
    expect(await ask(':OUTP?')).toBe(fault === 'stuck-output' ? '1' : '0')
  })

  it('takes no points from a cut answer', async () => {
    const { link, clock, batches, createOn } = await setUp()
    const instrument = createOn({
      query: async (line, options) => {
        const reply = await link.query(line, options)
        return line === ':READ?' ? reply.slice(0, -5) : reply
      },
    })
    const asked = { ...request, points: 3 }
    const work = instrument.ivSource!.sweep(asked, (points) => void batches.push(points), createCanceller().signal)
    expect(await codeOf(clock.run(work))).toBe('device.badReply')
    expect(batches).toEqual([])
  })

  it('cancelled half way is ended by ^C within a second, with its reason, the output off', async () => {
    const { wire, clock, instrument, ask, batches } = await setUp()
    const { signal, cancel } = createCanceller()
    const stopped = new StationError('run.stopped', { who: 'operator' })
    const work = instrument.ivSource!.sweep({ ...request, settleMs: 200 }, (p) => void batches.push(p), signal)
    const startMs = clock.monotonicMs()
    const both = Promise.allSettled([work, clock.sleep(5000).then(() => cancel(stopped))])
    const [outcome] = await clock.run(both)
    expect(outcome).toEqual({ status: 'rejected', reason: stopped })
    expect(clock.monotonicMs() - startMs).toBeLessThan(7000)
    expect(wire.includes('> 03')).toBe(true)
    expect(batches).toEqual([])
    expect(await ask(':OUTP?')).toBe('0')
  })
})

describe('the safe stop', () => {
  it.each(['nothing', 'output on', 'sweeping'])('from %s is proved by read-back', async (state) => {
    const { clock, instrument, ask, tell } = await setUp()
    if (state !== 'nothing') await tell(':SENS:CURR:PROT 1', ':SOUR:VOLT 10', ':OUTP:SMOD HIMP', ':OUTP ON')
    if (state === 'sweeping') {
      await tell(':SOUR:VOLT:STAR 0', ':SOUR:VOLT:STOP 20', ':SOUR:SWE:POIN 1000', ':TRIG:COUN 1000')
      await tell(':SOUR:VOLT:MODE SWE')
      await tell(':READ?')
      await clock.run(clock.sleep(500))
    }
    const proof = await clock.run(instrument.safeStop())
    expect(proof.safe).toBe(true)
    expect(proof.evidence.map((each) => each.command)).toEqual([
      '^C',
      ':ABOR',
      ':SOUR:VOLT:MODE FIX',
      ':SOUR:VOLT 0',
      ':OUTP OFF',
      ':OUTP?',
      ':SOUR:VOLT?',
      ':OUTP?',
    ])
    expect(proof.evidence[6]?.readBack).toBe('0.000000E+00')
    expect(await ask(':OUTP?')).toBe('0')
  })

  it('is not safe with a stuck output, nor without answers, and never throws', async () => {
    const stuck = await setUp({ options: { fault: 'stuck-output' } })
    await stuck.tell(':OUTP ON')
    expect(await stuck.clock.run(stuck.instrument.safeStop())).toMatchObject({ safe: false })
    const silent = await setUp({ options: { fault: 'no-answer' } })
    expect(await silent.clock.run(silent.instrument.safeStop())).toMatchObject({ safe: false })
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
  it('asks for nothing while the output is off, where :READ? could switch it on', async () => {
    const { clock, wire, instrument, tell } = await setUp({ bench: { disturbances: false } })
    await tell(':SOUR:CLE:AUTO ON')
    const off = await clock.run(instrument.read())
    expect(off.map((each) => each.value)).toEqual([null, null, 0])
    expect(linesSent(wire)).toEqual([':SOUR:CLE:AUTO ON', ':OUTP?'])
    await tell(':SOUR:CLE:AUTO OFF', ':SENS:CURR:PROT 3.1', ':SENS:FUNC "VOLT","CURR"', ':SYST:RSEN 1')
    await tell(':SOUR:VOLT 10', ':OUTP ON')
    const on = await clock.run(instrument.read())
    expect(on[0]?.value).toBeCloseTo(10, 1)
    expect(on[1]?.value).toBeCloseTo(2.96, 1)
  })
})
