import { expect, it } from 'vitest'
import { sayLogText } from './logText.ts'

it('reads out the findings of an inspection', () => {
  const clean = { burns: { severity: 'none', note: '' }, bubbles: { severity: 'none', note: '' } }
  expect(sayLogText(`Visual inspection: ${JSON.stringify(clean)}`)).toBe('Visual inspection: nothing found at 2 items')
  const noted = { ...clean, burns: { severity: 'major', note: 'at the box' } }
  expect(sayLogText(`Visual inspection: ${JSON.stringify(noted)}`)).toBe('Visual inspection: burns major (at the box)')
})
it('leaves other lines as they are', () => {
  for (const text of ['Mount the module: confirmed', 'odd: {braces}', 'I-V tracer: {"a":1}'])
    expect(sayLogText(text)).toBe(text)
})
