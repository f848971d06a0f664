import { describe, expect, it } from 'vitest'
import { openPartsRig, type PartsRig, type RigPart } from '../support/partsRig.ts'
import { driver as chamberDriver } from '../../drivers/espec-p300/driver.ts'
import { simulator as chamberSimulator } from '../../drivers/espec-p300/simulator.ts'
import { driver as modbus } from '../../drivers/generic-modbus/driver.ts'
import { simulator as modbusSimulator } from '../../drivers/generic-modbus/simulator.ts'
import { driver as scpi } from '../../drivers/generic-scpi/driver.ts'
import { simulator as scpiSimulator } from '../../drivers/generic-scpi/simulator.ts'
import { driver as hvDriver } from '../../drivers/iseg-shr/driver.ts'
import { simulator as hvSimulator } from '../../drivers/iseg-shr/simulator.ts'
import { driver as electrometer } from '../../drivers/keithley-6517b/driver.ts'
import { simulator as electrometerSimulator } from '../../drivers/keithley-6517b/simulator.ts'
import { driver } from '../../drivers/pid-station/driver.ts'

const supply = {
  title: 'HV supply',
  manual: 'none: made up for this test',
  line: { timeoutMs: 1000 },
  identification: {
    pattern: '^Any,(?<model>[^,]+),(?<serial>[^,]+)$',
    models: '^HV-2$',
    example: 'Any,HV-2,1',
  },
  channels: [
    {
      ...{ channel: 'voltage', title: 'Voltage', unit: 'V', role: 'HvSource' },
      ...{ query: 'MEAS:VOLT?', simulate: 'stress.voltage.0' },
    },
    {
      ...{ channel: 'current', title: 'Current', unit: 'A', role: 'HvSource' },
      ...{ query: 'MEAS:CURR?', simulate: 'stress.leakage.0' },
    },
  ],
  settings: [
    {
      ...{ name: 'voltageV', title: 'Voltage', unit: 'V', minimum: -1500, maximum: 1500, energises: true },
      ...{ role: 'HvSource', command: 'VOLT {value}', query: 'VOLT?', simulate: 'stress.voltage' },
    },
    {
      ...{ name: 'currentLimitA', title: 'Limit', unit: 'A', minimum: 0, maximum: 0.001, energises: false },
      ...{ role: 'HvSource', command: 'CURR {value}', query: 'CURR?' },
    },
    {
      ...{ name: 'output', title: 'Output', type: 'boolean', energises: true, role: 'HvSource' },
      ...{ command: 'OUTP {value}', query: 'OUTP?', simulate: 'stress.output' },
      words: { true: { send: '1', reads: '^1$' }, false: { send: '0', reads: '^0$' } },
    },
  ],
  safeState: { commands: ['OUTP 0'], readBack: [{ title: 'off', query: 'OUTP?', matches: '^0$' }] },
}

const modbusDevice = (model: string, channels: readonly object[]) => ({
  title: model,
  manual: 'none: made up for this test',
  timeoutMs: 500,
  identification: {
    ...{ maker: 'Any', model },
    checks: [{ title: 'model', functionCode: 3, address: 100, type: 'text', words: 4, equals: model }],
  },
  channels,
})
const meter = modbusDevice(
  'LEAK-2',
  [0, 1].map((lane) => ({
    ...{ channel: `current.${lane}`, title: `Input ${lane}`, unit: 'A', role: 'LeakageMeter' },
    ...{ functionCode: 4, address: lane * 2, type: 's32', scale: 1e-12, simulate: `stress.leakage.${lane}` },
  })),
)
const door = modbusDevice('DOOR', [
  {
    ...{ channel: 'interlock', title: 'Loop', unit: '', role: 'Interlock' },
    ...{ functionCode: 2, address: 0, type: 'bit', simulate: 'interlock' },
  },
])

