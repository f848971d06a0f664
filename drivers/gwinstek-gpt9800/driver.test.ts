import { afterEach, describe, expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import type { InsulationRequest, Reading } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { decodeMeasurement } from './commands.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'
import { readingsOf } from './testRun.ts'

const rigs: DriverRig[] = []
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close()
})

const open = async (more: RigOptions = {}): Promise<DriverRig> => {
  const rig = await openRig(driver, simulator, more)
  rigs.push(rig)
  return rig
}

const textOf = (line: string): string =>
  line
    .slice(2)
    .split(' ')
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 16)))
    .join('')
const sentBy = (rig: DriverRig): string[] =>
  rig.wire.filter((line) => line.startsWith('>')).map((line) => textOf(line).trim())

const request: InsulationRequest = { voltageV: 1000, rampVPerS: 500, holdS: 60, currentLimitA: 1e-4 }

const startTest = (rig: DriverRig, asked: Partial<InsulationRequest> = {}, signal = createCanceller().signal) => {
  const readings: Reading[][] = []
  const work = rig.instrument.insulationTester!.test({ ...request, ...asked }, (each) => readings.push(each), signal)
  return { work, readings }
}
const test = async (rig: DriverRig, asked: Partial<InsulationRequest> = {}) => {
  const { work, readings } = startTest(rig, asked)
  return { result: await rig.run(work), readings }
}
/** Damp and warm, so that the insulation is within the range: some 50 MΩ. */
const dampen = async (rig: DriverRig): Promise<void> => {
  rig.bench.chamber.drive({ temperatureC: 85, rampKPerMin: null, humidityPercent: 85 })
  await rig.run(rig.clock.sleep(7_200_000))
}
const failureOf = (rig: DriverRig, work: Promise<unknown>) => rig.run(work.catch((error: unknown) => error))

describe('measurements', () => {
  it.each([
    ['>IR ,PASS ,0.500kV,1.234G ohm,T=001.0S', { judgement: 'PASS', voltageV: 500, resistanceOhm: 1.234e9 }],
    ['IR ,FAIL ,0.500kV,0020M ohm,T=001.0S', { judgement: 'FAIL', resistanceOhm: 2e7, leakageA: null }],
    ['IR ,PASS ,1.000kV,>9999M ohm,T=060.0S', { judgement: 'PASS', resistanceOhm: null }],
    ['>ACW, FAIL , 0.024kV ,0.013 mA ,R=000.1S', { mode: 'ACW', voltageV: 24, leakageA: 1.3e-5 }],
    ['DCW,TEST ,1.500kV,013.0 uA,R=000.1S', { judgement: 'TEST', leakageA: 1.3e-5 }],
    ['DCW,HI FAIL,1.500kV,0.013 mA,T=000.1S', { judgement: 'FAIL' }],
    ['IR ,VIEW ,0.500kV,----,T=000.0S', { judgement: 'VIEW', resistanceOhm: null }],
  ])('%s', (text, expected) => expect(decodeMeasurement(text)).toMatchObject(expected))

  it.each(['IR ,PASS ,0.500kV,rubbish,T=001.0S', 'IR ,WHAT ,0.500kV,1G ohm,T=001.0S', 'IR ,PASS ,kV,1G ohm,T=1S'])(
    '%s is none',
    (text) => expect(decodeMeasurement(text)).toBeNull(),
  )
})

describe('identification', () => {
  it.each([
    ['GPT-9803', 'none'],
    ['GPT-9904', 'none'],
    ['GPT-12004', 'device.wrongModel'],
  ])('%s gives %s, by nothing but the question', async (model, code) => {
    const rig = await open({ options: { model } })
    expect(await rig.codeOf(rig.instrument.identify())).toBe(code)
    expect(sentBy(rig)).toEqual(['*IDN?'])
  })
})

