import { describe, expect, it } from 'vitest'
import { createCanceller } from './clock.ts'
import { createTurns } from './turns.ts'

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Work that ends when told. */
const createWork = (log: string[], name: string) => {
  let end = (): void => undefined
  const work = (): Promise<string> => {
    log.push(name)
    return new Promise((resolve) => {
      end = () => resolve(name)
    })
  }
  return { work, end: () => end() }
}

describe('turns', () => {
  it('go one at a time, the highest priority first, equals in order', async () => {
    const turns = createTurns()
    const log: string[] = []
    const first = createWork(log, 'first')
    const done = [turns.take(first.work)]
    for (const [name, priority] of [
      ['poll 1', 0],
      ['poll 2', 0],
      ['control', 10],
      ['stop', 100],
      ['poll 3', 0],
    ] as const) {
      done.push(turns.take(async () => (log.push(name), name), { priority }))
    }
    await settle()
    expect(log).toEqual(['first'])
    expect(turns.waiting).toBe(5)
    first.end()
    await Promise.all(done)
    expect(log).toEqual(['first', 'stop', 'control', 'poll 1', 'poll 2', 'poll 3'])
    expect(turns.waiting).toBe(0)
  })

  it('let a stop pass a thousand waiting polls', async () => {
    const turns = createTurns()
    const log: number[] = []
    const polls = Array.from({ length: 1000 }, (_each, index) => turns.take(async () => log.push(index)))
    await turns.take(async () => log.push(-1), { priority: 100 })
    expect(log.length).toBeLessThan(4)
    await Promise.all(polls)
    expect(log.filter((each) => each >= 0)).toEqual(Array.from({ length: 1000 }, (_each, index) => index))
  })

  it('never start work that was cancelled while it waited, and go on', async () => {
    const turns = createTurns()
    const log: string[] = []
    const first = createWork(log, 'first')
    const running = turns.take(first.work)
    const canceller = createCanceller()
    const waiting = turns.take(async () => log.push('cancelled'), { signal: canceller.signal })
    const last = turns.take(async () => log.push('last'))
    await settle()
    const reason = new Error('not needed any more')
    canceller.cancel(reason)
    await expect(waiting).rejects.toBe(reason)
    first.end()
    await Promise.all([running, last])
    expect(log).toEqual(['first', 'last'])
  })

  it('pass on a turn that was granted in the moment of its cancellation', async () => {
    const turns = createTurns()
    const log: string[] = []
    const first = createWork(log, 'first')
    const running = turns.take(first.work)
    const canceller = createCanceller()
    const cancelled = turns.take(async () => log.push('cancelled'), { signal: canceller.signal, priority: 10 })
    const last = turns.take(async () => log.push('last'))
    await settle()
    canceller.cancel(new Error('stop'))
    first.end()
    await expect(cancelled).rejects.toThrow('stop')
    await Promise.all([running, last])
    expect(log).toEqual(['first', 'last'])
  })

  it('refuse work that was cancelled before', async () => {
    const canceller = createCanceller()
    canceller.cancel(new Error('before'))
    const turns = createTurns()
    await expect(turns.take(async () => 1, { signal: canceller.signal })).rejects.toThrow('before')
    await expect(turns.take(async () => 2)).resolves.toBe(2)
  })

  it('go on after work that failed', async () => {
    const turns = createTurns()
    const failed = turns.take(async () => {
      throw new Error('broken')
    })
    const next = turns.take(async () => 'fine')
    await expect(failed).rejects.toThrow('broken')
    await expect(next).resolves.toBe('fine')
  })
})