const parts: RigPart[] = [
  { id: 'supply', driver: scpi, simulator: scpiSimulator, definition: supply },
  { id: 'meterA', driver: modbus, simulator: modbusSimulator, definition: meter },
  { id: 'meterB', driver: modbus, simulator: modbusSimulator, definition: meter },
  { id: 'chamber', driver: chamberDriver, simulator: chamberSimulator },
  { id: 'door', driver: modbus, simulator: modbusSimulator, definition: door },
]
const slots = { hv: ['supply'], leakage: ['meterA', 'meterB'], chamber: ['chamber'], interlock: ['door'] }
const open = () => openPartsRig({ driver, parts: slots, definition: { dischargeS: 10 } }, parts)

const set = (rig: PartsRig, name: string, value: number | boolean) => rig.run(rig.opened.instrument.set!(name, value))
const valueOf = async (rig: PartsRig, channel: string) =>
  (await rig.run(rig.opened.instrument.read())).find((each) => each.channel === channel)?.value
const highVoltage = (rig: PartsRig): number => rig.bench.stress.voltageV(0)
const energise = async (rig: PartsRig): Promise<void> => {
  await set(rig, 'voltageV', -1000)
  await set(rig, 'output', true)
}
const came = (rig: PartsRig, text: string): number => rig.sent.findIndex((each) => each.includes(text))

describe('a PID station', () => {
  it('is one instrument with the roles, lanes and limits of its parts', async () => {
    const { opened } = await open()
    expect(opened.profile.roles).toEqual(['HvSource', 'LeakageMeter', 'Chamber', 'Interlock'])
    expect(opened.profile.channels.map((each) => each.channel)).toEqual(
      expect.arrayContaining(['interlock', 'voltage', 'current', 'leakage.1', 'leakage.4', 'temperature', 'humidity']),
    )
    expect(opened.profile.settings.find((each) => each.name === 'voltageV')?.maximum).toBe(1500)
    expect(opened.profile.settings.map((each) => each.name)).toEqual(expect.arrayContaining(['temperatureC', 'run']))
    expect(opened.identity.model).toBe('PID station')
    expect(opened.identity.parts?.map((each) => `${each.part} ${each.name} ${each.model}`)).toEqual(
      expect.arrayContaining(['hv supply HV-2', 'leakage meterB LEAK-2', 'interlock door DOOR']),
    )
    expect(opened.provenance).toBe('simulated')
    // Ten seconds of discharge, and each part's own time.
    expect(opened.profile.safeStopS).toBeGreaterThan(60)
  })

  it('reads every lane, once each part', async () => {
    const rig = await open()
    await energise(rig)
    await rig.run(rig.clock.sleep(60_000))
    const before = rig.sent.length
    const readings = await rig.run(rig.opened.instrument.read())
    expect(readings.map((each) => each.channel)).toEqual(rig.opened.profile.channels.map((each) => each.channel))
    for (const lane of [0, 1]) {
      const found = readings.find((each) => each.channel === `leakage.${lane + 1}`)
      expect(found?.value).toBeCloseTo(rig.bench.stress.leakageA(lane), 11)
    }
    expect(readings.find((each) => each.channel === 'voltage')?.value).toBe(-1000)
    expect(rig.sent.slice(before).filter((each) => each.startsWith('meterA'))).toHaveLength(1)
  })

  it('refuses what is beyond the supply or unknown, and sends nothing', async () => {
    const rig = await open()
    const before = rig.sent.length
    expect(await rig.codeOf(rig.opened.instrument.set!('voltageV', 1600))).toBe('device.limit')
    expect(await rig.codeOf(rig.opened.instrument.set!('output', 1))).toBe('usage.invalidInput')
    expect(await rig.codeOf(rig.opened.instrument.set!('serial', 1))).toBe('usage.invalidInput')
    expect(rig.sent).toHaveLength(before)
  })
})

