import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { decodeBits, decodeMantissa, troubleOf } from './commands.ts'
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
const pass = (rig: DriverRig, seconds: number) => rig.run(rig.clock.sleep(seconds * 1000))
const read = async (rig: DriverRig) => {
  const [voltage, current] = await rig.run(rig.instrument.read())
  return { voltageV: voltage!.value!, currentA: current!.value, reason: current!.reason }
}
const energise = async (rig: DriverRig, voltageV = 1000): Promise<void> => {
  await set(rig, 'rampVPerS', 200)
  await set(rig, 'currentLimitA', 0.0005)
  await set(rig, 'voltageV', voltageV)
  await set(rig, 'output', true)
  await pass(rig, Math.abs(voltageV) / 200 + 1)
}

describe('what the unit says', () => {
  it.each([
    ['010000-01', 1000],
    ['-010000-01', -1000],
    ['+012345-02', 123.45],
    ['000250-09', 2.5e-7],
    ['+01000', 1000],
  ])('%s is %d', (text, value) => expect(decodeMantissa(text)).toBeCloseTo(value, 12))

  it('status bytes count from the right: 4 is the polarity, 2 manual control, 8 the switch', () => {
    const of = { name: 'shq', request: 'T1' }
    expect(decodeBits('005', of)).toMatchObject({ isPositive: true, isManual: false, isSwitchedOff: false })
    expect(decodeBits('010', of)).toMatchObject({ isPositive: false, isManual: true, isSwitchedOff: true })
    expect(decodeBits('100', of)).toMatchObject({ isPositive: true, isInhibited: true, hasError: true })
    expect(() => decodeBits('256', of)).toThrow('255')
  })

  it('status words: some mean trouble, others nothing, the rest is no status', () => {
    const of = { name: 'shq', request: 'S1' }
    expect(troubleOf('S1=ON', of)).toBeNull()
    expect(troubleOf('S1=L2H', of)).toBeNull()
    expect(troubleOf('S1=TRP', of)).toContain('trip')
    expect(() => troubleOf('S1=XYZ', of)).toThrow('XYZ')
  })
})

describe('identification', () => {
  it('tells number, release and ratings, having sent nothing but the question', async () => {
    const rig = await open()
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'iseg',
      model: 'SHQ/NHQ 2000 V',
      serialNumber: 'SIM00001',
      firmware: '3.15 (6mA)',
    })
    expect(sentBy(rig)).toEqual(['#'])
  })

  it('copes with a unit that comes up with the longest break time', async () => {
    const rig = await open({ options: { w: '255' } })
    expect(await rig.run(rig.instrument.identify())).toMatchObject({ model: 'SHQ/NHQ 2000 V' })
    expect(sentBy(rig)).toEqual(['#', 'W=1', '#'])
    const startMs = rig.clock.monotonicMs()
    await read(rig)
    expect(rig.clock.monotonicMs() - startMs).toBeLessThan(300)
  })

  it('makes a unit fast again that fell silent in between', async () => {
    const rig = await open()
    await read(rig)
    rig.options['fault'] = 'slow-answers'
    expect(await rig.codeOf(rig.instrument.read())).toBe('device.timeout')
    rig.options['fault'] = ''
    await read(rig)
    expect(sentBy(rig).filter((line) => line === 'W=1').length).toBeGreaterThan(1)
  })
})

