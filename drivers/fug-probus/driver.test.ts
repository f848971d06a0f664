import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { decodeIdentity } from './commands.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

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

const set = (rig: DriverRig, name: string, value: number | boolean) => rig.run(rig.instrument.set!(name, value))
const failureOf = (rig: DriverRig, work: Promise<unknown>) => rig.run(work.catch((error: unknown) => error))
const pass = (rig: DriverRig, seconds: number) => rig.run(rig.clock.sleep(seconds * 1000))
const read = async (rig: DriverRig): Promise<Record<string, number | null>> =>
  Object.fromEntries((await rig.run(rig.instrument.read())).map((each) => [each.channel, each.value]))
const energise = async (rig: DriverRig, voltageV = 1000): Promise<void> => {
  await set(rig, 'rampVPerS', 100)
  await set(rig, 'currentLimitA', 0.001)
  await set(rig, 'voltageV', voltageV)
  await set(rig, 'output', true)
  await pass(rig, Math.abs(voltageV) / 100 + 1)
}

describe('identification', () => {
  it.each([
    ['FUG HCK 800 - 20 000 MOD 17022-01-01', { model: 'HCK 800-20000', nominalV: 20_000, nominalA: 0.04 }],
    ['FUG HCP 14 - 2 000 MOD SIM00001', { model: 'HCP 14-2000', serialNumber: 'SIM00001', nominalA: 0.007 }],
    ['FUG NTN 140-6 MOD 17965-01-01', { model: 'NTN 140-6', nominalV: 6 }],
  ])('reads %s', (text, expected) => expect(decodeIdentity(text)).toMatchObject(expected))

  it('tells model and number, having sent nothing but the question', async () => {
    const rig = await open()
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'FuG',
      model: 'HCP 14-2000',
      serialNumber: 'SIM00001',
      firmware: null,
    })
    expect(sentBy(rig)).toEqual(['*IDN?'])
  })

  it.each(['KEITHLEY INSTRUMENTS,MODEL 2460,1,1', 'FUG HCP - MOD 1', 'FUG HCP 0 - 0 MOD 1'])('refuses %s', (text) =>
    expect(decodeIdentity(text)).toBeNull(),
  )
})

it.each(['CRLF', 'LFCR', 'LF', 'CR'])('works with answers that end in %s', async (terminator) => {
  const rig = await open({ options: { terminator } })
  await energise(rig, 500)
  expect((await read(rig))['voltage']).toBeCloseTo(500, 0)
  expect((await rig.run(rig.instrument.safeStop())).safe).toBe(true)
})

