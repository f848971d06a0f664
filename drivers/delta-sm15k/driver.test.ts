import { describe, expect, it } from 'vitest'
import type { SettingValue } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { inject, read, set, setCode, textOf } from '../../test/support/supplyRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const open = (more: RigOptions = {}): Promise<DriverRig> =>
  openRig(driver, simulator, { ...more, bench: { disturbances: false, ...more.bench } })

describe('identification', () => {
  it('takes the identity of the manual’s example', async () => {
    const rig = await open({ options: { serial: '000010207248' } })
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'DELTA ELEKTRONIKA BV',
      model: 'SM500-CP-90',
      serialNumber: '000010207248',
      firmware: 'H0_P0150',
    })
    expect(textOf(rig)).toEqual(['*IDN?'])
  })

  it('refuses another model by its name alone', async () => {
    const other = {
      faults: [],
      createSimulator: ({ send }: Parameters<typeof simulator.createSimulator>[0]) => ({
        receive: () => send(new TextEncoder().encode('DELTA ELEKTRONIKA BV,PSC ETH,000010207248,V3.4,0\n')),
      }),
    }
    const rig = await openRig(driver, other)
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
    expect(textOf(rig)).toEqual(['*IDN?'])
  })
})

describe('injecting current into the dark module', () => {
  it('pushes what was asked, at the voltage of the module', async () => {
    const rig = await open()
    await inject(rig, 3)
    const values = await read(rig)
    const moduleV = rig.bench.forwardVoltageV(3)
    expect(Math.abs(values['current']! - 3)).toBeLessThan(0.03)
    expect(Math.abs(values['voltage']! - moduleV)).toBeLessThan(0.2)
    expect(Math.abs(values['power']! - 3 * moduleV)).toBeLessThan(1)
    expect(values).toMatchObject({ output: 1, regulation: 2, remote: 1, faults: 0 })
  })

  it('regulates the voltage where that limits first', async () => {
    const rig = await open()
    await set(rig, 'voltageV', 18)
    await set(rig, 'currentA', 10)
    await set(rig, 'output', true)
    const values = await read(rig)
    expect(values['regulation']).toBe(1)
    expect(Math.abs(values['voltage']! - 18)).toBeLessThan(0.2)
    expect(values['current']).toBeLessThan(5)
  })

  it('gives the power free where it is 0, as after power-on, and leaves what was set', async () => {
    const rig = await open()
    await set(rig, 'powerW', 30)
    await inject(rig, 3)
    expect((await read(rig))['regulation']).toBe(3)
    expect(textOf(rig)).not.toContain('SOUR:POW 15000')
    const fresh = await open()
    await inject(fresh, 3)
    expect(textOf(fresh)).toContain('SOUR:POW 15000')
  })

  it('warms the module only while it is on', async () => {
    const rig = await open()
    rig.bench.chamber.drive({ temperatureC: 25, rampKPerMin: null, humidityPercent: null })
    await inject(rig, 5)
    await rig.run(rig.clock.sleep(3_600_000))
    await read(rig)
    expect(rig.bench.moduleTemperatureC(0)).toBeGreaterThan(25.5)
    await set(rig, 'output', false)
    await rig.run(rig.clock.sleep(3_600_000))
    expect(rig.bench.moduleTemperatureC(0)).toBeLessThan(25.1)
  })

  it('is a sink with a negative current in the light', async () => {
    const rig = await open({ options: { light: 'on' } })
    await set(rig, 'voltageV', 5)
    await set(rig, 'negativeCurrentA', 2)
    await set(rig, 'negativePowerW', 500)
    await set(rig, 'output', true)
    const values = await read(rig)
    expect(Math.abs(values['current']! + 2)).toBeLessThan(0.03)
    expect(values['voltage']).toBeGreaterThan(10)
    expect(textOf(rig)).toContain('SOUR:CUR:NEG -2')
  })
})

describe('settings', () => {
  it.each<[string, SettingValue, string]>([
    ['voltageV', 500, 'none'],
    ['voltageV', 501, 'device.limit'],
    ['currentA', 90, 'none'],
    ['currentA', 91, 'device.limit'],
    ['powerW', 15_000, 'none'],
    ['negativeCurrentA', 90, 'none'],
    ['negativeCurrentA', 90.1, 'device.limit'],
    ['negativePowerW', 15_000, 'none'],
  ])('%s = %s on a SM500-CP-90: %s', async (name, value, code) => {
    expect(await setCode(await open(), name, value)).toBe(code)
  })

  it('sends nothing for what no SM15K can', async () => {
    const rig = await open()
    for (const [name, value] of [
      ['voltageV', 1501],
      ['currentA', -1],
      ['powerW', 15_001],
    ] as const)
      expect(await setCode(rig, name, value)).toBe('device.limit')
    expect(textOf(rig)).toEqual([])
  })

  it('reads back what it set, rounded as the supply rounds', async () => {
    const rig = await open()
    expect(await set(rig, 'currentA', 3.12345)).toEqual({ name: 'currentA', asked: 3.12345, actual: 3.1235 })
  })

  it('takes over the programming from the front panel, loop by loop', async () => {
    const rig = await open({ options: { source: 'Front' } })
    expect((await read(rig))['remote']).toBe(0)
    await set(rig, 'voltageV', 20)
    expect(textOf(rig).filter((line) => line.startsWith('SYST:REM'))).toEqual(['SYST:REM:CV Remote'])
    await set(rig, 'currentA', 1)
    await set(rig, 'output', true)
    expect(await read(rig)).toMatchObject({ remote: 1, output: 1 })
  })

  it.each<[string, string, SettingValue, string]>([
    ['clamp', 'currentA', 3, 'device.clamped'],
    ['local', 'voltageV', 20, 'device.refused'],
    ['interlock-open', 'output', true, 'device.refused'],
    ['over-temperature', 'output', true, 'device.refused'],
    ['stale-errors', 'voltageV', 20, 'none'],
    ['stale-errors', 'output', true, 'none'],
    ['queue-overflow', 'voltageV', 20, 'none'],
    ['watchdog-expiry', 'output', true, 'device.refused'],
  ])('with the fault %s, %s = %s ends with %s', async (...[fault, name, value, code]) => {
    expect(await setCode(await open({ options: { fault } }), name, value)).toBe(code)
  })

  it('says why the output stays off, and that it went off', async () => {
    const rig = await open()
    await inject(rig, 1)
    rig.bench.interlock.set(false)
    expect(await read(rig)).toMatchObject({ output: 0, current: expect.closeTo(0, 1) as unknown, faults: 2048 })
    const failure: unknown = await rig.run(rig.instrument.set!('output', true)).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'device.refused',
      context: { detail: expect.stringContaining('interlock is open') as unknown },
    })
    rig.bench.interlock.set(true)
    await set(rig, 'output', true)
    expect((await read(rig))['output']).toBe(1)
  })

  it('gives no number for an overloaded measurement', async () => {
    const rig = await open({ options: { fault: 'overload' } })
    const [voltage, current] = await rig.run(rig.instrument.read())
    expect(voltage).toMatchObject({
      channel: 'voltage',
      value: null,
      reason: expect.stringContaining('overload') as unknown,
    })
    expect(current?.value).toBeNull()
  })
})