describe('settings', () => {
  it('put a voltage on the module by a ramp, and take it off', async () => {
    const rig = await open()
    await energise(rig)
    const { voltageV, currentA } = await read(rig)
    expect(voltageV).toBeCloseTo(1000, 0)
    expect(Math.abs(currentA! - rig.bench.stress.leakageA(0))).toBeLessThan(6e-9)
    expect(sentBy(rig)).toEqual(expect.arrayContaining(['A1=0', 'D1=1000.00', 'G1', 'V1=200', 'L1=500']))
    await set(rig, 'voltageV', 500)
    await pass(rig, 4)
    expect((await read(rig)).voltageV).toBeCloseTo(500, 0)
    await set(rig, 'output', false)
    await pass(rig, 4)
    expect(rig.bench.stress.voltageV(0)).toBe(0)
    await set(rig, 'output', true)
    await pass(rig, 4)
    expect(rig.bench.stress.voltageV(0)).toBe(500)
  })

  it('a voltage alone puts nothing on the module, whatever autostart was', async () => {
    const rig = await open()
    await set(rig, 'voltageV', 800)
    await pass(rig, 20)
    expect(rig.bench.stress.voltageV(0)).toBe(0)
    expect(sentBy(rig).indexOf('A1=0')).toBeLessThan(sentBy(rig).indexOf('D1=800.00'))
  })

  it('with the other polarity are beyond the limit, and nothing is set', async () => {
    const rig = await open()
    expect(await rig.codeOf(rig.instrument.set!('voltageV', -100))).toBe('device.limit')
    expect(sentBy(rig).filter((line) => line.startsWith('D1='))).toEqual([])
    const negative = await open({ options: { polarity: 'negative' } })
    expect(await negative.codeOf(negative.instrument.set!('voltageV', 100))).toBe('device.limit')
    await energise(negative, -1000)
    const { voltageV, currentA } = await read(negative)
    expect(voltageV).toBeCloseTo(-1000, 0)
    expect(currentA).toBeLessThan(-1e-8)
    expect(negative.bench.stress.voltageV(0)).toBe(-1000)
  })

  it('above the potentiometer at the front are beyond the limit', async () => {
    const rig = await open({ options: { limitPercent: '40' } })
    expect(await rig.codeOf(rig.instrument.set!('voltageV', 900))).toBe('device.limit')
    expect(await rig.codeOf(rig.instrument.set!('voltageV', 700))).toBe('none')
  })

  it('say what the unit took instead', async () => {
    const rig = await open({ options: { fault: 'clamp' } })
    const failure = await rig.run(rig.instrument.set!('voltageV', 1000).catch((error: unknown) => error))
    expect(failure).toMatchObject({ code: 'device.clamped', context: { asked: 1000, actual: 900 } })
  })

  it('a precision unit counts the trip in 100 nA; otherwise the read-back tells', async () => {
    const rig = await open({ options: { trip: '7' }, deviations: ['trip-in-100-na'] })
    expect(await set(rig, 'currentLimitA', 2.5e-5)).toMatchObject({ actual: 2.5e-5 })
    expect(sentBy(rig)).toContain('L1=250')
    const wrong = await open({ options: { trip: '7' } })
    expect(await wrong.codeOf(wrong.instrument.set!('currentLimitA', 2.5e-5))).toBe('device.clamped')
  })

  it('act on channel 2 where the module is there', async () => {
    const rig = await open({ deviations: ['channel-2'] })
    await energise(rig)
    expect(rig.bench.stress.voltageV(1)).toBe(1000)
    expect(rig.bench.stress.voltageV(0)).toBe(0)
    expect((await rig.run(rig.instrument.safeStop())).safe).toBe(true)
    const one = await open({ deviations: ['channel-2'], options: { channels: '1' } })
    expect(await one.codeOf(one.instrument.read())).toBe('device.refused')
  })

  it.each([
    ['trip', 'trip'],
    ['inhibit', 'inhibit'],
    ['interlock-open', 'inhibit'],
    ['manual', 'manual'],
    ['switch-off', 'switch'],
  ])('output on with the fault %s is refused', async (fault, word) => {
    const rig = await open()
    await set(rig, 'currentLimitA', 0.0005)
    await set(rig, 'voltageV', 1000)
    rig.options['fault'] = fault
    const failure = await rig.run(rig.instrument.set!('output', true).catch((error: unknown) => error))
    expect(failure).toMatchObject({
      code: 'device.refused',
      context: { detail: expect.stringContaining(word) as unknown },
    })
    rig.options['fault'] = ''
    await set(rig, 'output', true)
    await pass(rig, 12)
    expect((await read(rig)).voltageV).toBeCloseTo(1000, 0)
  })
})

describe('readings', () => {
  it('are no leakage once the interlock has opened', async () => {
    const rig = await open()
    await energise(rig)
    rig.bench.interlock.set(false)
    await pass(rig, 2)
    expect(await read(rig)).toMatchObject({ currentA: null, reason: 'the inhibit was active' })
    expect(rig.bench.stress.voltageV(0)).toBe(0)
  })

  it('trip where the module takes more than was set', async () => {
    const rig = await open()
    await energise(rig)
    await set(rig, 'currentLimitA', 1e-6)
    rig.bench.chamber.drive({ temperatureC: 85, rampKPerMin: null, humidityPercent: 85 })
    await pass(rig, 7200)
    const { voltageV, reason } = await read(rig)
    expect(voltageV).toBeCloseTo(0, 0)
    expect(reason).toBe('the current trip was active')
  })

  it('of a line without its echo are refused', async () => {
    const rig = await open({ options: { fault: 'no-echo' } })
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.badReply')
    expect(await rig.codeOf(rig.instrument.read())).toMatch(/^device\.(timeout|badReply)$/)
  })
})

describe('the safe stop', () => {
  it('ramps as steeply as it can, in time, and proves it', async () => {
    const rig = await open()
    await energise(rig, 1500)
    await set(rig, 'rampVPerS', 2)
    const startMs = rig.clock.monotonicMs()
    const before = sentBy(rig).length
    let sentAfter = 0
    const proof = await rig.run(rig.instrument.safeStop(() => (sentAfter = sentBy(rig).length)))
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(sentBy(rig).slice(before, sentAfter)).toEqual(['D1=0', 'V1=255', 'G1'])
    expect(rig.clock.monotonicMs() - startMs).toBeLessThan(9000)
    expect(Math.abs(rig.bench.stress.voltageV(0))).toBeLessThan(20)
    expect(proof.evidence.slice(-2)).toEqual([
      { command: 'U1', readBack: expect.stringContaining(' V') as unknown },
      { command: 'D1', readBack: '000000-01' },
    ])
  })

  it.each([
    ['stuck-output', 'there are still'],
    ['no-answer', 'was not'],
    ['syntax-errors', 'was not'],
  ])('is not safe with the fault %s', async (fault, word) => {
    const rig = await open()
    await energise(rig)
    rig.options['fault'] = fault
    const startMs = rig.clock.monotonicMs()
    const proof = await rig.run(rig.instrument.safeStop())
    expect(rig.clock.monotonicMs() - startMs).toBeLessThan(10_000)
    expect(proof.safe).toBe(false)
    expect(proof.detail).toContain(word)
  })
})
