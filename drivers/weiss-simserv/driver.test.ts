import { describe, expect, it } from 'vitest'
import { latin1ToBytes } from '../../src/base/bytes.ts'
import { openRig, type RigOptions } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const setUp = async (options: Record<string, string> = {}, more: RigOptions = {}) => {
  const rig = await openRig(driver, simulator, { ...more, options })
  const set = (name: string, value: number | boolean | string | null) => rig.run(rig.instrument.set!(name, value))
  const read = async () =>
    Object.fromEntries((await rig.run(rig.instrument.read())).map((each) => [each.channel, each]))
  const pass = (seconds: number) => rig.run(rig.clock.sleep(seconds * 1000))
  const sent = () => rig.wire.filter((each) => each.startsWith('>')).map((each) => each.slice(2))
  const program = rig.instrument.chamberProgram!
  return { ...rig, set, read, pass, sent, program }
}
const hexOf = (line: string): string =>
  Array.from(latin1ToBytes(`${line}\r`), (byte) => byte.toString(16).padStart(2, '0')).join(' ')

describe('identification', () => {
  it('says type and serial number, in SimServ’s own bytes', async () => {
    const { run, instrument, sent } = await setUp({ serial: '59226137100010' })
    expect(await run(instrument.identify())).toEqual({
      maker: 'Weiss Technik',
      model: 'S!MPAC ClimeEvent C/340/70/3',
      serialNumber: '59226137100010',
      firmware: null,
    })
    expect(sent()[0]).toBe('39 39 39 39 37 b6 31 b6 31 0d')
  })

  it.each([
    ['code-5', 'device.wrongModel'],
    ['no-answer', 'device.timeout'],
    ['rubbish', 'device.badReply'],
  ])('with %s ends in %s, having sent nothing but questions', async (fault, code) => {
    const { codeOf, instrument, sent } = await setUp({ fault })
    expect(await codeOf(instrument.identify())).toBe(code)
    expect(new Set(sent())).toEqual(new Set([hexOf('99997¶1¶1')]))
  })
})

describe('reading', () => {
  it('gives the bench’s air, what is set and what stands', async () => {
    const { set, read, pass, bench } = await setUp()
    await set('temperatureC', 85)
    await set('humidityPercent', 80)
    await set('run', true)
    await pass(7200)
    const found = await read()
    expect(Math.abs(found['temperature']!.value! - bench.chamber.temperatureC())).toBeLessThan(0.5)
    expect(Math.abs(found['humidity']!.value! - bench.chamber.humidityPercent())).toBeLessThan(3)
    expect(bench.chamber.temperatureC()).toBeCloseTo(85, 1)
    expect(found).toMatchObject({
      'temperature.setpoint': { value: 85 },
      'humidity.setpoint': { value: 80 },
      running: { value: 1 },
      warning: { value: 0 },
      alarm: { value: 0 },
    })
  })

  it('of a chamber without humidity gives none, and refuses to set it', async () => {
    const { set, read, codeOf, sent } = await setUp({ humidity: 'off' })
    expect((await read())['humidity']).toMatchObject({ value: null, reason: 'this chamber doesn’t control humidity' })
    const before = sent().length
    expect(await codeOf(set('humidityPercent', 50))).toBe('device.refused')
    expect(sent().length).toBe(before)
  })

  it('tells warnings from alarms', async () => {
    const { read, options } = await setUp({ fault: 'door-open' })
    expect(await read()).toMatchObject({ warning: { value: 1 }, alarm: { value: 0 } })
    options['fault'] = 'alarm'
    expect(await read()).toMatchObject({ warning: { value: 0 }, alarm: { value: 1 } })
  })
})

