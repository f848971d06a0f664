import { expect, it } from 'vitest'
import { differenceOf, firstChoice } from './recovery.ts'

it('says how far a value went, and nothing where one is missing', () => {
  expect(differenceOf({ channel: 'temperature', unit: '°C', before: 85, now: 61.5 })).toBe('−23.50 K')
  expect(differenceOf({ channel: 'current', unit: 'A', before: 0, now: 2e-6 })).toBe('+2.00 µA')
  expect(differenceOf({ channel: 'temperature', unit: '°C', before: null, now: 61.5 })).toBeNull()
})
it('chooses the proposal only where nothing speaks against it', () => {
  const option = (decision: 'continue' | 'close', refused: string | null) => ({ decision, meaning: '', refused })
  expect(firstChoice({ proposal: 'continue', options: [option('continue', null), option('close', null)] })).toBe(
    'continue',
  )
  expect(
    firstChoice({ proposal: 'continue', options: [option('continue', 'chamber: no answer'), option('close', null)] }),
  ).toBeNull()
})
