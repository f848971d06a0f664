import { expect, it } from 'vitest'
import type { BackFillEvidence } from './backFill.ts'
import { sayEvidence } from './sayEvidence.ts'

const evidence: BackFillEvidence = {
  ...{ ids: ['1'], coveredMs: 60_000, insideMs: 30_000, missing: [] },
  mostDeviation: { channel: 'temperature', unit: '°C', value: -0.25 },
}
const seconds = (ms: number): string => `${ms / 1000} s`

it('says how much a log covers, how much of it was inside, and how far it is from the station', () => {
  expect(sayEvidence(evidence, seconds)).toBe(
    '60 s covered by the controller’s log, 30 s of it inside every window; at most −0.25 °C from the station at the edges',
  )
})

it('says nothing of the inside where a window has no log', () => {
  const unknown = { ...evidence, insideMs: null, missing: ['Chamber humidity'], mostDeviation: null }
  expect(sayEvidence(unknown, seconds)).toBe(
    '60 s covered by the controller’s log, nothing is known of Chamber humidity; not compared with the station',
  )
})
