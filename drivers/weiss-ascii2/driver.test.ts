import { describe, expect, it } from 'vitest'
import { openRig, type RigOptions } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const textOf = (hex: string): string =>
  hex
    .split(' ')
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 16)))
    .join('')

const setUp = async (options: Record<string, string> = {}, more: RigOptions = {}) => {
  const rig = await openRig(driver, simulator, { ...more, options: { hardware: '9.99', ...options } })
  const set = (name: string, value: number | boolean | null) => rig.run(rig.instrument.set!(name, value))
  const read = async () =>
    Object.fromEntries((await rig.run(rig.instrument.read())).map((each) => [each.channel, each]))
  const sent = () => rig.wire.filter((each) => each.startsWith('>')).map((each) => textOf(each.slice(2)).trim())
  return { ...rig, set, read, sent }
}

describe('identification', () => {
  it('reads once, and asks the chamber to describe its lines', async () => {
    const { run, instrument, sent } = await setUp()
    expect(await run(instrument.identify())).toEqual({
      maker: 'Weiss Technik',
      model: 'ASCII-2 chamber',
      serialNumber: null,
      firmware: 'hardware 9.99',
    })
    expect(sent()).toEqual(['$01I', '$01?'])
  })

  it('takes a chamber that doesn’t describe itself, and one that answers half a description not', async () => {
    const old = await setUp({ model: 'old' })
    expect(await old.run(old.instrument.identify())).toMatchObject({ firmware: null })
    const half = await setUp({ fault: 'partial:on=?' })
    expect(await half.codeOf(half.instrument.identify())).toBe('device.timeout')
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
  ])('with %s ends in %s', async (fault, code) => {
    const { codeOf, instrument, sent } = await setUp({ fault })
    expect(await codeOf(instrument.identify())).toBe(code)
    expect(new Set(sent())).toEqual(new Set(['$01I']))
  })
})

describe('setting', () => {
  it('writes all values back as they were but the one that changes', async () => {
    const { run, instrument, set, sent, read } = await setUp()
    await run(instrument.identify())
    await set('temperatureC', -40)
    expect(sent().at(-2)).toBe('$01E -040.0 0050.0 0090.0 0000.0 0000.0 0000.0 0000.0 00000000000000000000000000000000')
    await set('humidityPercent', 85)
    await set('run', true)
    expect(
      sent()
        .filter((each) => each.startsWith('$01E'))
        .at(-1),
    ).toBe('$01E -040.0 0085.0 0090.0 0000.0 0000.0 0000.0 0000.0 01100000000000000000000000000000')
    expect(await read()).toMatchObject({
      'temperature.setpoint': { value: -40 },
      'humidity.setpoint': { value: 85 },
      running: { value: 1 },
    })
    expect(await set('humidityPercent', null)).toMatchObject({ actual: null })
    expect((await read())['humidity.setpoint']).toMatchObject({ value: null, reason: 'humidity is switched off' })
  })

  it('brings the air there', async () => {
    const { set, run, clock, read, bench } = await setUp()
    await set('temperatureC', 60)
    await set('run', true)
    await run(clock.sleep(3_600_000))
    const found = await read()
    expect(bench.chamber.temperatureC()).toBeCloseTo(60, 1)
    expect(Math.abs(found['temperature']!.value! - bench.chamber.temperatureC())).toBeLessThan(0.5)
    expect(Math.abs(found['humidity']!.value! - bench.chamber.humidityPercent())).toBeLessThan(3)
  })

  it('of a chamber with an external cabinet, and of an old one by its deviation', async () => {
    const external = await setUp({ model: 'external' })
    expect(await external.set('temperatureC', 40)).toMatchObject({ actual: 40 })
    expect(external.sent().at(-2)?.split(' ')).toHaveLength(1 + 9 + 1)
    expect(await external.codeOf(external.set('humidityPercent', 40))).toBe('device.refused')
    const old = await setUp({ model: 'old' }, { deviations: ['fields-as-read'] })
    expect(await old.set('temperatureC', 40)).toMatchObject({ actual: 40 })
    expect(await old.set('run', true)).toMatchObject({ actual: true })
    expect(old.sent().at(-2)).toMatch(/^\$01E( [-\d]\d{3}\.\d){10} 01000000[01]{8}$/)
  })

  it.each([
    ['temperatureC', 201],
    ['temperatureC', 183],
    ['humidityPercent', 99],
  ])('%s of %d is beyond the profile or the chamber’s own limit, and nothing is sent', async (name, value) => {
    const { run, instrument, codeOf, set, sent } = await setUp()
    await run(instrument.identify())
    const before = sent().length
    expect(await codeOf(set(name, value))).toBe('device.limit')
    expect(sent().length).toBe(before)
  })

  it.each([
    ['locked', 'temperatureC', 'device.clamped'],
    ['locked', 'run', 'device.clamped'],
    ['write-refused', 'run', 'device.refused'],
    ['setpoint-ignored', 'humidityPercent', 'device.clamped'],
    ['alarm', 'run', 'device.clamped'],
  ])('with the fault %s %s fails', async (fault, name, code) => {
    const { codeOf, set } = await setUp({ fault })
    expect(await codeOf(set(name, name === 'run' ? true : 40))).toBe(code)
  })
})

