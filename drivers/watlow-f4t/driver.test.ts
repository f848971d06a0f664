import { afterEach, describe, expect, it } from 'vitest'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { createModbusSlave } from '../bench/modbusSlave.ts'
import { createRegisters, memoryAt } from '../watlow/simulatedRegisters.ts'
import { driver } from './driver.ts'
import { decodePartNumber } from './registers.ts'
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
/** Writes, as `address=words`, and nothing that only asks. */
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
    .map((bytes) => {
      const words = bytes[1] === 6 ? bytes.slice(4, 6) : bytes.slice(7, -2)
      const values = words.flatMap((byte, i) => (i % 2 === 0 ? [byte * 256 + (words[i + 1] ?? 0)] : []))
      return `${(bytes[2] ?? 0) * 256 + (bytes[3] ?? 0)}=${values.join(',')}`
    })

/** A Modbus device with these words from register 16 on. */
const stranger = (words: readonly number[]): SimulatorModule => ({
  faults: [],
  createSimulator: (context) =>
    createModbusSlave({
      context,
      unit: 1,
      device: createRegisters(words.length > 0 ? [memoryAt(16, [...words])] : []),
    }),
})

describe('identification', () => {
  it('reads alone', async () => {
    const rig = await open({ options: { serial: '70012' } })
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'Watlow',
      model: 'F4T1L1EAA4D2AAA',
      serialNumber: '70012',
      firmware: '4, build 37 (hardware 9.99)',
    })
    expect(written(rig)).toEqual([])
  })

  it('shows no simulation where the day of manufacture exists', async () => {
    const rig = await open({ options: { hardware: '1.0' } })
    expect((await rig.run(rig.instrument.identify())).firmware).toBe('4, build 37')
  })

  it.each([
    [[]],
    [new Array<number>(15).fill(0)],
    [[...'PM6C1EJAAAAAAAA'].map((each) => each.charCodeAt(0))],
    [[...'F4T1L1ZAA4D2AAA'].map((each) => each.charCodeAt(0))],
  ])('refuses a device with the part number %j', async (words) => {
    const rig = await open({}, stranger(words))
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', 40))).toBe('device.wrongModel')
    expect(written(rig)).toEqual([])
  })

  it('knows what each part number means', () => {
    expect(decodePartNumber('F4T1L1EAA4D2AAA')).toEqual({ hasProfiles: true, alarms: 8, loops: 2, cascades: 0 })
    expect(decodePartNumber('F4T1A2CAA1C8AAA')).toEqual({ hasProfiles: false, alarms: 14, loops: 2, cascades: 1 })
    for (const wrong of ['', 'F4T', 'F4S1L1EAA4D2AAA', 'F4T1L1EAA4DXAAA', 'f4t1l1eaa4d2aaa'])
      expect(decodePartNumber(wrong), wrong).toBeNull()
  })
})