describe('a test up to 1 kV', () => {
  it('measures the resistance; a dry module is beyond the range, which is a lower bound and no number', async () => {
    const rig = await open()
    const { result, readings } = await test(rig)
    expect(result).toMatchObject({ resistanceOhm: null, atLeastOhm: 9.999e9, voltageV: 1000, breakdown: false })
    expect(result.reason).toContain('beyond')
    expect(readings.length).toBeGreaterThan(100)
    expect(readings.at(-1)?.find((each) => each.channel === 'testing')?.value).toBe(0)
    const volts = readings.map((each) => each.find((one) => one.channel === 'voltage')?.value ?? 0)
    expect(volts[0]).toBeLessThan(500)
    expect(Math.max(...volts)).toBe(1000)
  })

  it('the 9900 series reaches 50 GΩ', async () => {
    const rig = await open({ options: { model: 'GPT-9904' } })
    const { result } = await test(rig)
    expect(result.resistanceOhm).toBeGreaterThan(30e9)
    expect(result.resistanceOhm! / rig.bench.stress.insulationOhm(0)).toBeCloseTo(1, 1)
  })

  it('measures a damp module within 2 %, with the leakage from it', async () => {
    const rig = await open()
    await dampen(rig)
    const { result } = await test(rig)
    const truth = rig.bench.stress.insulationOhm(0)
    expect(result).toMatchObject({ breakdown: false, atLeastOhm: null, reason: null })
    expect(Math.abs(result.resistanceOhm! / truth - 1)).toBeLessThan(0.02)
    expect(result.leakageA).toBeCloseTo(1000 / result.resistanceOhm!, 12)
  })

  it('writes each edit and reads it back, in its mode', async () => {
    const rig = await open()
    await test(rig, { voltageV: 500, rampVPerS: 100, holdS: 20, currentLimitA: 1e-4 })
    const sent = sentBy(rig)
    const edits = ['MAIN:FUNC MANU', 'MANU:STEP 100', 'MANU:EDIT:MODE IR', 'MANU:IR:VOLT 0.500', 'MANU:IR:RHIS NULL']
    for (const edit of [...edits, 'MANU:IR:RLOS 5', 'MANU:RTIM 5.0', 'MANU:IR:TTIM 20.0'])
      expect(sent[sent.indexOf(edit) + 1], edit).toBe(`${edit.split(' ')[0]}?`)
    expect(sent.slice(-3)).toEqual(['FUNC:TEST OFF', 'FUNC:TEST?', 'FUNC:TEST?'])
  })

  it('ends at once where the insulation breaks down, and says so', async () => {
    const rig = await open({ options: { fault: 'breakdown' } })
    const { result, readings } = await test(rig)
    expect(result).toMatchObject({ breakdown: true, atLeastOhm: null })
    expect(result.reason).toContain('more current')
    expect(readings.length).toBeLessThan(10)
  })
})

describe('a test above 1 kV', () => {
  it('measures the leakage, and says that the resistance is derived', async () => {
    const rig = await open()
    await dampen(rig)
    const { result } = await test(rig, { voltageV: 1500, currentLimitA: 1e-3 })
    expect(sentBy(rig)).toEqual(
      expect.arrayContaining(['MANU:EDIT:MODE DCW', 'MANU:DCW:VOLT 1.500', 'MANU:DCW:CHIS 1.000']),
    )
    const truth = rig.bench.stress.insulationOhm(0)
    expect(Math.abs(result.resistanceOhm! / truth - 1)).toBeLessThan(0.05)
    expect(result.reason).toContain('direct voltage')
  })

  it('on a dry module sees no more than its resolution allows to say', async () => {
    const { result } = await test(await open(), { voltageV: 1500 })
    expect(result).toMatchObject({ resistanceOhm: null, atLeastOhm: 1.5e9, leakageA: 0, breakdown: false })
  })

  it('ends where more flows than the limit, and that is a breakdown', async () => {
    const rig = await open({ options: { fault: 'breakdown' } })
    const { result } = await test(rig, { voltageV: 4000, currentLimitA: 1e-3 })
    expect(result).toMatchObject({ breakdown: true, resistanceOhm: null, atLeastOhm: null })
    expect(result.voltageV).toBeLessThan(100)
  })
})

