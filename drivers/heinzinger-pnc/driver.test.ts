import { describe, expect, it } from 'vitest'
import type { Reading, SettingValue } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { readType } from './pncType.ts'
import { simulator } from './simulator.ts'

const open = (more: RigOptions = {}): Promise<DriverRig> =>
  openRig(driver, simulator, { ...more, bench: { disturbances: false, ...more.bench } })
const set = (rig: DriverRig, name: string, value: SettingValue) => rig.run(rig.instrument.set!(name, value))
const setCode = (rig: DriverRig, name: string, value: SettingValue) => rig.codeOf(rig.instrument.set!(name, value))
const read = async (rig: DriverRig): Promise<Record<string, number | null>> =>
  Object.fromEntries((await rig.run(rig.instrument.read())).map((each: Reading) => [each.channel, each.value]))
const textOf = (rig: DriverRig): string[] =>
  rig.wire
    .filter((each) => each.startsWith('>'))
    .map((each) =>
      String.fromCharCode(
        ...each
          .slice(2)
          .split(' ')
          .map((byte) => parseInt(byte, 16)),
      ).trim(),
    )
const stress = async (rig: DriverRig, voltageV: number): Promise<void> => {
  await set(rig, 'voltageV', voltageV)
  await set(rig, 'currentLimitA', 0.001)
  await set(rig, 'output', true)
  await rig.run(rig.clock.sleep(5000))
}

describe('the type', () => {
  it.each([
    [
      'PNChp 1500-1neg',
      { model: 'PNChp 1500-1neg', nominalV: 1500, nominalA: 0.001, sign: -1, volts: 1, amperes: 1e-3 },
    ],
    ['PNChp 60000-1neg', { nominalV: 60_000, volts: 1 }],
    ['PNChp150000-1 pos', { model: 'PNChp 150000-1pos', nominalV: 150_000, sign: 1, volts: 1000 }],
    ['PNC 600-2000pos', { nominalA: 2, amperes: 1 }],
    ['Heinzinger PNChp 3000-10ump, 05123', { nominalA: 0.01, sign: null, rest: '05123' }],
  ])('of “%s”', (text, type) => {
    expect(readType(text)).toMatchObject(type)
  })

  it.each(['EVO 100-1', 'PNChp', 'FUG HCP 14-2000', 'PNChp 0-1neg'])('isn’t in “%s”', (text) => {
    expect(readType(text)).toBeNull()
  })
})

describe('identification', () => {
  it('reads type and version', async () => {
    const rig = await open()
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'Heinzinger',
      model: 'PNChp 6000-10pos',
      serialNumber: 'SIM00001',
      firmware: 'V1.6 DI-II',
    })
    expect(textOf(rig)).toEqual(['*IDN?', 'VERS?'])
  })

  it('refuses another supply by its answer alone', async () => {
    const other = {
      faults: [],
      createSimulator: ({ send }: Parameters<typeof simulator.createSimulator>[0]) => ({
        receive: () => send(new TextEncoder().encode('FUG HCP 14 - 2 000 MOD 17022-01-01\n')),
      }),
    }
    const rig = await openRig(driver, other)
    expect(await rig.codeOf(rig.instrument.identify())).toBe('device.wrongModel')
    expect(textOf(rig)).toEqual(['*IDN?'])
  })
})

describe('stress', () => {
  it.each([
    ['PNChp 6000-10pos', 1000],
    ['PNChp 1500-1neg', -1000],
  ])('of a %s puts %i V on the module, and reads the leakage with its sign', async (model, voltageV) => {
    const rig = await open({ options: { model } })
    rig.bench.chamber.drive({ temperatureC: 85, rampKPerMin: null, humidityPercent: 85 })
    await rig.run(rig.clock.sleep(3_600_000))
    await stress(rig, voltageV)
    expect(Math.abs(rig.bench.stress.voltageV(0) - voltageV)).toBeLessThan(1)
    const values = await read(rig)
    expect(Math.abs(values['voltage']! - voltageV)).toBeLessThan(3)
    const leakageA = rig.bench.stress.leakageA(0)
    expect(Math.abs(leakageA)).toBeGreaterThan(1e-6)
    expect(Math.abs(values['current']! - leakageA)).toBeLessThan(0.02 * Math.abs(leakageA) + 3e-7)
    expect(values['output']).toBe(1)
  })

  it('waits 50 ms behind each command: nothing of it is lost on a deaf interface', async () => {
    const rig = await open({ options: { fault: 'deaf-after-set' } })
    await stress(rig, 500)
    expect(Math.abs((await read(rig))['voltage']! - 500)).toBeLessThan(3)
  })

  it('is limited by the current', async () => {
    const rig = await open({ options: { fault: 'over-current' } })
    await stress(rig, 1000)
    const values = await read(rig)
    expect(Math.abs(values['current']! - 0.001)).toBeLessThan(1e-5)
    expect(values['voltage']).toBeLessThan(5)
  })

  it('speaks kV to a supply of 100 kV and more', async () => {
    const rig = await open({ options: { model: 'PNChp 150000-1pos' } })
    await set(rig, 'voltageV', 1500)
    expect(textOf(rig)).toContain('VOLT 1.500000')
  })
})

