import { afterEach, describe, expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { SweepPoints, SweepRequest } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
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
  direction: 'forward',
  startV: 0,
  stopV: 20,
  points: 121,
  currentLimitA: 3.5,
  settleMs: 10,
  nplc: 0.1,
  fourWire: true,
}
const sweep = async (rig: DriverRig, asked: Partial<SweepRequest> = {}) => {
  const got: SweepPoints = { elapsedMs: [], voltageV: [], currentA: [], limiting: [] }
  let batches = 0
  const add = (points: SweepPoints): void => {
    batches++
    got.limiting.push(...points.limiting.map((each) => each + got.voltageV.length))
    got.elapsedMs.push(...points.elapsedMs)
    got.voltageV.push(...points.voltageV)
    got.currentA.push(...points.currentA)
  }
  await rig.run(rig.instrument.ivSource!.sweep({ ...request, ...asked }, add, createCanceller().signal))
  return { ...got, batches }
}
const text = (hex: string): string =>
  String.fromCharCode(...hex.split(' ').map((each) => Number.parseInt(each, 16))).trim()
const sent = (rig: DriverRig): string[] =>
  rig.wire.filter((line) => line.startsWith('>')).map((line) => text(line.slice(2)))
const read = async (rig: DriverRig, channel: string) =>
  (await rig.run(rig.instrument.read())).find((each) => each.channel === channel)
const set = (rig: DriverRig, name: string, value: number | boolean) => rig.run(rig.instrument.set!(name, value))

describe('identification', () => {
  it.each(['2601B', '2602B', '2612B', '2636B', '2651A'])('takes a %s, asking nothing but *IDN?', async (model) => {
    const rig = await open({ options: { model } })
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'Keithley Instruments Inc.',
      model,
      serialNumber: 'SIM00001',
      firmware: '1.1.6',
    })
    expect(sent(rig)).toEqual(['*IDN?'])
  })

  it.each(['KEITHLEY INSTRUMENTS INC.,MODEL 2420,1,C30', 'Keithley Instruments Inc., Model 2657A, 1, 1.0'])(
    'refuses “%s”',
    async (reply) => {
      const rig = await openRig(driver, {
        faults: [],
        createSimulator: (context) => ({
          receive: () => context.send(Uint8Array.from(`${reply}\n`, (char) => char.charCodeAt(0))),
        }),
      })
      rigs.push(rig)
      expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
    },
  )
})

describe('a sweep', () => {
  it('follows the module, live, and ends with the output off in high impedance', async () => {
    const rig = await open()
    const { voltageV, currentA, elapsedMs, limiting, batches } = await sweep(rig)
    expect(batches).toBeGreaterThan(3)
    expect(voltageV).toHaveLength(121)
    // 10 ms of settling, four conversions of 2 ms, and 0.5 ms.
    const rateVPerS = 20 / 120 / 0.0185
    for (const [i, each] of voltageV.entries()) {
      expect(Math.abs(each - (20 * i) / 120)).toBeLessThan(0.01)
      const truthA = rig.bench.moduleCurrentA((20 * i) / 120, i === 0 ? 0 : rateVPerS)
      expect(Math.abs(currentA[i]! - truthA)).toBeLessThan(2e-3)
    }
    expect(currentA[0]).toBeGreaterThan(2.99)
    expect(currentA[120]).toBeLessThan(0)
    expect(limiting).toEqual([])
    expect(elapsedMs.every((each, i) => i === 0 || each > elapsedMs[i - 1]!)).toBe(true)
    expect(await read(rig, 'output')).toMatchObject({ value: 0 })
    expect(sent(rig)).toContain('smua.source.offmode = 2')
  })

  it('falls in reverse, and marks the points in which the source was limiting', async () => {
    const rig = await open()
    const { voltageV, currentA, limiting } = await sweep(rig, { direction: 'reverse', points: 21, currentLimitA: 1 })
    expect(voltageV[0]).toBeCloseTo(20, 0)
    expect(limiting.length).toBeGreaterThan(10)
    for (const each of limiting) expect(Math.abs(currentA[each]!)).toBeCloseTo(1, 1)
  })

  it.each([
    [{ stopV: 41 }, 'voltage (V)'],
    [{ currentLimitA: 6 }, 'current above 10 V (A)'],
    [{ stopV: 5, currentLimitA: 21 }, 'current (A)'],
    [{ points: 1 }, 'points'],
    [{ nplc: 26 }, 'integration time (power-line cycles)'],
  ])('of %j is refused after nothing but *IDN?', async (asked, quantity) => {
    const rig = await open()
    const error = await rig.run(sweep(rig, asked).catch((thrown: unknown) => thrown))
    expect(error).toBeInstanceOf(StationError)
    expect(error).toMatchObject({ code: 'device.limit', context: { quantity } })
    expect(sent(rig)).toEqual(['*IDN?'])
  })

  it.each([
    ['clamp', 'device.clamped'],
    ['over-range', 'device.overRange'],
    ['interlock-open', 'device.refused'],
    ['stuck-output', 'device.notSafe'],
    ['partial:on=printbuffer', 'device.timeout'],
    ['late-answer:on=nvbuffer2.n', 'device.timeout'],
    ['corrupt:on=printbuffer', 'device.badReply'],
  ])('with the fault %s ends in %s', async (fault, code) => {
    const rig = await open({ options: { fault } })
    expect(await rig.codeOf(sweep(rig, { points: 11 }))).toBe(code)
    rig.options['fault'] = ''
    await rig.run(rig.instrument.safeStop())
    expect(await read(rig, 'output')).toMatchObject({ value: 0 })
  })

  it('cancelled half way ends within a second, with its reason, the output off', async () => {
    const rig = await open()
    const { signal, cancel } = createCanceller()
    const reason = new StationError('run.stopped', { who: 'operator' })
    const startMs = rig.clock.monotonicMs()
    let points = 0
    const count = (batch: SweepPoints): void => void (points += batch.voltageV.length)
    const work = rig.instrument.ivSource!.sweep({ ...request, settleMs: 100 }, count, signal)
    const both = Promise.allSettled([work, rig.clock.sleep(5000).then(() => cancel(reason))])
    const [outcome] = await rig.run(both)
    expect(outcome).toEqual({ status: 'rejected', reason })
    expect(rig.clock.monotonicMs() - startMs).toBeLessThan(6000)
    expect(points).toBeGreaterThan(10)
    expect(points).toBeLessThan(100)
    expect(await read(rig, 'output')).toMatchObject({ value: 0 })
  })

  it('is done on channel B where the module is there', async () => {
    const rig = await open({ options: { model: '2612B', channel: 'b' }, deviations: ['channel-b'] })
    const { currentA } = await sweep(rig, { currentLimitA: 1.5, points: 11 })
    expect(currentA[0]).toBeGreaterThan(1.4)
    expect(sent(rig).some((line) => line.includes('smua'))).toBe(false)
  })
})

