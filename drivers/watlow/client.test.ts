import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { floatToWords } from '../../src/base/words.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { RegisterLink } from '../../src/contract/link.ts'
import { createWatlowClient, exceptionOf, ifFitted, type WatlowClient } from './client.ts'
import { fromCelsius, toCelsius, toKelvin } from './temperature.ts'

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof StationError ? error.code : String(error)),
  )

/** A link whose only register block is these words. */
const clientOf = (words: readonly number[], wordOrder: 'lowFirst' | 'highFirst' = 'lowFirst'): WatlowClient => {
  const link = { readHolding: () => Promise.resolve([...words]) } as unknown as RegisterLink
  return createWatlowClient({ link, name: 'it', wordOrder, gapMs: 0, timeoutMs: 1000 })
}
const refusing = (detail: string): WatlowClient => {
  const refuse = () => Promise.reject(new StationError('device.refused', { instrument: 'it', request: 'x', detail }))
  const link = { readHolding: refuse, writeRegister: refuse } as unknown as RegisterLink
  return createWatlowClient({ link, name: 'it', wordOrder: 'lowFirst', gapMs: 0, timeoutMs: 1000 })
}

describe('numbers in registers', () => {
  it('takes floats low word first, as the manual’s 84.7', async () => {
    expect(await clientOf([0x6666, 0x42a9]).float(0, {})).toBeCloseTo(84.7, 4)
    expect(await clientOf([0x42a9, 0x6666], 'highFirst').float(0, {})).toBeCloseTo(84.7, 4)
  })

  it('sees swapped words, and doesn’t take them for zero', async () => {
    for (const value of [23.5, -40, 85, 190, 0.5])
      expect(await codeOf(clientOf(floatToWords(Math.fround(value), 'highFirst')).float(0, {})), `${value}`).toBe(
        'device.badReply',
      )
    expect(await clientOf([0, 0]).float(0, {})).toBe(0)
  })

  it('a sensor may have no value, a setting must have one', async () => {
    for (const words of [floatToWords(NaN, 'lowFirst'), floatToWords(Infinity, 'lowFirst')]) {
      expect(await clientOf(words).measured(0, {})).toBeNull()
      expect(await codeOf(clientOf(words).float(0, {}))).toBe('device.badReply')
    }
  })

  it('takes no code that it doesn’t know, no answer of another length', async () => {
    expect(await clientOf([62]).code(0, [62, 63], {})).toBe(62)
    expect(await codeOf(clientOf([64]).code(0, [62, 63], {}))).toBe('device.badReply')
    expect(await codeOf(clientOf([1, 2, 3]).word(0, {}))).toBe('device.badReply')
    expect(await clientOf([0xfe70]).signed(0, {})).toBe(-400)
    expect(await clientOf([0x869f, 1]).unsigned32(0, {})).toBe(99_999)
  })

  it('takes temperatures there and back, in either unit', () => {
    fc.assert(
      fc.property(fc.double({ min: -100, max: 300, noNaN: true }), (celsius) => {
        expect(toCelsius(fromCelsius(celsius, 'F'), 'F')).toBeCloseTo(celsius, 2)
        expect(toCelsius(fromCelsius(celsius, 'C'), 'C')).toBeCloseTo(celsius, 2)
      }),
    )
    expect([fromCelsius(-40, 'F'), toCelsius(212, 'F'), toKelvin(9, 'F'), toKelvin(9, 'C')]).toEqual([-40, 100, 5, 9])
  })
})

describe('refusals', () => {
  it('say what they mean, and what isn’t fitted reads as nothing', async () => {
    const unfitted = refusing('exception 2, illegal data address')
    const error = await unfitted.word(5, {}).catch((thrown: unknown) => thrown)
    expect(String((error as StationError).context['detail'])).toContain('an option that is not fitted')
    expect(exceptionOf(error)).toBe(2)
    expect(await ifFitted(unfitted.word(5, {}))).toBeNull()
    expect(await ifFitted(refusing('exception 4, device failure').word(5, {}))).toBeNull()
    expect(await codeOf(ifFitted(refusing('exception 3, illegal data value').word(5, {})))).toBe('device.refused')
    expect(await codeOf(refusing('exception 3, illegal data value').write(5, 1, {}))).toBe('device.refused')
  })

  it('no other error is an exception of the device', () => {
    expect(exceptionOf(new Error('exception 2'))).toBeNull()
    expect(exceptionOf(new StationError('device.timeout', { detail: 'exception 2' }))).toBeNull()
    expect(exceptionOf(new StationError('device.refused', { detail: 'no' }))).toBeNull()
  })
})
