import { afterEach, describe, expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { SweepPoints, SweepRequest } from '../../src/contract/instrument.ts'
import { linesSent, openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const rigs: DriverRig[] = []
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close()
})
const open = async (more: RigOptions = {}): Promise<DriverRig> => {
  const rig = await openRig(driver, simulator, { bench: { disturbances: false }, ...more })
  rigs.push(rig)
  return rig
}

const request: SweepRequest = {
  direction: 'reverse',
  startV: 0,
  stopV: 20,
  points: 41,
  currentLimitA: 5,
  settleMs: 10,
  nplc: 1,
  fourWire: true,
}
const sweep = async (rig: DriverRig, asked: Partial<SweepRequest> = {}) => {
  const got: SweepPoints = { elapsedMs: [], voltageV: [], currentA: [], limiting: [] }
  const add = (points: SweepPoints): void => {
    got.limiting.push(...points.limiting.map((each) => each + got.voltageV.length))
    got.elapsedMs.push(...points.elapsedMs)
    got.voltageV.push(...points.voltageV)
    got.currentA.push(...points.currentA)
  }
  await rig.run(rig.instrument.ivSource!.sweep({ ...request, ...asked }, add, createCanceller().signal))
  return got
}
const sent = (rig: DriverRig): string[] => linesSent(rig.wire)
const valueOf = async (rig: DriverRig, channel: string): Promise<number | null> =>
  (await rig.run(rig.instrument.read())).find((each) => each.channel === channel)?.value ?? null

describe('identification', () => {
  it('wakes a frame on RS-232 that is deaf until CONF:REM ON, and names its module', async () => {
    const rig = await open()
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'CHROMA',
      model: '63103',
      serialNumber: 'SIM00001',
      firmware: '01.00,0 in 6314 01.00,0',
    })
    expect(sent(rig)).toEqual(['*IDN?', 'CONF:REM ON', '*IDN?', 'CONF:REM ON', 'CHAN 1', 'CHAN:ID?'])
  })

  it('needs no waking over GPIB, and takes the other form of the identity', async () => {
    const rig = await open({ options: { interface: 'gpib', idn: 'comma', module: '63107R', serial: '0' } })
    expect(await rig.run(rig.instrument.identify())).toMatchObject({ model: '63107R', serialNumber: null })
    expect(sent(rig)[1]).toBe('CONF:REM ON')
    expect(sent(rig)).toHaveLength(4)
  })

  it.each([{ frame: '62012P' }, { frame: '63206A-1200-240' }])('refuses %j', async (options) => {
    const rig = await open({ options: { ...options, interface: 'gpib' } })
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
    expect(sent(rig)).toEqual(['*IDN?'])
  })
})

