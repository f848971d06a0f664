import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { changed } from '../../test/support/changed.ts'
import { openRig, type RigOptions } from '../../test/support/driverRig.ts'
import { definitionSchema } from './definition.ts'
import schemaJson from './definition.schema.json' with { type: 'json' }
import { driver } from './driver.ts'
import example from './example.json' with { type: 'json' }
import { decodeRaw, encodeRaw, mergeBlocks } from './registers.ts'
import { simulator } from './simulator.ts'

/** A high-voltage supply as a lab would write it down. */
const supply = {
  title: 'HV supply 2 kV',
  manual: 'none: made up for this test',
  wordOrder: 'lowFirst',
  identification: {
    maker: 'Any',
    model: 'HV-2',
    checks: [{ title: 'model', functionCode: 3, address: 100, type: 'text', words: 3, equals: 'HV-2' }],
    serialNumber: { functionCode: 3, address: 110, type: 'text', words: 6 },
  },
  channels: [
    {
      channel: 'voltage',
      title: 'Voltage',
      unit: 'V',
      role: 'HvSource',
      functionCode: 4,
      address: 0,
      type: 'f32',
      simulate: 'stress.voltage.0',
    },
    {
      channel: 'current',
      title: 'Current',
      unit: 'A',
      role: 'HvSource',
      functionCode: 4,
      address: 2,
      type: 's32',
      scale: 1e-9,
      simulate: 'stress.leakage.0',
    },
    {
      channel: 'interlock',
      title: 'Interlock',
      unit: '',
      role: 'Interlock',
      functionCode: 2,
      address: 4,
      type: 'bit',
      simulate: 'interlock',
    },
    { channel: 'tripped', title: 'Tripped', unit: '', functionCode: 3, address: 20, type: 'bit', bit: 3, simulate: 0 },
  ],
  settings: [
    {
      name: 'voltageV',
      title: 'Voltage',
      unit: 'V',
      minimum: -2000,
      maximum: 2000,
      energises: true,
      role: 'HvSource',
      write: { functionCode: 16, address: 30, type: 'f32' },
      readBack: { functionCode: 4, address: 6, type: 'f32' },
      tolerance: 0.5,
      simulate: 'stress.voltage',
    },
    {
      name: 'currentLimitA',
      title: 'Current limit',
      unit: 'A',
      minimum: 0,
      maximum: 0.01,
      energises: false,
      role: 'HvSource',
      write: { functionCode: 6, address: 32, type: 'u16', scale: 1e-6 },
    },
    {
      name: 'output',
      title: 'Output',
      type: 'boolean',
      energises: true,
      role: 'HvSource',
      write: { functionCode: 5, address: 1, type: 'bit' },
      simulate: 'stress.output',
    },
    {
      name: 'mode',
      title: 'Mode',
      type: 'choice',
      choices: { slow: 3, fast: 7 },
      energises: false,
      write: { functionCode: 6, address: 40, type: 'u16' },
    },
  ],
  safeState: {
    writes: [
      { title: 'output off', functionCode: 5, address: 1, type: 'bit', value: 0 },
      { title: 'voltage 0 V', functionCode: 16, address: 30, type: 'f32', value: 0 },
    ],
    readBack: [
      { title: 'output', functionCode: 1, address: 1, type: 'bit', equals: 0 },
      { title: 'voltage', functionCode: 4, address: 0, type: 'f32', equals: 0, tolerance: 5, withinS: 3 },
    ],
  },
} as const

const openSupply = (more: RigOptions = {}) => openRig(driver, simulator, { definition: supply, ...more })

const sent = (wire: readonly string[]): string[] => wire.filter((line) => line.startsWith('>'))

describe('a definition', () => {
  it('has a JSON schema that is up to date (npm run schema)', () => {
    expect(schemaJson).toEqual(z.toJSONSchema(definitionSchema, { io: 'input' }))
  })

  it.each<[place: string, path: string, value: unknown]>([
    ['definition.channels.1.address', 'channels.1.address', 70_000],
    ['definition.channels.1.scale', 'channels.1.scale', 0],
    ['definition.channels.2.type', 'channels.2.type', 'u16'],
    ['definition.channels.3.type', 'channels.3.bit', undefined],
    ['definition.channels.1.channel', 'channels.1.channel', 'voltage'],
    ['definition.channels.0.simulate', 'channels.0.simulate', 'weather'],
    ['definition.settings.0.minimum', 'settings.0.maximum', undefined],
    ['definition.settings.1.maximum', 'settings.1.maximum', 0.07],
    ['definition.settings.3.choices', 'settings.3.choices', undefined],
    ['definition.settings: a HvSource has a setting “voltageV”', 'settings.0', undefined],
    ['definition.safeState', 'safeState', undefined],
    ['definition.safeState.readBack', 'safeState.readBack', []],
    ['definition.identification.checks', 'identification.checks', []],
    ['definition: Unrecognized key: "registrs"', 'registrs', []],
  ])('that is wrong is refused with its place: %s', (place, path, value) => {
    let thrown: unknown
    try {
      driver.profileOf?.(changed(supply, path, value), {})
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'usage.invalidInput', message: expect.stringContaining(place) as unknown })
  })

  it('that is missing is said to be', () => {
    expect(() => driver.profileOf?.(undefined, {})).toThrow('definition: this driver needs one')
  })

  it('makes the profile', () => {
    expect(driver.profileOf?.(supply, {})).toMatchObject({
      roles: ['HvSource', 'Interlock'],
      energises: true,
      settings: [{ name: 'voltageV', minimum: -2000 }, {}, { type: 'boolean' }, { choices: ['slow', 'fast'] }],
    })
    expect(driver.profile).toMatchObject({ energises: false, roles: ['TemperatureSensor'] })
  })
})

