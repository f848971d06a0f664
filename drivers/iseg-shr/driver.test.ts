import { afterEach, describe, expect, it } from 'vitest'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const rigs: DriverRig[] = []
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close()
})

const open = async (more: RigOptions = {}): Promise<DriverRig> => {
  const rig = await openRig(driver, simulator, more)
  rigs.push(rig)
  return rig
}

const textOf = (line: string): string =>
  line
    .slice(2)
    .split(' ')
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 16)))
    .join('')
const sentBy = (rig: DriverRig): string[] =>
  rig.wire.filter((line) => line.startsWith('>')).map((line) => textOf(line).trim())

const set = (rig: DriverRig, name: string, value: number | boolean) => rig.run(rig.instrument.set!(name, value))
const pass = (rig: DriverRig, seconds: number) => rig.run(rig.clock.sleep(seconds * 1000))

const valuesOf = async (rig: DriverRig): Promise<Record<string, number | null>> => {
  const readings = await rig.run(rig.instrument.read())
  return Object.fromEntries(readings.map((each) => [each.channel, each.value]))
}
const reasonOf = async (rig: DriverRig, channel: string): Promise<string> =>
  (await rig.run(rig.instrument.read())).find((each) => each.channel === channel)?.reason ?? ''

/** All lanes on `voltageV`, and there. */
const energise = async (rig: DriverRig, voltageV = 1000): Promise<void> => {
  await set(rig, 'rampVPerS', 100)
  await set(rig, 'currentLimitA', 0.0005)
  await set(rig, 'voltageV', voltageV)
  await set(rig, 'output', true)
  await pass(rig, Math.abs(voltageV) / 100 + 1)
}
const stop = async (rig: DriverRig): Promise<SafeStateProof & { tookMs: number; order: string[] }> => {
  const startMs = rig.clock.monotonicMs()
  const order: string[] = []
  const proof = await rig.run(rig.instrument.safeStop(() => order.push(`sent ${sentBy(rig).length}`)))
  return { ...proof, tookMs: rig.clock.monotonicMs() - startMs, order }
}

describe.each(['off', 'on'])('with the echo %s', (echo) => {
  it('identifies, sets, reads and stops', async () => {
    const rig = await open({ options: { echo } })
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'iseg Spezialelektronik GmbH',
      model: 'SR042060r4050000200',
      serialNumber: 'SIM00001',
      firmware: '7.32',
    })
    expect(sentBy(rig)).toEqual(['*IDN?'])
    await energise(rig)
    const values = await valuesOf(rig)
    expect(values['voltage']).toBeCloseTo(1000, 0)
    expect(values['output']).toBe(1)
    for (const lane of [0, 1, 2, 3]) {
      expect(values[`voltage.${lane}`]).toBeCloseTo(1000, 0)
      // 1000 V on 40 GΩ: 25 nA and 7 % more in each lane; the meter has an offset of some nA.
      expect(Math.abs(values[`leakage.${lane}`]! - rig.bench.stress.leakageA(lane))).toBeLessThan(6e-9)
    }
    expect(values['current']).toBeCloseTo(
      [0, 1, 2, 3].reduce((sum, lane) => sum + values[`leakage.${lane}`]!, 0),
      12,
    )
    expect(await stop(rig)).toMatchObject({ safe: true })
    expect(Math.abs(rig.bench.stress.voltageV(2))).toBeLessThan(20)
  })

  it('puts a negative voltage on, after the polarity was changed and the events were cleared', async () => {
    const rig = await open({ options: { echo } })
    expect(await set(rig, 'voltageV', -1500)).toEqual({ name: 'voltageV', asked: -1500, actual: -1500 })
    expect(sentBy(rig)).toEqual(expect.arrayContaining([':CONF:OUTP:POL n,(@0-3)', ':EVENT CLEAR,(@0-3)']))
    await energise(rig, -1500)
    const values = await valuesOf(rig)
    expect(values['voltage']).toBeCloseTo(-1500, 0)
    expect(rig.bench.stress.voltageV(0)).toBeCloseTo(-1500, 0)
    expect(values['leakage.0']).toBeLessThan(-3e-8)
  })
})