describe('a sweep by constant voltage', () => {
  it('falls from open circuit, true to the module, and makes up nothing below 1 V', async () => {
    const rig = await open()
    const { voltageV, currentA, limiting, elapsedMs } = await sweep(rig)
    // 41 points from 0 V to 20 V: 0 V and 0.5 V lie below what the load regulates, two above open circuit.
    expect(voltageV).toHaveLength(38)
    expect(voltageV[0]).toBeCloseTo(rig.bench.openCircuitVoltageV(), 1)
    expect(currentA[0]).toBeCloseTo(0, 2)
    expect(voltageV.at(-1)).toBeCloseTo(1, 1)
    expect(limiting).toEqual([])
    for (const [i, each] of voltageV.entries())
      expect(Math.abs(currentA[i]! - rig.bench.moduleCurrentA(each, 0))).toBeLessThan(0.03)
    expect(elapsedMs.every((each, i) => i === 0 || each > elapsedMs[i - 1]!)).toBe(true)
    expect(await valueOf(rig, 'load')).toBe(0)
  })

  it('rises in forward direction, and ends with the input off at open circuit', async () => {
    const rig = await open()
    const { voltageV } = await sweep(rig, { direction: 'forward', startV: 20, stopV: 0 })
    expect(voltageV[0]).toBeCloseTo(1, 1)
    expect(voltageV.at(-1)).toBeCloseTo(rig.bench.openCircuitVoltageV(), 1)
  })

  it('sets everything that it depends on: no Von, slow response, sense, limit', async () => {
    const rig = await open()
    await sweep(rig)
    const lines = sent(rig)
    for (const each of ['LOAD OFF', 'LOAD:SHOR OFF', 'MODE CV', 'CONF:VOLT:ON 0', 'VOLT:MODE SLOW', 'MEAS:INP UUT'])
      expect(lines.indexOf(each), each).toBeGreaterThan(-1)
    expect(lines.indexOf('VOLT:CURR 5')).toBeLessThan(lines.indexOf('LOAD ON'))
  })

  it('measures at its own terminals with two wires: less voltage, by the leads', async () => {
    const rig = await open()
    const { voltageV, currentA } = await sweep(rig, { fourWire: false })
    const at = voltageV.findIndex((each) => each < 10)
    expect(currentA[at]).toBeCloseTo(rig.bench.moduleCurrentA(voltageV[at]! + 0.06 * currentA[at]!, 0), 1)
  })

  it('says which points were limited by the current', async () => {
    const rig = await open()
    const { voltageV, currentA, limiting } = await sweep(rig, { currentLimitA: 1 })
    expect(limiting.length).toBeGreaterThan(25)
    for (const each of limiting) {
      expect(currentA[each]).toBeCloseTo(1, 1)
      expect(voltageV[each]).toBeGreaterThan(17)
    }
    expect(limiting).not.toContain(0)
  })

  it('keeps to where a module of the 500 V kind regulates', async () => {
    const rig = await open({ options: { module: '63105' } })
    const { voltageV } = await sweep(rig)
    expect(Math.min(...voltageV)).toBeGreaterThan(2.3)
  })

  it.each([
    [{ stopV: 81 }, 'device.limit'],
    [{ currentLimitA: 61 }, 'device.limit'],
    [{ points: 1 }, 'device.limit'],
    [{ startV: 0, stopV: 0.9 }, 'device.limit'],
  ])('of %j ends in %s with the load off', async (asked, code) => {
    const rig = await open()
    expect(await rig.codeOf(sweep(rig, asked))).toBe(code)
    expect(sent(rig)).not.toContain('LOAD ON')
  })

  it('refuses to sweep in the dark, and beyond the power of the module', async () => {
    const dark = await open({ bench: { lampWPerM2: 0 } })
    expect(await dark.codeOf(sweep(dark))).toBe('device.refused')
    const small = await open({ options: { module: '63107L' } })
    const error = await small.run(sweep(small).catch((thrown: unknown) => thrown))
    expect(error).toMatchObject({ code: 'device.refused', context: { detail: 'protection: over-power' } })
    expect(await valueOf(small, 'tripped')).toBe(1)
  })

  it('is not safe with a module the wrong way round: its current flows through the load’s diode', async () => {
    const rig = await open({ options: { fault: 'reversed' } })
    expect(await rig.codeOf(sweep(rig))).toBe('device.notSafe')
    expect(sent(rig)).not.toContain('LOAD ON')
    expect(await rig.codeOf(rig.instrument.set!('load', true))).toBe('device.refused')
  })

  it('stops with its reason, the load off, when it is cancelled', async () => {
    const rig = await open()
    const { signal, cancel } = createCanceller()
    const reason = new StationError('run.stopped', { who: 'operator' })
    const work = rig.instrument.ivSource!.sweep({ ...request, settleMs: 500 }, () => undefined, signal)
    const both = Promise.allSettled([work, rig.clock.sleep(4000).then(() => cancel(reason))])
    const [outcome] = await rig.run(both)
    expect(outcome).toEqual({ status: 'rejected', reason })
    expect(await valueOf(rig, 'load')).toBe(0)
  })

  it('says so when the load can not be switched off', async () => {
    const rig = await open()
    await rig.run(rig.instrument.set!('load', true))
    rig.options['fault'] = 'stuck-load'
    expect(await rig.codeOf(sweep(rig, { points: 5 }))).toBe('device.notSafe')
  })
})

