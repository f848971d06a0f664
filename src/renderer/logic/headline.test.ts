import { expect, it } from 'vitest'
import { headlineTexts } from './headline.ts'

const line = (text: string, uncertainty: string | null) => ({
  ...{ label: 'Pmax', unit: 'W', value: { text }, uncertainty: uncertainty === null ? null : { text: uncertainty } },
})

it('puts the uncertainty below the value, with one sign', () => {
  expect(headlineTexts(line('45.68', '± 0.64 W'))).toEqual({ text: '45.68', note: '± 0.64 W' })
  expect(headlineTexts(line('45.68', '0.64 W')).note).toBe('± 0.64 W')
  expect(headlineTexts(line('45.68', null)).note).toBeNull()
})
it('says small why there is no value', () => {
  expect(headlineTexts(line('– (not determined by iv.summary)', '1'))).toEqual({
    text: '–',
    note: 'not determined by iv.summary',
  })
  expect(headlineTexts(line('–', null))).toEqual({ text: '–', note: null })
})
