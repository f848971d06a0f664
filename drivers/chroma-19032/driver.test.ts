import { afterEach, describe, expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import type { InsulationRequest, Reading } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { judgementOf, measuredOf } from './commands.ts'
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
const failureOf = (rig: DriverRig, work: Promise<unknown>) => rig.run(work.catch((error: unknown) => error))

describe('what the tester says', () => {
  it.each([
    [116, 'IR', 'pass'],
    [113, 'DC', 'stopped'],
    [114, 'IR', 'cannotTest'],
    [49, 'DC', 'breakdown'],
    [50, 'DC', 'limit'],
    [51, 'DC', 'breakdown'],
    [65, 'IR', 'limit'],
    [66, 'IR', 'breakdown'],
    // Of another mode.
    [33, 'DC', 'unknown'],
    [49, 'IR', 'unknown'],
  ] as const)('code %d in %s is %s', (code, mode, judgement) => expect(judgementOf(code, mode)).toBe(judgement))

  it('9.9E37 and 9.91E37 are no numbers', () => {
    expect(measuredOf('+9.900000E+37')).toBeNull()
    expect(measuredOf('+9.910000E+37')).toBeNull()
    expect(measuredOf('+2.680000E-03')).toBe(2.68e-3)
  })
})

describe('identification', () => {
  it.each([
    ['19032', 'none'],
    ['19057-20', 'none'],
    ['19073', 'device.wrongModel'],
  ])('%s gives %s, by nothing but the question', async (model, code) => {
    const rig = await open({ options: { model } })
    expect(await rig.codeOf(rig.instrument.identify())).toBe(code)
    expect(sentBy(rig)).toEqual(['*IDN?'])
  })
})

describe('a test up to 1 kV', () => {
  it('measures the resistance within 2 %', async () => {
    const rig = await open()
    const { result, readings } = await test(rig)
    const truth = rig.bench.stress.insulationOhm(0)
    expect(Math.abs(result.resistanceOhm! / truth - 1)).toBeLessThan(0.02)
    expect(result).toMatchObject({ voltageV: 1000, breakdown: false, atLeastOhm: null, reason: null })
    expect(readings.map((each) => each.find((one) => one.channel === 'resistance')?.value)).toEqual([
      result.resistanceOhm,
    ])
  })

  it('sets one step and reads each value back, never more than four commands a second', async () => {
    const rig = await open()
    const times: number[] = []
    const push = rig.wire.push.bind(rig.wire)
    rig.wire.push = (...lines) => {
      if (lines[0]?.startsWith('>')) times.push(rig.clock.monotonicMs())
      return push(...lines)
    }
    await test(rig, { voltageV: 500, rampVPerS: 100, holdS: 20, currentLimitA: 1e-3 })
    const sent = sentBy(rig)
    for (const edit of [
      'SAFE:STEP 1:IR 500',
      'SAFE:STEP 1:IR:LIM 500000',
      'SAFE:STEP 1:IR:LIM:HIGH 0',
      'SAFE:STEP 1:IR:TIME:RAMP 5',
      'SAFE:STEP 1:IR:TIME 20',
    ])
      expect(sent[sent.indexOf(edit) + 1], edit).toBe(`${edit.slice(0, edit.lastIndexOf(' '))}?`)
    const gaps = times.slice(1).map((each, i) => each - times[i]!)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250)
    expect(sent.at(-3)).toBe('SAFE:STOP')
  })

  it('runs nothing that an earlier test has left', async () => {
    const rig = await open()
    await test(rig, { holdS: 1 })
    await test(rig, { voltageV: 1500, holdS: 1 })
    expect(sentBy(rig)).toContain('SAFE:STEP 1:DEL')
    const readings = await rig.run(rig.instrument.read())
    expect(readings.find((each) => each.channel === 'resistance')).toMatchObject({
      value: null,
      reason: 'the mode is DC',
    })
    expect(readings.find((each) => each.channel === 'voltage')?.value).toBe(1500)
  })

  it('beyond the range gives a lower bound', async () => {
    const { result } = await test(await open({ options: { fault: 'over-range' } }))
    expect(result).toMatchObject({ resistanceOhm: null, atLeastOhm: 50e9, breakdown: false })
  })

  it('ends early where the insulation breaks down', async () => {
    const rig = await open({ options: { fault: 'breakdown' } })
    const startMs = rig.clock.monotonicMs()
    const { result } = await test(rig)
    expect(result).toMatchObject({ breakdown: true, atLeastOhm: null })
    expect(rig.clock.monotonicMs() - startMs).toBeLessThan(20_000)
  })

  it('tells its meters on the way where it may be asked for them', async () => {
    const rig = await open({ deviations: ['live-readings'] })
    const { readings } = await test(rig, { holdS: 10 })
    expect(readings.length).toBeGreaterThan(5)
    expect(readings[0]!.find((each) => each.channel === 'testing')?.value).toBe(1)
    expect(readings[0]!.find((each) => each.channel === 'voltage')?.value).toBeLessThan(1000)
  })

  it.each(['typo', 'needs-gap', 'queue-overflow'])('works with %s', async (fault) => {
    const { result } = await test(await open({ options: { fault } }))
    expect(result.resistanceOhm).toBeGreaterThan(1e10)
  })
})

