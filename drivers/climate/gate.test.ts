import { expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createGate } from './gate.ts'

const setUp = () => {
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const gate = createGate()
  const log: string[] = []
  const say = (text: string): void => void log.push(`${clock.monotonicMs()} ${text}`)
  const read = (name: string) =>
    gate.read(async () => {
      await clock.sleep(10)
      say(name)
    }, undefined)
  return { clock, gate, log, say, read }
}

it('ends the change under way and those that wait, and lets nothing start before the stop is over', async () => {
  const { clock, gate, log, say, read } = setUp()
  const change = (name: string) =>
    gate.change(async (own) => {
      say(`${name} begins`)
      await clock.sleep(1000, own)
      say(`${name} ends`)
    }, undefined)
  const codes: string[] = []
  const note = (error: { code?: string }) => void codes.push(error.code ?? 'other')
  const changes = [change('one').catch(note), change('two').catch(note)]
  await clock.run(clock.sleep(100))
  const stops = [300, 500].map((ms, i) =>
    gate.stop(async () => {
      await clock.sleep(ms)
      say(`stop ${i + 1}`)
    }),
  )
  const later = read('reading')
  await clock.run(Promise.all([...changes, ...stops, later]))
  expect(codes).toEqual(['run.stopped', 'run.stopped'])
  expect(log).toEqual(['0 one begins', '400 stop 1', '600 stop 2', '610 reading'])
})

it('lets a reading under way finish beside the stop, and the others wait', async () => {
  const { clock, gate, log, say, read } = setUp()
  const readings = [read('first'), read('second')]
  const stop = gate.stop(async () => {
    await clock.sleep(50)
    say('stop')
  })
  await clock.run(Promise.all([...readings, stop]))
  expect(log).toEqual(['10 first', '50 stop', '60 second'])
})

it('lets readings go on while a change waits for its read-back, and changes one after the other', async () => {
  const { clock, gate, log, say, read } = setUp()
  const change = (name: string) =>
    gate.change(async (own) => {
      await clock.sleep(100, own)
      say(name)
    }, undefined)
  await clock.run(Promise.all([change('one'), change('two'), read('reading')]))
  expect(log).toEqual(['10 reading', '100 one', '200 two'])
})

it('ends a change with its caller’s reason', async () => {
  const { clock, gate } = setUp()
  const { signal, cancel } = createCanceller()
  const work = gate.change((own) => clock.sleep(1000, own), signal).catch((error: Error) => error.message)
  cancel(new Error('enough'))
  expect(await clock.run(work)).toBe('enough')
})
