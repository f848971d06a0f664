import { describe, expect, it } from 'vitest'
import { binderOpener } from '../../test/support/binderRig.ts'
import { driver } from './driver.ts'
import { messageText } from './registers.ts'
import { simulator } from './simulator.ts'

const setUp = binderOpener(driver, simulator)

describe('identification', () => {
  it('is by a mode, two set-points, a temperature and a message in characters', async () => {
    const { run, instrument, writes } = await setUp()
    expect(await run(instrument.identify())).toEqual({
      maker: 'BINDER',
      model: 'MB1',
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

  it('takes a message of characters only', () => {
    expect(messageText(Array.from('DOOR OPEN   ', (char) => char.charCodeAt(0)))).toBe('DOOR OPEN')
    expect(messageText([0, 0, 0])).toBe('')
    expect(messageText([0x4142])).toBeNull()
    expect(messageText([7])).toBeNull()
  })
})

describe('settings', () => {
  it('go out in the frames of the specification, to both set-points', async () => {
    const { set, writes } = await setUp()
    expect(await set('temperatureC', 85)).toEqual({ name: 'temperatureC', asked: 85, actual: 85 })
    expect(writes()[0]).toBe('01 10 15 81 00 02 04 00 00 42 aa 78 4c')
    expect(writes()[1]).toMatch(/^01 10 15 6f 00 02 04 00 00 42 aa/)
  })

  it('show at once in idle mode, where the controller goes by the basic set-point', async () => {
    const { set, read } = await setUp()
    await set('temperatureC', 60)
    await set('humidityPercent', 85)
    expect(await read()).toMatchObject({
      'temperature.setpoint': { value: 60 },
      'humidity.setpoint': { value: 85 },
      running: { value: 0 },
    })
    expect(await set('humidityPercent', null)).toMatchObject({ actual: null })
    expect((await read())['humidity.setpoint']).toMatchObject({ value: null, reason: 'humidity is switched off' })
  })

  it('are written before the mode', async () => {
    const { set, writes, read, bench, run, clock } = await setUp()
    await set('temperatureC', 60)
    expect(await set('run', true)).toMatchObject({ actual: true })
    expect(writes().map((each) => each.slice(3, 11))).toEqual([
      '10 15 81',
      '10 15 6f',
      '10 15 81',
      '10 15 6f',
      '06 1a 22',
    ])
    expect(writes().at(-1)).toMatch(/^01 06 1a 22 08 00/)
    await run(clock.sleep(3_600_000))
    const found = await read()
    expect(bench.chamber.temperatureC()).toBeCloseTo(60, 1)
    expect(Math.abs(found['temperature']!.value! - bench.chamber.temperatureC())).toBeLessThan(0.5)
    expect(await set('run', false)).toMatchObject({ actual: false })
    expect(writes().at(-1)).toMatch(/^01 06 1a 22 00 00/)
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it.each([
    ['temperatureC', 191],
    ['humidityPercent', 4],
    ['humidityPercent', 99],
  ])('refuse %s of %d, and nothing is sent', async (name, value) => {
    const { codeOf, set, sent } = await setUp()
    expect(await codeOf(set(name, value))).toBe('device.limit')
    expect(sent()).toEqual([])
  })

  it.each([
    ['write-denied', 'temperatureC', 'device.refused'],
    ['setpoint-ignored', 'temperatureC', 'device.refused'],
    ['alarm', 'run', 'device.refused'],
  ])('with the fault %s %s fails with %s', async (fault, name, code) => {
    const { codeOf, set } = await setUp({ fault })
    expect(await codeOf(set(name, name === 'run' ? true : 40))).toBe(code)
  })

  it('say what stands in the display where it doesn’t run', async () => {
    const { run, instrument } = await setUp({ fault: 'alarm' })
    const error = await run(instrument.set!('run', true).catch((thrown: Error) => thrown))
    expect((error as Error).message).toContain('an alarm stands: LIMIT')
  })
})

describe('reading', () => {
  it('tells door and alarm', async () => {
    const { read, options } = await setUp({ fault: 'door-open' })
    expect(await read()).toMatchObject({ door: { value: 1 }, alarm: { value: 0 } })
    options['fault'] = 'alarm'
    expect(await read()).toMatchObject({ door: { value: 0 }, alarm: { value: 1 } })
  })

  it('leaves out what a unit doesn’t have', async () => {
    const { read, run, instrument, sent } = await setUp({}, { deviations: ['no-humidity', 'no-door-and-alarm'] })
    const found = await read()
    for (const channel of ['humidity', 'humidity.setpoint', 'door', 'alarm'])
      expect(found[channel]).toMatchObject({ value: null })
    expect(await run(instrument.identify())).toMatchObject({ firmware: null })
    expect(sent().filter((each) => /^01 03 (11 cd|10 79|10 07|12)/.test(each))).toEqual([])
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['word-order', 'device.badReply'],
    ['temperature-sensor', 'none'],
    ['split', 'none'],
    ['leading-zero', 'none'],
  ])('with %s ends in %s, and the next one is well', async (fault, code) => {
    const { codeOf, instrument, options, read } = await setUp()
    options['fault'] = fault
    expect(await codeOf(instrument.read())).toBe(code)
    options['fault'] = ''
    expect((await read())['temperature']?.value).toBeCloseTo(23.5, 0)
  })
})

describe('its programs', () => {
  it('are chosen and started by the mode', async () => {
    const { run, program, writes, bench, clock } = await setUp()
    await run(program.start({ program: 2, step: 1 }))
    expect(writes().map((each) => each.slice(6, 17))).toEqual(['1a 22 00 00', '1a 23 00 01', '1a 22 04 00'])
    expect(await run(program.status())).toMatchObject({ state: 'running', program: 2 })
    await run(clock.sleep(3_600_000))
    expect(bench.chamber.temperatureC()).toBeCloseTo(85, 0)
    await run(program.stop())
    expect(await run(program.status())).toMatchObject({ state: 'idle', program: null })
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('have no pause and no other first step, and keep a run by hand away', async () => {
    const { codeOf, run, program, set } = await setUp()
    expect(await codeOf(program.pause())).toBe('device.refused')
    expect(await codeOf(program.start({ program: 1, step: 2 }))).toBe('device.refused')
    expect(await codeOf(program.start({ program: 26, step: 1 }))).toBe('device.refused')
    expect(await codeOf(program.start({ program: 9, step: 1 }))).toBe('device.refused')
    await run(program.start({ program: 1, step: 1 }))
    expect(await codeOf(set('run', true))).toBe('device.refused')
  })
})

describe('a safe stop', () => {
  it('goes to idle mode and reads back', async () => {
    const { run, set, instrument, writes, bench } = await setUp()
    await set('run', true)
    const proof = await run(instrument.safeStop())
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(writes().at(-1)).toMatch(/^01 06 1a 22 00 00/)
    expect(proof.evidence.map((each) => each.readBack)).toEqual(['taken', '0x0000', expect.stringMatching(/°C$/)])
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('takes 0x1000 for idle only where the deviation says that it is', async () => {
    const plain = await setUp({ idle: 'basic' })
    const proof = await plain.run(plain.instrument.safeStop())
    expect(proof).toMatchObject({ safe: false })
    expect(proof.detail).toContain('0x1000; if that is idle on this firmware')
    const told = await setUp({ idle: 'basic' }, { deviations: ['basic-mode-is-idle'] })
    await told.set('run', true)
    expect(await told.run(told.instrument.safeStop())).toMatchObject({ safe: true })
    expect(told.writes().at(-1)).toMatch(/^01 06 1a 22 10 00/)
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
