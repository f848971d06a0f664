import { expect, it } from 'vitest'
import type { RunEvent } from '../../contract/run.ts'
import { openGuards } from './guardMessages.ts'

const event = (seq: number, level: RunEvent['level'], text: string): RunEvent => ({
  ...{ seq, runId: 'run', utcMs: seq, level, kind: 'guard', text },
})
const dry = event(1, 'warning', 'Humidity away from its set-point: 78.2 % is outside 80 to 90 %')
const leak = event(2, 'error', 'Lane B: Leakage too high: 1.2e-4 A')

it('keeps a message until its guard takes it back', () => {
  expect(openGuards([dry, leak])).toEqual([leak, dry])
  const back = event(3, 'info', 'Humidity away from its set-point: back where it has to be')
  expect(openGuards([dry, leak, back])).toEqual([leak])
})
it('takes back only what the lane said', () => {
  const back = event(3, 'info', 'Lane A: Leakage too high: back where it has to be')
  expect(openGuards([leak, back])).toEqual([leak])
})
it('hears guards only', () => {
  expect(openGuards([{ ...event(1, 'warning', 'no values'), kind: 'gap' }])).toEqual([])
})
