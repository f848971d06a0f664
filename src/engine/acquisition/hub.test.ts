import { expect, it } from 'vitest'
import { createVirtualClock } from '../../base/virtualClock.ts'
import { StationError } from '../../contract/errors.ts'
import type { Reading } from '../../contract/instrument.ts'
import type { HeldInstrument } from '../executor/stepKind.ts'
import { createHub, type View } from './hub.ts'

/** A chamber that gets a kelvin warmer every second, on a disk that a test can let hang. */
function open() {
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const held = { id: 'chamber', name: 'Chamber' } as HeldInstrument
  const disk: { hangs: PromiseWithResolvers<undefined> | null } = { hangs: null }
  const wire: { error: Error | null } = { error: null }
  const read = async (): Promise<Reading[]> => {
    if (wire.error) throw wire.error
    return [{ channel: 'temperature', value: clock.monotonicMs() / 1000, unit: '°C' }]
  }
  const hub = createHub({ clock, read, store: async () => disk.hangs?.promise, log: async () => undefined })
  const seen = (view: View) => view.latest(held, 'temperature')?.value
  return { clock, held, disk, wire, hub, seen }
}

it('on a disk that hangs, goes on reading for those that look at what is unstored, and for nobody else', async () => {
  const { clock, held, disk, hub, seen } = open()
  const work = async () => {
    hub.watch(held, 1000)
    await clock.sleep(2500)
    const before = [seen(hub), seen(hub.unstored)]
    disk.hangs = Promise.withResolvers()
    await clock.sleep(60_000)
    const meanwhile = [seen(hub), seen(hub.unstored)]
    disk.hangs.resolve(undefined)
    disk.hangs = null
    await clock.sleep(2000)
    return { before, meanwhile, after: [seen(hub), seen(hub.unstored)] }
  }
  const { before, meanwhile, after } = await clock.run(work())
  expect(before).toEqual([2, 2])
  expect(meanwhile[0]).toBe(2)
  expect(meanwhile[1]).toBeGreaterThan(55)
  expect(after[0]).toBeGreaterThan(62)
  expect(after[1]).toBe(after[0])
})

it('tells those that look at what is unstored of an instrument that falls silent while the disk hangs', async () => {
  const { clock, held, disk, wire, hub, seen } = open()
  const work = async () => {
    hub.watch(held, 1000)
    await clock.sleep(2500)
    disk.hangs = Promise.withResolvers()
    await clock.sleep(2000)
    wire.error = new StationError('device.timeout', {
      instrument: 'Chamber',
      request: 'read',
      timeoutMs: 500,
      detail: '',
    })
    await clock.sleep(10_000)
    return [seen(hub), seen(hub.unstored)]
  }
  expect(await clock.run(work())).toEqual([2, null])
})

it('passes on what isn’t an instrument’s own failure, also while the disk hangs', async () => {
  const { clock, held, disk, wire, hub } = open()
  const failed = hub.failed.catch((error: unknown) => error)
  const work = async () => {
    hub.watch(held, 1000)
    await clock.sleep(2500)
    disk.hangs = Promise.withResolvers()
    await clock.sleep(2000)
    wire.error = new Error('a fault of the program')
    return failed
  }
  expect(await clock.run(work())).toBe(wire.error)
})
