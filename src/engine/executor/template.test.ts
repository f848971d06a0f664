import { describe, expect, it } from 'vitest'
import { parameterSchema, templateSchema, type Scalar } from '../../contract/template.ts'
import { confirmStep, hopelessStep, safeStep, tinyTemplate } from '../../../test/support/tinyTemplate.ts'
import { stepKind as compute } from './steps/compute.ts'
import { stepKind as prompt } from './steps/prompt.ts'
import { stepKind as safeState } from './steps/safeState.ts'
import { stepKind as stabilise } from './steps/stabilise.ts'
import { jsonSchemaOf, loadProtocol, validateInputs } from './template.ts'

const kinds = [compute, prompt, safeState, stabilise]
const load = (template: unknown) =>
  loadProtocol(typeof template === 'string' ? template : JSON.stringify(template), {
    file: 'made-up.json',
    kinds,
    methods: new Set(['iv.summary']),
  })
const computeStep = (id: string, output: string, more: object = {}) => ({
  ...{ id, kind: 'compute', title: id, method: 'iv.summary', inputs: {}, output },
  ...more,
})
const good = tinyTemplate({ steps: [confirmStep('a'), safeStep('b'), computeStep('c', 'summary')] })

describe('a template', () => {
  it('that is in order is read as it is written, with the defaults of its fields', () => {
    const template = load(good)
    expect(template.steps).toEqual(good.steps)
    expect(template.parameters.map((each) => each.required)).toEqual([false, false, false, false, false])
    expect(template.criteria[0]!.decimals).toBe(2)
  })

  it('that is not JSON is refused by the name of its file', () => {
    expect(() => load('{"id":')).toThrow('The protocol template made-up.json is not valid: it is not JSON')
  })

  it.each([
    ['a field that nothing knows', { ...good, colour: 'red' }, /colour/],
    ['no step at all', { ...good, steps: [] }, /steps/],
    ['a step of a kind that there is not', { ...good, steps: [confirmStep('a', { kind: 'dance' })] }, /steps\.0/],
    ['a field that its step does not have', { ...good, steps: [confirmStep('a', { volume: 1 })] }, /volume/],
    ['an id of no protocol', { ...good, id: 'PVTP-055' }, /PVTP-001 to PVTP-054/],
  ])('with %s is refused', (_what, template, place) => {
    expect(() => load(template)).toThrow(place)
  })

  const withSteps = (...steps: object[]) => tinyTemplate({ steps })
  it.each([
    ['a step id used twice', withSteps(confirmStep('a'), safeStep('a')), 'steps.1.id: the step id “a” is used twice'],
    [
      'a role that it does not have',
      withSteps(hopelessStep('a', { role: 'lamp' })),
      'steps.0.role: there is no role “lamp”',
    ],
    [
      'a role that it does not have in a list',
      withSteps({ ...safeStep('a'), roles: ['source', 'lamp'] }),
      'steps.0.roles.1: there is no role “lamp”',
    ],
    [
      'an analysis method that there is not',
      withSteps(computeStep('a', 'x', { method: 'iv.guess' })),
      'steps.0.method: there is no analysis method “iv.guess”',
    ],
    ['a result computed twice', withSteps(computeStep('a', 'x'), computeStep('b', 'x')), '“x” is computed twice'],
    [
      'a result used before it is computed',
      withSteps(computeStep('a', 'x', { inputs: { given: { result: 'y.pmaxW' } } }), computeStep('b', 'y')),
      'steps.0.inputs.given.result: no earlier step computes “y”',
    ],
    [
      'a criterion on a result that no step computes',
      tinyTemplate({ steps: [confirmStep('a')], value: { result: 'x.pmaxW' } }),
      'criteria.0.value.result: no step computes “x”',
    ],
    [
      'a parameter that it does not declare',
      tinyTemplate({ steps: [confirmStep('a')], value: { param: 'levle' } }),
      'criteria.0.value.param: there is no parameter “levle”',
    ],
    [
      'a parameter given twice',
      { ...good, parameters: [...good.parameters, good.parameters[0]] },
      'parameters: “flag” is given twice',
    ],
    [
      'a report on curves that no step computes',
      { ...good, report: { ...good.report, curves: 'curves' } },
      'report.curves: no step computes “curves”',
    ],
    [
      'a default that its own parameter does not allow',
      { ...good, parameters: [{ ...good.parameters[2], maximum: 4 }], criteria: [] },
      'parameters.level.default: 5 is outside',
    ],
  ])('with %s is refused, and the place is named', (_what, template, detail) => {
    expect(() => load(template)).toThrow(detail)
  })

  it('may use a result in a later step, and in its criteria', () => {
    const steps = [computeStep('a', 'x'), computeStep('b', 'y', { inputs: { given: { result: 'x.pmaxW' } } })]
    expect(load(tinyTemplate({ steps, value: { result: 'y.pmaxW' } })).steps).toHaveLength(2)
  })

  it('is described by a JSON Schema that knows the kinds of steps', () => {
    const text = JSON.stringify(jsonSchemaOf(kinds))
    for (const { kind } of kinds) expect(text).toContain(`"const":"${kind}"`)
  })
})

