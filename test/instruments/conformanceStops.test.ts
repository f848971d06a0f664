import { afterEach, describe, expect, it } from 'vitest'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { DriverRig } from '../support/driverRig.ts'
import { energise, expectWellFormed, lateAnswer, outcomeOf, pass, run, sentBy } from './conformance/behaviour.ts'
import { closeSubjects, findSubjects, openSubject, type Subject } from './conformance/subjects.ts'

afterEach(closeSubjects)

const { subjects } = await findSubjects()

/** The proof, with what was told about the sending, checked against what the bench feels. */
async function stop(rig: DriverRig, subject: Subject): Promise<{ proof: SafeStateProof; sentFirst: boolean }> {
  const order: string[] = []
  const proof = await run(
    rig,
    rig.instrument.safeStop(() => order.push('sent')).finally(() => order.push('proved')),
  )
  if (proof.safe) await expectOff(rig, subject)
  return { proof, sentFirst: order[0] === 'sent' }
}

/** An independent look: nothing drives the chamber, no high voltage is on the module, no output says it is on. */
async function expectOff(rig: DriverRig, { driver: { profile } }: Subject): Promise<void> {
  if (profile.roles.includes('Chamber')) expect(rig.bench.chamber.workingTemperatureC()).toBeNull()
  if (profile.roles.includes('HvSource')) expect(Math.abs(rig.bench.stress.voltageV(0))).toBeLessThan(60)
  const readings = await outcomeOf(rig, rig.instrument.read())
  if (!('value' in readings)) return
  for (const channel of ['output', 'running'])
    expect(readings.value.find((each) => each.channel === channel)?.value ?? 0, channel).toBe(0)
}

describe.each(subjects)('$id', (subject) => {
  const { energises } = subject.driver.profile

  it('is safe from idle, also when nothing was ever asked of it', async () => {
    const rig = await openSubject(subject)
    const { proof, sentFirst } = await stop(rig, subject)
    expect(proof).toMatchObject({ safe: true })
    if (energises) {
      expect(sentFirst).toBe(true)
      expect(proof.evidence.length).toBeGreaterThan(0)
      expect(proof.evidence.filter((each) => each.readBack !== null)).not.toEqual([])
    }
    expect((await stop(rig, subject)).proof).toMatchObject({ safe: true })
  })

  if (energises) {
    it('is safe from energised', async () => {
      const rig = await openSubject(subject)
      const { ended } = await energise(rig, subject)
      expect((await stop(rig, subject)).proof).toMatchObject({ safe: true })
      await run(rig, ended)
      await expectOff(rig, subject)
    })

    it('stays off: nothing that was under way comes behind the stop', async () => {
      const rig = await openSubject(subject)
      const { ended } = await energise(rig, subject)
      expect((await stop(rig, subject)).proof).toMatchObject({ safe: true })
      await run(rig, ended)
      await pass(rig, 60)
      await expectOff(rig, subject)
    })

    it('is not safe, and says so soon, while nothing answers; then safe again', async () => {
      const rig = await openSubject(subject)
      const { ended } = await energise(rig, subject)
      rig.options['fault'] = 'no-answer'
      const startMs = rig.clock.monotonicMs()
      const { proof } = await stop(rig, subject)
      expect(proof.safe).toBe(false)
      expect(proof.detail ?? '').not.toBe('')
      expect(rig.clock.monotonicMs() - startMs).toBeLessThan(120_000)
      rig.options['fault'] = ''
      await run(rig, ended)
      expect((await stop(rig, subject)).proof).toMatchObject({ safe: true })
    })

    it.each(['partial', 'corrupt', 'rubbish'])('never claims to be safe by a damaged read-back (%s)', async (fault) => {
      const rig = await openSubject(subject)
      const { ended } = await energise(rig, subject)
      rig.options['fault'] = fault
      expect((await stop(rig, subject)).proof.safe).toBe(false)
      rig.options['fault'] = ''
      await run(rig, ended)
      await pass(rig, 30)
      expect((await stop(rig, subject)).proof).toMatchObject({ safe: true })
    })

    it('never claims to be safe by late answers, unless it is', async () => {
      const rig = await openSubject(subject)
      await run(rig, rig.instrument.identify())
      const late = await lateAnswer(rig)
      const { ended } = await energise(rig, subject)
      rig.options['fault'] = late
      // What it claims is compared with the bench there.
      await stop(rig, subject)
      rig.options['fault'] = ''
      await run(rig, ended)
      await pass(rig, 30)
      expect((await stop(rig, subject)).proof).toMatchObject({ safe: true })
    })

    it('is safe in the middle of a query that waits for its answer', async () => {
      const rig = await openSubject(subject)
      const { ended } = await energise(rig, subject)
      rig.options['fault'] = 'no-answer'
      const pending = outcomeOf(rig, rig.instrument.read())
      await rig.run(rig.clock.sleep(10))
      rig.options['fault'] = ''
      expect((await stop(rig, subject)).proof).toMatchObject({ safe: true })
      await pending
      await run(rig, ended)
    })

    it('goes before a queue of 200 readings', async () => {
      const rig = await openSubject(subject)
      const { ended } = await energise(rig, subject)
      let done = 0
      const queue = Array.from({ length: 200 }, () =>
        rig.instrument.read().then(
          () => void done++,
          () => void done++,
        ),
      )
      await rig.run(rig.clock.sleep(1))
      const before = { done, sent: sentBy(rig).length }
      const atSent = { done: Infinity, sent: Infinity }
      const onSent = (): void => void Object.assign(atSent, { done, sent: sentBy(rig).length })
      expect(await run(rig, rig.instrument.safeStop(onSent))).toMatchObject({ safe: true })
      expect(atSent.done - before.done, 'readings done before the commands were out').toBeLessThanOrEqual(1)
      expect(atSent.sent - before.sent).toBeLessThan(20)
      await run(rig, Promise.all(queue))
      await run(rig, ended)
    })
  }

  it('a pulled cable ends what is pending at once with device.closed, and reopening makes all well', async () => {
    const rig = await openSubject(subject)
    const { ended } = await energise(rig, subject)
    rig.options['fault'] = 'no-answer'
    const codes: string[] = []
    const note = (error: unknown) => void codes.push((error as { code?: string }).code ?? String(error))
    const pending = [1, 2, 3].map(() => rig.instrument.read().catch(note))
    await rig.run(rig.clock.sleep(10))
    const startMs = rig.clock.monotonicMs()
    rig.unplug()
    await run(rig, Promise.all([...pending, ended]))
    // A sweep or test ends by switching off, which may take its patience; readings end now.
    expect(codes).toEqual(['device.closed', 'device.closed', 'device.closed'])
    if (!rig.instrument.ivSource && !rig.instrument.insulationTester)
      // A driver may be in the pause that its instrument needs between commands.
      expect(rig.clock.monotonicMs() - startMs).toBeLessThan(1000)
    expect(await outcomeOf(rig, rig.instrument.identify())).toEqual({ code: 'device.closed' })
    const proof = await run(rig, rig.instrument.safeStop())
    if (energises) expect(proof.safe).toBe(false)
    rig.options['fault'] = ''
    // What was asked before is answered meanwhile, to nobody.
    await pass(rig, 1)
    await rig.reopen()
    await run(rig, rig.instrument.identify())
    // It may go on with what it was doing when the cable was pulled.
    expect((await stop(rig, subject)).proof).toMatchObject({ safe: true })
    expectWellFormed(await run(rig, rig.instrument.read()), subject.driver.profile)
  })
})
