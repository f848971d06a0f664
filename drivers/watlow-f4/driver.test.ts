import { afterEach, describe, expect, it } from 'vitest'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { createModbusSlave } from '../bench/modbusSlave.ts'
import { createRegisters, memoryAt } from '../watlow/simulatedRegisters.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const rigs: DriverRig[] = []
const open = async (more: RigOptions = {}, on: SimulatorModule = simulator): Promise<DriverRig> => {
  const rig = await openRig(driver, on, more)
  rigs.push(rig)
  return rig
}
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close()
})

const wait = (rig: DriverRig, minutes: number) => rig.run(rig.clock.sleep(minutes * 60_000))
const set = (rig: DriverRig, name: string, value: number | boolean | string | null) =>
  rig.run(rig.instrument.set!(name, value))
const valueOf = async (rig: DriverRig, channel: string) =>
  (await rig.run(rig.instrument.read())).find((each) => each.channel === channel)
/** Writes of single registers, as `address=value`. */
const written = (rig: DriverRig): string[] =>
  rig.wire
    .filter((line) => line.startsWith('>'))
    .map((line) =>
      line
        .slice(2)
        .split(' ')
        .map((byte) => Number.parseInt(byte, 16)),
    )
    .filter((bytes) => bytes[1] === 6 || bytes[1] === 16)
    .map(([, , a = 0, b = 0, c = 0, d = 0]) => `${a * 256 + b}=${((c * 256 + d) << 16) >> 16}`)

/** A Modbus device with these words from register 0 on. */
const stranger = (words: readonly number[]): SimulatorModule => ({
  faults: [],
  createSimulator: (context) =>
    createModbusSlave({ context, unit: 1, device: createRegisters(words.length > 0 ? [memoryAt(0, [...words])] : []) }),
})

describe('identification', () => {
  it('reads alone', async () => {
    const rig = await open({ options: { serial: '052381' } })
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'Watlow',
      model: 'F4',
      serialNumber: '52-381',
      firmware: '10, revision 303 (hardware 9.99)',
    })
    expect(written(rig)).toEqual([])
  })

  it('shows no simulation where the day of manufacture exists', async () => {
    const rig = await open({ options: { hardware: '1.0' } })
    expect((await rig.run(rig.instrument.identify())).firmware).toBe('10, revision 303')
  })

  it.each([[[]], [[5271, 0, 0, 0, 0, 0]], [[5270, 1]]])(
    'refuses a device with %j in its first registers',
    async (words) => {
      const rig = await open({}, stranger(words))
      expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
      expect(written(rig)).toEqual([])
    },
  )
})

describe('reading', () => {
  it.each([
    ['tenths of °C', {}],
    ['whole °F', { unitOfTemperature: 'F', decimals: '0' }],
    ['tenths of both', { humidityDecimals: '1' }],
    ['a cascade', { cascade: 'yes' }],
  ])('gives the air and what the controller is after, in %s', async (_title, options) => {
    const rig = await open({ options })
    await set(rig, 'temperatureC', 85)
    await set(rig, 'humidityPercent', 80)
    await set(rig, 'run', true)
    await wait(rig, 120)
    const readings = await rig.run(rig.instrument.read())
    expect(readings.map((each) => each.channel)).toEqual(driver.profile.channels.map((each) => each.channel))
    const [temperature, humidity, ...rest] = readings
    expect(Math.abs(temperature!.value! - rig.bench.chamber.temperatureC())).toBeLessThan(0.5)
    expect(temperature!.value).toBeCloseTo(85, 0)
    expect(Math.abs(humidity!.value! - 80)).toBeLessThan(1.1)
    expect(rest.map((each) => each.value)).toEqual([85, 80, 1, 0])
  })

  it('never energises', async () => {
    const rig = await open()
    await rig.run(rig.instrument.read())
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
    expect(written(rig)).toEqual([])
  })

  it('says why there is no humidity', async () => {
    const single = await open({ options: { channels: '1' } })
    expect(await valueOf(single, 'humidity')).toMatchObject({
      value: null,
      reason: expect.stringContaining('no second channel') as unknown,
    })
    expect(await single.codeOf(single.instrument.set!('humidityPercent', 50))).toBe('device.refused')
    expect(await single.run(single.instrument.safeStop())).toMatchObject({ safe: true })
  })

  it('gives no value of a broken sensor, and counts alarms', async () => {
    const rig = await open({ options: { fault: 'sensor-break' } })
    expect(await valueOf(rig, 'temperature')).toMatchObject({
      value: null,
      reason: 'the sensor of channel 1: above its range (3)',
    })
    rig.options.fault = 'alarm'
    expect((await valueOf(rig, 'temperature'))?.value).toBeCloseTo(23.5, 0)
    expect((await valueOf(rig, 'alarms'))?.value).toBe(1)
  })
})

