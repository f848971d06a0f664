import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { decodeReading } from './reading.ts'
import { simulator } from './simulator.ts'

const rigs: DriverRig[] = []
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close()
})
const open = async (more: RigOptions = {}): Promise<DriverRig> => {
  const rig = await openRig(driver, simulator, { bench: { disturbances: false }, ...more })
  rigs.push(rig)
  return rig
}
const text = (hex: string): string =>
  String.fromCharCode(...hex.split(' ').map((each) => Number.parseInt(each, 16))).trim()
const sent = (rig: DriverRig): string[] =>
  rig.wire.filter((line) => line.startsWith('>')).map((line) => text(line.slice(2)))
const read = async (rig: DriverRig, channel: string) =>
  (await rig.run(rig.instrument.read())).find((each) => each.channel === channel)
const set = (rig: DriverRig, name: string, value: number | boolean | string) =>
  rig.run(rig.instrument.set!(name, value))
const pass = (rig: DriverRig, seconds: number): Promise<void> => rig.run(rig.clock.sleep(seconds * 1000))

/** The source on the module, settled. */
const stressed = async (voltageV: number, more: RigOptions = {}): Promise<DriverRig> => {
  const rig = await open(more)
  await set(rig, 'voltageV', voltageV)
  await set(rig, 'output', true)
  await pass(rig, 10)
  return rig
}

describe('a reading', () => {
  it.each([
    ['+1.234567E-09NADC,+12.3secs,+00000RDNG#', { value: 1.234567e-9 }],
    ['-2.0000E-03NADC', { value: -2e-3 }],
    ['+1.000012E-12ZADC', { value: null, reason: 'zero check is on: the ammeter doesn’t measure', isUnready: true }],
    ['+9.900000E+37OADC', { value: null, reason: 'over range', isUnready: false }],
    ['+9.900000E+37NADC', { value: null, reason: 'over range', isUnready: false }],
    ['+0.000000E+00UADC', { value: null, reason: 'under range', isUnready: false }],
    ['+1.234567E-09RADC', { value: null, reason: 'the reading is relative to a stored one', isUnready: false }],
    ['+1.000000E-05NVDC', { value: null, reason: 'the instrument doesn’t measure current (VDC)', isUnready: true }],
  ])('%s', (reply, expected) => {
    expect(decodeReading(reply, 'meter')).toEqual(expected)
  })

  it.each(['', '1.0', '+1.234567E-09', '+1.234567E-09NAD', '+1.23E-09NADC', '+1.234567E-09QADC', '+1.234567E-01NADC'])(
    'refuses “%s”',
    (reply) => {
      expect(() => decodeReading(reply, 'meter')).toThrow(expect.objectContaining({ code: 'device.badReply' }))
    },
  )
})

describe('identification', () => {
  it.each(['6517B', '6517A'])('takes a %s', async (model) => {
    const rig = await open({ options: { model } })
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'KEITHLEY INSTRUMENTS INC.',
      model,
      serialNumber: 'SIM00001',
      firmware: 'A13/700x',
    })
    expect(sent(rig)).toEqual(['*IDN?'])
  })

  it('refuses another Keithley', async () => {
    const rig = await open({ options: { model: '6487' } })
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
  })
})

describe('the electrometer alone', () => {
  it('is made ready by the first reading, and measures what another supply drives, without touching its voltage', async () => {
    const rig = await open()
    rig.bench.stress.apply(0, 800)
    const leakage = (await read(rig, 'leakage'))!.value!
    expect(leakage).toBeCloseTo(rig.bench.stress.leakageA(0), 10)
    expect(rig.bench.stress.voltageV(0)).toBe(800)
    expect(sent(rig).some((line) => /OUTP O|SOUR:/.test(line))).toBe(false)
    const before = sent(rig).length
    await rig.run(rig.instrument.read())
    expect(sent(rig).slice(before)).toEqual([
      ':OUTP?',
      ':INIT:CONT OFF',
      ':FORM:ELEM READ,TST,RNUM,UNIT,STAT',
      ':READ?',
    ])
  })

  it('gives no value while it is kept in zero check, by the setting or by a safe stop', async () => {
    const rig = await open()
    rig.bench.stress.apply(0, 800)
    await set(rig, 'zeroCheck', true)
    expect(await read(rig, 'leakage')).toMatchObject({ value: null })
    await set(rig, 'zeroCheck', false)
    expect((await read(rig, 'leakage'))!.value).toBeGreaterThan(1e-9)
    await rig.run(rig.instrument.safeStop())
    expect(await read(rig, 'leakage')).toMatchObject({ value: null, reason: /zero check/ })
  })
})