describe('reading', () => {
  it.each([
    ['two loops in °C', {}, []],
    ['two loops in °F', { unitOfTemperature: 'F' }, []],
    ['a cascade and a loop', { partNumber: 'F4T1L1EAA4D7AAA' }, []],
    ['words in the other order', { wordOrder: 'highFirst' }, ['high-word-first']],
    ['humidity by an event', { humidityEvent: '2' }, ['humidity-by-event-2']],
  ])('gives the air and what the controller is after: %s', async (_title, options, deviations) => {
    const rig = await open({ options, deviations })
    await set(rig, 'temperatureC', 85)
    await set(rig, 'humidityPercent', 80)
    await set(rig, 'run', true)
    await wait(rig, 120)
    const readings = await rig.run(rig.instrument.read())
    expect(readings.map((each) => each.channel)).toEqual(driver.profile.channels.map((each) => each.channel))
    const [temperature, humidity, ...rest] = readings
    expect(Math.abs(temperature!.value! - rig.bench.chamber.temperatureC())).toBeLessThan(0.3)
    expect(temperature!.value).toBeCloseTo(85, 0)
    expect(Math.abs(humidity!.value! - 80)).toBeLessThan(1)
    expect(rest.map((each) => each.value)).toEqual([85, 80, 1, 0])
  })

  it('never energises', async () => {
    const rig = await open()
    await rig.run(rig.instrument.read())
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
    expect(written(rig)).toEqual([])
  })

  it('says why there is no humidity', async () => {
    const dry = await open({ options: { humidity: 'no' } })
    expect(await valueOf(dry, 'humidity')).toMatchObject({
      value: null,
      reason: expect.stringContaining('no humidity') as unknown,
    })
    expect(await dry.codeOf(dry.instrument.set!('humidityPercent', 50))).toBe('device.refused')
    const untold = await open({ options: { partNumber: 'F4T1L1BAA4D2AAA' } })
    expect((await valueOf(untold, 'humidity'))?.value).toBeNull()
    const told = await open({ options: { partNumber: 'F4T1L1BAA4D2AAA' }, deviations: ['loop-2-is-humidity'] })
    expect((await valueOf(told, 'humidity'))?.value).toBeCloseTo(45, 0)
    expect(await valueOf(told, 'humidity.setpoint')).toMatchObject({ value: null, reason: 'this loop is switched off' })
  })

  it.each(['sensor-break', 'sensor-nan'])('gives no value of a broken sensor (%s)', async (fault) => {
    const rig = await open({ options: { fault } })
    expect(await valueOf(rig, 'temperature')).toMatchObject({
      value: null,
      reason: expect.stringContaining('sensor') as unknown,
    })
    expect((await valueOf(rig, 'alarms'))?.value).toBe(1)
    rig.options.fault = ''
    expect((await valueOf(rig, 'temperature'))?.value).toBeCloseTo(23.5, 0)
  })

  it('takes words in an order that it doesn’t expect for no value at all', async () => {
    const rig = await open({ options: { wordOrder: 'highFirst' } })
    expect(await rig.codeOf(rig.instrument.read())).toBe('device.badReply')
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', 40))).toBe('device.badReply')
    expect(written(rig)).toEqual([])
  })

  it('refuses to guess between two units, and takes the lab’s word for it', async () => {
    const options = { fault: 'units-differ' }
    const rig = await open({ options })
    expect(await rig.codeOf(rig.instrument.read())).toBe('device.refused')
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', 40))).toBe('device.refused')
    expect(written(rig)).toEqual([])
    const told = await open({ options, deviations: ['link-is-ethernet'] })
    expect((await valueOf(told, 'temperature'))?.value).toBeCloseTo(23.5, 0)
    const mistold = await open({ options, deviations: ['link-is-serial'] })
    expect((await valueOf(mistold, 'temperature'))?.value).toBeCloseTo((23.5 - 32) / 1.8, 0)
  })

  it('counts alarms and limits', async () => {
    const rig = await open({ options: { fault: 'alarm', limits: '5,6' } })
    expect((await valueOf(rig, 'alarms'))?.value).toBe(3)
  })
})