describe('settings', () => {
  it.each([
    ['temperatureC', -40.04, -40],
    ['temperatureC', 190, 190],
    ['humidityPercent', 84.6, 85],
    ['humidityPercent', null, null],
    ['run', true, true],
    ['run', false, false],
  ])('sets %s to %s and reads it back', async (name, asked, actual) => {
    const rig = await open()
    expect(await set(rig, name, asked)).toEqual({ name, asked, actual })
  })

  it('converts for a controller in whole °F', async () => {
    const rig = await open({ options: { unitOfTemperature: 'F', decimals: '0' } })
    expect((await set(rig, 'temperatureC', 60.2)).actual).toBe(60)
    expect(written(rig)).toEqual(['300=140'])
  })

  it.each([
    ['temperatureC', 201, 'device.limit'],
    ['humidityPercent', 101, 'device.limit'],
    ['temperatureC', '20', 'usage.invalidInput'],
    ['run', 1, 'usage.invalidInput'],
    ['pressure', 1, 'usage.invalidInput'],
  ])('refuses %s = %s with %s before a byte is sent', async (name, value, code) => {
    const rig = await open()
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe(code)
    expect(rig.wire).toEqual([])
  })

  it('keeps to the limits of the controller: below them the loop would be off', async () => {
    const rig = await open({ options: { mostC: '100', leastC: '-20' } })
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', 101))).toBe('device.limit')
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', -21))).toBe('device.limit')
    expect(written(rig)).toEqual([])
  })

  it('without an event is on by a set-point within the limits, off by one below', async () => {
    const rig = await open()
    await set(rig, 'temperatureC', 60)
    await set(rig, 'run', true)
    await set(rig, 'run', false)
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
    expect(await valueOf(rig, 'temperature.setpoint')).toMatchObject({
      value: null,
      reason: 'this loop is switched off',
    })
    await set(rig, 'run', true)
    expect((await valueOf(rig, 'temperature.setpoint'))?.value).toBe(60)
    expect(written(rig)).toEqual(['300=600', '300=-751', '319=-1', '300=600'])
  })

  it('holds the air as it is where nothing was asked for yet', async () => {
    const rig = await open()
    await set(rig, 'run', true)
    const { value } = (await valueOf(rig, 'temperature.setpoint'))!
    expect(Math.abs(value! - 23.5)).toBeLessThan(0.5)
  })

  it('is on by its event where it has one', async () => {
    const rig = await open({ options: { runEvent: '2' }, deviations: ['run-by-event-2'] })
    await set(rig, 'temperatureC', 60)
    expect([(await valueOf(rig, 'running'))?.value, rig.bench.chamber.workingTemperatureC()]).toEqual([0, null])
    await set(rig, 'run', true)
    expect((await valueOf(rig, 'running'))?.value).toBe(1)
    expect(rig.bench.chamber.workingTemperatureC()).not.toBeNull()
    await set(rig, 'run', false)
    expect(written(rig)).toEqual(['300=600', '2010=1', '2010=0'])
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
    await set(rig, 'run', true)
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    expect(written(rig).slice(-4)).toEqual(['1217=1', '2010=0', '300=-751', '319=-1'])
  })

  it.each<{ fault: string; of: readonly [name: string, value: number | boolean]; code: string }>([
    { fault: 'set-ignored', of: ['temperatureC', 30], code: 'device.clamped' },
    { fault: 'set-ignored', of: ['humidityPercent', 30], code: 'device.clamped' },
    { fault: 'set-ignored', of: ['run', true], code: 'device.clamped' },
    { fault: 'exception-6', of: ['temperatureC', 30], code: 'device.refused' },
    { fault: 'restart', of: ['temperatureC', 30], code: 'device.timeout' },
    { fault: 'profile-busy', of: ['temperatureC', 30], code: 'none' },
    { fault: 'echo', of: ['temperatureC', 30], code: 'none' },
    { fault: 'door-open', of: ['run', true], code: 'none' },
  ])('with the fault $fault, $of ends in $code', async ({ fault, of: [name, value], code }) => {
    const rig = await open({ options: { fault } })
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe(code)
    rig.options.fault = ''
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe('none')
  })
})

describe('the faults of the wire', () => {
  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer:delay=3200', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
    ['split', 'none'],
    ['twice', 'none'],
  ])('%s: %s, and no wrong value, and all is well again behind it', async (fault, code) => {
    const rig = await open({ options: { fault } })
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', 40))).toBe(code)
    rig.options.fault = ''
    await wait(rig, 0.2)
    expect((await valueOf(rig, 'temperature'))?.value).toBeCloseTo(23.5, 0)
    expect((await set(rig, 'temperatureC', 41)).actual).toBe(41)
  })

  it('reconnects, and assumes nothing', async () => {
    const rig = await open()
    await set(rig, 'temperatureC', 60)
    rig.unplug()
    expect(await rig.codeOf(rig.instrument.read())).toBe('device.closed')
    await rig.reopen()
    expect((await valueOf(rig, 'running'))?.value).toBe(1)
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
  })
})

