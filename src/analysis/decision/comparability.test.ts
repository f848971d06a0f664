import { describe, expect, it } from 'vitest'
import { checkComparability, deltaPmax } from './comparability.ts'
import type { MeasurementConditions } from './comparability.ts'

const conditions: MeasurementConditions = {
  stationId: 'station-1',
  referenceDeviceId: 'WPVS-17',
  sweepDirection: 'mean',
  correctionProcedure: 'IEC 60891:2021 procedure 2',
  coefficients: 'set-4',
  temperatureC: 25.2,
  stabilisation: 'MQT 19.1',
}
const after: MeasurementConditions = { ...conditions, temperatureC: 24.6, stabilisation: 'MQT 19.2' }

describe('comparability guard', () => {
  it('gives ΔPmax for like conditions', () => {
    const delta = deltaPmax({ pmaxW: 400, conditions }, { pmaxW: 378, conditions: after })
    expect(delta.comparable).toBe(true)
    expect(delta.deltaPmaxPercent.value).toBeCloseTo(-5.5, 10)
  })

  it.each([
    ['stationId', 'station-2', 'station'],
    ['referenceDeviceId', 'WPVS-18', 'reference device'],
    ['sweepDirection', 'forward', 'sweep direction'],
    ['correctionProcedure', 'IEC 60891:2021 procedure 1', 'procedure'],
    ['coefficients', 'set-5', 'coefficients'],
    ['temperatureC', 29, 'temperature'],
    ['stabilisation', 'as received', 'stabilisation'],
  ] as const)('refuses when %s differs, and names only that', (field, value, condition) => {
    const delta = deltaPmax({ pmaxW: 400, conditions }, { pmaxW: 378, conditions: { ...after, [field]: value } })
    expect(delta.deltaPmaxPercent.value).toBeNull()
    expect(delta.refusals.map((refusal) => refusal.condition)).toEqual([condition])
    expect(delta.deltaPmaxPercent).toMatchObject({ reason: expect.stringContaining(condition) as string })
  })

  it.each(Object.keys(conditions) as (keyof MeasurementConditions)[])('refuses when %s was not recorded', (field) => {
    const guard = checkComparability({ ...conditions, [field]: null }, after)
    expect(guard.refusals).toHaveLength(1)
    expect(guard.refusals[0]!.reason).toContain('first measurement was not recorded')
  })

  it('lists every difference', () => {
    const other = { ...after, stationId: 'x', coefficients: 'y', temperatureC: 60 }
    expect(checkComparability(conditions, other).refusals).toHaveLength(3)
  })
})