describe('registers', () => {
  it.each([
    ['s16', -2, ['fffe']],
    ['u32', 0x12345678, ['1234', '5678']],
    ['s32', -3, ['ffff', 'fffd']],
    ['f32', 1.5, ['3fc0', '0000']],
  ] as const)('hold %s as the standard says, in any order', (type, value, words) => {
    const place = { functionCode: 3, type, scale: 1, offset: 0 }
    const swap = (word: string) => word.slice(2) + word.slice(0, 2)
    const hex = (found: number[]) => found.map((word) => word.toString(16).padStart(4, '0'))
    const orders = [
      [{ words: 'highFirst', bytes: 'highFirst' }, [...words]],
      [{ words: 'lowFirst', bytes: 'highFirst' }, [...words].reverse()],
      [{ words: 'highFirst', bytes: 'lowFirst' }, words.map(swap)],
      [{ words: 'lowFirst', bytes: 'lowFirst' }, [...words].reverse().map(swap)],
    ] as const
    for (const [order, expected] of orders) {
      expect(hex(encodeRaw(place, value, order))).toEqual(expected)
      expect(decodeRaw(place, encodeRaw(place, value, order), order)).toBe(value)
    }
  })

  it('are read together within gaps, never across functions or beyond the longest block', () => {
    const at = (address: number, functionCode: 3 | 4 = 4, type: 'u16' | 'f32' = 'u16') => ({
      functionCode,
      address,
      type,
    })
    expect(mergeBlocks([at(9), at(0), at(1, 4, 'f32'), at(4), at(0, 3)], { gap: 2, most: 125 })).toEqual([
      { functionCode: 3, address: 0, count: 1 },
      { functionCode: 4, address: 0, count: 5 },
      { functionCode: 4, address: 9, count: 1 },
    ])
    expect(mergeBlocks([at(0), at(1), at(2)], { gap: 0, most: 2 }).map((each) => each.count)).toEqual([2, 1])
  })
})

describe('the example, eight Pt100 inputs', () => {
  it('is identified, and read by one request', async () => {
    const rig = await openRig(driver, simulator, { options: { hardware: '9.99' } })
    expect(await rig.run(rig.instrument.identify())).toMatchObject({
      model: 'M-7015',
      firmware: '9.99 (hardware 9.99)',
    })
    const before = sent(rig.wire).length
    const readings = await rig.run(rig.instrument.read())
    expect(sent(rig.wire)).toHaveLength(before + 1)
    expect(sent(rig.wire).at(-1)).toMatch(/^> 01 04 00 00 00 08 /)
    expect(readings).toHaveLength(8)
    expect(Math.abs(readings[2]!.value! - rig.bench.moduleTemperatureC(2))).toBeLessThan(0.06)
    expect(Math.abs(readings[6]!.value! - rig.bench.ambientTemperatureC())).toBeLessThan(0.06)
  })

  it('has its codes for a broken sensor as missing values with their reason', async () => {
    const rig = await openRig(driver, simulator, { options: { fault: 'no-value' } })
    const [first] = await rig.run(rig.instrument.read())
    expect(first).toEqual({ channel: 'temperature.1', value: null, unit: '°C', reason: 'over range or sensor open' })
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout device.badReply'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.timeout device.badReply'],
    ['exception-2', 'device.refused'],
    ['wrong-unit', 'device.badReply'],
  ])('with %s gives no value, and recovers', async (fault, codes) => {
    const rig = await openRig(driver, simulator)
    rig.options['fault'] = fault
    expect(codes.split(' ')).toContain(await rig.codeOf(rig.instrument.read()))
    rig.options['fault'] = ''
    await rig.run(rig.clock.sleep(5000))
    expect((await rig.run(rig.instrument.read()))[0]?.value).toBeGreaterThan(15)
  })
})

