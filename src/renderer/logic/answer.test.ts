import { expect, it } from 'vitest'
import { answerOf, dueInMs, openItems, type Findings } from './answer.ts'

const items = [
  { id: 'burns', title: 'Burned or melted parts' },
  { id: 'bubbles', title: 'Bubbles' },
]
const clean: Findings = { burns: { severity: 'none', note: '' }, bubbles: { severity: 'none', note: '' } }

it('takes a decimal comma, and nothing that is no number', () => {
  expect(answerOf({ answer: 'number' }, { typed: ' 12,5 ', findings: {} })).toBe('12.5')
  expect(answerOf({ answer: 'number' }, { typed: '12 mm', findings: {} })).toBeNull()
})
it('wants evidence', () => {
  expect(answerOf({ answer: 'scan' }, { typed: ' ', findings: {} })).toBeNull()
  expect(answerOf({ answer: 'confirm' }, { typed: '', findings: {} })).toBe('confirmed')
})
it('wants a finding for each item, and a note for each that is not clean', () => {
  const prompt = { answer: 'checklist', items } as const
  expect(answerOf(prompt, { typed: '', findings: {} })).toBeNull()
  const noted: Findings = { ...clean, burns: { severity: 'minor', note: '' } }
  expect(openItems(items, noted).map(({ id }) => id)).toEqual(['burns'])
  const said: Findings = { ...clean, burns: { severity: 'minor', note: ' at the edge ' } }
  expect(JSON.parse(answerOf(prompt, { typed: '', findings: said })!)).toEqual({
    burns: { severity: 'minor', note: 'at the edge' },
    bubbles: { severity: 'none', note: '' },
  })
})
it('counts down to the due time', () => {
  expect(dueInMs({ dueUtcMs: 5000 }, 2000)).toBe(3000)
  expect(dueInMs({ dueUtcMs: null }, 2000)).toBeNull()
})