it.each([
  ['EHQ 102', 'none'],
  ['NR042060r4050000200', 'none'],
  ['MICCETH', 'device.wrongModel'],
])('takes only the family: %s gives %s', async (type, code) => {
  const rig = await open({ options: { type } })
  expect(await rig.codeOf(rig.instrument.identify())).toBe(code)
  expect(sentBy(rig)).toEqual(['*IDN?'])
})

describe('settings', () => {
  it('act on the lanes that the unit has and the admin allows; the others are missing with a reason', async () => {
    const two = await open({ options: { channels: '2' } })
    await energise(two)
    expect(await valuesOf(two)).toMatchObject({ 'leakage.2': null, 'voltage.3': null })
    expect(await reasonOf(two, 'leakage.2')).toBe('the unit has 2 channels')
    expect((await valuesOf(two))['leakage.1']).not.toBeNull()

    const one = await open({ deviations: ['only-channel-0'] })
    await energise(one)
    expect(one.bench.stress.voltageV(0)).toBeCloseTo(1000, 0)
    expect(one.bench.stress.voltageV(1)).toBe(0)
    expect(await reasonOf(one, 'leakage.1')).toContain('deviation')
    expect(await stop(one)).toMatchObject({ safe: true })
    expect(sentBy(one).filter((line) => line.includes('@1'))).toEqual([])
  })

  it('beyond the profile or the unit are refused, and nothing is set', async () => {
    const rig = await open({ options: { mode: '3' } })
    expect(await rig.codeOf(rig.instrument.set!('voltageV', 2001))).toBe('device.limit')
    expect(sentBy(rig)).toEqual([])
    // 6 kV / 2 mA: the current is the unit's own, narrower limit.
    expect(await rig.codeOf(rig.instrument.set!('currentLimitA', 0.003))).toBe('device.limit')
    expect(sentBy(rig).filter((line) => !line.includes('?'))).toEqual([])
    expect(await rig.codeOf(rig.instrument.set!('currentLimitA', 0.002))).toBe('none')
  })

  it('keep the polarity while the output is on, or still charged', async () => {
    const rig = await open()
    await energise(rig)
    expect(await rig.codeOf(rig.instrument.set!('voltageV', -500))).toBe('device.refused')
    await set(rig, 'output', false)
    await pass(rig, 2)
    expect(await rig.codeOf(rig.instrument.set!('voltageV', -500))).toBe('device.refused')
    expect(sentBy(rig).filter((line) => line.includes(':POL n'))).toEqual([])
    await pass(rig, 10)
    expect(await rig.codeOf(rig.instrument.set!('voltageV', -500))).toBe('none')
  })

  it('say which value the unit took instead', async () => {
    const rig = await open({ options: { fault: 'clamp' } })
    const failure = await rig.run(rig.instrument.set!('voltageV', 1000).catch((error: unknown) => error))
    expect(failure).toMatchObject({ code: 'device.clamped', context: { asked: 1000, actual: 200 } })
  })

  it.each([
    ['trip', 'tripped'],
    ['inhibit', 'inhibit'],
    ['interlock-open', 'interlock'],
  ])('output on with the fault %s is refused, and taken back', async (fault, word) => {
    const rig = await open({ options: { fault } })
    await set(rig, 'voltageV', 1000)
    const failure = await rig.run(rig.instrument.set!('output', true).catch((error: unknown) => error))
    expect(failure).toMatchObject({
      code: 'device.refused',
      context: { detail: expect.stringContaining(word) as unknown },
    })
    expect(sentBy(rig).at(-1)).toBe(':VOLT OFF,(@0-3)')
    rig.options['fault'] = ''
    await set(rig, 'output', true)
    await pass(rig, 11)
    expect((await valuesOf(rig))['voltage']).toBeCloseTo(1000, 0)
  })

  it('clear an emergency off, and only when switched on', async () => {
    const rig = await open({ options: { fault: 'slow-ramp' } })
    await energise(rig)
    await pass(rig, 200)
    await stop(rig)
    expect(await reasonOf(rig, 'leakage.0')).toContain('emergency off')
    rig.options['fault'] = ''
    await set(rig, 'voltageV', 500)
    expect(sentBy(rig).filter((line) => line.includes('EMCY CLR'))).toEqual([])
    await set(rig, 'output', true)
    expect(sentBy(rig)).toContain(':VOLT EMCY CLR,(@0-3)')
    await pass(rig, 6)
    expect((await valuesOf(rig))['voltage']).toBeCloseTo(500, 0)
  })
})