describe('settings', () => {
  it.each([
    ['temperatureC', -40.04, -40.04],
    ['temperatureC', 190, 190],
    ['humidityPercent', 84.6, 84.6],
    ['humidityPercent', null, null],
    ['run', true, true],
    ['run', false, false],
  ])('sets %s to %s and reads it back', async (name, asked, actual) => {
    const rig = await open()
    expect(await set(rig, name, asked)).toEqual({ name, asked, actual })
  })

  it('converts for a controller in °F', async () => {
    const rig = await open({ options: { unitOfTemperature: 'F' } })
    expect((await set(rig, 'temperatureC', 85)).actual).toBe(85)
    expect(written(rig)).toEqual(['2782=0,17209'])
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', 191))).toBe('device.limit')
  })

  it.each([
    ['temperatureC', 201, 'device.limit'],
    ['temperatureC', -81, 'device.limit'],
    ['humidityPercent', 101, 'device.limit'],
    ['temperatureC', '20', 'usage.invalidInput'],
    ['run', 1, 'usage.invalidInput'],
    ['pressure', 1, 'usage.invalidInput'],
  ])('refuses %s = %s with %s before a byte is sent', async (name, value, code) => {
    const rig = await open()
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe(code)
    expect(rig.wire).toEqual([])
  })

  it('keeps to the limits of the controller, having only asked for them', async () => {
    const rig = await open({ options: { mostC: '100' } })
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', 101))).toBe('device.limit')
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', -80))).toBe('device.limit')
    expect(written(rig)).toEqual([])
  })

  it('presses the key only where the chamber isn’t as it shall be', async () => {
    const rig = await open()
    await set(rig, 'run', true)
    await set(rig, 'run', true)
    await set(rig, 'run', false)
    await set(rig, 'run', false)
    expect(written(rig)).toEqual(['6850=1457', '6850=1457'])
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })

  it.each([
    ['another key', { switch: 'key3' }, ['run-by-key-3']],
    ['a key that is held', { keyHolds: 'yes' }, ['run-key-is-held']],
    ['an event', { switch: 'event5' }, ['run-by-event-5']],
    ['nothing', { switch: 'none' }, ['no-run-switch']],
    ['another output', { runOutput: '3.2' }, ['run-output-module-3', 'run-output-io-2']],
  ])('switches on and off by %s', async (_title, options, deviations) => {
    const rig = await open({ options, deviations })
    await set(rig, 'temperatureC', 50)
    expect((await set(rig, 'run', true)).actual).toBe(true)
    expect(rig.bench.chamber.workingTemperatureC()).not.toBeNull()
    expect((await set(rig, 'run', false)).actual).toBe(false)
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
    await set(rig, 'run', true)
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('says so where the chamber is wired otherwise', async () => {
    const rig = await open({ options: { switch: 'key3' } })
    expect(await rig.codeOf(rig.instrument.set!('run', true))).toBe('device.refused')
    const without = await open({ deviations: ['run-output-io-6'] })
    expect(await without.codeOf(without.instrument.set!('run', true))).toBe('device.refused')
    expect(written(without)).toEqual([])
  })

  it('ends a profile before constant operation', async () => {
    const rig = await open()
    await rig.run(rig.instrument.chamberProgram!.start({ program: 1, step: 1 }))
    expect((await set(rig, 'run', true)).actual).toBe(true)
    expect((await rig.run(rig.instrument.chamberProgram!.status())).state).toBe('idle')
  })

  it.each<{ fault: string; of: readonly [name: string, value: number | boolean]; code: string }>([
    { fault: 'set-ignored', of: ['temperatureC', 30], code: 'device.clamped' },
    { fault: 'set-ignored', of: ['humidityPercent', 30], code: 'device.clamped' },
    { fault: 'alarm', of: ['run', true], code: 'device.refused' },
    { fault: 'door-open', of: ['run', true], code: 'device.refused' },
    { fault: 'exception-6', of: ['temperatureC', 30], code: 'device.refused' },
    { fault: 'restart', of: ['temperatureC', 30], code: 'device.timeout' },
    { fault: 'profile-busy', of: ['temperatureC', 30], code: 'none' },
    { fault: 'echo', of: ['temperatureC', 30], code: 'none' },
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
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
    ['split', 'none'],
    ['twice', 'none'],
  ])('%s: %s, and no wrong value, and all is well again behind it', async (fault, code) => {
    const rig = await open()
    await rig.run(rig.instrument.read())
    rig.options.fault = fault
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', 40))).toBe(code)
    rig.options.fault = ''
    await wait(rig, 0.2)
    expect((await valueOf(rig, 'temperature'))?.value).toBeCloseTo(23.5, 0)
    expect((await set(rig, 'temperatureC', 41)).actual).toBe(41)
  })

  it('reconnects, and assumes nothing', async () => {
    const rig = await open()
    await set(rig, 'run', true)
    rig.unplug()
    expect(await rig.codeOf(rig.instrument.read())).toBe('device.closed')
    await rig.reopen()
    expect((await valueOf(rig, 'running'))?.value).toBe(1)
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })
})

describe('the safe stop', () => {
  it.each(['standby', 'constant', 'profile', 'paused'])('from %s is proved by read-back', async (state) => {
    const rig = await open()
    await set(rig, 'temperatureC', 120)
    if (state !== 'standby') await set(rig, 'run', true)
    if (state === 'profile' || state === 'paused')
      await rig.run(rig.instrument.chamberProgram!.start({ program: 2, step: 1 }))
    if (state === 'paused') await rig.run(rig.instrument.chamberProgram!.pause())
    await wait(rig, 1)
    let told = 0
    const proof = await rig.run(rig.instrument.safeStop(() => void told++))
    expect(proof.evidence).toEqual([
      { command: 'register 16566 = 148', readBack: 'done' },
      { command: 'register 2730 = 62', readBack: 'done' },
      { command: 'register 2890 = 62', readBack: 'done' },
      { command: 'chamber switched off', readBack: 'done' },
      { command: 'register 16568?', readBack: state === 'profile' || state === 'paused' ? '253' : '251' },
      { command: 'register 33718? (chamber runs)', readBack: 'off' },
      { command: 'register 2814? (loop 1)', readBack: 'off' },
      { command: 'register 2974? (loop 2)', readBack: 'off' },
    ])
    expect([proof.safe, told]).toEqual([true, 1])
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
    // The next start brings the loop back.
    expect((await set(rig, 'run', true)).actual).toBe(true)
    expect(rig.bench.chamber.workingTemperatureC()).not.toBeNull()
  })

  it('never presses the key of a chamber that is off, nor of one whose output it can’t see', async () => {
    const rig = await open()
    await rig.run(rig.instrument.safeStop())
    expect(written(rig).filter((each) => each.startsWith('6850'))).toEqual([])
    const blind = await open({ deviations: ['run-output-io-6'] })
    expect(await blind.run(blind.instrument.safeStop())).toMatchObject({ safe: false })
    expect(written(blind).filter((each) => each.startsWith('6850'))).toEqual([])
  })

  it('is not safe where the stop is ignored, nor in silence, and never throws', async () => {
    const rig = await open({ options: { fault: 'stop-ignored' } })
    await set(rig, 'run', true)
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain('loop 1 is still active')
    rig.options.fault = 'no-answer'
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
    rig.options.fault = ''
    await wait(rig, 1)
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    rig.unplug()
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
  })

  it.each([[[]], [['no-run-switch']]])(
    'a device without any of these registers proves nothing (%j)',
    async (deviations) => {
      const rig = await open({ deviations }, stranger([1]))
      const proof = await rig.run(rig.instrument.safeStop())
      expect(proof.safe).toBe(false)
    },
  )

  it('ends a start under way: nothing of it comes behind', async () => {
    const rig = await open()
    await rig.run(rig.instrument.chamberProgram!.start({ program: 1, step: 1 }))
    const start = rig.codeOf(rig.instrument.set!('run', true))
    // It waits half a second behind the end of the profile.
    await rig.run(rig.clock.sleep(700))
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    expect(await start).toBe('run.stopped')
    await wait(rig, 1)
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('knows a controller without profiles', async () => {
    const rig = await open({ options: { partNumber: 'F4T1L1AAA4D1AAA' } })
    await set(rig, 'run', true)
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    expect(await rig.codeOf(rig.instrument.chamberProgram!.status())).toBe('device.refused')
    expect(await rig.codeOf(rig.instrument.chamberProgram!.start({ program: 1, step: 1 }))).toBe('device.refused')
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
    expect(found.stepRemainingS).toBeGreaterThan(120 * 60 - 20)
    expect(found.stepRemainingS).toBeLessThanOrEqual(120 * 60)
    await rig.run(program.pause())
    expect((await rig.run(program.status())).state).toBe('paused')
    await rig.run(program.resume())
    expect((await rig.run(program.status())).state).toBe('running')
    await rig.run(program.stop())
    expect((await rig.run(program.status())).state).toBe('idle')
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
    await rig.run(program.stop())
  })

  it('goes to its end, and says so', async () => {
    const rig = await open()
    await rig.run(rig.instrument.chamberProgram!.start({ program: 1, step: 7 }))
    expect(await rig.run(rig.instrument.chamberProgram!.status())).toMatchObject({
      state: 'ended',
      program: 1,
      step: 7,
    })
  })

  it('refuses what isn’t there', async () => {
    const rig = await open()
    const start = (program: number, step: number) => rig.codeOf(rig.instrument.chamberProgram!.start({ program, step }))
    expect([await start(41, 1), await start(0, 1), await start(1, 51), await start(1.5, 1)]).toEqual(
      new Array(4).fill('device.limit'),
    )
    expect(rig.wire).toEqual([])
    expect([await start(30, 1), await start(1, 8)]).toEqual(['device.refused', 'device.refused'])
    expect(await rig.codeOf(rig.instrument.chamberProgram!.pause())).toBe('device.refused')
    rig.options.fault = 'profile-busy'
    expect(await start(1, 1)).toBe('device.refused')
    rig.options.fault = 'alarm'
    expect(await start(1, 1)).toBe('device.refused')
    rig.options.fault = ''
    expect(await start(1, 1)).toBe('none')
  })

  it('starts another one after the one that runs', async () => {
    const rig = await open()
    await rig.run(rig.instrument.chamberProgram!.start({ program: 1, step: 1 }))
    await rig.run(rig.instrument.chamberProgram!.start({ program: 2, step: 1 }))
    expect(await rig.run(rig.instrument.chamberProgram!.status())).toMatchObject({ state: 'running', program: 2 })
  })
})
