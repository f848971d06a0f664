import { expect, it } from 'vitest'
import type { Typeface } from './typeface.ts'
import { wrapText } from './wrap.ts'

/** Each character is as wide as the size. */
const face = { widthOf: (text: string, size: number) => text.length * size } as Typeface
const lines = (text: string, width: number): string[] => wrapText(text, face, { size: 1, width })

it('breaks at spaces, and words only where a line is too short for them', () => {
  expect(lines('a humid chamber', 8)).toEqual(['a humid', 'chamber'])
  expect(lines('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
  expect(lines('', 3)).toEqual([''])
})

it('keeps a number and its unit on one line where that is long enough', () => {
  expect(lines('is below 80 %; then', 11)).toEqual(['is below', '80 %; then'])
  expect(lines('it is 1000 W/m²', 13)).toEqual(['it is', '1000 W/m²'])
  expect(lines('at 1000 W/m²', 7)).toEqual(['at 1000', 'W/m²'])
})
