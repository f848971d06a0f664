import { describe, expect, it } from 'vitest'
import { binderOpener } from '../../test/support/binderRig.ts'
import { driver } from './driver.ts'
import { isDate } from './registers.ts'
import { simulator } from './simulator.ts'

const setUp = binderOpener(driver, simulator)

describe('identification', () => {
  it('is by the controller’s clock and a temperature', async () => {
    const { run, instrument, writes } = await setUp()
    expect(await run(instrument.identify())).toEqual({
      maker: 'BINDER',
      model: 'MB2',
      serialNumber: null,
      firmware: 'hardware 9.99',
    })
    expect(writes()).toEqual([])
  })

  it.each([
    ['exception-2', 'device.wrongModel'],
    ['word-order', 'device.badReply'],
    ['no-answer', 'device.timeout'],
  ])('with %s ends in %s', async (fault, code) => {
    const { codeOf, instrument, writes } = await setUp({ fault })
    expect(await codeOf(instrument.identify())).toBe(code)
    expect(writes()).toEqual([])
  })

  it('knows a date', () => {
    expect(isDate([2026, 2, 28, 23, 59, 59])).toBe(true)
    for (const words of [[1999, 1, 1, 0, 0, 0], [2026, 13, 1, 0, 0, 0], [2026, 1, 1, 24, 0, 0], [2026, 1, 1, 0, 0], []])
      expect(isDate(words)).toBe(false)
  })
})