describe('settings', () => {
  it('draw what they say, and read back what the load stored', async () => {
    const rig = await open()
    await rig.run(rig.instrument.set!('mode', 'cc'))
    expect(await rig.run(rig.instrument.set!('currentA', 2.001))).toEqual({
      name: 'currentA',
      asked: 2.001,
      actual: 1.995,
    })
    await rig.run(rig.instrument.set!('load', true))
    expect(await valueOf(rig, 'current')).toBeCloseTo(2, 1)
    await rig.run(rig.instrument.set!('mode', 'cr'))
    expect(await valueOf(rig, 'load')).toBe(0)
    await rig.run(rig.instrument.set!('resistanceOhm', 10))
    await rig.run(rig.instrument.set!('load', true))
    const [voltageV, currentA] = [await valueOf(rig, 'voltage'), await valueOf(rig, 'current')]
    expect(voltageV! / currentA!).toBeCloseTo(10, 1)
  })

  it('refuse what the module can not take, having sent nothing but identification', async () => {
    const rig = await open()
    await rig.run(rig.instrument.identify())
    const before = sent(rig).length
    expect(await rig.codeOf(rig.instrument.set!('currentA', 61))).toBe('device.limit')
    expect(sent(rig)).toHaveLength(before)
  })

  it('forget a trip only when the load is told to switch on, and not while its cause lasts', async () => {
    const rig = await open()
    await rig.run(rig.instrument.set!('load', true))
    rig.options['fault'] = 'trip'
    expect(await valueOf(rig, 'load')).toBe(0)
    expect(await rig.codeOf(rig.instrument.set!('load', true))).toBe('device.refused')
    rig.options['fault'] = ''
    expect(await valueOf(rig, 'tripped')).toBe(1)
    await rig.run(rig.instrument.set!('load', true))
    expect(await valueOf(rig, 'tripped')).toBe(0)
  })

  it('go to another channel where the admin says so', async () => {
    const rig = await open({ deviations: ['channel-3'] })
    await rig.codeOf(rig.instrument.identify())
    expect(sent(rig)).toContain('CHAN 3')
  })
})

describe('the safe stop', () => {
  it('wakes a frame that was never spoken to, switches off and gives the panel back', async () => {
    const rig = await open()
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(true)
    expect(proof.evidence.map((each) => each.command)).toEqual([
      'CONF:REM ON',
      'CHAN 1',
      'LOAD OFF',
      'LOAD:SHOR OFF',
      'LOAD?',
      'MEAS:CURR?',
      'LOAD?',
      'CONF:REM OFF',
    ])
  })

  it('ends a sweep that is under way', async () => {
    const rig = await open()
    const work = rig.instrument.ivSource!.sweep(
      { ...request, settleMs: 500 },
      () => undefined,
      createCanceller().signal,
    )
    const stopped = rig.clock.sleep(5000).then(() => rig.instrument.safeStop())
    const [swept, proof] = await rig.run(Promise.all([work.catch((error: unknown) => error), stopped]))
    expect(proof.safe).toBe(true)
    expect(swept).toMatchObject({ code: 'run.stopped' })
    expect(sent(rig).lastIndexOf('LOAD ON')).toBeLessThan(sent(rig).lastIndexOf('LOAD OFF'))
  })

  it.each(['stuck-load', 'no-answer', 'rubbish'])('is not safe with %s, and never throws', async (fault) => {
    const rig = await open()
    await rig.run(rig.instrument.set!('load', true))
    rig.options['fault'] = fault
    expect((await rig.run(rig.instrument.safeStop())).safe).toBe(false)
    rig.options['fault'] = ''
    expect((await rig.run(rig.instrument.safeStop())).safe).toBe(true)
  })
})

describe('faults of the wire', () => {
  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
  ])('%s ends in %s, and the next reading is whole again', async (fault, code) => {
    const rig = await open()
    await rig.run(rig.instrument.identify())
    rig.options['fault'] = fault
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    rig.options['fault'] = ''
    expect(await valueOf(rig, 'voltage')).toBeCloseTo(rig.bench.openCircuitVoltageV(), 1)
  })
})
