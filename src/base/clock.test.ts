import { describe, expect, it } from 'vitest'
import { createCanceller, withDeadline } from './clock.ts'
import { createVirtualClock } from './virtualClock.ts'

const setUp = () => {
  const clock = createVirtualClock(0, () => new Promise((resolve) => setImmediate(resolve)))
  const calls: number[] = []
  const late = () => {
    calls.push(clock.monotonicMs())
    return new Error('too late')
  }
  return { clock, deadline: { timeoutMs: 100, late }, calls }
}

describe('a deadline', () => {
  it('hands on what work gives that is done in time', async () => {
    const { clock, deadline } = setUp()
    const work = clock.sleep(99).then(() => 'done')
    expect(await clock.run(withDeadline(work, clock, deadline))).toBe('done')
  })

  it('hands on how work fails that fails in time', async () => {
    const { clock, deadline } = setUp()
    const work = clock.sleep(99).then(() => Promise.reject(new Error('refused')))
    await expect(clock.run(withDeadline(work, clock, deadline))).rejects.toThrow('refused')
  })

  it('ends work that hangs, at its time', async () => {
    const { clock, deadline, calls } = setUp()
    const never = new Promise<string>(() => undefined)
    await expect(clock.run(withDeadline(never, clock, deadline))).rejects.toThrow('too late')
    expect(calls).toEqual([100])
  })

  it('leaves a moment to what came while the PC stood still', async () => {
    const { clock, deadline, calls } = setUp()
    const stalled = { ...clock, sleep: (ms: number) => clock.sleep(ms === deadline.timeoutMs ? 2100 : ms) }
    const work = clock.sleep(2250).then(() => 'done')
    expect(await clock.run(withDeadline(work, stalled, deadline))).toBe('done')
    const startMs = clock.monotonicMs()
    const never = new Promise<string>(() => undefined)
    await expect(clock.run(withDeadline(never, stalled, deadline))).rejects.toThrow('too late')
    expect(calls.at(-1)! - startMs).toBe(2300)
  })

  it('is over once the work is done: nothing comes too late afterwards', async () => {
    const { clock, deadline, calls } = setUp()
    await clock.run(withDeadline(clock.sleep(10), clock, deadline))
    await clock.run(clock.sleep(1000))
    expect(calls).toEqual([])
  })
})

describe('a canceller', () => {
  it('tells each listener once and keeps the first reason', () => {
    const { signal, cancel } = createCanceller()
    const told: string[] = []
    signal.addEventListener('abort', () => told.push('a'))
    signal.addEventListener('abort', () => told.push('b'))
    expect(signal.aborted).toBe(false)
    cancel(new Error('first'))
    cancel(new Error('second'))
    expect(told).toEqual(['a', 'b'])
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toEqual(new Error('first'))
  })

  it('does not tell those who left', () => {
    const { signal, cancel } = createCanceller()
    const told: string[] = []
    const leaver = () => told.push('leaver')
    signal.addEventListener('abort', leaver)
    signal.addEventListener('abort', () => told.push('stayer'))
    signal.removeEventListener('abort', leaver)
    cancel(new Error('stop'))
    expect(told).toEqual(['stayer'])
  })

  it('has set the reason before it tells anybody', () => {
    const { signal, cancel } = createCanceller()
    const seen: unknown[] = []
    signal.addEventListener('abort', () => seen.push(signal.aborted, signal.reason))
    const reason = new Error('stop')
    cancel(reason)
    expect(seen).toEqual([true, reason])
  })
})