describe('high voltage', () => {
  const tryOn = async (prepare: (rig: PartsRig) => void) => {
    const rig = await open()
    await set(rig, 'voltageV', -1000)
    prepare(rig)
    const code = await rig.codeOf(rig.opened.instrument.set!('output', true))
    expect(highVoltage(rig)).toBe(0)
    expect(came(rig, 'supply OUTP 1')).toBe(-1)
    return code
  }

  it('comes on with the interlock closed', async () => {
    const rig = await open()
    await energise(rig)
    expect(highVoltage(rig)).toBe(-1000)
    expect(came(rig, 'supply OUTP 1')).toBeGreaterThan(0)
  })

  it('never comes on while the interlock is open', async () => {
    expect(await tryOn((rig) => rig.bench.interlock.set(false))).toBe('device.refused')
  })

  it.each(['door', 'chamber'])('never comes on while the %s is silent or answers rubbish', async (part) => {
    for (const fault of ['no-answer', 'partial', 'rubbish'])
      expect(await tryOn((rig) => void (rig.options[part]!['fault'] = fault))).toBe('device.refused')
  })

  it('never comes on by an answer of the interlock that is too old', async () => {
    const slow = { ...door, timeoutMs: 10_000 }
    const slowParts = parts.map((each) => (each.id === 'door' ? { ...each, definition: slow } : each))
    const rig = await openPartsRig({ driver, parts: slots }, slowParts)
    await set(rig, 'voltageV', -1000)
    rig.options['door']!['fault'] = 'late-answer'
    expect(await rig.codeOf(rig.opened.instrument.set!('output', true))).toBe('device.refused')
    expect(came(rig, 'supply OUTP 1')).toBe(-1)
  })

  it('goes off when read() sees the interlock open, and that is reported', async () => {
    const rig = await open()
    await energise(rig)
    expect(await valueOf(rig, 'interlock')).toBe(1)
    expect(highVoltage(rig)).toBe(-1000)
    rig.bench.interlock.set(false)
    const readings = await rig.run(rig.opened.instrument.read())
    expect(readings.find((each) => each.channel === 'interlock')?.value).toBe(0)
    expect(readings.find((each) => each.channel === 'voltage')?.value).toBe(0)
    expect(highVoltage(rig)).toBe(0)
    rig.bench.interlock.set(true)
    await rig.run(rig.opened.instrument.read())
    expect(highVoltage(rig)).toBe(0)
  })

  it('survives one lost answer of the interlock, and goes off at silence', async () => {
    const rig = await open()
    await energise(rig)
    rig.options['door']!['fault'] = 'no-answer:at=1'
    await rig.codeOf(rig.opened.instrument.read())
    expect(highVoltage(rig)).toBe(-1000)
    rig.options['door']!['fault'] = 'no-answer'
    expect(await rig.codeOf(rig.opened.instrument.read())).toBe('device.timeout')
    expect(highVoltage(rig)).toBe(0)
  })

  it('says so where it does not go off', async () => {
    const rig = await open()
    await energise(rig)
    rig.options['supply']!['ignoreCommands'] = 'true'
    rig.bench.interlock.set(false)
    expect(await rig.codeOf(rig.opened.instrument.read())).toBe('device.notSafe')
  })

  it('goes off again when the answer to switching on is lost', async () => {
    const rig = await open()
    await set(rig, 'voltageV', -1000)
    rig.options['supply']!['fault'] = 'no-answer:on=OUTP?'
    const on = rig.codeOf(rig.opened.instrument.set!('output', true))
    await rig.run(rig.clock.sleep(900).then(() => void (rig.options['supply']!['fault'] = '')))
    expect(await on).toBe('device.timeout')
    expect(came(rig, 'supply OUTP 1')).toBeGreaterThan(0)
    expect(highVoltage(rig)).toBe(0)
  })

  it('does not come on behind a safe stop that came meanwhile', async () => {
    const rig = await open()
    await set(rig, 'voltageV', -1000)
    for (const waitMs of [0, 5, 10, 20, 40, 80, 160]) {
      const on = rig.codeOf(rig.opened.instrument.set!('output', true))
      const stopped = rig.run(rig.clock.sleep(waitMs).then(() => rig.opened.instrument.safeStop()))
      await Promise.all([on, stopped])
      expect(highVoltage(rig), `${waitMs} ms`).toBe(0)
    }
  })
})

