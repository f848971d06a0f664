import { expect, it } from 'vitest'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { checkFaults, createFaultBoard, parseFaults } from './faults.ts'

const setUp = (fault: string) => {
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const options: Record<string, string> = { fault }
  return { clock, options, board: createFaultBoard(clock, options) }
}

it('a fault without a trigger is there all the time, and can be switched by the options', () => {
  const { board, options } = setUp('no-answer')
  expect(board.isActive('no-answer')).toBe(true)
  expect(board.isActive('partial')).toBe(false)
  options['fault'] = 'partial; split:on=MEAS'
  expect(board.isActive('no-answer')).toBe(false)
  expect(board.isActive('partial')).toBe(true)
  expect(board.isActive('split', '*IDN?')).toBe(false)
  expect(board.isActive('split', ':meas:volt?')).toBe(true)
})

it('at the n-th answer, at each n-th, and for a number of answers', () => {
  const spells = (fault: string): number[] => {
    const { board } = setUp(fault)
    return [1, 2, 3, 4, 5, 6].filter(() => {
      const active = board.isActive('late-answer')
      board.countAnswer()
      return active
    })
  }
  expect(spells('late-answer:at=3')).toEqual([3])
  expect(spells('late-answer:at=3,for=2')).toEqual([3, 4])
  expect(spells('late-answer:every=2')).toEqual([2, 4, 6])
})

it('at a time, and at each so many seconds', async () => {
  const { clock, board } = setUp('unplug:every=30s,for=2s;reset:at=40s')
  const at = async (ms: number) => {
    await clock.run(clock.sleep(ms - clock.monotonicMs()))
    return [board.isActive('unplug'), board.isActive('reset')]
  }
  expect(await at(1000)).toEqual([false, false])
  expect(await at(31_000)).toEqual([true, false])
  expect(await at(33_000)).toEqual([false, false])
  expect(await at(61_500)).toEqual([true, true])
})

it('nonsense is refused, with what there is', () => {
  expect(() => parseFaults('late-answer:when=3')).toThrow(/“when” is none of at, every/)
  expect(() => parseFaults('late-answer:at=soon')).toThrow(/at needs a number/)
  expect(() => checkFaults('late', [])).toThrow(/there is no fault “late”; there are: no-answer/)
})
