import { expect } from 'vitest'
import { createCanceller } from '../../../src/base/clock.ts'
import type { Reading, SimulatorFault } from '../../../src/contract/instrument.ts'
import type { DriverRig } from '../../support/driverRig.ts'
import { energise, expectWellFormed, ordinaryValue, outcomeOf, pass, run, switchOn, workOf } from './behaviour.ts'
import { openSubject, type Subject } from './subjects.ts'

/** What a station sees of an instrument when it tries everything once. */
export interface Seen {
  /** Device errors of identify, read, set, a sweep or a test, in this order. */
  codes: string[]
  /** Of set and of what the instrument does besides. */
  refusals: string[]
  readings: Reading[] | null
}

/** Asks, reads, sets everything, and lets it sweep or test. */
export async function tryEverything(rig: DriverRig, subject: Subject): Promise<Seen> {
  const { profile } = subject.driver
  const seen: Seen = { codes: [], refusals: [], readings: null }
  const note = (outcome: { value: unknown } | { code: string }, refusals?: string[]): void => {
    if (!('code' in outcome)) return
    seen.codes.push(outcome.code)
    refusals?.push(outcome.code)
  }
  note(await outcomeOf(rig, rig.instrument.identify()))
  const read = await outcomeOf(rig, rig.instrument.read())
  note(read)
  if ('value' in read) {
    seen.readings = read.value
    expectWellFormed(read.value, profile)
  }
  for (const setting of profile.settings) {
    const { name, type, choices } = setting
    const value = type === 'number' ? ordinaryValue(setting, profile.roles) : type === 'boolean' ? true : choices?.[0]
    if (value !== undefined) note(await outcomeOf(rig, rig.instrument.set!(name, value)), seen.refusals)
  }
  for (const work of workOf(rig)) note(await outcomeOf(rig, work(createCanceller().signal)), seen.refusals)
  return seen
}

const isRefusal = (code: string): boolean => ['device.clamped', 'device.refused', 'device.limit'].includes(code)

const missing = (seen: Seen): string[] =>
  (seen.readings ?? []).filter((each) => each.value === null).map((each) => each.channel)

/** When a fault comes: some are of idle instruments, some of energised ones, some there from the start. */
const moments = {
  idle: async (subject: Subject, fault: string): Promise<DriverRig> => {
    const rig = await openSubject(subject)
    await run(rig, rig.instrument.identify())
    rig.options['fault'] = fault
    return rig
  },
  energised: async (subject: Subject, fault: string): Promise<DriverRig> => {
    const rig = await openSubject(subject)
    await run(rig, rig.instrument.identify())
    await switchOn(rig, subject)
    await pass(rig, 20)
    rig.options['fault'] = fault
    await pass(rig, 20)
    return rig
  },
  fromTheStart: (subject: Subject, fault: string): Promise<DriverRig> => openSubject(subject, { options: { fault } }),
}

/** What the same moment looks like without a fault: only what differs is the fault's. */
async function usual(subject: Subject, moment: keyof typeof moments): Promise<Seen> {
  return tryEverything(await moments[moment](subject, ''), subject)
}

const effects: Readonly<Record<Exclude<SimulatorFault['effect'], 'notSafe'>, (seen: Seen, before: Seen) => boolean>> = {
  harmless: (seen, before) =>
    seen.codes.length === before.codes.length && missing(seen).length === missing(before).length,
  error: (seen, before) => seen.codes.length > before.codes.length,
  // An instrument that measures only while it sweeps says so there.
  missing: (seen, before) =>
    missing(seen).length > missing(before).length || seen.refusals.includes('device.overRange'),
  refused: (seen, before) =>
    seen.refusals.filter(isRefusal).length > before.refusals.filter(isRefusal).length ||
    (seen.refusals.some(isRefusal) && seen.codes.length > before.codes.length),
}

/** What remains when the fault has ended: the same instrument on the same link does everything again. */
async function expectRecovery(rig: DriverRig, subject: Subject): Promise<void> {
  rig.options['fault'] = ''
  await outcomeOf(rig, rig.instrument.safeStop())
  let last: unknown
  for (const seconds of [1, 10, 60, 600]) {
    await pass(rig, seconds)
    const identified = await outcomeOf(rig, rig.instrument.identify())
    last = 'code' in identified ? identified : await outcomeOf(rig, rig.instrument.read())
    if (typeof last === 'object' && last !== null && 'value' in last) {
      expectWellFormed(last.value as Reading[], subject.driver.profile)
      return
    }
  }
  expect(last, 'after the fault ended').toHaveProperty('value')
}

/** The declared effect of a fault, at whichever moment it has one; a harmless one at all of them. */
export async function expectEffect(subject: Subject, fault: SimulatorFault): Promise<void> {
  const { effect, name } = fault
  if (effect === 'notSafe') return expectNotSafe(subject, name)
  const found: string[] = []
  const all = Object.keys(moments) as (keyof typeof moments)[]
  for (const moment of all) {
    const before = await usual(subject, moment)
    const rig = await moments[moment](subject, name)
    const seen = await tryEverything(rig, subject)
    if (effects[effect](seen, before)) found.push(moment)
    await expectRecovery(rig, subject)
    if (effect !== 'harmless' && found.length > 0) return
  }
  expect(found, `${name} is declared “${effect}”`).toEqual(
    effect === 'harmless' ? all : expect.arrayContaining([all[0]]),
  )
}

async function expectNotSafe(subject: Subject, fault: string): Promise<void> {
  const rig = await openSubject(subject)
  const { ended } = await energise(rig, subject)
  rig.options['fault'] = fault
  await pass(rig, 1)
  const proof = await run(rig, rig.instrument.safeStop())
  expect(proof.safe, `${fault}: ${JSON.stringify(proof)}`).toBe(false)
  expect(proof.detail ?? '').not.toBe('')
  rig.options['fault'] = ''
  expect(await run(rig, rig.instrument.safeStop())).toMatchObject({ safe: true })
  await run(rig, ended)
  await expectRecovery(rig, subject)
}
