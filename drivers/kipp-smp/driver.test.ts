import { describe, expect, it } from 'vitest'
import type { Reading } from '../../src/contract/instrument.ts'
import { withCrc } from '../bench/modbusRtu.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const open = (more: RigOptions = {}): Promise<DriverRig> =>
  openRig(driver, simulator, { ...more, bench: { disturbances: false, ...more.bench } })
const readAll = (rig: DriverRig): Promise<Reading[]> => rig.run(rig.instrument.read())
const read = async (rig: DriverRig): Promise<Record<string, number | null>> =>
  Object.fromEntries((await readAll(rig)).map((each) => [each.channel, each.value]))
const sent = (rig: DriverRig): string[] => rig.wire.filter((each) => each.startsWith('>')).map((each) => each.slice(2))

/** A sensor that answers each request with the same bytes. */
const answering = (answer: string) => ({
  faults: [],
  createSimulator: ({ send }: Parameters<typeof simulator.createSimulator>[0]) => ({
    receive: () => send(Uint8Array.from(answer.split(' '), (byte) => parseInt(byte, 16))),
  }),
})
const block = (...words: number[]): string =>
  Array.from(
    withCrc(Uint8Array.from([1, 4, 16, ...words.flatMap((word) => [(word >> 8) & 255, word & 255])])),
    (byte) => byte.toString(16).padStart(2, '0'),
  ).join(' ')

describe('the manual’s example', () => {
  it('is asked for by the manual’s request, and decoded as the manual explains it', async () => {
    const rig = await openRig(driver, answering('01 04 10 00 01 00 00 00 00 03 e5 03 e5 00 00 00 f8 00 ea 66 12'))
    expect(await readAll(rig)).toEqual([
      { channel: 'irradiance', value: 997, unit: 'W/m²' },
      { channel: 'irradiance.raw', value: 997, unit: 'W/m²' },
      { channel: 'irradiance.deviation', value: 0, unit: 'W/m²' },
      { channel: 'temperature.body', value: 24.8, unit: '°C' },
      { channel: 'supply', value: 23.4, unit: 'V' },
    ])
    expect(sent(rig)).toEqual(['01 04 00 02 00 08 50 0c'])
  })

  it.each([
    [2, 12_345, 123.45],
    [1, 10_023, 1002.3],
    [0, 0xfffd, -3],
    [-1, 100, 1000],
    [1, 0xffe2, -3],
  ])('with the scale factor %i, the word %i is %s W/m²', async (scale, word, value) => {
    const rig = await openRig(driver, answering(block(1, 0, scale, word, word, 0, 248, 234)))
    expect((await read(rig))['irradiance']).toBe(value)
  })

  it.each([
    ['a scale factor that isn’t one', block(1, 0, 7, 997, 997, 0, 248, 234)],
    ['a body of 200 °C', block(1, 0, 0, 997, 997, 0, 2000, 234)],
  ])('refuses %s', async (_name, answer) => {
    const rig = await openRig(driver, answering(answer))
    expect(await rig.codeOf(rig.instrument.read())).toBe('device.badReply')
  })

  it('gives no number in another mode than the normal one, or beyond −400 to 4000 W/m²', async () => {
    for (const answer of [block(2, 0, 0, 997, 997, 0, 248, 234), block(1, 0, -1, 500, 500, 0, 248, 234)]) {
      const [irradiance, , , body] = await readAll(await openRig(driver, answering(answer)))
      expect(irradiance?.value).toBeNull()
      expect(irradiance?.reason).not.toBe('')
      expect(body?.value).toBe(24.8)
    }
  })
})

describe('identification', () => {
  it.each(['SMP3', 'SMP6', 'SMP10', 'SMP11', 'SMP12', 'SMP21', 'SMP22'])('knows a %s', async (model) => {
    const rig = await open({ options: { model } })
    expect(await rig.run(rig.instrument.identify())).toMatchObject({
      maker: 'Kipp & Zonen',
      model,
      serialNumber: '14/123',
    })
  })

  it('says versions and data model', async () => {
    const rig = await open({ options: { hardware: '9.99' } })
    expect((await rig.run(rig.instrument.identify())).firmware).toBe('1.08 (hardware 9.99, data model 102)')
  })

  it.each(['SGR4', 'SHP1', 'SUV5'])('refuses a %s, having read one block', async (model) => {
    const rig = await open({ options: { model } })
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
    expect(sent(rig)).toEqual(['01 04 00 00 00 02 71 cb'])
  })

  it('refuses a device without these registers', async () => {
    const rig = await open({ options: { fault: 'exception-2' } })
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
  })
})