describe('reading', () => {
  it('gives no value where an input has no sensor', async () => {
    const { read } = await setUp({ fault: 'temperature-sensor' })
    const found = await read()
    expect(found['temperature']).toMatchObject({ value: null })
    expect(found['temperature']?.reason).toContain('-191.3')
    expect(found['humidity']?.value).toBeCloseTo(45, 0)
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
    ['split', 'none'],
    ['twice', 'none'],
  ])('with %s ends in %s, and the next one is well', async (fault, code) => {
    const { codeOf, instrument, options, read } = await setUp()
    await read()
    options['fault'] = fault
    expect(await codeOf(instrument.read())).toBe(code)
    options['fault'] = ''
    expect((await read())['temperature']?.value).toBeCloseTo(23.5, 0)
  })
})

describe('a safe stop', () => {
  it('clears the digits of start and humidity, and reads back', async () => {
    const { set, run, instrument, sent, bench } = await setUp()
    await set('humidityPercent', 85)
    await set('run', true)
    expect(await run(instrument.safeStop())).toMatchObject({ safe: true, detail: null })
    expect(sent().at(-2)).toMatch(/^\$01E 0023\.0 0085\.0 .* 0{32}$/)
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('sends something that stops most chambers even where nothing was ever answered', async () => {
    const { run, instrument, sent } = await setUp({ fault: 'no-answer' })
    const proof = await run(instrument.safeStop())
    expect(proof).toMatchObject({ safe: false })
    expect(sent()).toContain('$01E 0020.0 0000.0 0000.0 0000.0 0000.0 0000.0 0000.0 00000000000000000000000000000000')
  })

  it('is not safe while the chamber goes on', async () => {
    const { set, run, instrument, options } = await setUp()
    await set('run', true)
    options['fault'] = 'stop-ignored'
    const proof = await run(instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain('still runs')
  })

  it('is not followed by what a setting still had to send', async () => {
    const { run, instrument, clock, codeOf, bench } = await setUp()
    await run(instrument.identify())
    const starting = codeOf(instrument.set!('run', true))
    await run(clock.sleep(20))
    expect(await run(instrument.safeStop())).toMatchObject({ safe: true })
    expect(await starting).toBe('run.stopped')
    await run(clock.sleep(60_000))
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('doesn’t wait for an acknowledgement that never comes', async () => {
    const { run, instrument, set } = await setUp({ acknowledge: 'off' }, { deviations: ['no-acknowledge'] })
    expect(await set('run', true)).toMatchObject({ actual: true })
    expect(await run(instrument.safeStop())).toMatchObject({ safe: true })
  })
})
