import { describe, expect, it } from 'vitest'
import type { CriterionResult } from '../../contract/run.ts'
import { criterionSchema, templateSchema, type Criterion, type Scalar } from '../../contract/template.ts'
import { confirmStep, tinyTemplate } from '../../../test/support/tinyTemplate.ts'
import { decide, evaluateCriteria } from './verdict.ts'

type Outcome = CriterionResult['outcome']

const result = (kind: CriterionResult['kind'], outcome: Outcome): CriterionResult => ({
  id: `${kind}-${outcome}`,
  title: `${kind} ${outcome}`,
  kind,
  value: outcome === 'notMeasured' ? null : 1.234,
  unit: 'V',
  decimals: 2,
  minimum: 1,
  maximum: null,
  outcome,
  reason: outcome === 'pass' ? null : `because ${outcome}`,
  clause: 'made up',
  mark: 'R',
})
const validity = (outcome: Outcome) => result('validity', outcome)
const acceptance = (outcome: Outcome) => result('acceptance', outcome)
const verdictOf = (...criteria: CriterionResult[]) => decide(criteria).verdict

describe('the verdict', () => {
  it('is pass when everything was measured and met', () => {
    expect(decide([validity('pass'), acceptance('pass'), acceptance('pass')])).toEqual({ verdict: 'pass', reasons: [] })
  })

  it('is error before everything else, wherever the error is', () => {
    const rest = [validity('fail'), acceptance('fail'), acceptance('notMeasured'), acceptance('pass')]
    expect(verdictOf(...rest, validity('error'))).toBe('error')
    expect(verdictOf(...rest, acceptance('error'))).toBe('error')
  })

  it.each(['fail', 'notMeasured'] as const)(
    'is inconclusive before fail: a measurement whose validity is %s says nothing about the module',
    (outcome) => {
      expect(verdictOf(acceptance('fail'), validity(outcome))).toBe('inconclusive')
      expect(verdictOf(acceptance('pass'), validity(outcome))).toBe('inconclusive')
      expect(verdictOf(acceptance('notMeasured'), validity(outcome))).toBe('inconclusive')
    },
  )

  it('is fail as soon as one acceptance criterion is, measured or not the others', () => {
    expect(verdictOf(validity('pass'), acceptance('pass'), acceptance('fail'))).toBe('fail')
    expect(verdictOf(acceptance('notMeasured'), acceptance('fail'))).toBe('fail')
  })

  it('is notMeasured when no acceptance criterion was measured, or there is none', () => {
    expect(verdictOf(validity('pass'), acceptance('notMeasured'), acceptance('notMeasured'))).toBe('notMeasured')
    expect(verdictOf(validity('pass'))).toBe('notMeasured')
    expect(verdictOf()).toBe('notMeasured')
  })

  it('is never pass with an acceptance criterion that was not measured', () => {
    expect(verdictOf(acceptance('pass'), acceptance('notMeasured'))).toBe('inconclusive')
  })

  it('names each criterion that is not met with value, limits and reason, and none that is', () => {
    expect(decide([acceptance('pass'), acceptance('fail'), validity('notMeasured')]).reasons).toEqual([
      'acceptance fail: 1.23 V (at least 1.00 V), because fail',
      'validity notMeasured: – (at least 1.00 V), because notMeasured',
    ])
  })
})

describe('a criterion', () => {
  const template = templateSchema.parse(tinyTemplate({ steps: [confirmStep('only')] }))
  const judge = (given: Partial<Criterion>, parameters: Record<string, Scalar> = {}): CriterionResult => {
    const base = { id: 'a', title: 'A', kind: 'acceptance', unit: 'V', clause: 'made up', mark: 'R' }
    const criteria = [criterionSchema.parse({ ...base, ...given })]
    return evaluateCriteria({ ...template, criteria }, { parameters, results: [], sweeps: [] })[0]!
  }

  it('is met at its very limits', () => {
    for (const value of [1, 1.5, 2]) expect(judge({ value, minimum: 1, maximum: 2 }).outcome).toBe('pass')
  })

  it('is not met just outside of them, by all digits and not by those printed', () => {
    const limits = { minimum: 1, maximum: 2, decimals: 0 }
    expect(judge({ value: 0.999999, ...limits })).toMatchObject({ outcome: 'fail', reason: 'below the minimum' })
    expect(judge({ value: 2.000001, ...limits })).toMatchObject({ outcome: 'fail', reason: 'above the maximum' })
  })

  it('without a value is not measured', () => {
    const judged = judge({ value: { param: 'gone' }, minimum: 1 })
    expect(judged).toMatchObject({ outcome: 'notMeasured', value: null, reason: 'there is no value' })
  })

  it.each(['minimum', 'maximum'] as const)('without the %s that it asks for is not measured, never met', (side) => {
    const judged = judge({ value: 5, [side]: { param: 'limitV' } }, { limitV: null })
    const reason = `there is no ${side} to compare with`
    expect(judged).toMatchObject({ outcome: 'notMeasured', value: 5, [side]: null, reason })
  })

  it('with one limit there and met but the other one missing is not measured', () => {
    expect(judge({ value: 5, minimum: 1, maximum: { param: 'limitV' } }).outcome).toBe('notMeasured')
  })

  it('with text for a value or a limit is an error', () => {
    expect(judge({ value: 'five', minimum: 1 })).toMatchObject({
      outcome: 'error',
      reason: 'the value is not a number',
    })
    expect(judge({ value: 5, maximum: 'six' })).toMatchObject({
      outcome: 'error',
      reason: 'the maximum is not a number',
    })
  })

  it('takes value and limit from where the template says', () => {
    const judged = judge({ value: { param: 'levelV' }, minimum: { param: 'limitV' } }, { levelV: 4, limitV: 5 })
    expect(judged).toMatchObject({ outcome: 'fail', value: 4, minimum: 5, maximum: null })
  })
})
