import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  floatToWords,
  int16ToWord,
  uint32ToWords,
  wordsToFloat,
  wordsToText,
  wordsToUint32,
  wordToInt16,
  type WordOrder,
} from './words.ts'

const orders: WordOrder[] = ['highFirst', 'lowFirst']

it('84.7 is 42A9 6666, the low word first where so ordered', () => {
  expect(floatToWords(84.7, 'highFirst')).toEqual([0x42a9, 0x6666])
  expect(floatToWords(84.7, 'lowFirst')).toEqual([0x6666, 0x42a9])
  expect(wordsToFloat([0x6666, 0x42a9], 'lowFirst')).toBeCloseTo(84.7, 5)
})

it.each(orders)('every single-precision number and every whole number of 32 bits comes back (%s)', (order) => {
  fc.assert(fc.property(fc.float(), (value) => Object.is(wordsToFloat(floatToWords(value, order), order), value)))
  fc.assert(fc.property(fc.nat(0xffffffff), (value) => wordsToUint32(uint32ToWords(value, order), order) === value))
})

it('negative tenths and text', () => {
  expect(wordToInt16(int16ToWord(-400))).toBe(-400)
  expect(wordToInt16(0xfe70)).toBe(-400)
  expect(wordsToText([0x5053, 0x4920, 0x3900])).toBe('PSI 9')
})
