import { describe, expect, it } from 'vitest'
import type { SettingValue } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { inject, read, set, setCode, textOf } from '../../test/support/supplyRig.ts'
import { driver } from './driver.ts'
import { decodeValue } from './eaClient.ts'
import { simulator } from './simulator.ts'

const open = (more: RigOptions = {}): Promise<DriverRig> =>
  openRig(driver, simulator, { ...more, bench: { disturbances: false, ...more.bench } })
const failureOf = (rig: DriverRig, name: string, value: SettingValue): Promise<unknown> =>
  rig.run(rig.instrument.set!(name, value).catch((error: unknown) => error))

describe('identification', () => {
  it('takes a PSB by its name, having asked nothing else', async () => {
    const rig = await open()
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'EA Elektro-Automatik GmbH & Co. KG',
      model: 'PSB 9200-140',
      serialNumber: 'SIM00001',
      firmware: 'V3.06 21.08.2019',
    })
    expect(textOf(rig)).toEqual(['*IDN?'])
  })

  it.each([
    ['KEITHLEY INSTRUMENTS,MODEL 2460,1,1.7', 'device.wrongModel'],
    ['EA Elektro-Automatik,BCI 800 R,1,V1,', 'device.wrongModel'],
    ['EA Elektro-Automatik,PSI 9200-70', 'device.badReply'],
    ['60.00 V', 'device.badReply'],
  ])('refuses “%s”', async (reply, code) => {
    const other = {
      faults: [],
      createSimulator: ({ send }: Parameters<typeof simulator.createSimulator>[0]) => ({
        receive: () => send(new TextEncoder().encode(`${reply}\n`)),
      }),
    }
    const rig = await openRig(driver, other)
    expect(await rig.codeOf(rig.instrument.identify())).toBe(code)
    expect(textOf(rig)).toEqual(['*IDN?'])
  })
})

describe('values with units', () => {
  it.each<[string, 'V' | 'A' | 'W', number | null]>([
    ['60.00 V', 'V', 60],
    [' 9.50A ', 'A', 9.5],
    ['-3.20 A', 'A', -3.2],
    ['3.2 kW', 'W', 3200],
    ['570 W', 'W', 570],
    ['60.00', 'V', null],
    ['60.00 A', 'V', null],
    ['6\u00b0.00 V', 'V', null],
    ['OFF', 'V', null],
  ])('“%s” as %s is %s', (text, unit, value) => {
    expect(decodeValue(text, unit)).toBe(value)
  })
})

