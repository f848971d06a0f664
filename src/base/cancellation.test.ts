import { describe, expect, it } from 'vitest'
import { asError, cancellable, throwIfCancelled, type Cancellation } from './cancellation.ts'
import { createCanceller } from './clock.ts'

/** A cancellation that counts who listens to it. */
const createCounted = () => {
  const { signal, cancel } = createCanceller()
  const count = { now: 0, ever: 0 }
  const counted: Cancellation = {
    get aborted() {
      return signal.aborted
    },
    get reason() {
      return signal.reason
    },
    addEventListener: (type, listener) => {
      count.now++
      count.ever++
      signal.addEventListener(type, listener)
    },
    removeEventListener: (type, listener) => {
      count.now--
      signal.removeEventListener(type, listener)
    },
  }
  return { signal: counted, cancel, count }
}

const never = (): Promise<string> => new Promise(() => undefined)

describe('work that can be cancelled', () => {
  it('settles as it would without a cancellation', async () => {
    const { signal } = createCanceller()
    expect(await cancellable(Promise.resolve(1), undefined)).toBe(1)
    expect(await cancellable(Promise.resolve(2), signal)).toBe(2)
    await expect(cancellable(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken')
  })

  it('ends with the reason as soon as it is cancelled', async () => {
    const { signal, cancel } = createCanceller()
    const waiting = cancellable(never(), signal)
    cancel(new Error('operator'))
    await expect(waiting).rejects.toThrow('operator')
  })

  it('ends at once where it was cancelled before', async () => {
    const { signal, cancel } = createCanceller()
    cancel(new Error('operator'))
    await expect(cancellable(never(), signal)).rejects.toThrow('operator')
  })

  it('leaves no listener behind when it is done', async () => {
    const { signal, count } = createCounted()
    await cancellable(Promise.resolve(1), signal)
    await cancellable(Promise.reject(new Error('broken')), signal).catch(() => undefined)
    expect(count).toEqual({ now: 0, ever: 2 })
  })

  it('takes the platform’s own AbortSignal', async () => {
    const controller = new AbortController()
    const waiting = cancellable(never(), controller.signal)
    controller.abort('a reason that is no error')
    await expect(waiting).rejects.toThrow(new Error('a reason that is no error'))
  })
})

describe('a cancellation that came already', () => {
  it('throws its very reason, and nothing while it has not come', () => {
    const { signal, cancel } = createCanceller()
    const reason = new Error('operator')
    throwIfCancelled(undefined)
    throwIfCancelled(signal)
    cancel(reason)
    expect(() => throwIfCancelled(signal)).toThrow(reason)
  })
})

describe('a reason', () => {
  it('stays the error that it is, and becomes one where it is not', () => {
    const error = new TypeError('x')
    expect(asError(error)).toBe(error)
    expect(asError('plain')).toEqual(new Error('plain'))
    expect(asError(undefined)).toBeInstanceOf(Error)
  })
})