describe('settings', () => {
  it('are set, and read back although that lags by a second', async () => {
    const { set, clock } = await setUp()
    const startMs = clock.monotonicMs()
    expect(await set('temperatureC', -12.34)).toEqual({ name: 'temperatureC', asked: -12.34, actual: -12.34 })
    expect(clock.monotonicMs() - startMs).toBeGreaterThan(1000)
    expect(await set('humidityPercent', 55)).toMatchObject({ actual: 55 })
    expect(await set('humidityPercent', null)).toMatchObject({ actual: null })
    expect(await set('temperatureRampKPerMin', 1.5)).toMatchObject({ actual: 1.5 })
    expect(await set('temperatureRampKPerMin', null)).toMatchObject({ actual: null })
    expect(await set('run', true)).toMatchObject({ actual: true })
    expect(await set('run', false)).toMatchObject({ actual: false })
  })

  it('drive the air with their gradient', async () => {
    const { set, pass, bench } = await setUp()
    await set('temperatureRampKPerMin', 0.5)
    await set('temperatureC', 60)
    await set('run', true)
    await pass(1800)
    expect(bench.chamber.workingTemperatureC()).toBeGreaterThan(37)
    expect(bench.chamber.workingTemperatureC()).toBeLessThan(40)
  })

  it.each([
    ['temperatureC', 201],
    ['temperatureC', 190],
    ['humidityPercent', 99],
    ['temperatureRampKPerMin', 31],
  ])('%s of %d is beyond the profile or this model, and nothing is sent', async (name, value) => {
    const { set, codeOf, run, instrument, sent } = await setUp()
    await run(instrument.identify())
    const before = sent().length
    expect(await codeOf(set(name, value))).toBe('device.limit')
    expect(sent().length).toBe(before)
  })

  it('say why it doesn’t run', async () => {
    const { instrument, run } = await setUp({ fault: 'alarm' })
    const error = await run(instrument.set!('run', true).catch((thrown: Error) => thrown))
    expect(error).toMatchObject({ code: 'device.refused' })
    expect((error as Error).message).toContain('Temperature limiter test space')
  })

  it.each([
    ['setpoint-ignored', 'temperatureC', 'device.clamped'],
    ['code-4', 'temperatureC', 'device.wrongModel'],
    ['code-6', 'run', 'device.refused'],
  ])('with %s fail', async (fault, name, code) => {
    const { set, codeOf } = await setUp({ fault })
    expect(await codeOf(set(name, name === 'run' ? true : 40))).toBe(code)
  })

  it('switch humidity off by 0 % only where the deviation says that this does it', async () => {
    const plain = await setUp({ humidityOutput: 'none' })
    expect(await plain.codeOf(plain.set('humidityPercent', null))).toBe('device.refused')
    const odd = await setUp({ humidityOutput: 'none' }, { deviations: ['humidity-zero-is-off'] })
    expect(await odd.set('humidityPercent', null)).toMatchObject({ actual: null })
    expect(await odd.set('humidityPercent', 30)).toMatchObject({ actual: 30 })
  })
})

describe('its programs', () => {
  it('start, pause, go on and stop, and say where they stand', async () => {
    const { run, program, pass, bench } = await setUp()
    expect(await run(program.status())).toMatchObject({ state: 'idle', program: null })
    await run(program.start({ program: 2, step: 1 }))
    expect(await run(program.status())).toMatchObject({ state: 'running', program: 2, cyclesRemaining: 1 })
    await run(program.pause())
    expect(await run(program.status())).toMatchObject({ state: 'paused' })
    await run(program.resume())
    await pass(3600)
    expect(bench.chamber.temperatureC()).toBeCloseTo(85, 0)
    await run(program.stop())
    expect(await run(program.status())).toMatchObject({ state: 'idle' })
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('are refused where there is none, at another step than the first, and in alarm', async () => {
    const { codeOf, program, options, sent } = await setUp()
    const before = sent().length
    expect(await codeOf(program.start({ program: 1, step: 2 }))).toBe('device.refused')
    expect(sent().length).toBe(before)
    expect(await codeOf(program.start({ program: 9, step: 1 }))).toBe('device.refused')
    options['fault'] = 'alarm'
    expect(await codeOf(program.start({ program: 1, step: 1 }))).toBe('device.refused')
  })

  it('go before running by hand, and are ended by it', async () => {
    const { run, program, set, codeOf } = await setUp()
    await run(program.start({ program: 1, step: 1 }))
    expect(await codeOf(set('run', true))).toBe('device.refused')
    expect(await set('run', false)).toMatchObject({ actual: false })
    expect(await run(program.status())).toMatchObject({ state: 'idle' })
  })
})

describe('a safe stop', () => {
  it('ends program and manual mode, and proves it by status, program and temperature', async () => {
    const { run, instrument, program, bench } = await setUp()
    await run(program.start({ program: 1, step: 1 }))
    const proof = await run(instrument.safeStop())
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(proof.evidence.slice(0, 2).map((each) => each.command)).toEqual([
      '19015 (stop the program)',
      '14001 (end manual mode)',
    ])
    expect(proof.evidence.at(-1)?.readBack).toMatch(/°C$/)
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('is not safe while the chamber goes on, and says so', async () => {
    const { run, instrument, set, options } = await setUp()
    await set('run', true)
    options['fault'] = 'stop-ignored'
    const proof = await run(instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain('still runs')
  })

  it('comes instead of a start under way', async () => {
    const { run, instrument, clock, codeOf, bench, pass } = await setUp({ fault: 'slow-start' })
    const starting = codeOf(instrument.set!('run', true))
    await run(clock.sleep(2000))
    expect(await run(instrument.safeStop())).toMatchObject({ safe: true })
    expect(await starting).toBe('run.stopped')
    await pass(60)
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('is tried twice', async () => {
    const { run, instrument, set, options, bench, clock } = await setUp()
    await set('run', true)
    options['fault'] = 'no-answer'
    const stop = instrument.safeStop()
    void clock.sleep(14_000).then(() => void (options['fault'] = ''))
    expect(await run(stop)).toMatchObject({ safe: true })
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })
})

describe('the wire', () => {
  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
    ['split', 'none'],
    ['twice', 'none'],
  ])('with the fault %s a reading ends in %s, and the next one is well', async (fault, code) => {
    const { codeOf, instrument, options, read } = await setUp()
    await read()
    options['fault'] = fault
    expect(await codeOf(instrument.read())).toBe(code)
    options['fault'] = ''
    expect((await read())['temperature']?.value).toBeCloseTo(23.5, 0)
  })
})