describe('the source', () => {
  it.each([600, -600])('puts %s V on the module and reads its leakage', async (voltageV) => {
    const rig = await stressed(voltageV)
    expect(rig.bench.stress.voltageV(0)).toBeCloseTo(voltageV, 0)
    const truth = rig.bench.stress.leakageA(0)
    const leakage = (await read(rig, 'leakage'))!.value!
    expect(Math.sign(leakage)).toBe(Math.sign(voltageV))
    expect(Math.abs(leakage - truth)).toBeLessThan(0.01 * Math.abs(truth))
    expect(await read(rig, 'voltage')).toMatchObject({ value: voltageV })
    expect(await read(rig, 'current')).toMatchObject({ value: expect.closeTo(truth, 9) as number })
  })

  it('is prepared before it goes on: zero check, own zero, automatic range, the upper range', async () => {
    const rig = await open()
    await set(rig, 'voltageV', 300)
    rig.wire.length = 0
    await set(rig, 'output', true)
    const lines = sent(rig).filter((line) => !line.includes('?'))
    expect(lines).toEqual([
      '*CLS',
      ':SOUR:VOLT:MCON ON',
      ':SYST:ZCH ON',
      ":SENS:FUNC 'CURR'",
      ':INIT:CONT OFF',
      ':SYST:ZCOR OFF',
      ':SENS:CURR:RANG 20E-12',
      ':INIT',
      ':SYST:ZCOR ON',
      ':SENS:CURR:RANG:AUTO ON',
      ':SYST:ZCH OFF',
      ':OUTP ON',
    ])
  })

  it('leaves 200 ms between commands, unless told that the unit needs none', async () => {
    const slow = await open()
    const startMs = slow.clock.monotonicMs()
    await set(slow, 'output', true)
    expect(slow.clock.monotonicMs() - startMs).toBeGreaterThan(2500)
    const quick = await open({ deviations: ['no-pause'] })
    const quickMs = quick.clock.monotonicMs()
    await set(quick, 'output', true)
    expect(quick.clock.monotonicMs() - quickMs).toBeLessThan(1000)
  })

  it('stays off with the interlock open, and goes off when it opens', async () => {
    const rig = await stressed(500)
    rig.bench.interlock.set(false)
    expect(await read(rig, 'output')).toMatchObject({ value: 0 })
    const outcome = rig.instrument.set!('output', true).catch((error: unknown) => error)
    expect(await rig.run(outcome)).toMatchObject({ code: 'device.refused', context: { detail: /interlock/ } })
    await pass(rig, 10)
    expect(rig.bench.stress.voltageV(0)).toBe(0)
    rig.bench.interlock.set(true)
    await set(rig, 'output', true)
  })

  it.each([
    ['voltageV', 1001, 'device.limit'],
    ['voltageV', -1001, 'device.limit'],
    ['currentLimitA', 0.002, 'device.limit'],
    ['powerLineCycles', 11, 'device.limit'],
    ['range', '3 nA', 'usage.invalidInput'],
    ['nothing', 1, 'usage.invalidInput'],
  ])('%s = %s is %s, with nothing sent', async (name, value, code) => {
    const rig = await open()
    expect(await rig.codeOf(rig.instrument.set!(name, value))).toBe(code)
    expect(rig.wire).toEqual([])
  })

  it('reports less voltage than asked', async () => {
    const rig = await open({ options: { fault: 'clamp' } })
    expect(await rig.codeOf(rig.instrument.set!('voltageV', 500))).toBe('device.clamped')
  })

  it('is switched off by the driver when more flows than may', async () => {
    const rig = await stressed(900)
    const leakage = (await read(rig, 'leakage'))!.value!
    await set(rig, 'currentLimitA', leakage / 2)
    const error = await rig.run(rig.instrument.read().catch((thrown: unknown) => thrown))
    expect(error).toMatchObject({ code: 'device.refused', context: { detail: /the source was switched off/ } })
    expect(await read(rig, 'output')).toMatchObject({ value: 0 })
    await pass(rig, 10)
    expect(rig.bench.stress.voltageV(0)).toBe(0)
  })

  it('has no voltage to tell while it limits its current', async () => {
    const rig = await stressed(900)
    rig.options['fault'] = 'in-limit'
    await rig.run(rig.instrument.set!('range', '200 µA'))
    expect(await read(rig, 'voltage')).toMatchObject({ value: null, reason: /limits its current/ })
    expect(await read(rig, 'leakage')).toMatchObject({ value: null, reason: 'over range' })
  })
})