describe('settings', () => {
  it.each<[string, string, SettingValue, string]>([
    ['PNChp 1500-1neg', 'voltageV', -1500, 'none'],
    ['PNChp 1500-1neg', 'voltageV', -1501, 'device.limit'],
    ['PNChp 1500-1neg', 'voltageV', 100, 'device.limit'],
    ['PNChp 1500-1neg', 'voltageV', 0, 'none'],
    ['PNChp 1500-1neg', 'currentLimitA', 0.001, 'none'],
    ['PNChp 1500-1neg', 'currentLimitA', 0.0011, 'device.limit'],
    ['PNChp 6000-10pos', 'voltageV', -1, 'device.limit'],
    ['PNChp 3000-10ump', 'voltageV', 1000, 'none'],
    ['PNChp 3000-10ump', 'voltageV', -1000, 'device.limit'],
    ['PNChp 60000-1neg', 'voltageV', -6001, 'device.limit'],
    ['PNChp 6000-10pos', 'averages', '16', 'none'],
    ['PNChp 6000-10pos', 'averages', '3', 'usage.invalidInput'],
  ])('%s: %s = %s: %s', async (...[model, name, value, code]) => {
    expect(await setCode(await open({ options: { model } }), name, value)).toBe(code)
  })

  it('takes a reversible unit for negative where the deviation says so', async () => {
    const rig = await open({ options: { model: 'PNChp 3000-10ump' }, deviations: ['negative-polarity'] })
    expect(await setCode(rig, 'voltageV', -1000)).toBe('none')
    expect(await setCode(rig, 'voltageV', 1000)).toBe('device.limit')
  })

  it.each<[string, string, SettingValue, string]>([
    ['clamp', 'voltageV', 1000, 'device.clamped'],
    ['local', 'voltageV', 1000, 'device.clamped'],
    ['local', 'output', true, 'device.refused'],
    ['interlock-open', 'output', true, 'device.refused'],
  ])('with the fault %s, %s = %s ends with %s', async (...[fault, name, value, code]) => {
    expect(await setCode(await open({ options: { fault } }), name, value)).toBe(code)
  })
})

describe('a unit that doesn’t answer OUTP?', () => {
  const withoutQuery = (deviations: string[]) => open({ options: { fault: 'no-output-query' }, deviations })

  it('fails to be read, unless the deviation says so', async () => {
    const rig = await withoutQuery([])
    expect(await rig.codeOf(rig.instrument.identify())).toBe('none')
    expect(await rig.codeOf(rig.instrument.read())).toBe('device.timeout')
  })

  it('is then judged by its voltage', async () => {
    const rig = await withoutQuery(['no-output-query'])
    await stress(rig, 1000)
    expect(await read(rig)).toMatchObject({ output: null })
    expect(await setCode(rig, 'output', false)).toBe('none')
    expect(rig.bench.stress.voltageV(0)).toBeLessThan(20)
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
    rig.options['fault'] = 'no-output-query;interlock-open'
    await set(rig, 'voltageV', 1000)
    expect(await setCode(rig, 'output', true)).toBe('device.refused')
    expect(textOf(rig)).not.toContain('OUTP?')
  })
})

describe('the wire', () => {
  it.each([
    ['no-answer', 'device.timeout'],
    ['late-answer:delay=4000', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
  ])('%s ends a reading with %s, and it goes on by itself', async (fault, code) => {
    const rig = await open()
    await stress(rig, 1000)
    rig.options['fault'] = fault
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    rig.options['fault'] = ''
    expect(Math.abs((await read(rig))['voltage']! - 1000)).toBeLessThan(3)
  })
})

describe('the safe stop', () => {
  it('takes the voltage away, twice, and proves it', async () => {
    const rig = await open()
    await stress(rig, 1000)
    const before = textOf(rig).length
    let sentAt = 0
    const proof = await rig.run(rig.instrument.safeStop(() => void (sentAt = textOf(rig).length - before)))
    expect(proof).toMatchObject({ safe: true, detail: null })
    expect(sentAt).toBe(2)
    expect(textOf(rig).slice(before, before + 4)).toEqual(['VOLT 0.000000', 'OUTP OFF', 'VOLT 0.000000', 'OUTP OFF'])
    expect(rig.bench.stress.voltageV(0)).toBeLessThan(20)
    expect(await read(rig)).toMatchObject({ output: 0 })
  })

  it.each(['stuck-output', 'no-answer', 'partial'])('isn’t safe with %s, and is without', async (fault) => {
    const rig = await open()
    await stress(rig, 1000)
    rig.options['fault'] = fault
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(false)
    expect(proof.detail).not.toBeNull()
    rig.options['fault'] = ''
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
  })

  it('knows a supply that nobody identified', async () => {
    const rig = await open({ options: { model: 'PNChp 150000-1neg' } })
    const proof = await rig.run(rig.instrument.safeStop())
    expect(proof.safe).toBe(true)
    expect(proof.evidence.map((each) => each.command)).toEqual(expect.arrayContaining(['MEAS:VOLT?', 'VOLT?', 'OUTP?']))
  })
})
