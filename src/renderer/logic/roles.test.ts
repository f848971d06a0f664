import { describe, expect, it } from 'vitest'
import type { InstrumentState } from '../../contract/api.ts'
import type { RoleNeed } from '../../contract/template.ts'
import { keepExisting, roleProblem, suggestRoles } from './roles.ts'

const instrument = (id: string, roles: string[], health: InstrumentState['health']): InstrumentState => ({
  config: { id, name: id, driver: 'd', link: 'tcp://h:1', deviations: [], calibration: null },
  driverTitle: 'd',
  roles,
  simulated: false,
  health,
  identity: null,
  lastGoodUtcMs: null,
  problem: null,
  lockedBy: null,
})

const source: RoleNeed = { name: 'ivSource', title: 'I-V tracer', role: 'IvSource', minimum: 1, maximum: 1 }
const sensors: RoleNeed = { ...source, name: 'temperature', role: 'TemperatureSensor', maximum: 16, recommended: 2 }
const all = [
  instrument('lost', ['IvSource'], 'lost'),
  instrument('good', ['IvSource'], 'connected'),
  instrument('t1', ['TemperatureSensor'], 'unknown'),
  instrument('t2', ['TemperatureSensor'], 'connected'),
  instrument('t3', ['TemperatureSensor'], 'unknown'),
]

describe('suggestRoles', () => {
  it('takes only what fits, the lost last, as many as recommended', () => {
    expect(suggestRoles([source, sensors], all)).toEqual({ ivSource: ['good'], temperature: ['t1', 't2'] })
  })
  it('suggests nothing where nothing fits', () => {
    expect(suggestRoles([source], [])).toEqual({ ivSource: [] })
  })
})

it('says how many instruments are wanted', () => {
  expect(roleProblem(source, [])).toBe('Choose an instrument.')
  expect(roleProblem(source, ['a', 'b'])).toBe('Choose only one instrument.')
  expect(roleProblem({ ...sensors, minimum: 4 }, ['a'])).toBe('Choose at least 4 instruments.')
  expect(roleProblem(source, ['a'])).toBeNull()
})

it('drops instruments that are gone', () => {
  expect(keepExisting({ ivSource: ['good', 'gone'] }, all)).toEqual({ ivSource: ['good'] })
})
