import { describe, expect, it } from 'vitest'
import { createCanceller } from './clock.ts'
import { createVirtualClock } from './virtualClock.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const startUtcMs = Date.UTC(2026, 0, 1)
const create = () => createVirtualClock(startUtcMs, turn)

describe('a virtual clock', () => {
  it('passes an hour of waiting at once, in UTC and in monotonic time alike', async () => {
    const clock = create()
    await clock.run(clock.sleep(3_600_000))
    expect(clock.monotonicMs()).toBe(3_600_000)
    expect(clock.utcMs()).toBe(startUtcMs + 3_600_000)
  })

  it('wakes sleepers by their time, and those of one time in the order of their calls', async () => {
    const clock = create()
    const log: string[] = []
    const wait = async (name: string, ms: number) => {
      await clock.sleep(ms)
      log.push(`${name} ${clock.monotonicMs()}`)
    }
    await clock.run(Promise.all([wait('late', 20), wait('first', 10), wait('second', 10), wait('early', 5)]))
    expect(log).toEqual(['early 5', 'first 10', 'second 10', 'late 20'])
  })

  it('lets everything that a sleeper starts happen before the next one wakes', async () => {
    const clock = create()
    const log: string[] = []
    const chain = async () => {
      await clock.sleep(10)
      for (let i = 0; i < 5; i++) await Promise.resolve()
      log.push(`chain ${clock.monotonicMs()}`)
    }
    const other = async () => {
      await clock.sleep(11)
      log.push(`other ${clock.monotonicMs()}`)
    }
    await clock.run(Promise.all([other(), chain()]))
    expect(log).toEqual(['chain 10', 'other 11'])
  })

  it('stands still while work waits for the outside world, and goes on when that has failed', async () => {
    const clock = create()
    const slowly = async (): Promise<never> => {
      for (let i = 0; i < 20; i++) await turn()
      throw new Error('disk full')
    }
    const work = async () => {
      const sleeping = clock.sleep(1000)
      await expect(clock.outside(slowly())).rejects.toThrow('disk full')
      const afterOutsideMs = clock.monotonicMs()
      await sleeping
      return [afterOutsideMs, clock.monotonicMs()]
    }
    expect(await clock.run(work())).toEqual([0, 1000])
  })

  it('ends a cancelled sleep with the reason, and never waits for it', async () => {
    const clock = create()
    const canceller = createCanceller()
    const work = async () => {
      const long = clock.sleep(1_000_000, canceller.signal)
      long.catch(() => undefined)
      await clock.sleep(5)
      canceller.cancel(new Error('stopped'))
      await expect(long).rejects.toThrow('stopped')
      await expect(clock.sleep(1, canceller.signal)).rejects.toThrow('stopped')
      await clock.sleep(5)
    }
    await clock.run(work())
    expect(clock.monotonicMs()).toBe(10)
  })

  it('never runs backwards, not even for a negative wait', async () => {
    const clock = create()
    await clock.run(clock.sleep(7))
    await clock.run(clock.sleep(-100))
    expect(clock.monotonicMs()).toBe(7)
  })

  it('takes a negative wait for none: it does not pass those who came before', async () => {
    const clock = create()
    const log: string[] = []
    await clock.run(
      Promise.all([clock.sleep(0).then(() => log.push('none')), clock.sleep(-5).then(() => log.push('negative'))]),
    )
    expect(log).toEqual(['none', 'negative'])
  })

  it('hands on what the work gives and how it fails', async () => {
    const clock = create()
    expect(await clock.run(clock.sleep(3).then(() => 42))).toBe(42)
    await expect(clock.run(clock.sleep(3).then(() => Promise.reject(new Error('no lamp'))))).rejects.toThrow('no lamp')
  })
})