describe('a test above 1 kV', () => {
  it('measures the leakage, and says that the resistance is derived', async () => {
    const rig = await open()
    rig.bench.chamber.drive({ temperatureC: 85, rampKPerMin: null, humidityPercent: 85 })
    await rig.run(rig.clock.sleep(7_200_000))
    const { result } = await test(rig, { voltageV: 1500, currentLimitA: 1e-3 })
    expect(sentBy(rig)).toEqual(expect.arrayContaining(['SAFE:STEP 1:DC 1500', 'SAFE:STEP 1:DC:LIM 0.001']))
    expect(Math.abs(result.resistanceOhm! / rig.bench.stress.insulationOhm(0) - 1)).toBeLessThan(0.03)
    expect(result.reason).toContain('direct voltage')
  })

  it('on a dry module sees no more than its resolution allows to say', async () => {
    const { result } = await test(await open(), { voltageV: 1500 })
    expect(result).toMatchObject({ resistanceOhm: null, atLeastOhm: 1.5e10, leakageA: 0 })
  })

  it('ends where more flows than the limit', async () => {
    const { result } = await test(await open({ options: { fault: 'breakdown' } }), {
      voltageV: 4000,
      currentLimitA: 1e-3,
    })
    expect(result).toMatchObject({ breakdown: true, resistanceOhm: null, atLeastOhm: null })
  })
})

describe('a test is refused', () => {
  it.each([{ voltageV: 6500 }, { voltageV: 20 }, { holdS: 0.1 }, { currentLimitA: 0.02 }])(
    'beyond the limits (%j), before anything is sent',
    async (asked) => {
      const rig = await open()
      expect(await rig.codeOf(startTest(rig, asked).work)).toBe('device.limit')
      expect(sentBy(rig)).toEqual([])
    },
  )

  it('where the interlock is bypassed, before anything is sent', async () => {
    const rig = await open({ deviations: ['interlock-bypassed'] })
    expect(await rig.codeOf(startTest(rig).work)).toBe('device.refused')
    expect(sentBy(rig)).toEqual([])
  })

  it('by the tester itself where its interlock is open', async () => {
    const rig = await open()
    await test(rig, { holdS: 1 })
    rig.bench.interlock.set(false)
    expect(await failureOf(rig, startTest(rig).work)).toMatchObject({
      code: 'device.refused',
      context: { detail: expect.stringContaining('interlock') as unknown },
    })
  })

  it('where the voltage was not taken, before it starts', async () => {
    const rig = await open({ options: { fault: 'clamp' } })
    expect(await rig.codeOf(startTest(rig).work)).toBe('device.clamped')
    expect(sentBy(rig)).not.toContain('SAFE:STAR')
    expect(sentBy(rig)).toContain('SAFE:STOP')
  })
})

describe('stopping', () => {
  it('a lid that opens, or somebody at the panel, ends the test, and it has no result', async () => {
    const rig = await open()
    const { work } = startTest(rig)
    await rig.run(rig.clock.sleep(20_000))
    rig.bench.interlock.set(false)
    expect(await rig.codeOf(work)).toBe('device.refused')
  })

  it('a cancelled test ends with the output off', async () => {
    const rig = await open()
    const { signal, cancel } = createCanceller()
    const { work } = startTest(rig, {}, signal)
    await rig.run(rig.clock.sleep(20_000))
    const reason = new Error('enough')
    cancel(reason)
    expect(await failureOf(rig, work)).toBe(reason)
    const readings = await rig.run(rig.instrument.read())
    expect(readings.find((each) => each.channel === 'testing')?.value).toBe(0)
  })

  it('a safe stop ends it and proves it', async () => {
    const rig = await open()
    const ended = rig.codeOf(startTest(rig).work)
    await rig.run(rig.clock.sleep(20_000))
    let sent: string | undefined
    const proof = await rig.run(rig.instrument.safeStop(() => (sent = sentBy(rig).at(-1))))
    expect(sent).toBe('SAFE:STOP')
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(proof.evidence.map((each) => each.readBack)).toEqual([null, null, 'STOPPED', 'STOPPED'])
    expect(await ended).toBe('run.stopped')
  })

  it.each(['stuck-output', 'no-answer'])('is not safe with the fault %s, nor is the test’s own end', async (fault) => {
    const rig = await open()
    const ended = rig.codeOf(startTest(rig, { holdS: 100 }).work)
    await rig.run(rig.clock.sleep(20_000))
    rig.options['fault'] = fault
    const startMs = rig.clock.monotonicMs()
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(rig.clock.monotonicMs() - startMs).toBeLessThan(10_000)
    expect(await ended).toBe('device.notSafe')
  })
})

it('takes the current of an alternating voltage for no leakage', () => {
  const [resistance, leakage, voltage] = readingsOf({ mode: 'AC', voltageV: 3000, measured: 1e-3 })
  expect(resistance).toMatchObject({ value: null, reason: 'the mode is AC' })
  expect(leakage).toMatchObject({ value: null, reason: 'the mode is AC' })
  expect(voltage).toMatchObject({ value: 3000 })
})

it('reads nothing where no test was set, or while one runs', async () => {
  const rig = await open()
  const [resistance, , , idle] = await rig.run(rig.instrument.read())
  expect(resistance).toMatchObject({ value: null, reason: 'no test has been set' })
  expect(idle).toMatchObject({ channel: 'testing', value: 0 })
  const { work } = startTest(rig)
  await rig.run(rig.clock.sleep(20_000))
  const [running, , , busy] = await rig.run(rig.instrument.read())
  expect(running).toMatchObject({ value: null, reason: 'a test is running' })
  expect(busy?.value).toBe(1)
  await rig.run(work)
})
