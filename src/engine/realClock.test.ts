import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRealClock } from './realClock.ts'

describe('the real clock', () => {
  it('never wakes a sleeper early', async () => {
    const clock = createRealClock()
    for (const ms of [0, 1, 2.5, 7]) {
      const startMs = clock.monotonicMs()
      await clock.sleep(ms)
      expect(clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(ms)
    }
  })

  it('ends a sleep with the reason of its cancellation, and forgets the signal afterwards', async () => {
    const clock = createRealClock()
    const stop = new AbortController()
    const reason = new Error('enough')
    setTimeout(() => stop.abort(reason), 5)
    await expect(clock.sleep(60_000, stop.signal)).rejects.toBe(reason)
    await expect(clock.sleep(60_000, stop.signal)).rejects.toBe(reason)
  })

  it('leaves outside work alone', async () => {
    const clock = createRealClock()
    const work = Promise.resolve(3)
    expect(clock.outside(work)).toBe(work)
    await expect(work).resolves.toBe(3)
    const beforeMs = Date.now()
    const utcMs = clock.utcMs()
    expect([beforeMs <= utcMs, utcMs <= Date.now()]).toEqual([true, true])
  })

  describe('with fake timers', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
    afterEach(() => void vi.useRealTimers())

    it('sleeps longer than a timer can', async () => {
      const fortyDaysMs = 40 * 86_400_000
      expect(fortyDaysMs).toBeGreaterThan(2 ** 31)
      let awake = false
      const sleeping = createRealClock()
        .sleep(fortyDaysMs)
        .then(() => void (awake = true))
      await vi.advanceTimersByTimeAsync(fortyDaysMs - 1)
      expect(awake).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      expect(awake).toBe(true)
      await sleeping
    })
  })
})