describe('settings', () => {
  it('go out in the frames of the specification', async () => {
    const { set, writes } = await setUp()
    expect(await set('temperatureC', 85)).toEqual({ name: 'temperatureC', asked: 85, actual: 85 })
    expect(writes()).toEqual(['01 10 11 4c 00 02 04 00 00 42 aa 87 45'])
  })

  it('are written before idle mode ends', async () => {
    const { set, writes, read, bench, run, clock } = await setUp()
    await set('temperatureC', 60)
    expect(bench.chamber.workingTemperatureC()).toBeNull()
    expect(await set('run', true)).toMatchObject({ actual: true })
    expect(writes().slice(-2)[0]).toMatch(/^01 10 11 4c 00 02 04 00 00 42 70/)
    expect(writes().at(-1)).toMatch(/^01 06 11 58 00 00/)
    await run(clock.sleep(3_600_000))
    const found = await read()
    expect(bench.chamber.temperatureC()).toBeCloseTo(60, 1)
    expect(Math.abs(found['temperature']!.value! - bench.chamber.temperatureC())).toBeLessThan(0.5)
    expect(found).toMatchObject({ 'temperature.setpoint': { value: 60 }, running: { value: 1 } })
    expect(await set('run', false)).toMatchObject({ actual: false })
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('switch humidity by its operation line', async () => {
    const { set, read, writes } = await setUp()
    expect(await set('humidityPercent', null)).toMatchObject({ actual: null })
    expect(writes().at(-1)).toMatch(/^01 06 11 58 00 03/)
    expect((await read())['humidity.setpoint']).toMatchObject({ value: null, reason: 'humidity is switched off' })
    expect(await set('humidityPercent', 85)).toMatchObject({ actual: 85 })
    expect((await read())['humidity.setpoint']?.value).toBe(85)
  })

  it.each([
    ['temperatureC', 191],
    ['temperatureC', -76],
    ['humidityPercent', 99],
  ])('refuse %s of %d, and nothing is sent', async (name, value) => {
    const { codeOf, set, sent } = await setUp()
    expect(await codeOf(set(name, value))).toBe('device.limit')
    expect(sent()).toEqual([])
  })

  it.each([
    ['write-denied', 'temperatureC', 'device.refused'],
    ['exception-3', 'temperatureC', 'device.refused'],
    ['setpoint-ignored', 'temperatureC', 'device.clamped'],
    ['alarm', 'run', 'device.clamped'],
  ])('with the fault %s %s fails with %s', async (fault, name, code) => {
    const { codeOf, set } = await setUp({ fault })
    expect(await codeOf(set(name, name === 'run' ? true : 40))).toBe(code)
  })

  it('of a chamber for temperature only leave humidity alone', async () => {
    const { codeOf, set, read, sent } = await setUp({}, { deviations: ['no-humidity'] })
    expect((await read())['humidity']).toMatchObject({ value: null })
    expect(await codeOf(set('humidityPercent', 50))).toBe('device.refused')
    expect(sent().filter((each) => each.startsWith('01 03 10 0a'))).toEqual([])
  })

  it('are read by function 4 where the deviation says so', async () => {
    const { read, sent } = await setUp({}, { deviations: ['read-by-function-4'] })
    expect((await read())['temperature']?.value).toBeCloseTo(23.5, 0)
    expect(sent()[0]).toMatch(/^01 04 10 04 00 02/)
  })
})

describe('reading', () => {
  it('gives no value where the controller shows none', async () => {
    const { read } = await setUp({ fault: 'humidity-sensor' })
    const found = await read()
    expect(found['humidity']).toMatchObject({ value: null })
    expect(found['temperature']?.value).toBeCloseTo(23.5, 0)
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.badReply'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
    ['word-order', 'device.badReply'],
    ['split', 'none'],
    ['echo', 'none'],
  ])('with %s ends in %s, and the next one is well', async (fault, code) => {
    const { codeOf, instrument, options, read } = await setUp()
    options['fault'] = fault
    const found = await codeOf(instrument.read())
    if (code === 'device.badReply' && fault !== 'word-order') expect(found).toMatch(/^device\.(badReply|timeout)$/)
    else expect(found).toBe(code)
    options['fault'] = ''
    expect((await read())['temperature']?.value).toBeCloseTo(23.5, 0)
  })
})

describe('its programs', () => {
  it('start at any section by the controller’s clock, pause, go on and stop in idle mode', async () => {
    const { run, program, writes, clock, bench, read } = await setUp()
    expect(await run(program.status())).toMatchObject({ state: 'idle' })
    await run(program.start({ program: 1, step: 2 }))
    expect(writes().map((each) => each.slice(6, 17))).toEqual([
      '11 48 00 02',
      '11 46 00 00',
      '11 47 00 00',
      '11 40 00 06',
      '11 49 00 01',
    ])
    expect(await run(program.status())).toMatchObject({ state: 'running', program: 1, step: 2 })
    await run(program.pause())
    expect(await run(program.status())).toMatchObject({ state: 'paused' })
    await run(program.resume())
    await run(clock.sleep(900_000))
    expect(await run(program.status())).toMatchObject({ state: 'running', step: 3 })
    await run(program.stop())
    expect(await run(program.status())).toMatchObject({ state: 'idle' })
    expect((await read())['running']?.value).toBe(0)
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('are refused where there is none; a run by hand is refused while one runs', async () => {
    const { codeOf, run, program, set, sent } = await setUp()
    expect(await codeOf(program.start({ program: 26, step: 1 }))).toBe('device.refused')
    expect(sent()).toEqual([])
    expect(await codeOf(program.start({ program: 9, step: 1 }))).toBe('device.refused')
    await run(program.start({ program: 2, step: 1 }))
    expect(await codeOf(set('run', true))).toBe('device.refused')
    expect(await set('run', false)).toMatchObject({ actual: false })
  })
})

describe('a safe stop', () => {
  it('ends the program, switches to idle mode without asking first, and reads back', async () => {
    const { run, program, instrument, writes, bench } = await setUp()
    await run(program.start({ program: 2, step: 1 }))
    const before = writes().length
    const proof = await run(instrument.safeStop())
    expect(proof).toMatchObject({ safe: true, detail: null })
    const stops = writes().slice(before)
    expect(stops.map((each) => each.slice(0, 17))).toEqual(['01 06 11 4a 00 01', '01 06 11 58 00 03'])
    expect(proof.evidence.map((each) => each.readBack)).toEqual([
      'taken',
      'taken',
      '1',
      'none',
      expect.stringMatching(/°C$/),
    ])
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('is not safe in silence, when writing is denied, or while the chamber goes on', async () => {
    const { run, set, instrument, options } = await setUp()
    await set('run', true)
    for (const fault of ['stop-ignored', 'write-denied', 'no-answer']) {
      options['fault'] = fault
      expect(await run(instrument.safeStop()), fault).toMatchObject({ safe: false })
    }
    options['fault'] = ''
    expect(await run(instrument.safeStop())).toMatchObject({ safe: true })
  })
})