describe('injecting current into the dark module', () => {
  it('pushes what was asked, at the voltage of the module', async () => {
    const rig = await open()
    await inject(rig, 3)
    const values = await read(rig)
    const moduleV = rig.bench.forwardVoltageV(3)
    expect(Math.abs(values['current']! - 3)).toBeLessThan(0.05)
    expect(Math.abs(values['voltage']! - moduleV)).toBeLessThan(0.1)
    expect(Math.abs(values['power']! - 3 * moduleV)).toBeLessThan(1.5)
    expect(values).toMatchObject({ output: 1, regulation: 2, remote: 1, alarms: 0 })
  })

  it('keeps 10 ms between messages', async () => {
    const rig = await open()
    const startMs = rig.clock.monotonicMs()
    await set(rig, 'voltageV', 60)
    expect(rig.clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(10 * (textOf(rig).length - 1))
  })

  it('sinks from a lit module, and counts that negative', async () => {
    const rig = await open({ options: { light: 'on' } })
    await set(rig, 'voltageV', 5)
    await set(rig, 'sinkCurrentA', 2)
    await set(rig, 'output', true)
    const values = await read(rig)
    expect(Math.abs(values['current']! + 2)).toBeLessThan(0.05)
    expect(values['power']).toBeLessThan(0)
  })
})

describe('a load', () => {
  it('has an input, counts current into itself, and no sink side besides', async () => {
    const rig = await open({ options: { model: 'ELR 9200-70', light: 'on' } })
    await set(rig, 'voltageV', 5)
    await set(rig, 'currentA', 2)
    await set(rig, 'output', true)
    const values = await read(rig)
    expect(Math.abs(values['current']! - 2)).toBeLessThan(0.03)
    expect(values).toMatchObject({ output: 1, regulation: 2 })
    expect(textOf(rig)).toContain('INP ON')
    expect(textOf(rig)).not.toContain('OUTP ON')
    expect(await setCode(rig, 'sinkCurrentA', 2)).toBe('device.refused')
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    expect(await read(rig)).toMatchObject({ output: 0 })
    expect(textOf(rig)).not.toContain('VOLT 0')
  })
})

describe('settings', () => {
  it.each<[string, string, SettingValue, string]>([
    ['PSI 9200-70', 'voltageV', 204, 'none'],
    ['PSI 9200-70', 'voltageV', 204.1, 'device.limit'],
    ['PSI 9200-70', 'currentA', 71.4, 'none'],
    ['PSI 9200-70', 'currentA', 71.5, 'device.limit'],
    ['PSI 9200-70', 'powerW', 5200, 'device.limit'],
    ['PSI 9200-70', 'overVoltageV', 220, 'none'],
    ['PSI 9200-70', 'overVoltageV', 221, 'device.limit'],
    ['PSI 9200-70', 'sinkCurrentA', 1, 'device.refused'],
    ['PSB 10200-420', 'sinkPowerW', 30_000, 'none'],
    ['PSI 9080-60 T', 'voltageV', 81.6, 'none'],
  ])('%s: %s = %s: %s', async (...[model, name, value, code]) => {
    expect(await setCode(await open({ options: { model } }), name, value)).toBe(code)
  })

  it('takes the remote control before the first set only', async () => {
    const rig = await open()
    await set(rig, 'voltageV', 20)
    await set(rig, 'currentA', 1)
    expect(textOf(rig).filter((line) => line === 'SYST:LOCK ON')).toHaveLength(1)
  })

  it('finds a silent clamp by the read-back, and an ignored set by the error queue', async () => {
    expect(await setCode(await open({ options: { fault: 'clamp' } }), 'currentA', 3)).toBe('device.clamped')
    const failure = await failureOf(await open({ options: { fault: 'ignored' } }), 'currentA', 3)
    expect(failure).toMatchObject({
      code: 'device.refused',
      context: { detail: expect.stringContaining('-222 Data out of range') as unknown },
    })
  })

  it('gives a lagging read-back a second chance', async () => {
    const rig = await open({ options: { fault: 'lag' } })
    expect(await set(rig, 'voltageV', 33)).toMatchObject({ actual: 33 })
    expect(textOf(rig).filter((line) => line === 'VOLT?')).toHaveLength(2)
  })

  it('says who keeps the remote control', async () => {
    const failure = await failureOf(await open({ options: { fault: 'local' } }), 'voltageV', 20)
    expect(failure).toMatchObject({
      code: 'device.refused',
      context: { detail: expect.stringContaining('LOCAL') as unknown },
    })
  })
})

describe('alarms', () => {
  it.each([
    ['over-voltage', 1],
    ['over-temperature', 8],
    ['power-fail', 16],
  ])('%s switches off, is told in the channel (%i), and keeps the output off', async (fault, bit) => {
    const rig = await open()
    await inject(rig, 2)
    rig.options['fault'] = fault
    expect(await read(rig)).toMatchObject({ output: 0, alarms: bit, regulation: 0 })
    expect(await setCode(rig, 'output', true)).toBe('device.refused')
  })

  it('latches after its cause, is told once when switching on, and is acknowledged by that', async () => {
    const rig = await open()
    await inject(rig, 2)
    rig.options['fault'] = 'over-voltage'
    await read(rig)
    rig.options['fault'] = ''
    expect(await read(rig)).toMatchObject({ output: 0, alarms: 1 })
    expect(await failureOf(rig, 'output', true)).toMatchObject({
      context: { detail: expect.stringContaining('over-voltage (OVP)') as unknown },
    })
    expect(await read(rig)).toMatchObject({ alarms: 0 })
    await set(rig, 'output', true)
    expect(await read(rig)).toMatchObject({ output: 1 })
  })

  it('comes from the unit’s own protections', async () => {
    const rig = await open()
    await set(rig, 'overVoltageV', 10)
    await set(rig, 'voltageV', 60)
    await set(rig, 'currentA', 3)
    expect(await failureOf(rig, 'output', true)).toMatchObject({
      code: 'device.refused',
      context: { detail: expect.stringContaining('over-voltage (OVP)') as unknown },
    })
    expect(await read(rig)).toMatchObject({ output: 0 })
  })

  it('waits after the mains came back', async () => {
    const rig = await open()
    await inject(rig, 2)
    rig.options['fault'] = 'power-fail'
    await read(rig)
    rig.options['fault'] = ''
    expect(await setCode(rig, 'output', true)).toBe('device.refused')
    expect(await setCode(rig, 'output', true)).toBe('device.refused')
    await rig.run(rig.clock.sleep(2100))
    expect(await setCode(rig, 'output', true)).toBe('none')
  })
})

describe('the wire', () => {
  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
  ])('%s ends a reading with %s, and it goes on by itself', async (fault, code) => {
    const rig = await open()
    await inject(rig, 3)
    rig.options['fault'] = fault
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    rig.options['fault'] = ''
    expect(Math.abs((await read(rig))['current']! - 3)).toBeLessThan(0.05)
  })
})

describe('the safe stop', () => {
  it('takes the remote control, switches off, proves it, and gives it back', async () => {
    const rig = await open()
    await inject(rig, 3)
    const before = textOf(rig).length
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(textOf(rig).slice(before)).toEqual([
      'SYST:LOCK ON',
      'OUTP OFF',
      'CURR 0',
      'VOLT 0',
      'SINK:CURR 0',
      'OUTP?',
      'MEAS:ARR?',
      'SYST:LOCK OFF',
    ])
    expect(await read(rig)).toMatchObject({ output: 0, remote: 0 })
  })

  it('of a unit that nobody identified commands both output and input', async () => {
    const rig = await open({ options: { model: 'ELR 9200-70' } })
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(true)
    expect(textOf(rig)).toEqual(expect.arrayContaining(['OUTP OFF', 'INP OFF', '*IDN?', 'INP?']))
  })

  it('isn’t safe where the panel keeps the output on', async () => {
    const rig = await open()
    await inject(rig, 3)
    rig.options['fault'] = 'local'
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof).toMatchObject({ safe: false, detail: expect.stringContaining('OUTP? answered ON') as unknown })
  })

  it('isn’t safe by silence, and is with the answer', async () => {
    const rig = await open()
    await inject(rig, 3)
    rig.options['fault'] = 'no-answer'
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
    rig.options['fault'] = ''
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
  })

  it('is safe though the module in the light shows its own voltage', async () => {
    const rig = await open({ options: { light: 'on' } })
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(true)
    expect(proof.evidence.find((each) => each.command === 'MEAS:ARR?')?.readBack).toMatch(/^1\d\.\d\d V/)
  })
})
