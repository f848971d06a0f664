import { describe, expect, it } from 'vitest'
import { bytesToHex, latin1ToBytes } from '../../src/base/bytes.ts'
import { openRig, type RigOptions } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { checksum, decodeFrame, encodeFrame, formatTemperature, readStatus, setText, type Status } from './protocol.ts'
import { simulator } from './simulator.ts'

const setUp = async (options: Record<string, string> = {}, more: RigOptions = {}) => {
  const rig = await openRig(driver, simulator, { ...more, options: { hardware: '9.99', ...options } })
  const set = (name: string, value: number | boolean | null) => rig.run(rig.instrument.set!(name, value))
  const read = async () =>
    Object.fromEntries((await rig.run(rig.instrument.read())).map((each) => [each.channel, each]))
  const sent = () => rig.wire.filter((each) => each.startsWith('>')).map((each) => each.slice(2))
  const texts = () =>
    sent().map((each) => String.fromCharCode(...each.split(' ').map((byte) => parseInt(byte, 16))).slice(1, -3))
  return { ...rig, set, read, sent, texts }
}

describe('frames', () => {
  it('the poll is 02 31 3f 38 45 03', () => {
    expect(bytesToHex(encodeFrame('1?'))).toBe('02313f384503')
    expect(decodeFrame(encodeFrame('1?'))).toBe('1?')
  })

  it('sets of 85 °C and 85 % have the checksum 78', () => {
    const text = setText('1', { setpointC: 85, setpointPercent: 85, digits: '1000000000000000' })
    expect(text).toBe('1T085.0F85R1000000000000000')
    expect(checksum(`\x02${text}`)).toBe('78')
  })

  it.each([
    [-39.5, '-39.5'],
    [0, '000.0'],
    [5.25, '005.3'],
    [150, '150.0'],
  ])('a temperature of %d is %s', (value, text) => expect(formatTemperature(value)).toBe(text))

  it.each(['02313f384603', '02313f3845', '313f384503', '0203', '02b13f384503'])('%s is none', (hex) => {
    const bytes = Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16))
    expect(decodeFrame(bytes)).toBeNull()
  })

  it('a frame whose checksum isn’t looked at still needs its ends', () => {
    expect(decodeFrame(latin1ToBytes('\x021?00\x03'), { isChecked: false })).toBe('1?')
    expect(decodeFrame(latin1ToBytes('1?00\x03'), { isChecked: false })).toBeNull()
  })
})

describe('a status', () => {
  const text = '1T-39.5F45P00S00H0E13T085.0F85R1100000000000000'

  it('is read by its places: 3–7, 9–10, 20–21, 23–27, 29–30, 32–47 of the frame', () => {
    expect(readStatus(text)).toEqual({
      address: '1',
      temperatureC: -39.5,
      humidityPercent: 45,
      unknown: 'P00S00H0E',
      error: 13,
      setpointC: 85,
      setpointPercent: 85,
      digits: '1100000000000000',
    } satisfies Status)
  })

  it('without values and error', () => {
    const found = readStatus('1T---.-F--P00S00H0E--T085.0F--R1100000000000000')
    expect(found).toMatchObject({ temperatureC: null, humidityPercent: null, error: 0, setpointPercent: null })
  })

  it.each([text.slice(1), text.slice(0, -1), text.replace('-39.5', '-39,5'), text.replace('85R', '8R'), '1\x06', ''])(
    'is not “%s”',
    (odd) => expect(readStatus(odd)).toBeNull(),
  )
})

