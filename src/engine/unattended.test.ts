import { describe, expect, it } from 'vitest'
import type { Approval } from '../contract/approval.ts'
import type { InstrumentState } from '../contract/api.ts'
import type { Role } from '../contract/instrument.ts'
import type { Template } from '../contract/template.ts'
import { discoverParts } from './discover.ts'
import { loadProtocols } from './protocols.ts'
import { whyAttended } from './unattended.ts'

const parts = await discoverParts()
const shipped = loadProtocols(parts).all()
const approved: Approval = { state: 'approved', sha256: '', decided: null, submitted: null }

const instrument = (id: string, roles: Role[]) =>
  ({ config: { id, name: `the ${id}` }, roles, lockedBy: null }) as unknown as InstrumentState
const states = [
  instrument('chamber', ['Chamber']),
  instrument('pid', ['Chamber', 'HvSource']),
  instrument('sensor', ['TemperatureSensor']),
]
const base = shipped.find((each) => each.id === 'PVTP-017')!
const warm: Template = {
  ...base,
  roles: [{ name: 'chamber', title: 'Chamber', role: 'Chamber', minimum: 1, maximum: 1 }],
  steps: [{ id: 'on', kind: 'set', title: 'On', role: 'chamber', setting: 'run', to: true }],
}
const why = (template: Template, chamber = 'chamber', approval = approved) =>
  whyAttended({ template, request: { roles: { chamber: [chamber] } }, approval, kinds: parts.kinds, states })
const withStep = (step: object): Template => ({
  ...warm,
  steps: [
    ...warm.steps,
    { id: 'group', kind: 'group', title: 'Group', main: [{ id: 'x', title: 'X', ...step }], teardown: [] },
  ],
})

it('warm air in an approved protocol may begin with nobody there', () => expect(why(warm)).toBeNull())

describe('a person is needed', () => {
  it.each(
    shipped
      .filter(({ roles }) => roles.some(({ role }) => !/Chamber|Sensor|Interlock/.test(role)))
      .map((t) => [t.id, t] as const),
  )('for %s, which puts energy on modules', (_id, template) => expect(why(template)).toMatch(/electrical energy/))

  it('for a chamber that is a high-voltage supply, too', () => expect(why(warm, 'pid')).toMatch(/the pid can do more/))
  it('for an instrument that isn’t there', () => expect(why(warm, 'gone')).toMatch(/no instrument gone/))

  it.each(['draft', 'changed', 'retired'] as const)('for a protocol that is %s', (state) =>
    expect(why(warm, 'chamber', { ...approved, state })).toBe('the protocol is not approved'),
  )

  it.each([
    [{ kind: 'set', role: 'chamber', setting: 'lampWPerM2', to: 1000 }, /sets lampWPerM2/],
    [{ kind: 'ramp', role: 'chamber', setting: 'pressurePa', to: 1 }, /sets pressurePa/],
    [{ kind: 'bias', role: 'chamber', voltageV: 1000, currentLimitA: 1 }, /electrical energy/],
    [{ kind: 'inject', role: 'chamber' }, /electrical energy/],
    [{ kind: 'sweep', source: 'chamber' }, /electrical energy/],
    [{ kind: 'set', role: 'other', setting: 'run', to: true }, /switches other on/],
  ])('for a step deep inside that does %j', (step, said) => expect(why(withStep(step))).toMatch(said))
})
