import { afterEach, describe, expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import type { SweepPoints, SweepRequest } from '../../src/contract/instrument.ts'
import { linesSent, openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { dialectFor, dialects, type DialectName } from './dialects.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const names = Object.keys(dialects) as DialectName[]
const rigs: DriverRig[] = []
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close()
})
/** A load of another maker needs the admin's word for its dialect. */
const open = async (dialect: DialectName = 'itech', more: RigOptions = {}): Promise<DriverRig> => {
  const deviations = dialect === 'plain' ? ['dialect-plain'] : []
  const options = { dialect, ...more.options }
  const rig = await openRig(driver, simulator, { bench: { disturbances: false }, deviations, ...more, options })
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

describe('the dialect', () => {
  it.each([
    ['ITECH Ltd.', 'IT8512A+', 'itech'],
    ['RIGOL TECHNOLOGIES', 'DL3021', 'rigol'],
    ['Siglent Technologies', 'SDL1020X-E', 'siglent'],
    ['Keysight Technologies', 'EL34143A', 'keysight'],
    ['AGILENT TECHNOLOGIES', 'N3302A', 'keysight'],
    ['ITECH Ltd.', 'IT6512A', null],
    ['RIGOL TECHNOLOGIES', 'DP832', null],
    ['ACME', 'EL-1', null],
  ] as const)('of %s %s is %s', (maker, model, dialect) => {
    expect(dialectFor(maker, model)).toBe(dialect)
  })

  it('of a maker that is not listed has to be chosen, or the load is refused after nothing but *IDN?', async () => {
    const rig = await open('plain', { deviations: [] })
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
    expect(sent(rig)).toEqual(['*IDN?'])
  })

  it('can be forced on any load', async () => {
    const rig = await open('itech', { options: { maker: 'REBRAND', model: 'X-1' }, deviations: ['dialect-itech'] })
    expect(await rig.run(rig.instrument.identify())).toMatchObject({ maker: 'REBRAND', model: 'X-1' })
    expect((await sweep(rig, { points: 11 })).voltageV.length).toBeGreaterThan(8)
  })
})

describe.each(names)('in the dialect %s', (dialect) => {
  it('a sweep is true to the module, in both directions, and ends with the input off', async () => {
    const rig = await open(dialect)
    for (const direction of ['reverse', 'forward'] as const) {
      const { voltageV, currentA, limiting } = await sweep(rig, { direction })
      expect(voltageV.length).toBeGreaterThan(38)
      expect(Math.max(...voltageV)).toBeCloseTo(rig.bench.openCircuitVoltageV(), 1)
      for (const [i, each] of voltageV.entries())
        expect(Math.abs(currentA[i]! - rig.bench.moduleCurrentA(each, 0))).toBeLessThan(0.03)
      expect(limiting).toEqual([])
      expect(await valueOf(rig, 'load')).toBe(0)
    }
  })

  it('all four modes draw what they say', async () => {
    const rig = await open(dialect)
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

  it('never lets more flow than it may, with a limit of the load or without', async () => {
    const rig = await open(dialect)
    const hasLimit = dialects[dialect].levels['currentLimitA'] !== undefined
    const outcome = await sweep(rig, { currentLimitA: 1 }).catch((error: unknown) => error)
    if (hasLimit) expect((outcome as SweepPoints).limiting.length).toBeGreaterThan(20)
    else expect(outcome).toMatchObject({ code: 'device.refused', context: { detail: /more than the limit of 1 A/ } })
    expect(await valueOf(rig, 'load')).toBe(0)
  })

  it('a safe stop is proved, and is not safe while the load sticks', async () => {
    const rig = await open(dialect)
    await rig.run(rig.instrument.set!('mode', 'cv'))
    await rig.run(rig.instrument.set!('voltageV', 10))
    await rig.run(rig.instrument.set!('load', true))
    rig.options['fault'] = 'stuck-load'
    expect((await rig.run(rig.instrument.safeStop())).safe).toBe(false)
    rig.options['fault'] = ''
    expect((await rig.run(rig.instrument.safeStop())).safe).toBe(true)
  })

  it('a safe stop of a load that was never spoken to switches off before it asks who it is', async () => {
    const rig = await open(dialect)
    await rig.run(rig.instrument.set!('load', true))
    const fresh = await rig.run(rig.reopen())
    rig.wire.length = 0
    expect(await rig.run(fresh.safeStop())).toMatchObject({ safe: true })
    expect(sent(rig).slice(0, 3)).toEqual(['SYST:REM', 'INP OFF', '*IDN?'])
  })
})

describe('an ITECH load', () => {
  it('is taken into remote control before it is told anything, and given back after a stop', async () => {
    const rig = await open()
    await rig.run(rig.instrument.set!('currentA', 1))
    expect(sent(rig).slice(0, 3)).toEqual(['*IDN?', 'SYST:REM', 'CURR 1'])
    await rig.run(rig.instrument.safeStop())
    expect(sent(rig).at(-1)).toBe('SYST:LOC')
  })

  it('names what tripped', async () => {
    const rig = await open('itech', { options: { model: 'IT8511+', fault: 'trip' } })
    const error = await rig.run(rig.instrument.set!('load', true).catch((thrown: unknown) => thrown))
    expect(error).toMatchObject({ code: 'device.refused', context: { detail: 'protection: over-temperature' } })
  })

  it('keeps to the limits of its model, and to anyModel’s where it is not listed', async () => {
    const small = await open('itech', { options: { model: 'IT8511+' } })
    expect(await small.codeOf(small.instrument.set!('powerW', 151))).toBe('device.limit')
    const unknown = await open('itech', { options: { model: 'IT8999X' } })
    expect(await unknown.codeOf(unknown.instrument.set!('powerW', 2999))).toBe('none')
    expect(await unknown.codeOf(unknown.instrument.set!('powerW', 4000))).toBe('device.clamped')
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
