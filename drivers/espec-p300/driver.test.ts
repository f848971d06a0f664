import { afterEach, describe, expect, it } from 'vitest'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import type { EspecPrograms } from '../espec/programs.ts'
import { scp220 } from '../espec/dialect.ts'
import { meaningOfRefusal, refusals } from '../espec/refusals.ts'
import { createEspecSimulator } from '../espec/simulator.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const rigs: DriverRig[] = []
const open = async (more: RigOptions = {}): Promise<DriverRig> => {
  const rig = await openRig(driver, simulator, more)
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
const text = (line: string) =>
  line
    .slice(2)
    .split(' ')
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 16)))
    .join('')
const sent = (rig: DriverRig) => rig.wire.filter((line) => line.startsWith('>')).map((line) => text(line).trim())
const programs = (rig: DriverRig) => rig.instrument.chamberProgram as EspecPrograms

describe('identification', () => {
  it('asks for versions and type alone', async () => {
    const rig = await open()
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'ESPEC',
      model: 'P-300',
      serialNumber: null,
      firmware: 'P3 hardware 9.99, display D3 hardware 9.99',
    })
    expect(sent(rig)).toEqual(['ROM?', 'TYPE?', 'ROM?,DISP'])
  })

  it('shows a real version where there is one', async () => {
    const rig = await open({ options: { hardware: '1.12' } })
    expect((await rig.run(rig.instrument.identify())).firmware).toBe('P3 -S1.12, display D3 -S1.12')
  })

  it('refuses an SCP-220', async () => {
    const other = { faults: [], createSimulator: (context: SimulatorContext) => createEspecSimulator(context, scp220) }
    const rig = await openRig(driver, other)
    rigs.push(rig)
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
    expect(sent(rig)).toEqual(['ROM?', 'TYPE?'])
  })

  it.each([
    ['not-ready', 'device.refused'],
    ['restart', 'device.timeout'],
  ])('with the fault %s ends in %s', async (fault, code) => {
    const rig = await open({ options: { fault } })
    expect(await rig.codeOf(rig.instrument.identify())).toBe(code)
    rig.options.fault = ''
    expect(await rig.codeOf(rig.instrument.identify())).toBe('none')
  })
})

describe('reading', () => {
  it('gives the air of the chamber, and what the controller is after', async () => {
    const rig = await open()
    await set(rig, 'temperatureC', 85)
    await set(rig, 'humidityPercent', 85)
    await set(rig, 'run', true)
    await wait(rig, 120)
    const readings = await rig.run(rig.instrument.read())
    expect(readings.map((each) => each.channel)).toEqual(driver.profile.channels.map((each) => each.channel))
    const [temperature, humidity, ...rest] = readings
    expect(Math.abs(temperature!.value! - rig.bench.chamber.temperatureC())).toBeLessThan(0.15)
    expect(Math.abs(humidity!.value! - rig.bench.chamber.humidityPercent())).toBeLessThan(0.6)
    expect(rest.map((each) => each.value)).toEqual([85, 85, 1, 0])
    expect(temperature!.value).toBeCloseTo(85, 0)
  })

  it('never energises', async () => {
    const rig = await open()
    await rig.run(rig.instrument.read())
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
    expect(sent(rig).every((line) => line.includes('?'))).toBe(true)
  })

  it('says why there is no humidity, and no value of a broken sensor', async () => {
    const dry = await open({ options: { humidity: 'no' } })
    const readings = await dry.run(dry.instrument.read())
    expect(readings[1]).toMatchObject({ value: null, reason: 'this chamber measures no humidity' })
    expect(readings[3]).toMatchObject({ value: null, reason: 'this chamber has no humidity control' })
    const broken = await open({ options: { fault: 'sensor-break' } })
    const temperature = await valueOf(broken, 'temperature')
    expect(temperature?.value).toBeNull()
    expect(temperature?.reason).toContain('sensor')
    broken.options.fault = ''
    expect((await valueOf(broken, 'temperature'))?.value).toBeGreaterThan(20)
  })

  it('counts alarms', async () => {
    const rig = await open({ options: { fault: 'alarm' } })
    expect((await valueOf(rig, 'alarms'))?.value).toBe(1)
  })
})

