import { describe, expect, it } from 'vitest'
import { provenanceMark, provenanceSchema } from './provenance.ts'

describe('the mark of a provenance', () => {
  it('is missing for live data only', () => {
    const unmarked = provenanceSchema.options.filter((each) => provenanceMark(each) === null)
    expect(unmarked).toEqual(['live'])
  })

  it('is the word itself in capitals', () => {
    const marks = provenanceSchema.options.map(provenanceMark)
    expect(marks).toEqual([null, 'SIMULATED', 'REPLAYED', 'MANUAL', 'IMPORTED', 'BACK-FILLED', 'STALE'])
  })
})