describe('settings', () => {
  it.each(['20 pA', '2 nA', '20 µA', '20 mA', 'auto'])('the range %s is taken', async (range) => {
    const rig = await open()
    expect(await set(rig, 'range', range)).toEqual({ name: 'range', asked: range, actual: range })
  })

  it('switches are read back', async () => {
    const rig = await open()
    for (const name of ['zeroCheck', 'seriesResistor'])
      for (const on of [true, false]) expect(await set(rig, name, on)).toMatchObject({ actual: on })
  })
})

describe('the safe stop', () => {
  it('from 1000 V: 0 V, off, discharged, zero check on', async () => {
    const rig = await stressed(1000)
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(true)
    expect(proof.evidence.map((each) => each.command)).toEqual([
      ':SOUR:VOLT 0',
      ':OUTP OFF',
      ':OUTP?',
      ':SOUR:VOLT?',
      ':INIT:CONT OFF',
      ':READ?',
      ':SYST:ZCH ON',
      ':OUTP?',
    ])
    expect(proof.evidence.find((each) => each.command === ':READ?')?.readBack).toMatch(/NADC/)
    await pass(rig, 5)
    expect(rig.bench.stress.voltageV(0)).toBe(0)
  })

  it('from a fresh instrument in zero check is safe by what it reads back', async () => {
    const rig = await open()
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
  })

  it.each(['stuck-output', 'no-answer', 'rubbish', 'partial'])(
    'is not safe with %s, and never throws',
    async (fault) => {
      const rig = await stressed(500)
      rig.options['fault'] = fault
      const proof = await rig.run(rig.instrument.safeStop())
      expect(proof.safe).toBe(false)
      expect(proof.detail).not.toBeNull()
      rig.options['fault'] = ''
      expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    },
  )

  it('says that its commands are out before it asks anything', async () => {
    const rig = await stressed(500)
    let before: string[] = []
    rig.wire.length = 0
    await rig.run(rig.instrument.safeStop(() => void (before = sent(rig))))
    expect(before).toEqual([':SOUR:VOLT 0', ':OUTP OFF'])
  })
})

describe('faults of the wire', () => {
  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    // Of `0` and its end, the end is what is flipped.
    ['corrupt', 'device.timeout'],
    ['rubbish', 'device.badReply'],
  ])('%s ends in %s, and the next reading is whole again', async (fault, code) => {
    const rig = await stressed(500)
    rig.options['fault'] = fault === 'late-answer' ? 'late-answer:delay=9000' : fault
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    rig.options['fault'] = ''
    expect((await read(rig, 'leakage'))!.value).toBeCloseTo(rig.bench.stress.leakageA(0), 9)
  })
})