const parameter = (given: object) =>
  parameterSchema.parse({ title: 'x', group: 'measurement', default: null, mark: 'R', ...given })
const template = {
  ...templateSchema.parse(good),
  parameters: [
    parameter({ name: 'levelV', type: 'number', unit: 'V', minimum: -1, maximum: 5, default: 2 }),
    parameter({ name: 'count', type: 'integer', minimum: 1, default: 3 }),
    parameter({ name: 'rule', type: 'choice', choices: ['e1036', 'station'], default: 'station' }),
    parameter({ name: 'fourWire', type: 'boolean', default: true }),
    parameter({ name: 'note', type: 'text' }),
    parameter({ name: 'ratedW', type: 'number', required: true }),
  ],
}
const validate = (given: Record<string, Scalar>) => validateInputs(template, { ratedW: 400, ...given })

describe('the parameters of a run', () => {
  it('are those given and the defaults of the rest', () => {
    expect(validate({ levelV: 0, fourWire: false })).toEqual({
      levelV: 0,
      count: 3,
      rule: 'station',
      fourWire: false,
      note: null,
      ratedW: 400,
    })
  })

  it('may stand at the ends of their range', () => {
    expect(validate({ levelV: -1 }).levelV).toBe(-1)
    expect(validate({ levelV: 5 }).levelV).toBe(5)
    expect(validate({ count: 1e6 }).count).toBe(1e6)
  })

  it.each<[string, Record<string, Scalar>, string]>([
    ['outside of its range', { levelV: 5.01 }, 'Parameter levelV: 5.01 V is outside -1 to 5 V'],
    ['below its only limit', { count: 0 }, 'Parameter count: 0 is outside'],
    ['no whole number where one is needed', { count: 2.5 }, 'Parameter count: it has to be a whole number'],
    ['text where a number is needed', { levelV: '2' }, 'Parameter levelV: it has to be a number'],
    ['no number', { levelV: NaN }, 'Parameter levelV: it has to be a number'],
    ['infinite', { ratedW: Infinity }, 'Parameter ratedW: it has to be a number'],
    ['none of the choices', { rule: 'best' }, 'Parameter rule: it has to be one of e1036, station'],
    ['no truth value', { fourWire: 'yes' }, 'Parameter fourWire: it has to be true or false'],
    ['a number where text is needed', { note: 1 }, 'Parameter note: it has to be text'],
    ['unknown', { levelMv: 1 }, 'Parameter levelMv: PVTP-054 has no such parameter'],
  ])('are refused when one is %s', (_what, given, message) => {
    expect(() => validate(given)).toThrow(message)
  })

  it('are refused without a required one, given as null or not at all', () => {
    expect(() => validateInputs(template, {})).toThrow('Parameter ratedW: a value is needed')
    expect(() => validateInputs(template, { ratedW: null })).toThrow('Parameter ratedW: a value is needed')
  })

  it('may lack a required one where nothing is measured, but not hold a wrong one', () => {
    expect(validateInputs(template, {}, { measuring: false }).ratedW).toBeNull()
    expect(() => validateInputs(template, { count: 0.5 }, { measuring: false })).toThrow('whole number')
  })
})
