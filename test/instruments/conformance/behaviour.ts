import { expect } from 'vitest'
import { createCanceller } from '../../../src/base/clock.ts'
import { StationError } from '../../../src/contract/errors.ts'
import type { Profile, Reading, Setting, SettingValue } from '../../../src/contract/instrument.ts'
import type { DriverRig } from '../../support/driverRig.ts'
import type { Subject } from './subjects.ts'

/** Virtual seconds after which a call that doesn't settle is given up. */
const patienceS = 7200

/** Lets the time run until `work` settles; a call that never does fails the test instead of keeping it for ever. */
export const run = <T>(rig: DriverRig, work: Promise<T>): Promise<T> => {
  const limit = createCanceller()
  const never = rig.clock.sleep(patienceS * 1000, limit.signal).then(
    () => Promise.reject(new Error(`it didn't settle within ${patienceS} s of virtual time`)),
    () => new Promise<never>(() => undefined),
  )
  return rig.run(Promise.race([work, never]).finally(() => limit.cancel(new Error('settled'))))
}

export const pass = (rig: DriverRig, seconds: number): Promise<void> => rig.run(rig.clock.sleep(seconds * 1000))

/** What `work` came to: its value, or a device error. Anything else thrown is a defect of the driver. */
export async function outcomeOf<T>(rig: DriverRig, work: Promise<T>): Promise<{ value: T } | { code: string }> {
  try {
    return { value: await run(rig, work) }
  } catch (error) {
    if (!(error instanceof StationError)) throw error
    expect(error.code, `${error.message}`).toMatch(/^(device\.|usage\.invalidInput|run\.stopped)/)
    for (const value of Object.values(error.context)) expect(value, 'context').not.toBeUndefined()
    return { code: error.code }
  }
}

/**
 * The fault that answers come just after the deadline. Its default would be in time for an instrument that is given
 * long to answer.
 */
export async function lateAnswer(rig: DriverRig): Promise<string> {
  const before = rig.options['fault'] ?? ''
  const startMs = rig.clock.monotonicMs()
  rig.options['fault'] = 'no-answer'
  await outcomeOf(rig, rig.instrument.identify())
  const timeoutMs = Math.ceil(rig.clock.monotonicMs() - startMs)
  rig.options['fault'] = before
  await pass(rig, 10)
  return `late-answer:delay=${timeoutMs + 250}`
}

/** Bytes sent to the device, in hexadecimal, a message each. */
export const sentBy = (rig: DriverRig): string[] =>
  rig.wire.filter((line) => line.startsWith('>')).map((line) => line.slice(2))

/** Ordinary values by name, so that supplies, chambers and high voltage are used as a test would. */
const ordinary: Readonly<Record<string, number>> = {
  voltageV: 20,
  currentA: 1,
  currentLimitA: 0.0005,
  temperatureC: 60,
  humidityPercent: 50,
  rampVPerS: 100,
}

const between = ({ minimum = 0, maximum = 0 }: Setting, value: number): number =>
  Math.min(maximum, Math.max(minimum, value))

export const ordinaryValue = (setting: Setting, roles: readonly string[]): number => {
  const { minimum = 0, maximum = 0, name } = setting
  const known = name === 'voltageV' && roles.includes('HvSource') ? 300 : ordinary[name]
  return between(setting, known ?? minimum + (maximum - minimum) * 0.1)
}

/** Values worth trying: for numbers both ends, and some between. */
export function valuesFor(setting: Setting): SettingValue[] {
  const off = setting.canBeOff ? [null] : []
  if (setting.type === 'boolean') return [true, false]
  if (setting.type === 'choice') return [...(setting.choices ?? []), ...off]
  const { minimum = 0, maximum = 0 } = setting
  const at = (share: number): number => Number((minimum + (maximum - minimum) * share).toPrecision(3))
  return [at(0.25), at(0.5), at(0.1), between(setting, at(1)), minimum, at(0.3), ...off]
}

/** A set-point counts as taken when it differs by no more than the coarsest resolution there is. */
export function isTaken(setting: Setting, asked: SettingValue, actual: SettingValue): boolean {
  if (typeof asked !== 'number' || typeof actual !== 'number') return asked === actual
  const span = (setting.maximum ?? 0) - (setting.minimum ?? 0)
  return Math.abs(asked - actual) <= 0.002 * span + (setting.unit === '°C' || setting.unit === '%' ? 0.5 : 0)
}

const switches = (profile: Profile): Setting[] => {
  const all = profile.settings.filter((each) => each.type === 'boolean' && each.energises)
  const usual = all.filter((each) => ['output', 'run'].includes(each.name))
  return usual.length > 0 ? usual : all
}

/** Everything set to ordinary values, then switched on. */
export async function switchOn(rig: DriverRig, { driver: { profile } }: Subject): Promise<void> {
  for (const setting of profile.settings.filter((each) => each.type === 'number'))
    await outcomeOf(rig, rig.instrument.set!(setting.name, ordinaryValue(setting, profile.roles)))
  for (const { name } of switches(profile)) await outcomeOf(rig, rig.instrument.set!(name, true))
}