describe('the device’s watchdog', () => {
  it('switches the output off when the station falls silent, and says so once', async () => {
    const rig = await open()
    const watchdog = rig.instrument.watchdog!
    expect(watchdog.rangeMs).toEqual([20, 10_000])
    await inject(rig, 2)
    await rig.run(watchdog.arm(5000))
    for (let i = 0; i < 5; i++) {
      await rig.run(rig.clock.sleep(4000))
      await rig.run(watchdog.feed())
    }
    expect((await read(rig))['output']).toBe(1)
    await rig.run(rig.clock.sleep(5001))
    expect(await rig.codeOf(watchdog.feed())).toBe('device.refused')
    expect(await read(rig)).toMatchObject({ output: 0, regulation: 0 })
    await rig.run(watchdog.disarm())
  })

  it('is restarted by readings, and ends when disarmed', async () => {
    const rig = await open()
    const watchdog = rig.instrument.watchdog!
    await inject(rig, 2)
    await rig.run(watchdog.arm(1000))
    for (let i = 0; i < 3; i++) {
      await rig.run(rig.clock.sleep(900))
      expect((await read(rig))['output']).toBe(1)
    }
    await rig.run(watchdog.disarm())
    await rig.run(rig.clock.sleep(60_000))
    expect((await read(rig))['output']).toBe(1)
    expect(await rig.codeOf(watchdog.feed())).toBe('device.refused')
  })

  it.each([19, 10_001, NaN])('refuses %s ms without a byte sent', async (ms) => {
    const rig = await open()
    expect(await rig.codeOf(rig.instrument.watchdog!.arm(ms))).toBe('device.limit')
    expect(textOf(rig)).toEqual([])
  })
})

describe('the wire', () => {
  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
  ])('%s ends a reading with %s, and it goes on by itself', async (fault, code) => {
    const rig = await open()
    await inject(rig, 3)
    rig.options['fault'] = fault
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    rig.options['fault'] = ''
    expect(Math.abs((await read(rig))['current']! - 3)).toBeLessThan(0.03)
  })
})

describe('the safe stop', () => {
  it('switches off and proves it by register A and the current', async () => {
    const rig = await open()
    await inject(rig, 3)
    let sent = 0
    const proof = await rig.run(rig.instrument.safeStop(() => void sent++))
    expect(sent).toBe(1)
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(proof.evidence.map((each) => each.command).slice(0, 5)).toEqual([
      'OUTP 0',
      'SOUR:CUR 0',
      'SOUR:CUR:NEG 0',
      'SOUR:VOL 0',
      'OUTP?',
    ])
    expect(await read(rig)).toMatchObject({ output: 0 })
  })

  it('is safe though the module in the light shows its own voltage', async () => {
    const rig = await open({ options: { light: 'on' } })
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(true)
    const voltage = proof.evidence.find((each) => each.command === 'MEAS:VOL?')
    expect(Number(voltage?.readBack)).toBeGreaterThan(15)
  })

  it('says that a stuck output isn’t off', async () => {
    const rig = await open()
    await inject(rig, 3)
    rig.options['fault'] = 'stuck-output'
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain('isn’t off')
  })

  it('isn’t safe by silence', async () => {
    const rig = await open()
    await inject(rig, 3)
    rig.options['fault'] = 'no-answer'
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof).toMatchObject({ safe: false, detail: expect.stringContaining('was not answered') as unknown })
  })

  it('ends a setting that is under way: nothing comes behind the stop', async () => {
    const rig = await open()
    await inject(rig, 3)
    await set(rig, 'output', false)
    const setting = rig.codeOf(rig.instrument.set!('output', true))
    const proof = await rig.run(rig.instrument.safeStop())
    expect(await setting).toBe('run.stopped')
    expect(proof.safe).toBe(true)
    expect(await read(rig)).toMatchObject({ output: 0 })
    const lines = textOf(rig)
    expect(lines.lastIndexOf('OUTP 1')).toBeLessThan(lines.lastIndexOf('OUTP 0'))
  })
})
