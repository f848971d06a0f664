import { describe, expect, it } from 'vitest'
import type { SettingValue } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { inject, read, set, setCode } from '../../test/support/supplyRig.ts'
import { driver } from './driver.ts'
import { decodeState } from './eaRegisters.ts'
import { simulator } from './simulator.ts'

const open = (more: RigOptions = {}): Promise<DriverRig> =>
  openRig(driver, simulator, { unit: 0, ...more, bench: { disturbances: false, ...more.bench } })
const sent = (rig: DriverRig): string[] => rig.wire.filter((each) => each.startsWith('>')).map((each) => each.slice(2))

describe('identification', () => {
  it('reads maker, type, serial number and firmware, and nothing else', async () => {
    const rig = await open()
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'EA Elektro-Automatik GmbH & Co. KG',
      model: 'PSB 9200-140',
      serialNumber: 'SIM00001',
      firmware: 'V3.06 21.08.2019',
    })
    expect(sent(rig).map((each) => each.slice(0, 11))).toEqual([
      '00 03 00 15',
      '00 03 00 01',
      '00 03 00 97',
      '00 03 00 bf',
    ])
  })

  it('refuses a device that hasn’t these registers', async () => {
    const rig = await open({ options: { fault: 'exception-2' } })
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
  })

  it('is silent at another address than 0', async () => {
    const rig = await open({ unit: 1 })
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.timeout')
  })
})

describe('the state', () => {
  it.each([
    [[0x0000, 0x0880], { isOn: true, isRemote: true, regulation: 1, alarms: 0 }],
    [[0x0000, 0x0c80], { isOn: true, isRemote: true, regulation: 2, alarms: 0 }],
    [[0x0000, 0x0e80], { isOn: true, regulation: 3 }],
    [[0x0000, 0x0a80], { isOn: true, regulation: 4 }],
    [[0x0000, 0x1c80], { isSinking: true }],
    [[0x0009, 0x8800], { isOn: false, regulation: 0, alarms: 1 + 8 }],
    [[0x0020, 0x8000], { isRemote: false, alarms: 16 }],
  ])('%j', (words, state) => {
    expect(decodeState(words)).toMatchObject(state)
  })
})

describe('injecting current into the dark module', () => {
  it('sends the frames of the programming guide', async () => {
    const rig = await open()
    await set(rig, 'voltageV', 100)
    await set(rig, 'output', true)
    const frames = sent(rig)
    for (const frame of [
      '00 05 01 92 ff 00 2d fa',
      '00 06 01 f4 66 66 63 9f',
      '00 05 01 95 ff 00 9c 3b',
      '00 03 01 f9 00 02 14 17',
    ])
      expect(frames).toContain(frame)
    await read(rig)
    expect(sent(rig)).toContain('00 03 01 fb 00 03 74 17')
  })

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

  it('takes magnitudes with the sign of the state', async () => {
    const rig = await open({ options: { light: 'on' } })
    await inject(rig, 0.5)
    expect((await read(rig))['current']).toBeGreaterThan(0)
    const load = await open({ options: { light: 'on', model: 'ELR 9200-70' } })
    await set(load, 'voltageV', 5)
    await set(load, 'currentA', 2)
    await set(load, 'output', true)
    expect(Math.abs((await read(load))['current']! - 2)).toBeLessThan(0.05)
  })
})

describe('settings', () => {
  it.each<[string, SettingValue, string]>([
    ['voltageV', 204, 'none'],
    ['voltageV', 204.1, 'device.limit'],
    ['currentA', 142.8, 'none'],
    ['currentA', 143, 'device.limit'],
    ['powerW', 10_200, 'none'],
    ['powerW', 10_300, 'device.limit'],
  ])('%s = %s on a PSB 9200-140: %s', async (name, value, code) => {
    expect(await setCode(await open(), name, value)).toBe(code)
  })

  it('reads back in steps of 1/52428 of nominal', async () => {
    const { actual } = await set(await open(), 'currentA', 3)
    expect(Math.abs(Number(actual) - 3)).toBeLessThan(140 / 52_428)
  })

  it.each([
    ['clamp', 'currentA', 'device.clamped'],
    ['ignored', 'currentA', 'device.refused'],
    ['local', 'voltageV', 'device.refused'],
    ['lag', 'voltageV', 'none'],
  ])('with the fault %s, setting %s ends with %s', async (fault, name, code) => {
    expect(await setCode(await open({ options: { fault } }), name, 3)).toBe(code)
  })

  it('knows no sink set-points', async () => {
    const rig = await open()
    expect(await setCode(rig, 'sinkCurrentA', 1)).toBe('usage.invalidInput')
    expect(sent(rig)).toEqual([])
  })
})

describe('alarms and range', () => {
  it('latch, are told when switching on, and are acknowledged by that', async () => {
    const rig = await open()
    await inject(rig, 2)
    rig.options['fault'] = 'over-voltage'
    expect(await read(rig)).toMatchObject({ output: 0, alarms: 1 })
    rig.options['fault'] = ''
    expect(await setCode(rig, 'output', true)).toBe('device.refused')
    expect(await read(rig)).toMatchObject({ alarms: 0 })
    await set(rig, 'output', true)
    expect(await read(rig)).toMatchObject({ output: 1 })
  })

  it('gives no number at the end of the range', async () => {
    const rig = await open({ options: { fault: 'over-range' } })
    const [voltage] = await rig.run(rig.instrument.read())
    expect(voltage).toMatchObject({ value: null, reason: expect.stringContaining('125 %') as unknown })
  })
})

describe('the wire', () => {
  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
    ['exception-6', 'device.refused'],
    ['wrong-unit', 'device.badReply'],
  ])('%s ends a reading with %s, and it goes on by itself', async (fault, code) => {
    const rig = await open()
    await inject(rig, 3)
    rig.options['fault'] = fault
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    rig.options['fault'] = ''
    await rig.run(rig.clock.sleep(4000))
    expect(Math.abs((await read(rig))['current']! - 3)).toBeLessThan(0.05)
  })
})

describe('the safe stop', () => {
  it('takes the remote control, switches off, proves it, and gives it back', async () => {
    const rig = await open()
    await inject(rig, 3)
    let wasSent = false
    const proof = await rig.run(rig.instrument.safeStop(() => void (wasSent = true)))
    expect(wasSent).toBe(true)
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(proof.evidence.map((each) => each.command)).toEqual([
      'coil 402 on',
      'coil 405 off',
      'register 501 = 0',
      'registers 505–506?',
      'registers 507–509?',
      'coil 402 off',
    ])
    expect(await read(rig)).toMatchObject({ output: 0, remote: 0 })
  })

  it.each(['stuck-output', 'local', 'no-answer'])('isn’t safe with %s, and is without', async (fault) => {
    const rig = await open()
    await inject(rig, 3)
    rig.options['fault'] = fault
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: false })
    rig.options['fault'] = ''
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
  })

  it('is safe though the module in the light shows its own voltage', async () => {
    const rig = await open({ options: { light: 'on' } })
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
  })
})