describe('settings', () => {
  it.each([
    ['temperatureC', -40.04, -40],
    ['temperatureC', 180, 180],
    ['humidityPercent', 84.6, 85],
    ['humidityPercent', null, null],
    ['run', true, true],
    ['run', false, false],
  ])('sets %s to %s and reads it back', async (name, asked, actual) => {
    const rig = await open()
    expect(await set(rig, name, asked)).toEqual({ name, asked, actual })
  })

  it.each([
    ['temperatureC', 181, 'device.limit'],
    ['temperatureC', -76, 'device.limit'],
    ['humidityPercent', 99, 'device.limit'],
    ['temperatureC', '20', 'usage.invalidInput'],
    ['run', 1, 'usage.invalidInput'],
    ['pressure', 1, 'usage.invalidInput'],
  ])('refuses %s = %s with %s before a byte is sent', async (name, value, code) => {
    const rig = await open()
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe(code)
    expect(rig.wire).toEqual([])
  })

  it('keeps to the limits of the controller, having asked for them', async () => {
    const rig = await open({ options: { mostC: '100' } })
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', 101))).toBe('device.limit')
    expect(sent(rig)).toEqual(['TEMP?'])
  })

  it('sets the constant set-point while a program runs, and reads that one back', async () => {
    const rig = await open()
    await rig.run(rig.instrument.chamberProgram!.start({ program: 1, step: 1 }))
    expect((await set(rig, 'temperatureC', 33)).actual).toBe(33)
    expect((await valueOf(rig, 'temperature.setpoint'))?.value).toBeLessThan(30)
  })

  it('switches the panel on before it starts', async () => {
    const rig = await open({ options: { fault: 'restart' } })
    await rig.codeOf(rig.instrument.read())
    rig.options.fault = ''
    await set(rig, 'run', true)
    expect(sent(rig).slice(-4)).toEqual(['MODE?', 'POWER,ON', 'MODE,CONSTANT', 'MODE?'])
  })

  it.each<{ fault: string; of: readonly [name: string, value: number | boolean]; code: string }>([
    { fault: 'protect-on', of: ['temperatureC', 30], code: 'device.refused' },
    { fault: 'set-ignored', of: ['temperatureC', 30], code: 'device.clamped' },
    { fault: 'set-ignored', of: ['humidityPercent', 30], code: 'device.clamped' },
    { fault: 'alarm', of: ['run', true], code: 'device.refused' },
    { fault: 'door-open', of: ['run', true], code: 'device.refused' },
    { fault: 'not-ready', of: ['run', true], code: 'device.refused' },
    { fault: 'program-busy', of: ['temperatureC', 30], code: 'none' },
    { fault: 'echo', of: ['temperatureC', 30], code: 'none' },
  ])('with the fault $fault, $of ends in $code', async ({ fault, of: [name, value], code }) => {
    const rig = await open({ options: { fault } })
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe(code)
    rig.options.fault = ''
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe('none')
  })

  it('explains every refusal in words', async () => {
    for (const each of refusals) expect(meaningOfRefusal(each)).toMatch(/\w+ \w+/)
    expect(meaningOfRefusal('CMD_ERR')).toBe(meaningOfRefusal('CMD ERR'))
    const rig = await open({ options: { fault: 'protect-on' } })
    const error = await rig.run(rig.instrument.set!('temperatureC', 30)).catch((thrown: unknown) => thrown)
    expect(String(error)).toContain('NA:PROTECT ON, the protection of settings is switched on at the panel')
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
    const rig = await open({ options: { fault } })
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    expect(await rig.codeOf(rig.instrument.set!('temperatureC', 40))).toBe(code)
    rig.options.fault = ''
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
    expect((await rig.run(rig.instrument.safeStop())).safe).toBe(true)
  })
})