const sweepAt = (currentLimitA: number) => ({
  direction: 'forward' as const,
  startV: 0,
  stopV: 18,
  points: 60,
  currentLimitA,
  settleMs: 50,
  nplc: 0.1,
  fourWire: true,
})

/** What an instrument does besides its settings: a sweep, an insulation test. */
export function workOf(rig: DriverRig): ((signal: ReturnType<typeof createCanceller>['signal']) => Promise<unknown>)[] {
  const { ivSource, insulationTester } = rig.instrument
  const works: ((signal: ReturnType<typeof createCanceller>['signal']) => Promise<unknown>)[] = []
  if (ivSource)
    works.push(async (signal) => {
      for (const limitA of [3.5, 3, 1, 0.1])
        try {
          return await ivSource.sweep(sweepAt(limitA), () => undefined, signal)
        } catch (error) {
          // A smaller model: less current will do.
          if (!(error instanceof StationError) || error.code !== 'device.limit' || limitA === 0.1) throw error
        }
      return undefined
    })
  if (insulationTester) {
    const request = { voltageV: 500, rampVPerS: 100, holdS: 20, currentLimitA: 0.001 }
    works.push((signal) => insulationTester.test(request, () => undefined, signal))
  }
  return works
}

/**
 * Brings the instrument to where it puts energy out: settings on, and a sweep or test under way. `ended` settles with the
 * last, however it ends.
 */
export async function energise(rig: DriverRig, subject: Subject): Promise<{ ended: Promise<unknown> }> {
  await run(rig, rig.instrument.identify())
  await switchOn(rig, subject)
  const works = workOf(rig).map((work) => work(createCanceller().signal).catch((error: unknown) => error))
  await pass(rig, 2)
  return { ended: Promise.all(works) }
}

/** By unit, what two readings shortly after each other may differ by beside 5 %. */
const noise: Readonly<Record<string, number>> = { '°C': 2, '%': 4, 'W/m²': 20, V: 0.5, A: 0.05, '1': 0 }

const floorOf = (reading: Reading): number =>
  Math.abs(reading.value ?? 0) < 1e-3 && reading.unit === 'A' ? 1e-6 : (noise[reading.unit] ?? 0.5)

/** Each value lies where those before and after the fault do, or is missing with a reason. */
export function expectNoWrongValue(readings: readonly Reading[], around: readonly (readonly Reading[])[]): void {
  for (const { channel, value, reason } of readings) {
    if (value === null) {
      expect(reason ?? '', `${channel} is missing without a reason`).not.toBe('')
      continue
    }
    expect(Number.isFinite(value), `${channel} is ${value}`).toBe(true)
    const found = around.flatMap((each) => each.filter((one) => one.channel === channel && one.value !== null))
    const known = found.map((each) => each.value ?? 0)
    if (known.length === 0) continue
    const margin = Math.max(...found.map((each) => 0.05 * Math.abs(each.value ?? 0) + floorOf(each)))
    expect(value, `${channel} is untrue`).toBeGreaterThanOrEqual(Math.min(...known) - margin)
    expect(value, `${channel} is untrue`).toBeLessThanOrEqual(Math.max(...known) + margin)
  }
}

/** Exactly the profile's channels, each with its unit, and a finite value or null with a reason. */
export function expectWellFormed(readings: readonly Reading[], profile: Profile): void {
  const shape = (each: { channel: string; unit: string }): string => `${each.channel} (${each.unit})`
  expect(readings.map(shape).sort()).toEqual(profile.channels.map(shape).sort())
  for (const each of readings)
    if (each.value === null) expect(each.reason ?? '', `${each.channel} is missing without a reason`).not.toBe('')
    else expect(Number.isFinite(each.value), `${each.channel} is ${each.value}`).toBe(true)
}

/** The bench's own values, for what a role's channel has to say. */
export function expectTrue(rig: DriverRig, readings: readonly Reading[], profile: Profile): void {
  const valueOf = (channel: string): number | null => readings.find((each) => each.channel === channel)?.value ?? null
  const near = (channel: string, truth: number, margin: number): void => {
    const value = valueOf(channel)
    if (value === null) return
    expect(Math.abs(value - truth), `${channel}: ${value} read, ${truth} is true`).toBeLessThanOrEqual(margin)
  }
  const { bench } = rig
  for (const { channel, role, unit } of profile.channels) {
    if (role === 'IrradianceSensor' && unit === 'W/m²') near(channel, bench.irradianceWPerM2(), 50)
    if (role === 'Interlock') near(channel, bench.interlock.isClosed() ? 1 : 0, 0)
    if (role === 'Chamber' && channel === 'temperature') near(channel, bench.chamber.temperatureC(), 1.5)
    if (role === 'Chamber' && channel === 'humidity') near(channel, bench.chamber.humidityPercent(), 5)
    if (role === 'HvSource' && channel === 'voltage') near(channel, bench.stress.voltageV(0), 15)
    if (role === 'LeakageMeter')
      near(channel, bench.stress.leakageA(0), 0.2 * Math.abs(bench.stress.leakageA(0)) + 2e-8)
  }
}