describe('the safe stop', () => {
  it('takes HV off first, proves the discharge, then sends the chamber to standby, and skips no part', async () => {
    const rig = await open()
    await set(rig, 'temperatureC', 85)
    await set(rig, 'run', true)
    await energise(rig)
    await rig.run(rig.clock.sleep(60_000))
    const before = rig.sent.length
    let told = 0
    const proof = await rig.run(rig.opened.instrument.safeStop(() => told++))
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(told).toBe(1)
    const sent = rig.sent.slice(before)
    const off = sent.findIndex((each) => each.startsWith('supply OUTP 0'))
    const discharged = sent.findIndex((each) => each.startsWith('supply MEAS:VOLT?'))
    const standby = sent.findIndex((each) => each.startsWith('chamber'))
    expect(off).toBeGreaterThanOrEqual(0)
    expect(discharged).toBeGreaterThan(off)
    expect(standby).toBeGreaterThan(discharged)
    expect(highVoltage(rig)).toBe(0)
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('of what is electrical leaves the chamber as it is', async () => {
    const rig = await open()
    await set(rig, 'temperatureC', 85)
    await set(rig, 'run', true)
    await energise(rig)
    let told = 0
    const proof = await rig.run(rig.opened.instrument.safeStop(() => told++, 'electrical'))
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(told).toBe(1)
    expect(highVoltage(rig)).toBe(0)
    expect(rig.bench.chamber.workingTemperatureC()).not.toBeNull()
    expect(await rig.run(rig.opened.instrument.safeStop())).toMatchObject({ safe: true })
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })

  it.each(['supply', 'chamber'])(
    'is not safe while the %s is silent; the other is stopped all the same',
    async (part) => {
      const rig = await open()
      await set(rig, 'temperatureC', 85)
      await set(rig, 'run', true)
      await energise(rig)
      rig.options[part]!['fault'] = 'no-answer'
      const proof = await rig.run(rig.opened.instrument.safeStop())
      expect(proof.safe).toBe(false)
      expect(proof.detail).toContain(part)
      if (part === 'supply') expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
      else expect(highVoltage(rig)).toBe(0)
    },
  )

  it('is not safe while there is voltage on the module', async () => {
    const rig = await open()
    await energise(rig)
    rig.options['supply']!['ignoreCommands'] = 'true'
    const proof = await rig.run(rig.opened.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain('not known to be below 25 V after 10 s')
  })
})

describe('out of instruments with drivers of their own (iseg SHR, Keithley 6517B, ESPEC P-300)', () => {
  const own: RigPart[] = [
    { id: 'iseg', driver: hvDriver, simulator: hvSimulator },
    { id: 'electrometer', driver: electrometer, simulator: electrometerSimulator },
    { id: 'chamber', driver: chamberDriver, simulator: chamberSimulator },
    { id: 'door', driver: modbus, simulator: modbusSimulator, definition: door },
  ]
  const ownSlots = { hv: ['iseg'], leakage: ['electrometer'], chamber: ['chamber'], interlock: ['door'] }

  it('stresses, reads, and stops', async () => {
    const rig = await openPartsRig({ driver, parts: ownSlots }, own)
    await set(rig, 'voltageV', 1000)
    await set(rig, 'temperatureC', 85)
    await set(rig, 'run', true)
    await set(rig, 'output', true)
    await rig.run(rig.clock.sleep(600_000))
    expect(highVoltage(rig)).toBeCloseTo(1000, -1)
    const readings = await rig.run(rig.opened.instrument.read())
    expect(readings.map((each) => each.channel)).toEqual(rig.opened.profile.channels.map((each) => each.channel))
    expect(readings.find((each) => each.channel === 'interlock')?.value).toBe(1)
    rig.bench.interlock.set(false)
    await rig.run(rig.opened.instrument.read())
    await rig.run(rig.clock.sleep(120_000))
    expect(Math.abs(highVoltage(rig))).toBeLessThan(25)
    rig.bench.interlock.set(true)
    const proof = await rig.run(rig.opened.instrument.safeStop())
    expect(proof, JSON.stringify(proof)).toMatchObject({ safe: true })
    expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  })
})
