import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gate1, gate2 } from './gates.ts'
import type { Gate1Input, GateCondition, GateResult } from './gates.ts'

const label: Omit<Gate1Input, 'modules'> = {
  nameplate: { pmax: 400, voc: 49, isc: 10.2 },
  tolerancePercent: { pmax: 3, voc: 3, isc: 4 },
  uncertaintyPercent: { pmax: 2, voc: 1, isc: 2 },
}
const good = { pmaxW: 400, vocV: 49, iscA: 10.2 }

const find = (result: GateResult, id: GateCondition['id']): GateCondition =>
  result.conditions.find((condition) => condition.id === id)!

describe('Gate No. 1 (IEC 61215-1:2021, 7.2.2)', () => {
  it('judges each module with m1 and t1, and states both sides of the formula', () => {
    const each = find(gate1({ ...label, modules: [{ moduleId: 'a', ...good, pmaxW: 381 }] }), 'pmaxEach')
    expect(each.verdict).toBe('pass')
    expect(each.judgedValue).toBeCloseTo(381 * 1.02, 10)
    expect(each.limitValue).toBeCloseTo(388, 10)
    expect(each.margin).toBeCloseTo(0.62, 10)
    expect(each.formula).toContain('(1+|m1|/100)')
  })

  it('fails a module below 388/1.02 W and passes one just above', () => {
    const verdictAt = (pmaxW: number) =>
      find(gate1({ ...label, modules: [{ moduleId: 'a', ...good, pmaxW }] }), 'pmaxEach').verdict
    expect(verdictAt(388 / 1.02 - 1e-6)).toBe('fail')
    expect(verdictAt(388 / 1.02 + 1e-6)).toBe('pass')
  })

  it('judges the average against the nameplate without tolerance', () => {
    const modules = [390, 393].map((pmaxW, i) => ({ moduleId: `m${i}`, ...good, pmaxW }))
    const result = gate1({ ...label, modules })
    expect(result.conditions.filter(({ id }) => id === 'pmaxEach').every(({ verdict }) => verdict === 'pass')).toBe(
      true,
    )
    const average = find(result, 'pmaxAverage')
    expect(average.judgedValue).toBeCloseTo(391.5 * 1.02, 10)
    expect(average.limitValue).toBe(400)
    expect(average.verdict).toBe('fail')
    expect(result.verdict).toBe('fail')
  })

  it('lowers the measured Voc and Isc by m2 and m3, and raises the label by t2 and t3', () => {
    const result = gate1({ ...label, modules: [{ moduleId: 'a', pmaxW: 400, vocV: 50.9, iscA: 10.9 }] })
    expect(find(result, 'voc').judgedValue).toBeCloseTo(50.9 * 0.99, 10)
    expect(find(result, 'voc').limitValue).toBeCloseTo(50.47, 10)
    expect(find(result, 'voc').verdict).toBe('pass')
    expect(find(result, 'isc').judgedValue).toBeCloseTo(10.682, 10)
    expect(find(result, 'isc').limitValue).toBeCloseTo(10.608, 10)
    expect(find(result, 'isc').verdict).toBe('fail')
  })

  it('does not count the sign of m and t', () => {
    const negative = { pmax: -2, voc: -1, isc: -2 }
    const modules = [{ moduleId: 'a', ...good, pmaxW: 381 }]
    const expected = gate1({ ...label, modules })
    expect(gate1({ ...label, uncertaintyPercent: negative, modules }).conditions).toEqual(expected.conditions)
  })

  it('is notMeasured with the reason when a value is missing, and never averages over the rest', () => {
    const gone = { value: null, reason: 'glass broken' }
    const result = gate1({
      ...label,
      modules: [
        { moduleId: 'a', ...good },
        { moduleId: 'b', ...good, pmaxW: gone },
      ],
    })
    expect(result.verdict).toBe('notMeasured')
    expect(result.conditions.find(({ id, moduleId }) => id === 'pmaxEach' && moduleId === 'b')!.reason).toBe(
      'Pmax(Lab): glass broken',
    )
    expect(find(result, 'pmaxAverage')).toMatchObject({ verdict: 'notMeasured', measuredValue: null, margin: null })
  })

  it('is notMeasured without modules, and without m1', () => {
    expect(gate1({ ...label, modules: [] }).verdict).toBe('notMeasured')
    const m1 = { value: null, reason: 'm1 is not set in the laboratory settings' }
    const result = gate1({
      ...label,
      uncertaintyPercent: { ...label.uncertaintyPercent, pmax: m1 },
      modules: [{ moduleId: 'a', ...good }],
    })
    expect(find(result, 'pmaxEach').reason).toContain('m1 is not set')
  })

  it('cautions about an m1 above the limit of the technology part', () => {
    const uncertaintyPercent = { ...label.uncertaintyPercent, pmax: 3.5 }
    const modules = [{ moduleId: 'a', ...good }]
    expect(gate1({ ...label, uncertaintyPercent, technology: 'c-Si', modules }).cautions).toHaveLength(1)
    expect(gate1({ ...label, uncertaintyPercent, technology: 'CdTe', modules }).cautions).toHaveLength(0)
  })

  it('refuses NaN', () => {
    expect(() => gate1({ ...label, modules: [{ moduleId: 'a', ...good, pmaxW: NaN }] })).toThrow('not a finite number')
  })
})