describe('readings', () => {
  it('are the bench’s, within 1 % and the night offset', async () => {
    const rig = await open()
    const values = await read(rig)
    const trueWPerM2 = rig.bench.irradianceWPerM2()
    expect(Math.abs(values['irradiance']! - trueWPerM2)).toBeLessThan(0.01 * trueWPerM2 + 3)
    expect(Math.abs(values['temperature.body']! - rig.bench.ambientTemperatureC())).toBeLessThan(3)
    expect(values['supply']).toBe(23.4)
  })

  it('are a little negative in the dark', async () => {
    const rig = await open({ bench: { lampWPerM2: 0 } })
    const { irradiance } = await read(rig)
    expect(irradiance).toBeLessThan(0)
    expect(irradiance).toBeGreaterThan(-5)
  })

  it('clear the error flag that each power-up sets, once', async () => {
    const rig = await open()
    expect((await read(rig))['irradiance']).toBeGreaterThan(900)
    expect(sent(rig)).toEqual([
      '01 04 00 02 00 08 50 0c',
      '01 02 00 02 00 08 d8 0c',
      '01 05 00 0a ff 00 ac 38',
      '01 04 00 02 00 08 50 0c',
    ])
    await read(rig)
    expect(sent(rig)).toHaveLength(5)
  })

  it('have the deviation since the last reading, which starts anew with each', async () => {
    const rig = await open({ options: { powerUp: 'cleared', scale: '2' }, bench: { lampWPerM2: 200 } })
    await rig.run(rig.clock.sleep(5000))
    expect((await read(rig))['irradiance.deviation']).toBeGreaterThan(0.1)
    expect((await read(rig))['irradiance.deviation']).toBe(0)
    await rig.run(rig.clock.sleep(5000))
    expect((await read(rig))['irradiance.deviation']).toBeGreaterThan(0.1)
  })

  it('follow the scale factor, which may change from one reading to the next', async () => {
    const rig = await open({ options: { fault: 'scale' } })
    const values = [await read(rig), await read(rig), await read(rig), await read(rig)].map(
      (each) => each['irradiance'],
    )
    for (const value of values) expect(Math.abs(value! - values[0]!)).toBeLessThan(2)
  })

  it.each([
    ['void-data', 'void'],
    ['overflow', 'overflow'],
    ['underflow', 'underflow'],
    ['adc-error', 'A/D converter'],
    ['service-mode', 'mode 2'],
  ])('are missing with the fault %s, for the reason, and come back', async (fault, reason) => {
    const rig = await open()
    rig.options['fault'] = fault
    const [irradiance, raw, deviation, body] = await readAll(rig)
    for (const each of [irradiance, raw, deviation])
      expect(each).toMatchObject({ value: null, reason: expect.stringContaining(reason) as unknown })
    expect(body?.value).toBeGreaterThan(15)
    rig.options['fault'] = ''
    expect((await read(rig))['irradiance']).toBeGreaterThan(900)
  })

  it('are valid where a flag is only left from earlier; the deviation since then isn’t', async () => {
    const rig = await open({ options: { powerUp: 'cleared', fault: 'latched' } })
    const [irradiance, , deviation] = await readAll(rig)
    expect(irradiance?.value).toBeGreaterThan(900)
    expect(deviation).toMatchObject({
      value: null,
      reason: expect.stringContaining('since the last reading') as unknown,
    })
    expect((await readAll(rig))[2]?.value).not.toBeNull()
  })
})

describe('the wire', () => {
  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
    ['exception-4', 'device.refused'],
    ['wrong-function', 'device.badReply'],
  ])('%s ends a reading with %s, and it goes on by itself', async (fault, code) => {
    const rig = await open()
    await read(rig)
    rig.options['fault'] = fault
    const found = await rig.codeOf(rig.instrument.read())
    expect([code, 'device.timeout']).toContain(found)
    rig.options['fault'] = ''
    await rig.run(rig.clock.sleep(4000))
    expect((await read(rig))['irradiance']).toBeGreaterThan(900)
  })

  it('has nothing to switch off', async () => {
    const rig = await open()
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true, evidence: [] })
    expect(sent(rig)).toEqual([])
  })
})
