import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../base/virtualClock.ts'
import { createEnding } from './ending.ts'

const setUp = (given: { isRunning?: boolean; answer?: boolean; close?: () => Promise<void> }) => {
  const told: unknown[] = []
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const ending = createEnding({
    clock,
    close: async () => {
      told.push('close')
      await given.close?.()
    },
    isRunning: () => given.isRunning ?? false,
    ask: async () => {
      told.push('ask')
      return given.answer ?? false
    },
    exit: (code, isSafe) => told.push({ code, isSafe }),
    onError: (error) => told.push((error as Error).message),
  })
  return { ending, told, clock }
}

describe('the end of the station', () => {
  it('needs no question while no test is running', async () => {
    const { ending, told } = setUp({})
    await ending.askToEnd()
    expect(told).toEqual(['close', { code: 0, isSafe: true }])
  })

  it('does not come when the person wants the test to go on, and may be asked for again', async () => {
    const { ending, told } = setUp({ isRunning: true })
    await ending.askToEnd()
    await ending.askToEnd()
    expect(told).toEqual(['ask', 'ask'])
  })

  it('asks once, however often it is asked for', async () => {
    const { ending, told } = setUp({ isRunning: true, answer: true })
    await Promise.all([ending.askToEnd(), ending.askToEnd()])
    await ending.askToEnd()
    expect(told).toEqual(['ask', 'close', { code: 0, isSafe: true }])
  })

  it('closes once, whatever comes meanwhile', async () => {
    const { ending, told } = setUp({ isRunning: true })
    await Promise.all([ending.end(1), ending.end(0)])
    expect(told).toEqual(['close', { code: 1, isSafe: true }])
  })

  it('says that it is not safe when the station can’t be closed', async () => {
    const { ending, told } = setUp({ close: () => Promise.reject(new Error('disk gone')) })
    await ending.end(0)
    expect(told).toEqual(['close', 'disk gone', { code: 1, isSafe: false }])
  })

  it('comes after a minute even when the station hangs', async () => {
    const { ending, told, clock } = setUp({ close: () => new Promise(() => undefined) })
    await clock.run(ending.end(0))
    expect(clock.monotonicMs()).toBe(60_000)
    expect(told).toEqual(['close', 'the station did not end within 60000 ms', { code: 1, isSafe: false }])
  })
})