describe('settings', () => {
  it('put a voltage on the module along the ramp, and never all at once', async () => {
    const rig = await open()
    await set(rig, 'rampVPerS', 100)
    await set(rig, 'currentLimitA', 0.001)
    await set(rig, 'voltageV', 1000)
    // The ramp of the set value has long ended before the output goes on.
    await pass(rig, 60)
    await set(rig, 'output', true)
    await pass(rig, 1)
    expect(rig.bench.stress.voltageV(0)).toBeLessThan(200)
    await read(rig)
    expect(rig.bench.stress.voltageV(0)).toBeLessThan(200)
    await pass(rig, 10)
    expect(await read(rig)).toMatchObject({ output: 1 })
    expect((await read(rig))['voltage']).toBeCloseTo(1000, 0)
    expect(rig.bench.stress.voltageV(0)).toBeCloseTo(1000, 6)
  })

  it('change the polarity with the output off, where the unit can', async () => {
    const rig = await open()
    await energise(rig, -800)
    expect(sentBy(rig)).toContain('P1')
    expect((await read(rig))['voltage']).toBeCloseTo(-800, 0)
    expect(rig.bench.stress.voltageV(0)).toBeCloseTo(-800, 6)
    expect(await rig.codeOf(rig.instrument.set!('voltageV', 100))).toBe('device.refused')
    const fixed = await open({ options: { polarity: 'positive' } })
    expect(await failureOf(fixed, fixed.instrument.set!('voltageV', -100))).toMatchObject({
      code: 'device.refused',
      context: { detail: 'the unit keeps its polarity' },
    })
  })

  it('beyond the profile or the model are refused, and nothing is set', async () => {
    const rig = await open({ options: { volts: '1000', watts: '5' } })
    expect(await rig.codeOf(rig.instrument.set!('voltageV', 2500))).toBe('device.limit')
    expect(sentBy(rig)).toEqual([])
    expect(await rig.codeOf(rig.instrument.set!('voltageV', 1500))).toBe('device.limit')
    expect(await rig.codeOf(rig.instrument.set!('currentLimitA', 0.006))).toBe('device.limit')
    expect(sentBy(rig)).toEqual(['*IDN?'])
  })

  it('say what the unit took instead', async () => {
    const rig = await open({ options: { fault: 'clamp' } })
    expect(await failureOf(rig, rig.instrument.set!('voltageV', 1000))).toMatchObject({
      code: 'device.clamped',
      context: { asked: 1000, actual: 900 },
    })
  })

  it('that the unit refuses leave the high voltage on: the error says what it answered', async () => {
    const rig = await open()
    await energise(rig)
    rig.options['fault'] = 'error-code'
    expect(await failureOf(rig, rig.instrument.set!('voltageV', 500))).toMatchObject({
      code: 'device.refused',
      context: { request: '>S0 500', detail: 'it answered E5: out of range' },
    })
    expect((await read(rig))['voltage']).toBeCloseTo(1000, 0)
    expect((await rig.run(rig.instrument.safeStop())).safe).toBe(true)
  })

  it.each([
    ['interlock-open', 'interlock'],
    ['local', 'digital control'],
  ])('output on with the fault %s is refused', async (fault, word) => {
    const rig = await open()
    await set(rig, 'voltageV', 500)
    rig.options['fault'] = fault
    expect(await failureOf(rig, rig.instrument.set!('output', true))).toMatchObject({
      code: 'device.refused',
      context: { detail: expect.stringContaining(word) as unknown },
    })
    expect(rig.bench.stress.voltageV(0)).toBe(0)
  })

  it('an interlock that opens takes the voltage away, and the readings say so', async () => {
    const rig = await open()
    await energise(rig)
    rig.bench.interlock.set(false)
    await pass(rig, 1)
    const values = await read(rig)
    expect(values['output']).toBe(0)
    expect(values['voltage']).toBeLessThan(1)
  })
})

it('reads the current that the limit lets through', async () => {
  const rig = await open()
  await energise(rig)
  rig.options['fault'] = 'over-current'
  const values = await read(rig)
  expect(values['current']).toBeCloseTo(0.001, 5)
  expect(values['voltage']).toBeCloseTo(1, 0)
})

describe('the safe stop', () => {
  it('switches off, puts the set values to 0, and watches the voltage fall', async () => {
    const rig = await open()
    await energise(rig, 1500)
    const before = sentBy(rig).length
    let sentAfter = 0
    const proof = await rig.run(rig.instrument.safeStop(() => (sentAfter = sentBy(rig).length)))
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(sentBy(rig).slice(before, sentAfter)).toEqual(['F0', '='])
    expect(proof.evidence.map((each) => each.command)).toEqual(['F0', '=', '>M0?', '>DON?'])
    expect(Math.abs(rig.bench.stress.voltageV(0))).toBeLessThan(20)
  })

  it.each([
    ['stuck-output', 'there are still'],
    ['no-answer', 'was not'],
    ['overflow', 'was not'],
  ])('is not safe with the fault %s', async (fault, word) => {
    const rig = await open()
    await energise(rig)
    rig.options['fault'] = fault
    const startMs = rig.clock.monotonicMs()
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain(word)
    expect(rig.clock.monotonicMs() - startMs).toBeLessThan(9000)
  })

  it('ends a switching-on that is under way', async () => {
    const rig = await open()
    await set(rig, 'voltageV', 1000)
    const switching = rig.codeOf(rig.instrument.set!('output', true))
    await rig.run(rig.clock.sleep(100))
    expect((await rig.run(rig.instrument.safeStop())).safe).toBe(true)
    expect(await switching).toBe('run.stopped')
    await pass(rig, 60)
    expect(rig.bench.stress.voltageV(0)).toBe(0)
  })
})
