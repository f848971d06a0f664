import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { changed } from '../../test/support/changed.ts'
import { openRig } from '../../test/support/driverRig.ts'
import { definitionSchema } from './definition.ts'
import schemaJson from './definition.schema.json' with { type: 'json' }
import { driver } from './driver.ts'
import daq from './example-34970a.json' with { type: 'json' }
import { simulator } from './simulator.ts'
import { fill, findText } from './text.ts'

/** A text-protocol HV supply: units in the answers, words for numbers, CR as its end. */
const hv = {
  title: 'HV box',
  manual: 'none: made up for this test',
  line: { sendTerminator: '\r', receiveTerminators: '\r' },
  identification: {
    query: '#',
    pattern: '^HVBOX;(?<serial>\\w+)$',
    maker: 'Any',
    model: 'HVBOX',
    models: '^HVBOX$',
    example: 'HVBOX;123',
  },
  channels: [
    {
      channel: 'voltage',
      title: 'Voltage',
      unit: 'V',
      role: 'HvSource',
      query: 'U?',
      pattern: '^(\\S+) kV$',
      answer: '{value} kV',
      scale: 1000,
      simulate: 'stress.voltage.0',
    },
    {
      channel: 'current',
      title: 'Current',
      unit: 'A',
      role: 'HvSource',
      query: 'I?',
      pattern: '^I=(\\S+)uA$',
      answer: 'I={value}uA',
      scale: 1e-6,
      noValue: [{ pattern: '^----$', reason: 'no measurement' }],
      simulate: 'stress.leakage.0',
    },
    {
      channel: 'interlock',
      title: 'Interlock',
      unit: '',
      role: 'Interlock',
      query: 'S?',
      map: { CLOSED: 1, OPEN: 0 },
      simulate: 'interlock',
    },
  ],
  settings: [
    {
      name: 'voltageV',
      title: 'Voltage',
      unit: 'V',
      minimum: 0,
      maximum: 2000,
      energises: true,
      role: 'HvSource',
      command: 'U={value}kV',
      scale: 1000,
      decimals: 4,
      query: 'UA?',
      pattern: '^(\\S+) kV$',
      answer: '{value} kV',
      simulate: 'stress.voltage',
    },
    {
      name: 'currentLimitA',
      title: 'Current limit',
      unit: 'A',
      minimum: 0,
      maximum: 0.001,
      energises: false,
      role: 'HvSource',
      command: 'IL={value}',
      query: 'IL?',
    },
    {
      name: 'output',
      title: 'Output',
      type: 'boolean',
      energises: true,
      role: 'HvSource',
      command: 'HV={value}',
      query: 'HV?',
      words: { true: { send: 'ON', reads: '^ON$' }, false: { send: 'OFF', reads: '^OFF$' } },
      simulate: 'stress.output',
    },
    {
      name: 'speed',
      title: 'Speed',
      type: 'choice',
      energises: false,
      command: 'SP={value}',
      query: 'SP?',
      words: { slow: { send: 'S', reads: '^S$' }, fast: { send: 'F', reads: '^F$' } },
    },
  ],
  safeState: {
    commands: ['HV=OFF'],
    readBack: [
      { title: 'off', query: 'HV?', matches: '^OFF$' },
      { title: 'discharged', query: 'U?', pattern: '^(\\S+) kV$', scale: 1000, equals: 0, tolerance: 5, withinS: 3 },
    ],
  },
}

const text = (wire: readonly string[], direction: '>' | '<'): string[] =>
  wire
    .filter((line) => line.startsWith(direction))
    .map((line) =>
      line
        .slice(2)
        .split(' ')
        .map((byte) => String.fromCharCode(parseInt(byte, 16)))
        .join(''),
    )