describe('the safe stop', () => {
  it.each(['standby', 'constant', 'profile', 'held'])('from %s is proved by read-back', async (state) => {
    const rig = await open()
    if (state !== 'standby') await set(rig, 'temperatureC', 120)
    if (state === 'profile' || state === 'held')
      await rig.run(rig.instrument.chamberProgram!.start({ program: 2, step: 1 }))
    if (state === 'held') await rig.run(rig.instrument.chamberProgram!.pause())
    await wait(rig, 1)
    let told = 0
    const proof = await rig.run(rig.instrument.safeStop(() => void told++))
    expect(proof.evidence).toEqual([
      { command: 'register 1217 = 1', readBack: 'done' },
      { command: 'register 300 below its least', readBack: 'done' },
      { command: 'register 319 below its least', readBack: 'done' },
      { command: 'register 200? (mode)', readBack: '1' },
      { command: 'register 300? (channel 1)', readBack: '-751, least -750' },
      { command: 'register 319? (channel 2)', readBack: '-1, least 0' },
      ...[103, 107, 111, 115].map((address) => ({ command: `register ${address}? (output)`, readBack: '0.00 %' })),
    ])
    expect([proof.safe, told]).toEqual([true, 1])
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('is not safe where the stop is ignored, nor in silence, and never throws', async () => {
    const rig = await open({ options: { fault: 'stop-ignored' } })
    await set(rig, 'temperatureC', 60)
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain('channel 1 is still on')
    rig.options.fault = 'no-answer'
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
    rig.options.fault = ''
    await wait(rig, 1)
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    rig.unplug()
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
  })

  it('a device without any of these registers proves nothing', async () => {
    const rig = await open({}, stranger([]))
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
  })

  it('ends a start under way: nothing of it comes behind', async () => {
    const rig = await open()
    await rig.run(rig.instrument.chamberProgram!.start({ program: 1, step: 1 }))
    const start = rig.codeOf(rig.instrument.set!('run', true))
    await rig.run(rig.clock.sleep(400))
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    expect(await start).toBe('run.stopped')
    await wait(rig, 1)
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })
})

describe('profiles', () => {
  it('tells where one stands', async () => {
    const rig = await open()
    const program = rig.instrument.chamberProgram!
    expect(await rig.run(program.status())).toMatchObject({ state: 'idle', program: null })
    await rig.run(program.start({ program: 1, step: 3 }))
    await wait(rig, 5)
    const found = await rig.run(program.status())
    expect(found).toMatchObject({ state: 'running', program: 1, step: 3, cyclesRemaining: null })
    expect(Math.abs(found.stepRemainingS! - 120 * 60)).toBeLessThan(20)
    await rig.run(program.pause())
    expect((await rig.run(program.status())).state).toBe('paused')
    await rig.run(program.resume())
    expect((await rig.run(program.status())).state).toBe('running')
    await rig.run(program.stop())
    expect((await rig.run(program.status())).state).toBe('idle')
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
    await rig.run(program.stop())
  })

  it('refuses what isn’t there', async () => {
    const rig = await open()
    const start = (program: number, step: number) => rig.codeOf(rig.instrument.chamberProgram!.start({ program, step }))
    expect([await start(41, 1), await start(0, 1), await start(1, 257)]).toEqual(new Array(3).fill('device.limit'))
    expect(rig.wire).toEqual([])
    expect([await start(30, 1), await start(1, 8)]).toEqual(['device.refused', 'device.refused'])
    expect(written(rig).filter((each) => each.startsWith('4002'))).toEqual([])
    expect(await rig.codeOf(rig.instrument.chamberProgram!.pause())).toBe('device.refused')
    rig.options.fault = 'profile-busy'
    expect(await start(1, 1)).toBe('device.refused')
    rig.options.fault = ''
    expect(await start(1, 1)).toBe('none')
    expect(await start(2, 1)).toBe('none')
    expect(await rig.run(rig.instrument.chamberProgram!.status())).toMatchObject({ state: 'running', program: 2 })
  })

  it('switches the chamber on where its event does that', async () => {
    const rig = await open({ options: { runEvent: '2' }, deviations: ['run-by-event-2'] })
    await rig.run(rig.instrument.chamberProgram!.start({ program: 1, step: 1 }))
    expect(rig.bench.chamber.workingTemperatureC()).not.toBeNull()
  })
})