describe('readings', () => {
  it('name the lane that is farthest from what it should be', async () => {
    const rig = await open()
    await energise(rig)
    rig.bench.interlock.set(false)
    await pass(rig, 5)
    const values = await valuesOf(rig)
    expect(values).toMatchObject({ output: 0, 'leakage.0': null, current: null })
    expect(values['voltage']).toBeCloseTo(0, 0)
    expect(await reasonOf(rig, 'current')).toBe('channel 0: its inhibit or interlock is open')
  })

  it('are no leakage while arcs are detected', async () => {
    const rig = await open()
    await energise(rig)
    rig.options['fault'] = 'arc'
    expect(await valuesOf(rig)).toMatchObject({ 'leakage.0': null, current: null, output: 1 })
    expect(await reasonOf(rig, 'leakage.3')).toContain('arc')
  })

  it('show the current limit: a damp module takes it all and the voltage sags', async () => {
    const rig = await open()
    rig.bench.chamber.drive({ temperatureC: 85, rampKPerMin: null, humidityPercent: 85 })
    await pass(rig, 3600)
    await set(rig, 'voltageV', 1000)
    await set(rig, 'currentLimitA', 5e-6)
    await set(rig, 'output', true)
    await pass(rig, 15)
    const values = await valuesOf(rig)
    expect(values['leakage.0']).toBeCloseTo(5e-6, 8)
    expect(values['voltage.0']).toBeGreaterThan(50)
    expect(values['voltage.0']).toBeLessThan(800)
  })
})

describe('the safe stop', () => {
  it('ramps down, in time for a run, with the evidence of what was read back', async () => {
    const rig = await open()
    await energise(rig, 300)
    const { order, ...proof } = await stop(rig)
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(proof.evidence.map((each) => each.command)).toEqual([
      ':VOLT OFF,(@0)',
      ':VOLT OFF,(@1)',
      ':VOLT OFF,(@2)',
      ':VOLT OFF,(@3)',
      ':MEAS:VOLT? (@0-3)',
      ':READ:CHAN:STAT? (@0-3)',
    ])
    expect(proof.evidence.at(-1)?.readBack).toMatch(/^\d+(,\d+){3}$/)
    expect(order).toHaveLength(1)
    expect(sentBy(rig).filter((line) => line.includes('EMCY'))).toEqual([])
  })

  it('forces the voltage down where the ramp is too slow for it', async () => {
    const rig = await open()
    await energise(rig, 2000)
    await set(rig, 'rampVPerS', 5)
    const proof = await stop(rig)
    expect(proof).toMatchObject({ safe: true })
    expect(proof.evidence.map((each) => each.command)).toContain(':VOLT EMCY OFF,(@2)')
    expect(proof.tookMs).toBeLessThan(9000)
    expect(rig.bench.stress.voltageV(3)).toBeLessThan(20)
  })

  it('is not safe while nothing switches off, and says how much is left', async () => {
    const rig = await open()
    await energise(rig)
    rig.options['fault'] = 'stuck-output'
    const proof = await stop(rig)
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain('there are still')
    expect(proof.tookMs).toBeLessThan(9000)
  })

  it('ends a switching-on that is under way, so that nothing comes behind it', async () => {
    const rig = await open()
    await set(rig, 'voltageV', 1000)
    const switching = rig.codeOf(rig.instrument.set!('output', true))
    await rig.run(rig.clock.sleep(100))
    expect(await stop(rig)).toMatchObject({ safe: true })
    expect(await switching).toBe('run.stopped')
    await pass(rig, 60)
    expect(rig.bench.stress.voltageV(0)).toBe(0)
  })

  it('switches off also where nothing is heard, and forces it', async () => {
    const rig = await open()
    await energise(rig)
    rig.options['fault'] = 'no-answer'
    const proof = await stop(rig)
    expect(proof).toMatchObject({ safe: false })
    expect(proof.tookMs).toBeLessThan(9000)
    expect(sentBy(rig)).toContain(':VOLT EMCY OFF,(@0)')
    await pass(rig, 15)
    expect(rig.bench.stress.voltageV(0)).toBe(0)
  })
})