describe('the safe stop', () => {
  it.each(['standby', 'constant', 'program', 'paused'])('from %s is proved by read-back', async (state) => {
    const rig = await open()
    await set(rig, 'temperatureC', 120)
    if (state !== 'standby') await set(rig, 'run', true)
    if (state === 'program' || state === 'paused')
      await rig.run(rig.instrument.chamberProgram!.start({ program: 2, step: 1 }))
    if (state === 'paused') await rig.run(rig.instrument.chamberProgram!.pause())
    await wait(rig, 1)
    let told = 0
    const proof = await rig.run(rig.instrument.safeStop(() => void told++))
    expect(proof.safe).toBe(true)
    expect(proof.evidence.map((each) => each.command)).toEqual([
      'PRGM,END,STANDBY',
      'MODE,STANDBY',
      'MODE?',
      '%?',
      'MON?',
    ])
    expect(proof.evidence[2]?.readBack).toBe('STANDBY')
    expect(proof.evidence[3]?.readBack).toBe('2,0.0,0.0')
    expect(told).toBe(1)
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('is not safe where the stop is ignored, nor in silence, and never throws', async () => {
    const rig = await open({ options: { fault: 'standby-ignored' } })
    await set(rig, 'run', true)
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof).toMatchObject({ safe: false })
    expect(proof.detail).toContain('CONSTANT')
    rig.options.fault = 'no-answer'
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
    rig.options.fault = ''
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    rig.unplug()
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
  })

  it('works while settings are protected', async () => {
    const rig = await open()
    await set(rig, 'run', true)
    rig.options.fault = 'protect-on'
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
  })

  it('ends a start under way: nothing of it comes behind', async () => {
    const rig = await open()
    const start = rig.codeOf(rig.instrument.set!('run', true))
    await rig.run(rig.clock.sleep(70))
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    expect(await start).toBe('run.stopped')
    await wait(rig, 1)
    expect(sent(rig).slice(sent(rig).indexOf('PRGM,END,STANDBY'))).not.toContain('MODE,CONSTANT')
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('goes before what waits', async () => {
    const rig = await open()
    const all = Promise.allSettled([rig.instrument.read(), rig.instrument.set!('run', true), rig.instrument.safeStop()])
    await rig.run(all)
    expect(sent(rig).indexOf('PRGM,END,STANDBY')).toBeLessThan(3)
  })
})

describe('programs', () => {
  it('tells where one stands', async () => {
    const rig = await open()
    const program = rig.instrument.chamberProgram!
    expect(await rig.run(program.status())).toMatchObject({ state: 'idle', program: null })
    await rig.run(program.start({ program: 1, step: 2 }))
    await wait(rig, 1)
    expect(await rig.run(program.status())).toEqual({
      state: 'running',
      program: 1,
      step: 2,
      stepRemainingS: 900,
      cyclesRemaining: 199,
    })
    await rig.run(program.pause())
    expect((await rig.run(program.status())).state).toBe('paused')
    await rig.run(program.resume())
    expect((await rig.run(program.status())).state).toBe('running')
    await rig.run(programs(rig).advance())
    expect((await rig.run(program.status())).step).toBe(3)
    await rig.run(program.stop())
    expect((await rig.run(program.status())).state).toBe('idle')
    await rig.run(program.stop())
  })

  it('downloads one and runs it to its end', async () => {
    const rig = await open()
    await rig.run(
      programs(rig).download(9, {
        name: 'SOAK',
        steps: [
          { temperatureC: 60, ramp: true, humidityPercent: null, minutes: 40 },
          { temperatureC: 60, ramp: false, humidityPercent: 50, minutes: 20, guaranteedSoak: true, relays: [1, 3] },
        ],
        counterA: { start: 1, end: 2, cycles: 1 },
        atEnd: 'HOLD',
      }),
    )
    await rig.run(rig.instrument.chamberProgram!.start({ program: 9, step: 1 }))
    await wait(rig, 150)
    expect(await rig.run(rig.instrument.chamberProgram!.status())).toMatchObject({
      state: 'ended',
      program: 9,
      step: 2,
    })
    expect((await valueOf(rig, 'temperature'))?.value).toBeCloseTo(60, 0)
  })

  it('tells why a program is refused, and leaves no edit open', async () => {
    const rig = await open()
    const download = (steps: { temperatureC: number; ramp: boolean; guaranteedSoak?: boolean }[], program = 9) =>
      rig.codeOf(
        programs(rig).download(program, {
          name: 'BAD',
          steps: steps.map((each) => ({ humidityPercent: null, minutes: 10, ...each })),
          atEnd: 'STANDBY',
        }),
      )
    expect(await download([{ temperatureC: 60, ramp: true, guaranteedSoak: true }])).toBe('device.refused')
    expect(await download([{ temperatureC: 500, ramp: false }])).toBe('device.refused')
    expect(await download([{ temperatureC: 60, ramp: false }], 41)).toBe('device.limit')
    expect(await download([{ temperatureC: 60, ramp: false }])).toBe('none')
    expect(await rig.codeOf(rig.instrument.chamberProgram!.start({ program: 12, step: 1 }))).toBe('device.refused')
    expect(await rig.codeOf(rig.instrument.chamberProgram!.pause())).toBe('device.refused')
  })
})

describe('an RS-485 line', () => {
  it('has the address in front of every command', async () => {
    const rig = await open({ options: { address: '7' }, deviations: ['rs485-address-7'] })
    await rig.run(rig.instrument.identify())
    await set(rig, 'temperatureC', 30)
    expect(sent(rig)[0]).toBe('7,ROM?')
    expect(sent(rig).every((line) => line.startsWith('7,'))).toBe(true)
    const wrong = await open({ options: { address: '7' }, deviations: ['rs485-address-8'] })
    expect(await wrong.codeOf(wrong.instrument.identify())).toBe('device.timeout')
  })
})