describe('the driver', () => {
  it('knows the chamber by its status', async () => {
    const { run, instrument, sent } = await setUp()
    expect(await run(instrument.identify())).toEqual({
      maker: 'Weiss Technik',
      model: 'SB22',
      serialNumber: null,
      firmware: 'hardware 9.99',
    })
    expect(sent()).toEqual(['02 31 3f 38 45 03'])
  })

  it('sets temperature, humidity and digits together, each as it was but the one that changes', async () => {
    const { set, texts, read } = await setUp()
    await set('temperatureC', -39.5)
    await set('humidityPercent', 85)
    await set('run', true)
    expect(texts().filter((each) => each.includes('T'))).toEqual([
      '1T-39.5F50R0000000000000000',
      '1T-39.5F85R0100000000000000',
      '1T-39.5F85R1100000000000000',
    ])
    expect(await read()).toMatchObject({
      'temperature.setpoint': { value: -39.5 },
      'humidity.setpoint': { value: 85 },
      running: { value: 1 },
      error: { value: 0 },
    })
    expect(await set('humidityPercent', null)).toMatchObject({ actual: null })
    expect((await read())['humidity.setpoint']).toMatchObject({ value: null })
  })

  it('leaves 5 s between commands, 0.2 s where the unit is known to be quick', async () => {
    const slow = await setUp()
    for (let i = 0; i < 3; i++) await slow.read()
    expect(slow.clock.monotonicMs()).toBeGreaterThan(10_000)
    const quick = await setUp({}, { deviations: ['quick'] })
    for (let i = 0; i < 3; i++) await quick.read()
    expect(quick.clock.monotonicMs()).toBeLessThan(1000)
  })

  it('brings the air there', async () => {
    const { set, run, clock, read, bench } = await setUp()
    await set('temperatureC', 60)
    await set('humidityPercent', 70)
    await set('run', true)
    await run(clock.sleep(3_600_000))
    const found = await read()
    expect(bench.chamber.temperatureC()).toBeCloseTo(60, 1)
    expect(Math.abs(found['temperature']!.value! - bench.chamber.temperatureC())).toBeLessThan(0.5)
    expect(Math.abs(found['humidity']!.value! - bench.chamber.humidityPercent())).toBeLessThan(3)
  })

  it.each([
    ['temperatureC', 201],
    ['temperatureC', -91],
    ['humidityPercent', 100],
  ])('refuses %s of %d, and nothing is sent', async (name, value) => {
    const { codeOf, set, sent } = await setUp()
    expect(await codeOf(set(name, value))).toBe('device.limit')
    expect(sent()).toEqual([])
  })

  it.each([
    ['nak', 'temperatureC', 'device.refused'],
    ['setpoint-ignored', 'temperatureC', 'device.clamped'],
    ['alarm', 'run', 'device.refused'],
  ])('with the fault %s %s fails with %s', async (fault, name, code) => {
    const { codeOf, set } = await setUp({ fault })
    expect(await codeOf(set(name, name === 'run' ? true : 40))).toBe(code)
  })

  it('says why it doesn’t run', async () => {
    const { run, instrument } = await setUp({ fault: 'alarm' })
    const error = await run(instrument.set!('run', true).catch((thrown: Error) => thrown))
    expect((error as Error).message).toContain('error 13 (temperature too high)')
  })

  it('gives no value of a broken sensor, and the error code', async () => {
    const { read } = await setUp({ fault: 'humidity-sensor' })
    const found = await read()
    expect(found).toMatchObject({ humidity: { value: null }, error: { value: 5 } })
    expect(found['humidity']?.reason).toContain('humidity sensor')
    expect(found['temperature']?.value).toBeCloseTo(23.5, 0)
  })

  it('takes an answer with a wrong checksum only where it was told to', async () => {
    const strict = await setUp({ fault: 'wrong-checksum' })
    expect(await strict.codeOf(strict.instrument.read())).toBe('device.badReply')
    const lax = await setUp({ fault: 'wrong-checksum' }, { deviations: ['answers-unchecked'] })
    expect((await lax.read())['temperature']?.value).toBeCloseTo(23.5, 0)
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.timeout'],
    ['split', 'none'],
    ['twice', 'none'],
  ])('with the fault %s a reading ends in %s, and the next one is well', async (fault, code) => {
    const { codeOf, instrument, options, read } = await setUp()
    options['fault'] = fault
    expect(await codeOf(instrument.read())).toBe(code)
    options['fault'] = ''
    expect((await read())['temperature']?.value).toBeCloseTo(23.5, 0)
  })
})

describe('a safe stop', () => {
  it('goes out at once, with what was last set, and reads back', async () => {
    const { set, run, instrument, clock, texts, bench } = await setUp()
    await set('temperatureC', 60)
    await set('run', true)
    const startMs = clock.monotonicMs()
    let sentMs = Infinity
    const proof = await run(instrument.safeStop(() => (sentMs = clock.monotonicMs())))
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(sentMs - startMs).toBeLessThan(200)
    expect(texts().at(-2)).toBe('1T060.0F50R0000000000000000')
    expect(proof.evidence.map((each) => each.readBack)).toEqual(['ACK', '0', expect.stringMatching(/°C$/)])
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('works when nothing was ever asked, and is not safe in silence or while the chamber goes on', async () => {
    const silent = await setUp({ fault: 'no-answer' })
    expect(await silent.run(silent.instrument.safeStop())).toMatchObject({ safe: false })
    expect(silent.texts()[0]).toBe('1T020.0F00R0000000000000000')
    const stubborn = await setUp()
    await stubborn.set('run', true)
    stubborn.options['fault'] = 'stop-ignored'
    const proof = await stubborn.run(stubborn.instrument.safeStop())
    expect(proof).toMatchObject({ safe: false })
    expect(proof.detail).toContain('still runs')
  })

  it('is not followed by the start that was under way', async () => {
    const { run, instrument, clock, codeOf, bench, read } = await setUp()
    await read()
    const starting = codeOf(instrument.set!('run', true))
    await run(clock.sleep(5200))
    expect(await run(instrument.safeStop())).toMatchObject({ safe: true })
    expect(await starting).toBe('run.stopped')
    await run(clock.sleep(60_000))
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })
})