describe('a supply that is data', () => {
  it('is known by its registers, and another refused', async () => {
    const rig = await openSupply()
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'Any',
      model: 'HV-2',
      serialNumber: 'SIM00001',
      firmware: null,
    })
    const isA = (definition: unknown): SimulatorModule => ({
      ...simulator,
      createSimulator: (context) => simulator.createSimulator({ ...context, definition }),
    })
    const asked = changed(supply, 'identification.checks.0.equals', 'HV-3')
    const other = await openRig(driver, isA(supply), { definition: asked })
    expect(await other.codeOf(other.instrument.identify())).toBe('device.wrongModel')
    const sensors = await openRig(driver, isA(example), { definition: supply })
    expect(await sensors.codeOf(sensors.instrument.identify())).toBe('device.wrongModel')
    expect([...sent(other.wire), ...sent(sensors.wire)].every((line) => line.startsWith('> 01 03'))).toBe(true)
  })

  it('is set, read back, measured, and made safe', async () => {
    const rig = await openSupply()
    const set = (name: string, value: number | boolean | string) => rig.run(rig.instrument.set!(name, value))
    expect(await set('voltageV', -1500)).toEqual({ name: 'voltageV', asked: -1500, actual: -1500 })
    expect(await set('currentLimitA', 0.0005)).toMatchObject({ actual: 0.0005 })
    expect(await set('mode', 'fast')).toMatchObject({ actual: 'fast' })
    expect(rig.bench.stress.voltageV(0)).toBe(0)
    expect(await set('output', true)).toMatchObject({ actual: true })
    expect(rig.bench.stress.voltageV(0)).toBe(-1500)
    const readings = await rig.run(rig.instrument.read())
    expect(readings.map((each) => each.channel)).toEqual(['voltage', 'current', 'interlock', 'tripped'])
    expect(readings[0]?.value).toBe(-1500)
    expect(readings[1]?.value).toBeCloseTo(rig.bench.stress.leakageA(0), 9)
    expect(readings.slice(2).map((each) => each.value)).toEqual([1, 0])
    let told = 0
    const proof = await rig.run(rig.instrument.safeStop(() => told++))
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(proof.evidence.map((each) => each.command)).toEqual(['output off', 'voltage 0 V', 'output?', 'voltage?'])
    expect(told).toBe(1)
    expect(rig.bench.stress.voltageV(0)).toBe(0)
  })

  it.each([
    ['voltageV', 2000.5, 'device.limit'],
    ['voltageV', -2001, 'device.limit'],
    ['voltageV', NaN, 'usage.invalidInput'],
    ['voltageV', '20', 'usage.invalidInput'],
    ['output', 1, 'usage.invalidInput'],
    ['mode', 'constructor', 'usage.invalidInput'],
    ['speed', 1, 'usage.invalidInput'],
  ])('refuses %s = %s with %s and sends nothing', async (name, value, code) => {
    const rig = await openSupply()
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe(code)
    expect(sent(rig.wire)).toEqual([])
  })

  it('notices a device that takes nothing', async () => {
    const rig = await openSupply({ options: { ignoreWrites: 'true' } })
    expect(await rig.codeOf(rig.instrument.set!('voltageV', 100))).toBe('device.clamped')
    expect(await rig.codeOf(rig.instrument.set!('output', true))).toBe('device.clamped')
  })

  it('is not safe while it does not obey, or is silent', async () => {
    const rig = await openSupply()
    await rig.run(rig.instrument.set!('voltageV', 800))
    await rig.run(rig.instrument.set!('output', true))
    rig.options['ignoreWrites'] = 'true'
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain('voltage reads 800, not 0')
    rig.options['ignoreWrites'] = 'false'
    rig.options['fault'] = 'no-answer'
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
    rig.options['fault'] = ''
    await rig.run(rig.clock.sleep(5000))
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
  })

  it('has no value beyond its range, and refuses a float that is none', async () => {
    const definition = changed(changed(supply, 'channels.0.maximum', 100), 'channels.3', {
      channel: 'odd',
      title: 'Odd',
      unit: '',
      functionCode: 3,
      address: 60,
      type: 'f32',
      simulate: 0,
    })
    const rig = await openSupply({ definition })
    await rig.run(rig.instrument.set!('voltageV', 800))
    await rig.run(rig.instrument.set!('output', true))
    const [voltage] = await rig.run(rig.instrument.read())
    expect(voltage?.value).toBeNull()
    expect(voltage?.reason).toContain('outside')
    const odd = await openSupply({ definition: changed(definition, 'channels.3.simulate', { value: 1e39 }) })
    expect(await odd.codeOf(odd.instrument.read())).toBe('device.badReply')
  })
})
