import { describe, expect, it } from 'vitest'
import { analysisMethods } from '../../src/analysis/methods/methods.ts'
import { StationError } from '../../src/contract/errors.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { loadProtocol } from '../../src/engine/executor/template.ts'
import { soakTemplate } from '../support/soakTemplate.ts'

const parts = await discoverParts()
const given = {
  file: 'PVTP-054.json',
  kinds: [...parts.kinds.values()],
  methods: new Set(analysisMethods.keys()),
  profiles: [...parts.drivers.values()].map((driver) => driver.profile),
}

function refusalOf(template: object): string {
  try {
    loadProtocol(JSON.stringify(template), given)
    return 'accepted'
  } catch (error) {
    if (error instanceof StationError && error.code === 'protocol.invalid') return error.message
    throw error
  }
}

const set = (setting: string, to: unknown, id = 'one') => ({
  id,
  kind: 'set',
  title: 'Set',
  role: 'chamber',
  setting,
  to,
})
const inGroup = (...steps: object[]) => soakTemplate({ steps })
const bare = (...steps: object[]) => ({ ...soakTemplate(), steps })

it('the template that the others are made of is accepted', () => expect(refusalOf(soakTemplate())).toBe('accepted'))

describe('refused with the place and the reason', () => {
  it.each([
    [
      'a chamber that is switched on without a tear-down',
      bare(set('run', true)),
      /steps\.0: it energises “chamber”, but no group/,
    ],
    [
      'an output that a pause would leave off',
      {
        ...inGroup({ ...set('output', true), role: 'supply' }),
        roles: [
          { name: 'chamber', role: 'Chamber', title: 'Chamber' },
          { name: 'supply', role: 'PowerSupply', title: 'Supply' },
        ],
        pause: { text: 'It stands still.', energy: 'off' },
      },
      /main\.0: a pause or an outage switches “supply” off, and this step is not done again/,
    ],
    [
      'a temperature beyond every chamber',
      inGroup(set('temperatureC', 900)),
      /steps\.0\.main\.0\.to: 900 is beyond what any instrument/,
    ],
    [
      'a value in the wrong unit',
      inGroup({ ...set('temperatureC', { param: 'holdS' }) }),
      /main\.0\.to: a value in s doesn’t fit temperatureC, which is in °C/,
    ],
    [
      'a loop without an end',
      inGroup({
        ...{ id: 'wait', kind: 'waitUntil', title: 'Wait', condition: { expr: 'role.chamber.temperature > 30' } },
        ...{ everyS: 10, timeoutS: { param: 'endless' } },
      }),
      /there is no parameter “endless”/,
    ],
    [
      'a repetition of minus one',
      inGroup({ id: 'again', kind: 'repeat', title: 'Again', times: -1, steps: [set('run', false)] }),
      /times: -1 is not above 0/,
    ],
    [
      'an expression that is none',
      inGroup({
        id: 'check',
        kind: 'verify',
        title: 'Check',
        condition: { expr: 'role.chamber.temperature >' },
        text: 'No.',
      }),
      /main\.0\.condition\.expr: it is not an expression/,
    ],
    [
      'an expression that calls what it may not',
      inGroup({
        id: 'check',
        kind: 'verify',
        title: 'Check',
        condition: { expr: 'constructor.constructor("x")' },
        text: 'No.',
      }),
      /condition\.expr/,
    ],
    [
      'an expression on a role that isn’t there',
      inGroup({
        id: 'check',
        kind: 'verify',
        title: 'Check',
        condition: { expr: 'role.oven.temperature > 30' },
        text: 'No.',
      }),
      /there is no role “oven”/,
    ],
    [
      'an exposure of a step that isn’t there',
      { ...soakTemplate(), exposure: [{ ...soakTemplate().exposure[0]!, during: ['bake'] }] },
      /exposure\.0\.during: there is no step “bake”/,
    ],
    [
      'a protocol that isn’t there',
      bare({ id: 'first', kind: 'protocol', title: 'First', protocol: 'PVTP-999' }),
      /steps\.0\.protocol: there is no protocol PVTP-999/,
    ],
    [
      'a hold that waits for nothing',
      inGroup({ id: 'soak2', kind: 'hold', title: 'Soak', everyS: 10, timeoutS: 60 }),
      /a hold needs a duration or an exposure/,
    ],
    [
      'a band with a target and no tolerance',
      inGroup({
        id: 'soak2',
        kind: 'hold',
        title: 'Soak',
        bands: [{ role: 'chamber', target: 5 }],
        durationS: 5,
        everyS: 10,
        timeoutS: 60,
      }),
      /a target and its tolerance go together/,
    ],
  ])('%s', (_what, template, reason) => expect(refusalOf(template)).toMatch(reason))
})