describe('Gate No. 2 (IEC 61215-1:2021, 7.2.3)', () => {
  const run = (finalPmaxW: number, r = 1) =>
    gate2({ modules: [{ moduleId: 'a', initialPmaxW: 400, finalPmaxW }], reproducibilityPercent: r })

  it('has the limit 376.2 W for 400 W and r = 1 %', () => {
    const [condition] = run(378).conditions
    expect(condition!.limitValue).toBeCloseTo(376.2, 10)
    expect(condition!.margin).toBeCloseTo(1.8, 10)
    expect(run(378).limitDeltaPercent).toBeCloseTo(-5.95, 12)
  })

  it('passes a loss of 5.5 % that a flat 5 % would fail, and passes exactly at the limit', () => {
    expect(run(378).verdict).toBe('pass')
    expect(run(378).deltaPmaxPercent[0]).toBeCloseTo(-5.5, 10)
    expect(run(376.2).verdict).toBe('pass')
    expect(run(376.19).verdict).toBe('fail')
  })

  it('is stricter without r: 380 W', () => {
    expect(run(379.99, 0).verdict).toBe('fail')
    expect(run(380, 0).verdict).toBe('pass')
  })

  it('fails as soon as one module fails, even when another is missing', () => {
    const gone = { value: null, reason: 'not yet measured' }
    const modules = [
      { moduleId: 'a', initialPmaxW: 400, finalPmaxW: 300 },
      { moduleId: 'b', initialPmaxW: 400, finalPmaxW: gone },
    ]
    expect(gate2({ modules, reproducibilityPercent: 1 }).verdict).toBe('fail')
  })

  it('scales with the unit of power and never gives NaN', () => {
    const power = fc.double({ min: 1e-3, max: 1e5, noNaN: true })
    fc.assert(
      fc.property(power, power, fc.double({ min: 0, max: 99, noNaN: true }), (initialPmaxW, finalPmaxW, r) => {
        const one = gate2({ modules: [{ moduleId: 'a', initialPmaxW, finalPmaxW }], reproducibilityPercent: r })
        const [condition] = one.conditions
        expect(Number.isFinite(condition!.margin)).toBe(true)
        if (Math.abs(condition!.marginPercent!) < 1e-9) return
        const milli = [{ moduleId: 'a', initialPmaxW: 1000 * initialPmaxW, finalPmaxW: 1000 * finalPmaxW }]
        expect(gate2({ modules: milli, reproducibilityPercent: r }).verdict).toBe(one.verdict)
      }),
    )
  })
})
