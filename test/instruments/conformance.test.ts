import { afterEach, describe, expect, it } from 'vitest'
import { roleNames, type Setting } from '../../src/contract/instrument.ts'
import {
  expectTrue,
  expectWellFormed,
  isTaken,
  ordinaryValue,
  outcomeOf,
  pass,
  run,
  sentBy,
  switchOn,
  valuesFor,
} from './conformance/behaviour.ts'
import { closeSubjects, findSubjects, openSubject, type Subject } from './conformance/subjects.ts'

afterEach(closeSubjects)

const { subjects, broken } = await findSubjects()

it('every driver’s folder loads, with a simulator', () => {
  expect(broken).toEqual([])
})

/** Settings with a certain type; a table of tests needs at least one row. */
const settingsOf = ({ driver }: Subject, fits: (setting: Setting) => boolean): Setting[] =>
  driver.profile.settings.filter(fits)

/** Bytes that change nothing: a question, or a Modbus function that reads. */
function isQuestion(frame: string, link: string): boolean {
  const bytes = frame.split(' ').map((each) => Number.parseInt(each, 16))
  if (link !== 'registers') return String.fromCharCode(...bytes).includes('?')
  return [1, 2, 3, 4].includes(bytes[1] ?? 0)
}

describe.each(subjects)('$id', (subject) => {
  const { driver } = subject
  const { profile } = driver

  it('says who it is, as its profile expects, and again when asked again', async () => {
    const rig = await openSubject(subject)
    const identity = await run(rig, rig.instrument.identify())
    expect(identity.maker).not.toBe('')
    if (profile.models.length > 0)
      expect(profile.models.filter((pattern) => new RegExp(pattern).test(identity.model))).not.toEqual([])
    // By one of them the station knows that it is simulated.
    expect(`${identity.serialNumber} ${identity.firmware}`).toMatch(/^SIM|hardware 9\.99/)
    expect(await run(rig, rig.instrument.identify())).toEqual(identity)
  })

  const others = subjects.filter((each) => each.id !== subject.id && each.driver.link === driver.link)
  it('refuses every other instrument that speaks over the same kind of link, having sent nothing but questions', async () => {
    const own = await openSubject(subject)
    await run(own, own.instrument.identify())
    const harmless = new Set(sentBy(own))
    for (const other of others) {
      const theirs = await openSubject(other)
      const { model } = await run(theirs, theirs.instrument.identify())
      // The same family: its drivers may share models.
      if (profile.models.some((pattern) => new RegExp(pattern).test(model))) continue
      const rig = await openSubject(subject, { on: other })
      const outcome = await outcomeOf(rig, rig.instrument.identify())
      expect(outcome, `it took ${other.id} for its own`).toHaveProperty('code')
      expect(
        sentBy(rig).filter((frame) => !harmless.has(frame) && !isQuestion(frame, driver.link)),
        `sent to ${other.id}`,
      ).toEqual([])
    }
  })

  it('reads exactly the channels of its profile, true ones', async () => {
    const rig = await openSubject(subject)
    await run(rig, rig.instrument.identify())
    const readings = await run(rig, rig.instrument.read())
    expectWellFormed(readings, profile)
    expectTrue(rig, readings, profile)
  })

  it('reads without having been asked to identify itself before', async () => {
    const rig = await openSubject(subject)
    expectWellFormed(await run(rig, rig.instrument.read()), profile)
  })

  it('reads true values after everything was set and switched on', async () => {
    const rig = await openSubject(subject)
    await run(rig, rig.instrument.identify())
    await switchOn(rig, subject)
    await pass(rig, 30)
    const readings = await run(rig, rig.instrument.read())
    expectWellFormed(readings, profile)
    expectTrue(rig, readings, profile)
  })

  it('keeps what its roles promise', async () => {
    const rig = await openSubject(subject)
    const settings = profile.settings.map((each) => each.name)
    const channels = profile.channels.map((each) => each.channel)
    for (const role of profile.roles) {
      expect(settings).toEqual(expect.arrayContaining([...roleNames[role].settings]))
      expect(channels).toEqual(expect.arrayContaining([...roleNames[role].channels]))
    }
    expect(rig.instrument.ivSource !== undefined).toBe(profile.roles.includes('IvSource'))
    expect(rig.instrument.insulationTester !== undefined).toBe(profile.roles.includes('InsulationTester'))
    const measures = ['LeakageMeter', 'IrradianceSensor', 'TemperatureSensor', 'HumiditySensor'] as const
    for (const role of measures.filter((each) => profile.roles.includes(each)))
      expect(profile.channels.filter((each) => each.role === role, role)).not.toEqual([])
    expect(rig.instrument.set !== undefined).toBe(settings.length > 0)
    expect(new Set(settings).size).toBe(settings.length)
    const canEnergise = profile.settings.some((each) => each.energises) || rig.instrument.ivSource !== undefined
    if (canEnergise) expect(profile.energises).toBe(true)
  })

  it('tells what to look at when it doesn’t answer', () => {
    if (['keithley-2460', 'keithley-2400', 'imt-si-rs485'].includes(subject.id)) return
    expect(profile.checks.length).toBeGreaterThan(0)
  })

  for (const setting of profile.settings) {
    it(`sets ${setting.name} and reads it back, at several values in its range`, async () => {
      const rig = await openSubject(subject)
      await run(rig, rig.instrument.identify())
      const taken: unknown[] = []
      for (const asked of valuesFor(setting)) {
        const outcome = await outcomeOf(rig, rig.instrument.set!(setting.name, asked))
        if ('code' in outcome) {
          // A model may be narrower than the profile, which holds for all of them.
          expect(outcome.code, `${setting.name} = ${String(asked)}`).toBe('device.limit')
          continue
        }
        expect(outcome.value).toMatchObject({ name: setting.name, asked })
        const { actual } = outcome.value
        expect(isTaken(setting, asked, actual), `asked ${String(asked)}, actual ${String(actual)}`).toBe(true)
        taken.push(asked)
      }
      expect(taken.length).toBeGreaterThanOrEqual(Math.min(2, valuesFor(setting).length))
    })
  }

  for (const setting of settingsOf(subject, (each) => each.type === 'number')) {
    const { minimum = 0, maximum = 0 } = setting
    const beyond = (maximum - minimum) * 0.01
    const hopeless = [maximum + beyond, minimum - beyond, maximum * 1000 + 1e6]
    it(`refuses ${setting.name} beyond its limits without a byte sent`, async () => {
      const rig = await openSubject(subject)
      await run(rig, rig.instrument.identify())
      const before = sentBy(rig).length
      for (const asked of hopeless)
        expect(await outcomeOf(rig, rig.instrument.set!(setting.name, asked)), `${asked}`).toEqual({
          code: 'device.limit',
        })
      expect(sentBy(rig).slice(before)).toEqual([])
    })

    it(`refuses ${setting.name} as a word, NaN or infinity without a byte sent`, async () => {
      const rig = await openSubject(subject)
      await run(rig, rig.instrument.identify())
      const before = sentBy(rig).length
      const nonsense = ['20', NaN, Infinity, -Infinity, true, ...(setting.canBeOff ? [] : [null])]
      for (const asked of nonsense)
        expect(await outcomeOf(rig, rig.instrument.set!(setting.name, asked)), String(asked)).toEqual({
          code: expect.stringMatching(/^(usage\.invalidInput|device\.limit)$/) as unknown,
        })
      expect(sentBy(rig).slice(before)).toEqual([])
    })
  }

  if (profile.settings.length > 0)
    it('refuses a setting that it doesn’t have without a byte sent', async () => {
      const rig = await openSubject(subject)
      await run(rig, rig.instrument.identify())
      const before = sentBy(rig).length
      for (const name of ['nothing', '', '__proto__', 'constructor', 'voltagev'])
        expect(await outcomeOf(rig, rig.instrument.set!(name, 1)), name).toEqual({ code: 'usage.invalidInput' })
      expect(sentBy(rig).slice(before)).toEqual([])
    })

  if (profile.roles.includes('Chamber'))
    it('brings the air to its set-point and holds it', async () => {
      const rig = await openSubject(subject)
      await run(rig, rig.instrument.identify())
      for (const temperatureC of [45, -10]) {
        await run(rig, rig.instrument.set!('temperatureC', temperatureC))
        await run(rig, rig.instrument.set!('run', true))
        await pass(rig, 3 * 3600)
        expect(rig.bench.chamber.temperatureC()).toBeCloseTo(temperatureC, 0)
        const readings = await run(rig, rig.instrument.read())
        expect(readings.find((each) => each.channel === 'temperature')?.value).toBeCloseTo(temperatureC, 0)
      }
    })

  if (profile.roles.includes('HvSource'))
    it('puts the voltage it is told on the module', async () => {
      const rig = await openSubject(subject)
      await run(rig, rig.instrument.identify())
      await switchOn(rig, subject)
      const voltage = profile.settings.find((each) => each.name === 'voltageV')!
      await pass(rig, 600)
      const wanted = ordinaryValue(voltage, profile.roles)
      expect(Math.abs(rig.bench.stress.voltageV(0) - wanted)).toBeLessThan(0.02 * wanted)
      await run(rig, rig.instrument.set!('output', false))
      await pass(rig, 600)
      expect(Math.abs(rig.bench.stress.voltageV(0))).toBeLessThan(10)
    })
})
