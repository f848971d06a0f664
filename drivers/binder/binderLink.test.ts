import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { floatToWords } from '../../src/base/words.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { RegisterLink } from '../../src/contract/link.ts'
import { asThisModel, createBinderLink } from './binderLink.ts'

const unused = (): never => {
  throw new Error('not used')
}
const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))

const setUp = (words: number[], deviations: string[] = []) => {
  const log: string[] = []
  const note =
    (what: string) =>
    async (address: number, value: unknown): Promise<number[]> => {
      log.push(`${what} ${address.toString(16)} ${JSON.stringify(value)}`)
      return words
    }
  const link: RegisterLink = {
    readHolding: note('read 3'),
    readInput: note('read 4'),
    writeRegister: async (address, value) => void (await note('write 6')(address, value)),
    writeRegisters: async (address, values) => void (await note('write 16')(address, values)),
    readCoils: unused,
    readDiscrete: unused,
    writeCoil: unused,
    custom: unused,
  }
  return { log, binder: createBinderLink(link, { clock, name: 'chamber', deviations }) }
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: StationError) => error.code,
  )

describe('floats', () => {
  it('have their low word first: 85 is 0000 42aa', async () => {
    expect(await setUp([0x0000, 0x42aa]).binder.float(0x11a9, {})).toBe(85)
    const { log, binder } = setUp([])
    await binder.writeFloat(0x114c, 85, {})
    expect(log).toEqual(['write 16 114c [0,17066]'])
  })

  it.each([
    ['infinity', Infinity],
    ['not a number', NaN],
    ['200004, JUMO’s word for no value', 200_004],
    ['−1e37', -1e37],
  ])('that are %s are no value', async (_what, value) => {
    expect(await setUp(floatToWords(value, 'lowFirst')).binder.float(0, {})).toBeNull()
  })

  it.each([85, 23.4, -40, 50])('of %d with their words in the other order are no answer', async (value) => {
    expect(await codeOf(setUp(floatToWords(value, 'highFirst')).binder.float(0, {}))).toBe('device.badReply')
  })

  it('may be exactly 0', async () => expect(await setUp([0, 0]).binder.float(0, {})).toBe(0))
})

it('counters have their high word first', async () => {
  expect(await setUp([1, 2]).binder.counter(0x10a6, {})).toBe(65_538)
})

it('a number of words that wasn’t asked for is no answer', async () => {
  expect(await codeOf(setUp([1, 2, 3]).binder.float(0, {}))).toBe('device.badReply')
})

it('registers are read by function 3, or 4 where the deviation says so', async () => {
  const plain = setUp([7])
  expect(await plain.binder.word(0x1158, {})).toBe(7)
  const odd = setUp([7], ['read-by-function-4'])
  await odd.binder.word(0x1158, {})
  expect([...plain.log, ...odd.log]).toEqual(['read 3 1158 1', 'read 4 1158 1'])
})

it('a device that refuses a register is another model; other troubles stay what they are', async () => {
  const fail = (code: 'device.refused' | 'device.timeout') => () =>
    Promise.reject(new StationError(code, { instrument: 'x', request: 'y', detail: 'z' }))
  const of = { title: 'MB2', link: 'chamber' }
  expect(await codeOf(asThisModel(fail('device.refused'), of))).toBe('device.wrongModel')
  expect(await codeOf(asThisModel(fail('device.timeout'), of))).toBe('device.timeout')
})
