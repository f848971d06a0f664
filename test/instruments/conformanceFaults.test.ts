import { afterEach, describe, expect, it } from 'vitest'
import type { Reading } from '../../src/contract/instrument.ts'
import { wireFaults } from '../../drivers/bench/faults.ts'
import type { DriverRig } from '../support/driverRig.ts'
import {
  expectNoWrongValue,
  lateAnswer,
  ordinaryValue,
  outcomeOf,
  pass,
  run,
  switchOn,
} from './conformance/behaviour.ts'
import { expectEffect } from './conformance/faultEffects.ts'
import { closeSubjects, findSubjects, openSubject, type Subject } from './conformance/subjects.ts'

afterEach(closeSubjects)

const { subjects } = await findSubjects()

/** Without a fault on the wire; the instrument may need some seconds after one. */
async function readWell(rig: DriverRig): Promise<Reading[]> {
  rig.options['fault'] = ''
  for (const seconds of [0, 5, 30]) {
    await pass(rig, seconds)
    const outcome = await outcomeOf(rig, rig.instrument.read())
    if ('value' in outcome) return outcome.value
  }
  return run(rig, rig.instrument.read())
}

async function openOn(subject: Subject): Promise<DriverRig> {
  const rig = await openSubject(subject)
  await run(rig, rig.instrument.identify())
  await switchOn(rig, subject)
  await pass(rig, 60)
  return rig
}

/** The option's text for a fault of the wire. */
const faultText = async (rig: DriverRig, name: string): Promise<string> =>
  name === 'late-answer' ? lateAnswer(rig) : `${name}:`

/** How often a wire's fault strikes: always, and now and then, where wrong values would slip in. */
const rhythms = ['', ',every=2', ',every=3', ',every=5,for=2']

describe.each(subjects)('$id', (subject) => {
  const { driver, simulator } = subject
  const { profile } = driver

  describe.each(simulator.faults)('the fault $name ($title)', (fault) => {
    it(`is seen as “${fault.effect}”, and everything works again when it ends`, () => expectEffect(subject, fault))
  })

  describe.each(wireFaults)('$name on the wire ($title)', ({ name, effect }) => {
    it(`identifies it ${effect === 'harmless' ? 'all the same' : 'never, with a device error, and well once it ended'}`, async () => {
      const rig = await openSubject(subject)
      const identity = await run(rig, rig.instrument.identify())
      rig.options['fault'] = await faultText(rig, name)
      const outcome = await outcomeOf(rig, rig.instrument.identify())
      if (effect === 'harmless') expect(outcome).toEqual({ value: identity })
      else expect(outcome).toEqual({ code: expect.stringMatching(/^device\./) as unknown })
      await readWell(rig)
      expect(await run(rig, rig.instrument.identify())).toEqual(identity)
    })

    it.each(rhythms)(`gives no wrong value (“${name}%s”), and reads on by itself`, async (rhythm) => {
      const rig = await openOn(subject)
      const around = [await readWell(rig)]
      const found: Reading[][] = []
      rig.options['fault'] = (await faultText(rig, name)) + rhythm
      for (let i = 0; i < 8; i++) {
        const outcome = await outcomeOf(rig, rig.instrument.read())
        if ('value' in outcome) found.push(outcome.value)
        else expect(outcome.code).toMatch(/^device\./)
      }
      around.push(await readWell(rig))
      for (const readings of found) expectNoWrongValue(readings, around)
      if (effect === 'harmless') expect(found).toHaveLength(8)
      // A late answer may be in time for a question that is given longer.
      else if (rhythm === '' && name !== 'late-answer') expect(found).toEqual([])
    })

    if (profile.settings.length > 0)
      it('never says that a setting was taken which was not', async () => {
        const rig = await openSubject(subject)
        await run(rig, rig.instrument.identify())
        for (const setting of profile.settings.filter((each) => each.type === 'number')) {
          const asked = ordinaryValue(setting, profile.roles)
          for (const rhythm of rhythms) {
            rig.options['fault'] = (await faultText(rig, name)) + rhythm
            const outcome = await outcomeOf(rig, rig.instrument.set!(setting.name, asked))
            if ('value' in outcome) expect(outcome.value).toMatchObject({ name: setting.name, asked })
            else if (effect === 'harmless') expect(outcome).toEqual({ value: expect.anything() as unknown })
            if (effect !== 'harmless' && rhythm === '' && name !== 'late-answer') expect(outcome).toHaveProperty('code')
            await readWell(rig)
          }
          expect(await outcomeOf(rig, rig.instrument.set!(setting.name, asked))).toHaveProperty('value')
        }
      })
  })
})