describe('a definition', () => {
  it('has a JSON schema that is up to date (npm run schema)', () => {
    expect(schemaJson).toEqual(z.toJSONSchema(definitionSchema, { io: 'input' }))
  })

  it.each<[place: string, path: string, value: unknown]>([
    ['definition.settings.0.command: exactly one {value}', 'settings.0.command', 'U=5'],
    ['definition.settings.0.command: one line', 'settings.0.command', 'U={value}\rHV=ON'],
    ['definition.channels.0.pattern: it is no regular expression', 'channels.0.pattern', '(('],
    ["definition.channels.0.pattern: it doesn't find 1.5 in “1.5 kV”", 'channels.0.pattern', '^(\\S+)$'],
    ["definition.channels.2.pattern: it doesn't find CLOSED", 'channels.2.answer', 'x{value}'],
    ['definition.settings.2.words.true.reads', 'settings.2.words.true.reads', '^1$'],
    ['definition.settings.2.words: true and false', 'settings.2.words.false', undefined],
    ['definition.settings.0.minimum', 'settings.0.maximum', undefined],
    ['definition.safeState: what can energise', 'safeState', undefined],
    ['definition.safeState.readBack.0.answer', 'safeState.readBack.0.query', 'STATE?'],
    ['definition.safeState.readBack.0.equals', 'safeState.readBack.0.matches', undefined],
    ['definition.identification.pattern: it does not fit', 'identification.example', 'HVBOX'],
    ['definition.identification.models', 'identification.models', '^OTHER$'],
    ['definition.channels: a Chamber has a channel “temperature”', 'channels.2.role', 'Chamber'],
  ])('that is wrong is refused with its place: %s', (place, path, value) => {
    let thrown: unknown
    try {
      driver.profileOf?.(changed(hv, path, value), {})
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'usage.invalidInput', message: expect.stringContaining(place) as unknown })
  })

  it('is data: nothing in a template is computed', () => {
    expect(fill('U={value};${process.exit()} $& {other}', "$'1")).toBe("U=$'1;${process.exit()} $& {other}")
    expect(findText('1,2', { separator: ',', field: 2 })).toBeNull()
    expect(findText('x'.repeat(5000), { separator: ',', pattern: '(x+x+)+y' })).toBeNull()
  })
})

describe('a text protocol', () => {
  it('is spoken as the definition says, and its units taken off', async () => {
    const rig = await openRig(driver, simulator, { definition: hv })
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'Any',
      model: 'HVBOX',
      serialNumber: 'SIM00001',
      firmware: null,
    })
    expect(await rig.run(rig.instrument.set!('voltageV', 1234.5))).toEqual({
      name: 'voltageV',
      asked: 1234.5,
      actual: 1234.5,
    })
    expect(await rig.run(rig.instrument.set!('speed', 'fast'))).toMatchObject({ actual: 'fast' })
    expect(await rig.run(rig.instrument.set!('output', true))).toMatchObject({ actual: true })
    expect(rig.bench.stress.voltageV(0)).toBe(1234.5)
    const readings = await rig.run(rig.instrument.read())
    expect(readings[0]).toEqual({ channel: 'voltage', value: 1234.5, unit: 'V' })
    expect(readings[1]?.value).toBeCloseTo(rig.bench.stress.leakageA(0), 10)
    expect(readings[2]?.value).toBe(1)
    rig.bench.interlock.set(false)
    expect((await rig.run(rig.instrument.read()))[2]?.value).toBe(0)
    expect(text(rig.wire, '>')).toEqual(expect.arrayContaining(['#\r', 'U=1.2345kV\r', 'SP=F\r', 'HV=ON\r', 'U?\r']))
    expect(await rig.run(rig.instrument.safeStop())).toEqual({
      safe: true,
      evidence: [
        { command: 'HV=OFF', readBack: null },
        { command: 'HV?', readBack: 'OFF' },
        { command: 'U?', readBack: '0 kV' },
      ],
      detail: null,
    })
    expect(rig.bench.stress.voltageV(0)).toBe(0)
  })

  it('is not safe while it takes no command', async () => {
    const rig = await openRig(driver, simulator, { definition: hv })
    await rig.run(rig.instrument.set!('voltageV', 900))
    await rig.run(rig.instrument.set!('output', true))
    rig.options['ignoreCommands'] = 'true'
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof).toMatchObject({ safe: false, detail: 'off: HV? answered ON; discharged: U? answered 0.9 kV' })
    rig.options['ignoreCommands'] = 'false'
    rig.options['fault'] = 'no-answer'
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
    expect(rig.bench.stress.voltageV(0)).toBe(0)
  })
})

