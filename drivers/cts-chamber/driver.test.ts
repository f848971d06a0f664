import { describe, expect, it } from 'vitest'
import { latin1ToBytes } from '../../src/base/bytes.ts'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { openRig, type RigOptions } from '../../test/support/driverRig.ts'
import { createBench } from '../bench/bench.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const setUp = async (options: Record<string, string> = {}, more: RigOptions = {}) => {
  const rig = await openRig(driver, simulator, { ...more, options: { hardware: '9.99', ...options } })
  const set = (name: string, value: number | boolean | null) => rig.run(rig.instrument.set!(name, value))
  const read = async () =>
    Object.fromEntries((await rig.run(rig.instrument.read())).map((each) => [each.channel, each]))
  const sent = () => rig.wire.filter((each) => each.startsWith('>')).map((each) => each.slice(2))
  const texts = () =>
    sent().map((each) =>
      String.fromCharCode(
        ...each
          .split(' ')
          .slice(2, -2)
          .map((byte) => parseInt(byte, 16) & 0x7f),
      ),
    )
  return { ...rig, set, read, sent, texts, program: rig.instrument.chamberProgram! }
}

describe('identification', () => {
  it('is by status, temperature and error text', async () => {
    const { run, instrument, texts } = await setUp()
    expect(await run(instrument.identify())).toEqual({
      maker: 'CTS',
      model: 'CTS',
      serialNumber: null,
      firmware: 'hardware 9.99',
    })
    expect(texts()).toEqual(['S', 'A0', 'F'])
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['wrong-checksum', 'device.badReply'],
    ['other-answer', 'device.badReply'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.timeout'],
  ])('with %s ends in %s', async (fault, code) => {
    const { codeOf, instrument } = await setUp({ fault })
    expect(await codeOf(instrument.identify())).toBe(code)
  })
})

describe('settings', () => {
  it('go in five characters and are read back', async () => {
    const { set, texts } = await setUp()
    expect(await set('temperatureC', -40)).toEqual({ name: 'temperatureC', asked: -40, actual: -40 })
    expect(await set('humidityPercent', 85)).toMatchObject({ actual: 85 })
    expect(await set('humidityPercent', null)).toMatchObject({ actual: null })
    expect(await set('temperatureRampKPerMin', 2.5)).toMatchObject({ actual: 2.5 })
    expect(await set('temperatureRampKPerMin', null)).toMatchObject({ actual: null })
    expect(await set('run', true)).toMatchObject({ actual: true })
    expect(await set('run', false)).toMatchObject({ actual: false })
    expect(texts().filter((each) => /^[audps]/.test(each))).toEqual([
      'a0 -40.0',
      'a1 085.0',
      'a1 000.0',
      'u1 002.5',
      'd1 002.5',
      'u1 999.9',
      'd1 999.9',
      's1 1',
      's1 0',
    ])
  })

  it('drive the air; while a gradient moves the set-point its end is what was set', async () => {
    const { set, read, run, clock, bench } = await setUp()
    await set('temperatureRampKPerMin', 1)
    await set('run', true)
    expect(await set('temperatureC', 85)).toMatchObject({ actual: 85 })
    await run(clock.sleep(1_800_000))
    expect((await read())['temperature.setpoint']?.value).toBeCloseTo(53.5, 0)
    expect(await set('temperatureC', 80)).toMatchObject({ actual: 80 })
    await run(clock.sleep(7_200_000))
    const found = await read()
    expect(bench.chamber.temperatureC()).toBeCloseTo(80, 1)
    expect(Math.abs(found['temperature']!.value! - bench.chamber.temperatureC())).toBeLessThan(0.5)
    expect(Math.abs(found['humidity']!.value! - bench.chamber.humidityPercent())).toBeLessThan(3)
  })

  it.each([
    ['temperatureC', 181],
    ['temperatureC', -76],
    ['humidityPercent', 4],
    ['temperatureRampKPerMin', 0],
  ])('refuse %s of %d, and nothing is sent', async (name, value) => {
    const { codeOf, set, sent } = await setUp()
    expect(await codeOf(set(name, value))).toBe('device.limit')
    expect(sent()).toEqual([])
  })

  it.each([
    ['setpoint-ignored', 'temperatureC', 'device.clamped'],
    ['setpoint-ignored', 'humidityPercent', 'device.clamped'],
    ['alarm', 'run', 'device.refused'],
    ['other-answer', 'run', 'device.badReply'],
  ])('with the fault %s fail', async (fault, name, code) => {
    const { codeOf, set } = await setUp({ fault })
    expect(await codeOf(set(name, name === 'run' ? true : 40))).toBe(code)
  })

  it('say which error keeps it from running', async () => {
    const { run, instrument } = await setUp({ fault: 'alarm' })
    const error = await run(instrument.set!('run', true).catch((thrown: Error) => thrown))
    expect((error as Error).message).toContain('Max. temperature')
  })

  it('of a chamber for temperature only leave channel 1 alone', async () => {
    const { codeOf, set, read, texts } = await setUp({}, { deviations: ['no-humidity'] })
    expect((await read())['humidity']).toMatchObject({ value: null })
    expect(await codeOf(set('humidityPercent', 50))).toBe('device.refused')
    expect(texts()).not.toContain('A1')
  })
})

describe('reading', () => {
  it('leaves 100 ms between commands', async () => {
    const { read, clock } = await setUp()
    await read()
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(200 + 3 * 25)
  })

  it('gives no value of a broken sensor', async () => {
    const { read } = await setUp({ fault: 'temperature-sensor' })
    expect((await read())['temperature']).toMatchObject({
      value: null,
      reason: 'the chamber shows 999.9: its sensor is broken',
    })
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.timeout'],
    ['split', 'none'],
    ['twice', 'none'],
  ])('with %s ends in %s, and the next one is well', async (fault, code) => {
    const { codeOf, instrument, options, read } = await setUp()
    options['fault'] = fault
    expect(await codeOf(instrument.read())).toBe(code)
    options['fault'] = ''
    expect((await read())['temperature']?.value).toBeCloseTo(23.5, 0)
  })

  it('works in frames of seven bits where the interface has those', async () => {
    const { read, set, sent } = await setUp({}, { deviations: ['seven-bit'] })
    expect((await read())['temperature']?.value).toBeCloseTo(23.5, 0)
    expect(await set('temperatureC', 40)).toMatchObject({ actual: 40 })
    expect(sent()[0]).toBe('02 53 03')
  })
})

describe('its programs', () => {
  it('start, pause, go on and stop', async () => {
    const { run, program, bench, clock, sent } = await setUp()
    expect(await run(program.status())).toMatchObject({ state: 'idle', program: null })
    await run(program.start({ program: 1, step: 1 }))
    expect(sent()).toContain('02 81 f0 b0 b0 b1 c0 03')
    expect(await run(program.status())).toMatchObject({ state: 'running', program: 1 })
    await run(program.pause())
    expect(await run(program.status())).toMatchObject({ state: 'paused' })
    await run(program.resume())
    await run(clock.sleep(2_000_000))
    expect(bench.chamber.temperatureC()).toBeCloseTo(85, 0)
    await run(program.stop())
    expect(await run(program.status())).toMatchObject({ state: 'idle' })
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('are refused where there is none, or at another step', async () => {
    const { codeOf, program, sent } = await setUp()
    expect(await codeOf(program.start({ program: 1, step: 3 }))).toBe('device.refused')
    expect(await codeOf(program.start({ program: 100, step: 1 }))).toBe('device.refused')
    expect(sent()).toEqual([])
    expect(await codeOf(program.start({ program: 9, step: 1 }))).toBe('device.refused')
  })
})

describe('a safe stop', () => {
  it('ends the program and the chamber, and reads back', async () => {
    const { run, program, instrument, sent, bench } = await setUp()
    await run(program.start({ program: 2, step: 1 }))
    const proof = await run(instrument.safeStop())
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(proof.evidence.map((each) => each.command)).toEqual(['p000', 's1 0', 'S (running)', 'A0 (temperature)'])
    expect(sent().slice(-4)[0]).toBe('02 81 f0 b0 b0 b0 c1 03')
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('is not safe in silence, or while the chamber goes on', async () => {
    const { run, set, instrument, options } = await setUp()
    await set('run', true)
    options['fault'] = 'stop-ignored'
    const proof = await run(instrument.safeStop())
    expect(proof).toMatchObject({ safe: false })
    expect(proof.detail).toContain('still runs')
    options['fault'] = 'no-answer'
    expect(await run(instrument.safeStop())).toMatchObject({ safe: false })
  })
})

describe('the simulated control on its TCP port', () => {
  it('answers plain text in plain text, and in frames of seven bits', async () => {
    const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
    const random = createRandom(2)
    const bench = createBench({ clock, random: random.fork('bench') })
    const said: string[] = []
    const device = simulator.createSimulator({
      clock,
      random,
      bench,
      options: {},
      faults: { isActive: () => false, detail: () => undefined, countAnswer: () => undefined },
      send: (bytes) => void said.push(String.fromCharCode(...bytes)),
    })
    for (const text of ['A0', 'a0 -25.5', 'U1', '\x02s1 1\x03', 'nonsense']) {
      device.receive(latin1ToBytes(text))
      await clock.run(clock.sleep(100))
    }
    expect(said).toEqual([expect.stringMatching(/^A0 02\d\.\d 023\.0$/), 'a', 'U1 999.9 999.9', '\x02s1\x03'])
  })
})
