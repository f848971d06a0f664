import { describe, expect, it } from 'vitest'
import { profileSchema, type InsulationRequest } from '../../src/contract/instrument.ts'
import { planInsulation, resultOf, type Measured } from './insulationPlan.ts'

const profile = profileSchema.parse({
  id: 'a-tester',
  title: 'A tester',
  manual: 'none',
  roles: ['InsulationTester'],
  link: 'line',
  exampleLink: 'tcp://x:1',
  energises: true,
  models: [],
  channels: [],
  limits: {
    irMinV: 50,
    irMaxV: 1000,
    dcMaxV: 6000,
    minRampS: 0.1,
    maxRampS: 999.9,
    irMinHoldS: 1,
    dcMinHoldS: 0.5,
    maxHoldS: 999.9,
    minCurrentA: 1e-6,
    maxCurrentA: 0.01,
    dcMaxW: 50,
    irLeastOhm: 1e6,
  },
})
const request: InsulationRequest = { voltageV: 1000, rampVPerS: 500, holdS: 120, currentLimitA: 1e-4 }
const plan = (asked: Partial<InsulationRequest> = {}) =>
  planInsulation({ ...request, ...asked }, { name: 'tester', profile })

describe('a plan', () => {
  it('measures the resistance as far as the tester can, and the leakage above', () => {
    expect(plan()).toEqual({
      mode: 'IR',
      voltageV: 1000,
      rampS: 2,
      holdS: 120,
      currentLimitA: 1e-4,
      leastOhm: 1e7,
      durationMs: 122_000,
    })
    expect(plan({ voltageV: 1500 })).toMatchObject({ mode: 'DC', rampS: 3 })
  })

  it('never ramps steeper than asked, and counts in tenths of a second', () => {
    expect(plan({ rampVPerS: 333 }).rampS).toBe(3.1)
    expect(plan({ rampVPerS: 1e6 }).rampS).toBe(0.1)
  })

  it.each([
    [{ voltageV: 6001 }, 'voltage (V)'],
    [{ voltageV: 40 }, 'voltage (V)'],
    [{ holdS: 0.6 }, 'hold (s)'],
    [{ holdS: 1000 }, 'hold (s)'],
    [{ currentLimitA: 0.02 }, 'current limit (A)'],
    [{ voltageV: 6000, currentLimitA: 0.01 }, 'power (W)'],
    [{ rampVPerS: 0 }, 'ramp (V/s)'],
    [{ rampVPerS: 0.5 }, 'ramp (s)'],
  ])('%j is beyond a limit', (asked, quantity) => {
    expect(() => plan(asked)).toThrow(
      expect.objectContaining({ code: 'device.limit', context: expect.objectContaining({ quantity }) as unknown }),
    )
  })
})

describe('a result', () => {
  const tester = { mostOhm: 1e10, leastA: 1e-6 }
  const measured: Measured = { voltageV: 1000, resistanceOhm: 2e9, leakageA: null, isBreakdown: false }

  it('of the resistance mode has the leakage from it', () => {
    expect(resultOf(plan(), measured, tester)).toEqual({
      resistanceOhm: 2e9,
      atLeastOhm: null,
      leakageA: 5e-7,
      voltageV: 1000,
      breakdown: false,
      reason: null,
    })
  })

  it.each([null, 1e10])('beyond the range (%s) is at least its end, never a number', (resistanceOhm) => {
    const result = resultOf(plan(), { ...measured, resistanceOhm }, tester)
    expect(result).toMatchObject({ resistanceOhm: null, atLeastOhm: 1e10, leakageA: null, breakdown: false })
    expect(result.reason).toContain('beyond')
  })

  it('of the leakage mode says how it came about', () => {
    const dc = plan({ voltageV: 1500 })
    const result = resultOf(dc, { ...measured, voltageV: 1500, resistanceOhm: null, leakageA: 3e-6 }, tester)
    expect(result).toMatchObject({ resistanceOhm: 5e8, leakageA: 3e-6, atLeastOhm: null })
    expect(result.reason).toContain('direct voltage')
    const tiny = resultOf(dc, { ...measured, voltageV: 1500, resistanceOhm: null, leakageA: 0 }, tester)
    expect(tiny).toMatchObject({ resistanceOhm: null, atLeastOhm: 1.5e9, leakageA: 0 })
  })

  it('of a breakdown is no lower bound', () => {
    const isBreakdown = true
    expect(resultOf(plan(), { ...measured, resistanceOhm: 2e4, isBreakdown }, tester)).toMatchObject({
      breakdown: true,
      resistanceOhm: 2e4,
      atLeastOhm: null,
      reason: expect.stringContaining('more current') as unknown,
    })
    const dc = plan({ voltageV: 1500 })
    expect(resultOf(dc, { ...measured, resistanceOhm: null, leakageA: 1e-4, isBreakdown }, tester)).toMatchObject({
      breakdown: true,
      resistanceOhm: null,
      atLeastOhm: null,
    })
    expect(resultOf(dc, { ...measured, resistanceOhm: null, leakageA: 0, isBreakdown }, tester).atLeastOhm).toBeNull()
  })
})
