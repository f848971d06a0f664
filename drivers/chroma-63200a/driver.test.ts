import { afterEach, describe, expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import type { SimulatorContext, SweepPoints, SweepRequest } from '../../src/contract/instrument.ts'
import { linesSent, openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { fourHundredWattModule } from '../bench/modules.ts'
import { driver } from './driver.ts'
import { limitsOf } from './models.ts'
import { simulator } from './simulator.ts'

const rigs: DriverRig[] = []
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close()
})
const open = async (more: RigOptions = {}): Promise<DriverRig> => {
  const { bench, ...others } = more
  const rig = await openRig(driver, simulator, { bench: { disturbances: false, ...bench }, ...others })
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
  it.each([
    [{}, '63206A-1200-240'],
    [{ idn: 'space' }, '63206A-1200-240'],
    [{ model: '63204A-150-400' }, '63204A-150-400'],
    [{ model: '63600-5', module: '63630-80-60' }, '63630-80-60'],
  ])('takes %j', async (options, model) => {
    const rig = await open({ options })
    expect(await rig.run(rig.instrument.identify())).toMatchObject({
      maker: 'CHROMA',
      model,
      serialNumber: 'SIM00001',
    })
  })

  it('reads what a model can from its name', () => {
    expect(limitsOf('63206A-1200-240')).toMatchObject({ maxPowerW: 6000, maxVoltageV: 1200, maxCurrentA: 240 })
    expect(limitsOf('63224A-150-2000')).toMatchObject({ maxPowerW: 24000, maxVoltageV: 150, maxCurrentA: 2000 })
    expect(limitsOf('63640-80-80')).toMatchObject({ maxPowerW: 400, maxVoltageV: 80, maxCurrentA: 80 })
  })

  it('asks only a mainframe for its module, in the chosen channel', async () => {
    const single = await open()
    await single.run(single.instrument.identify())
    expect(sent(single)).toEqual(['*IDN?'])
    const frame = await open({ options: { model: '63600-5' } })
    await frame.run(frame.instrument.identify())
    expect(sent(frame)).toEqual(['*IDN?', 'CHAN 1', 'CHAN:ID?'])
    const third = await open({ options: { model: '63600-5' }, deviations: ['channel-3', 'rs232'] })
    await third.run(third.instrument.identify())
    expect(sent(third)).toEqual(['CONF:REM ON', '*IDN?', 'CONF:REM ON', 'CHAN 3', 'CHAN:ID?'])
  })

  it.each(['62012P-80-60', '6314', '63102'])('refuses a Chroma %s', async (model) => {
    const reply = Uint8Array.from(`CHROMA,${model},1,01.00\n`, (char) => char.charCodeAt(0))
    const other = {
      faults: [],
      createSimulator: (context: SimulatorContext) => ({ receive: () => context.send(reply) }),
    }
    const rig = await openRig(driver, other)
    rigs.push(rig)
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
  })
})

describe('a sweep', () => {
  it('takes the narrowest range that reaches, and is true to the module down to where the load is fully on', async () => {
    const rig = await open()
    const { voltageV, currentA, limiting } = await sweep(rig)
    expect(sent(rig)).toContain('MODE CVL')
    expect(sent(rig)).not.toContain('MODE CVM')
    expect(Math.max(...voltageV)).toBeCloseTo(rig.bench.openCircuitVoltageV(), 1)
    // 3 A through transistors and leads: 0 V is out of reach.
    expect(Math.min(...voltageV)).toBeGreaterThan(0.1)
    expect(limiting).toEqual([])
    for (const [i, each] of voltageV.entries())
      expect(Math.abs(currentA[i]! - rig.bench.moduleCurrentA(each, 0))).toBeLessThan(0.03)
  })

  it('marks what it could not pull down as limiting, with the voltage that was there', async () => {
    const rig = await open({ options: { model: '63202A-80-10' }, bench: { module: fourHundredWattModule } })
    const { voltageV, limiting } = await sweep(rig, { stopV: 42, points: 22, currentLimitA: 10 })
    // The current limit of 10 A of 12.2 A holds the voltage near the knee.
    expect(limiting.length).toBeGreaterThan(10)
    for (const each of limiting) expect(voltageV[each]).toBeGreaterThan(30)
  })

  it('goes to a wider range for a higher voltage', async () => {
    const rig = await open()
    await sweep(rig, { stopV: 400, points: 11 })
    expect(sent(rig).filter((line) => line.startsWith('MODE '))).toEqual(['MODE CVL', 'MODE CVM'])
  })

  it('sweeps a 400 W module, which no source-measure unit here can take', async () => {
    const rig = await open({ bench: { module: fourHundredWattModule } })
    const { voltageV, currentA } = await sweep(rig, { stopV: 42, points: 61, currentLimitA: 15 })
    expect(Math.max(...voltageV.map((each, i) => each * currentA[i]!))).toBeGreaterThan(370)
  })
})

describe('settings', () => {
  it('reach all four modes', async () => {
    const rig = await open()
    const draws = async (mode: string, setting: string, value: number): Promise<[number, number]> => {
      await rig.run(rig.instrument.set!('mode', mode))
      await rig.run(rig.instrument.set!(setting, value))
      await rig.run(rig.instrument.set!('load', true))
      return [(await valueOf(rig, 'voltage'))!, (await valueOf(rig, 'current'))!]
    }
    expect((await draws('cc', 'currentA', 1.5))[1]).toBeCloseTo(1.5, 1)
    expect((await draws('cv', 'voltageV', 12))[0]).toBeCloseTo(12, 1)
    const [volts, amperes] = await draws('cr', 'resistanceOhm', 8)
    expect(volts / amperes).toBeCloseTo(8, 0)
    const [v, a] = await draws('cp', 'powerW', 20)
    expect(v * a).toBeCloseTo(20, 0)
  })

  it('are not taken for done where the load stores less, or stays off', async () => {
    const clamped = await open({ options: { fault: 'clamp' } })
    expect(await clamped.codeOf(clamped.instrument.set!('currentA', 100))).toBe('device.clamped')
    const tripped = await open({ options: { fault: 'trip' } })
    expect(await tripped.codeOf(tripped.instrument.set!('load', true))).toBe('device.refused')
  })

  it.each([
    ['voltageV', 1201],
    ['currentA', 241],
    ['powerW', 6001],
  ])('%s = %s is beyond the model', async (name, value) => {
    const rig = await open()
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe('device.limit')
    expect(sent(rig).filter((line) => line !== '*IDN?')).toEqual([])
  })
})

describe('the safe stop', () => {
  it('from a loaded and shorted module is proved', async () => {
    const rig = await open()
    await rig.run(rig.instrument.set!('mode', 'cv'))
    await rig.run(rig.instrument.set!('voltageV', 10))
    await rig.run(rig.instrument.set!('load', true))
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    expect(sent(rig).slice(-5)).toEqual(['LOAD OFF', 'LOAD:SHOR OFF', 'LOAD?', 'MEAS:CURR?', 'LOAD?'])
  })

  it('says what still flows when the load sticks', async () => {
    const rig = await open()
    await rig.run(rig.instrument.set!('mode', 'cv'))
    await rig.run(rig.instrument.set!('voltageV', 10))
    await rig.run(rig.instrument.set!('load', true))
    rig.options['fault'] = 'stuck-load'
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).toMatch(/LOAD\? answered ON; 2\.9\d* A still flow/)
  })
})