describe('the example supply', () => {
  it('identifies, and refuses another model and noise', async () => {
    const rig = await openRig(driver, simulator)
    expect(await rig.run(rig.instrument.identify())).toMatchObject({
      maker: 'ITECH Ltd.',
      model: 'IT6723G',
      serialNumber: 'SIM00001',
    })
    expect(text(rig.wire, '>')).toEqual(['*IDN?\n'])
    const other = await openRig(driver, simulator, { options: { idn: 'ITECH Ltd., IT6512, 1, 1.0' } })
    expect(await other.codeOf(other.instrument.identify())).toBe('device.wrongModel')
    const noise = await openRig(driver, simulator, { options: { idn: '\x01\x7f\x01' } })
    expect(await noise.codeOf(noise.instrument.identify())).toBe('device.badReply')
  })

  it('pushes current through the dark module', async () => {
    const rig = await openRig(driver, simulator)
    await rig.run(rig.instrument.set!('voltageV', 60))
    await rig.run(rig.instrument.set!('currentA', 2))
    await rig.run(rig.instrument.set!('output', true))
    const [voltage, current] = await rig.run(rig.instrument.read())
    expect(current?.value).toBeCloseTo(2, 6)
    expect(voltage?.value).toBeCloseTo(rig.bench.forwardVoltageV(2), 4)
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    expect((await rig.run(rig.instrument.read()))[1]?.value).toBe(0)
  })

  it.each([
    ['voltageV', 601, 'device.limit'],
    ['currentA', -0.1, 'device.limit'],
    ['output', 'on', 'usage.invalidInput'],
    ['toString', 1, 'usage.invalidInput'],
  ])('refuses %s = %s with %s and sends nothing', async (name, value, code) => {
    const rig = await openRig(driver, simulator)
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe(code)
    expect(rig.wire).toEqual([])
  })

  it('notices a supply that takes nothing, and one that says so', async () => {
    const rig = await openRig(driver, simulator, { options: { ignoreCommands: 'true' } })
    expect(await rig.codeOf(rig.instrument.set!('voltageV', 20))).toBe('device.clamped')
    const refusing = await openRig(driver, simulator, { options: { fault: 'refuse' } })
    expect(await refusing.codeOf(refusing.instrument.set!('voltageV', 20))).toBe('device.refused')
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    // Of so short an answer the terminator is what is hit.
    ['corrupt', 'device.timeout'],
    ['text-for-number', 'device.badReply'],
  ])('with %s gives no value but %s, and recovers', async (fault, code) => {
    const rig = await openRig(driver, simulator)
    rig.options['fault'] = fault
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    rig.options['fault'] = ''
    await rig.run(rig.clock.sleep(5000))
    expect(await rig.run(rig.instrument.read())).toEqual([
      { channel: 'voltage', value: 0, unit: 'V' },
      { channel: 'current', value: 0, unit: 'A' },
    ])
  })
})

describe('the example scanner', () => {
  it('asks once for all its channels', async () => {
    const rig = await openRig(driver, simulator, { definition: daq })
    expect(await rig.run(rig.instrument.identify())).toMatchObject({ model: '34970A' })
    const readings = await rig.run(rig.instrument.read())
    expect(text(rig.wire, '>')).toEqual(['*IDN?\n', 'MEAS:TEMP? FRTD,85,(@101:104)\n'])
    expect(readings).toHaveLength(4)
    expect(readings[1]?.value).toBeCloseTo(rig.bench.moduleTemperatureC(1), 6)
    rig.options['fault'] = 'over-range'
    expect((await rig.run(rig.instrument.read()))[0]).toMatchObject({ value: null, reason: 'over range' })
  })
})