describe('the supply', () => {
  it('pushes current into the dark module, warms it, and stops warming it when it is off', async () => {
    const rig = await open({ options: { lit: 'false' } })
    rig.bench.chamber.drive({ temperatureC: 30, rampKPerMin: null, humidityPercent: null })
    await set(rig, 'voltageV', 35)
    await set(rig, 'currentA', 3)
    await set(rig, 'output', true)
    expect((await read(rig, 'current'))!.value).toBeCloseTo(3, 1)
    expect((await read(rig, 'voltage'))!.value).toBeCloseTo(rig.bench.forwardVoltageV(3), 1)
    expect(await read(rig, 'limiting')).toMatchObject({ value: 1 })
    await rig.run(rig.clock.sleep(3_600_000))
    const warm = rig.bench.moduleTemperatureC(0)
    await set(rig, 'output', false)
    await rig.run(rig.clock.sleep(3_600_000))
    expect(rig.bench.moduleTemperatureC(0)).toBeLessThan(warm - 0.3)
  })

  it('counts current into the module, and is not limiting within its limit', async () => {
    const rig = await open()
    await set(rig, 'voltageV', 15)
    await set(rig, 'currentA', 4)
    await set(rig, 'output', true)
    expect((await read(rig, 'current'))!.value).toBeLessThan(-2.5)
    expect(await read(rig, 'limiting')).toMatchObject({ value: 0 })
  })

  it('has nothing to tell while it is off', async () => {
    const rig = await open()
    for (const channel of ['voltage', 'current', 'limiting'])
      expect(await read(rig, channel)).toMatchObject({ value: null, reason: 'the output is off' })
  })

  it('tells in the instrument’s words why it refuses', async () => {
    const rig = await open()
    await set(rig, 'currentA', 10)
    const error = await rig.run(rig.instrument.set!('voltageV', 30).catch((thrown: unknown) => thrown))
    expect(error).toMatchObject({ code: 'device.refused', context: { detail: /5007 Operation would exceed safe/ } })
  })

  it.each([
    ['voltageV', 41, 'device.limit'],
    ['voltageV', -1, 'device.limit'],
    ['currentA', 21, 'device.limit'],
    ['fourWire', 4, 'usage.invalidInput'],
    ['speed', 1, 'usage.invalidInput'],
  ])('%s = %s is %s', async (name, value, code) => {
    const rig = await open()
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe(code)
    expect(sent(rig).filter((line) => line !== '*IDN?')).toEqual([])
  })
})

describe('the safe stop', () => {
  it.each(['nothing', 'output on', 'sweeping'])('from %s is proved by read-back', async (state) => {
    const rig = await open()
    if (state === 'output on') {
      await set(rig, 'voltageV', 15)
      await set(rig, 'output', true)
    }
    const work =
      state === 'sweeping'
        ? rig.instrument.ivSource!.sweep({ ...request, settleMs: 100 }, () => undefined, createCanceller().signal)
        : Promise.resolve()
    const ended = work.catch((error: unknown) => error)
    await rig.run(rig.clock.sleep(3000))
    rig.wire.length = 0
    let before: string[] = []
    const proof = await rig.run(rig.instrument.safeStop(() => void (before = sent(rig))))
    expect(proof.safe).toBe(true)
    // The sweep that was under way switches off as well, among these.
    for (const each of ['abort', 'smua.abort()', 'smua.source.levelv = 0', 'smua.source.output = 0'])
      expect(before).toContain(each)
    expect(proof.evidence.filter((each) => each.command === 'print(smua.source.output)')).toHaveLength(2)
    await rig.run(ended)
    expect(await read(rig, 'output')).toMatchObject({ value: 0 })
  })

  it.each(['stuck-output', 'no-answer', 'rubbish', 'corrupt'])(
    'is not safe with %s, and never throws',
    async (fault) => {
      const rig = await open()
      await set(rig, 'output', true)
      rig.options['fault'] = fault
      expect((await rig.run(rig.instrument.safeStop())).safe).toBe(false)
      rig.options['fault'] = ''
      expect((await rig.run(rig.instrument.safeStop())).safe).toBe(true)
    },
  )
})

describe('faults of the wire', () => {
  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer:delay=9000', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
  ])('%s ends in %s, and the next reading is whole again', async (fault, code) => {
    const rig = await open()
    await set(rig, 'voltageV', 15)
    await set(rig, 'output', true)
    rig.options['fault'] = fault
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    rig.options['fault'] = ''
    expect((await read(rig, 'voltage'))!.value).toBeCloseTo(15, 1)
  })
})