describe('a test is refused', () => {
  it.each([
    { voltageV: 6500 },
    { voltageV: 20 },
    { holdS: 0.1 },
    { currentLimitA: 0.02 },
    { voltageV: 6000, currentLimitA: 0.01 },
  ])('beyond the limits (%j), before anything is sent', async (asked) => {
    const rig = await open()
    expect(await rig.codeOf(startTest(rig, asked).work)).toBe('device.limit')
    expect(sentBy(rig)).toEqual([])
  })

  it('where the interlock is bypassed, before anything is sent', async () => {
    const rig = await open({ deviations: ['interlock-bypassed'] })
    expect(await failureOf(rig, startTest(rig).work)).toMatchObject({
      code: 'device.refused',
      context: { detail: expect.stringContaining('bypassed') as unknown },
    })
    expect(sentBy(rig)).toEqual([])
  })

  it('by the tester itself where its interlock is open, also when an older result is there', async () => {
    const rig = await open()
    await test(rig, { holdS: 1 })
    rig.bench.interlock.set(false)
    expect(await failureOf(rig, startTest(rig, { holdS: 1 }).work)).toMatchObject({
      code: 'device.refused',
      context: { detail: expect.stringContaining('interlock') as unknown },
    })
  })

  it.each([
    ['clamp', 'device.clamped'],
    ['edit-ignored', 'device.clamped'],
  ])('where an edit was not taken (%s), before it starts', async (fault, code) => {
    const rig = await open({ options: { fault } })
    expect(await rig.codeOf(startTest(rig).work)).toBe(code)
    expect(sentBy(rig)).not.toContain('FUNC:TEST ON')
    expect(sentBy(rig)).toContain('FUNC:TEST OFF')
  })

  it('while another runs', async () => {
    const rig = await open()
    const first = startTest(rig)
    await rig.run(rig.clock.sleep(5000))
    expect(await rig.codeOf(startTest(rig).work)).toBe('device.refused')
    // Whoever fails switches off: the first ends, too, and says so.
    expect(await rig.codeOf(first.work)).toBe('device.refused')
  })
})

describe('stopping', () => {
  it('a lid that opens ends the test, and it has no result', async () => {
    const rig = await open()
    const { work } = startTest(rig)
    await rig.run(rig.clock.sleep(10_000))
    rig.bench.interlock.set(false)
    expect(await failureOf(rig, work)).toMatchObject({
      code: 'device.refused',
      context: { detail: 'the test ended before its time' },
    })
  })

  it('a cancelled test ends with the output off', async () => {
    const rig = await open()
    const { signal, cancel } = createCanceller()
    const { work } = startTest(rig, {}, signal)
    await rig.run(rig.clock.sleep(10_000))
    const reason = new Error('enough')
    cancel(reason)
    expect(await failureOf(rig, work)).toBe(reason)
    const readings = await rig.run(rig.instrument.read())
    expect(readings.find((each) => each.channel === 'testing')?.value).toBe(0)
  })

  it('a safe stop ends it, tells when it is sent, and proves it', async () => {
    const rig = await open()
    const { work } = startTest(rig)
    const ended = rig.codeOf(work)
    await rig.run(rig.clock.sleep(10_000))
    let sent: string | undefined
    const proof = await rig.run(rig.instrument.safeStop(() => (sent = sentBy(rig).at(-1))))
    expect(sent).toBe('FUNC:TEST OFF')
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(proof.evidence.filter((each) => each.readBack === 'TEST OFF')).toHaveLength(2)
    expect(await ended).toBe('run.stopped')
  })

  it.each(['stuck-output', 'no-answer'])('is not safe with the fault %s, nor is the test’s own end', async (fault) => {
    const rig = await open()
    const { work } = startTest(rig, { holdS: 100 })
    const ended = rig.codeOf(work)
    await rig.run(rig.clock.sleep(10_000))
    rig.options['fault'] = fault
    const startMs = rig.clock.monotonicMs()
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(rig.clock.monotonicMs() - startMs).toBeLessThan(10_000)
    expect(await ended).toBe('device.notSafe')
  })
})

it('reads nothing where no test was run', async () => {
  const rig = await open()
  const readings = await rig.run(rig.instrument.read())
  expect(readings.map((each) => [each.channel, each.value])).toEqual([
    ['resistance', null],
    ['leakage', null],
    ['voltage', null],
    ['testing', 0],
  ])
  expect(readings[0]?.reason).toContain('no test')
})

it('takes the current of an alternating voltage for no leakage', async () => {
  const rig = await open()
  const [resistance, leakage] = readingsOf(decodeMeasurement('ACW,PASS ,1.000kV,0.013 mA,T=001.0S')!)
  expect(leakage).toMatchObject({ value: null, reason: 'the mode is ACW' })
  expect(resistance).toMatchObject({ value: null, reason: 'the mode is ACW' })
  expect((await rig.run(rig.instrument.read()))[1]?.value).toBeNull()
})

it('works with firmware that marks measurements', async () => {
  const rig = await open({ options: { prefix: 'on', model: 'GPT-9904' } })
  expect((await test(rig, { holdS: 2 })).result.resistanceOhm).toBeGreaterThan(30e9)
})
