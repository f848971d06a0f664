import { describe, expect, it } from 'vitest'
import { analysisMethods } from '../../src/analysis/methods/methods.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { InstrumentConfig } from '../../src/contract/run.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { loadProtocol, validateInputs } from '../../src/engine/executor/template.ts'
import { effectiveProfile } from '../../src/engine/instruments/effectiveProfile.ts'
import { createProtocols, loadProtocols } from '../../src/engine/protocols.ts'
import { soakTemplate, warmBand } from '../support/soakTemplate.ts'

const parts = await discoverParts()
const given = {
  file: 'PVTP-054.json',
  kinds: [...parts.kinds.values()],
  methods: new Set(analysisMethods.keys()),
  profiles: [...parts.drivers.values()].map((driver) => driver.profile),
}

function refusalOf(template: object | string): string {
  try {
    loadProtocol(typeof template === 'string' ? template : JSON.stringify(template), given)
    return 'accepted'
  } catch (error) {
    if (error instanceof StationError && error.code === 'protocol.invalid') return error.message
    throw error
  }
}

const base = soakTemplate()
const text = JSON.stringify(base)
const band = { role: 'chamber', channel: 'temperature' }
const hold = (more: object = {}) => ({
  ...{ id: 'soak', kind: 'hold', title: 'Soak', bands: [warmBand], durationS: 60, everyS: 30, timeoutS: 600 },
  ...more,
})
/** Beside a soak, so that the exposure has its step. */
const beside = (...steps: object[]) => soakTemplate({ steps: [...steps, hold()] })
const soaking = (more: object) => soakTemplate({ steps: [hold(more)] })
const set = (setting: string, to: unknown) =>
  beside({ id: 'one', kind: 'set', title: 'Set', role: 'chamber', setting, to })
const ramp = (more: object) =>
  beside({
    ...{ id: 'up', kind: 'ramp', title: 'Up', role: 'chamber', setting: 'temperatureC', to: 60, ratePerHour: 60 },
    ...{ follow: band, lead: 5, tolerance: 1, everyS: 30, timeoutS: 3600, ...more },
  })
const repeat = (times: unknown) =>
  soakTemplate({ steps: [{ id: 'r', kind: 'repeat', title: 'R', times, steps: [hold()] }] })
const wait = (expr: string, more: object = {}) =>
  beside({ id: 'w', kind: 'waitUntil', title: 'Wait', condition: { expr }, everyS: 10, timeoutS: 60, ...more })
const guard = (more: object) => ({
  ...base,
  guards: [{ id: 'g', title: 'Hot', band: { ...band, maximum: 90 }, action: 'stop', ...more }],
})
const exposure = (more: object) => ({ ...base, exposure: [{ ...base.exposure[0]!, ...more }] })
const criterion = (more: object) => ({ ...base, criteria: [{ ...base.criteria[0]!, ...more }] })
const parameter = (more: object) => ({
  ...base,
  parameters: [
    ...base.parameters,
    { name: 'x', title: 'X', group: 'limits', type: 'number', default: 1, mark: 'R', ...more },
  ],
})
const withRole = (template: object, role: string) => ({
  ...template,
  roles: [...base.roles, { name: 'source', title: 'Source', role }],
})
const biased = (more: object = {}) => ({
  ...{ id: 'b', kind: 'bias', title: 'Bias', role: 'source', voltageV: 1000, currentLimitA: 0.001, rampVPerS: 50 },
  ...{ tolerancePercent: 2, settleS: 10, steps: [hold()], ...more },
})
const bias = (more: object) => withRole(soakTemplate({ steps: [biased(more)] }), 'HvSource')
const cycles = (more: object) => ({
  ...soakTemplate({
    steps: [
      {
        ...{
          id: 'c',
          kind: 'cycles',
          title: 'Cycles',
          times: 1,
          most: 2,
          exposure: 'cycles',
          role: 'chamber',
          everyS: 30,
        },
        ...{ lowC: -40, highC: 85, toleranceK: 2, leastDwellMin: 10, steps: [hold()], ...more },
      },
    ],
  }),
  exposure: [base.exposure[0]!, { ...base.exposure[0]!, id: 'cycles', quantity: 'cycles', unit: '', during: ['c'] }],
})
const tornDown = (...teardown: object[]) => ({
  ...base,
  steps: [{ ...(base.steps[0] as object), teardown }],
})
const off = { id: 'off', kind: 'safeState', title: 'Off', roles: ['chamber'] }
const nested = (levels: number) =>
  text.replace(
    '"steps":[',
    `"steps":[${'{"id":"a","kind":"sequence","title":"a","steps":['.repeat(levels)}${']}'.repeat(levels)},`,
  )

const inside = (levels: number): object =>
  levels === 0
    ? { id: 'p', kind: 'prompt', title: 'P', text: 'T', answer: 'confirm' }
    : { id: `s${levels}`, kind: 'sequence', title: 'S', steps: [inside(levels - 1)] }

describe('refused with the place and the reason', () => {
  it.each<[string, object | string, RegExp]>([
    ['a ramp of 0 K/h', ramp({ ratePerHour: 0 }), /main\.0\.ratePerHour: 0 is not above 0/],
    ['a ramp that would run backwards', ramp({ ratePerHour: -60 }), /ratePerHour: -60 is not above 0/],
    ['a ramp of the text NaN', ramp({ ratePerHour: 'NaN' }), /ratePerHour: a number is needed here, not “NaN”/],
    ['a ramp of a switch', ramp({ setting: 'run' }), /main\.0\.setting: run is no number/],
    [
      'a ramp that follows what nobody measures',
      ramp({ follow: { role: 'chamber', channel: 'p' } }),
      /no Chamber has a channel “p”/,
    ],
    [
      'a rate in another unit',
      { ...ramp({ ratePerHour: { param: 'warmC' } }) },
      /ratePerHour: a value in °C doesn’t fit: it has to be in K\/h/,
    ],
    ['a set-point every 0 s', ramp({ everyS: 0 }), /everyS: 0 is not above 0/],
    ['a negative duration', soaking({ durationS: -5 }), /durationS: -5 is below 0/],
    ['no duration', soaking({ durationS: null }), /durationS: a number is needed here, not null/],
    [
      'a duration in °C',
      soaking({ durationS: { param: 'warmC' } }),
      /durationS: a value in °C doesn’t fit durationS, which is in s/,
    ],
    [
      'a hold that is over before it is done',
      soaking({ durationS: 6000 }),
      /it has to end before it is done \(6000, 600\)/,
    ],
    [
      'a time limit of centuries',
      soaking({ timeoutS: 1e12 }),
      /timeoutS: 1000000000000 is above 315360000: it would never end/,
    ],
    [
      'a time limit by a division by zero',
      soaking({ timeoutS: { expr: '1 / 0' } }),
      /timeoutS\.expr: .*divides by zero/,
    ],
    [
      'a time limit that a parameter makes infinite',
      soaking({ timeoutS: { expr: '60.0 / (param.level - param.level)' } }),
      /timeoutS: a number is needed here, not Infinity/,
    ],
    [
      'a time limit that is a question',
      soaking({ timeoutS: { expr: 'param.level > 3' } }),
      /timeoutS: the expression doesn’t give a number/,
    ],
    [
      'a band upside down',
      soaking({ bands: [{ ...band, minimum: 50, maximum: 40 }] }),
      /bands\.0: the minimum is above the maximum \(50, 40\)/,
    ],
    [
      'a band of less than nothing',
      soaking({ bands: [{ ...band, target: 50, tolerance: -2 }] }),
      /tolerance: -2 is below 0/,
    ],
    [
      'a band on what nobody measures',
      soaking({ bands: [{ ...band, channel: 'presure', maximum: 5 }] }),
      /bands\.0\.channel: no Chamber has a channel “presure”/,
    ],
    [
      'a band in another unit',
      soaking({ bands: [{ ...band, maximum: { param: 'holdS' } }] }),
      /maximum: a value in s doesn’t fit what is measured in °C/,
    ],
    [
      'a hold until what isn’t credited in it',
      soakTemplate({
        steps: [hold(), hold({ id: 'b', durationS: undefined, until: { exposure: 'warm', atLeast: 1 } })],
      }),
      /main\.1\.until\.exposure: nothing is credited to “warm”/,
    ],
    ['an unknown setting', set('temparatureC', 40), /main\.0\.setting: no Chamber has a setting “temparatureC”/],
    [
      'a setting of another role of the same instrument',
      set('voltageV', 40),
      /setting: no Chamber has a setting “voltageV”/,
    ],
    [
      'a switch for a number',
      set('temperatureC', true),
      /main\.0\.to: true is nothing that temperatureC can be set to/,
    ],
    ['a text for a switch', set('run', 'false'), /main\.0\.to: "false" is nothing that run can be set to/],
    [
      'a set-point by an expression, beyond every chamber',
      set('temperatureC', { expr: 'param.warmC * 100.0' }),
      /to: 4000 is beyond what any instrument/,
    ],
    ['two and a half times', repeat(2.5), /times: 2.5 is not a whole number/],
    ['for ever', repeat('forever'), /times: a number is needed here, not “forever”/],
    ['a billion times', repeat(1e12), /times: 1000000000000 is above 1000000: it would never end/],
    ['a condition that is a number', wait('5'), /condition\.expr: a condition is true or false/],
    [
      'a condition on what nobody measures',
      wait('role.chamber.temprature > 30.0'),
      /no Chamber has a channel “temprature”/,
    ],
    [
      'a condition on a result that nobody computes',
      wait('result.nope.x > 3.0'),
      /condition\.expr: no step computes “nope”/,
    ],
    ['a condition on a parameter by its text', wait('param["nope"] > 3.0'), /there is no parameter “nope”/],
    [
      'an expression beyond all measure',
      wait(`${'1 + '.repeat(400)}1 > 0`),
      /it is not an expression: Exceeded maxAstNodes/,
    ],
    [
      'a condition that is looked at every 0 s',
      wait('role.chamber.temperature > 30', { everyS: 0 }),
      /everyS: 0 is not above 0/,
    ],
    [
      'a guard of a role that isn’t there',
      guard({ band: { role: 'oven', maximum: 9 } }),
      /guards\.0\.band\.role: there is no role “oven”/,
    ],
    [
      'a guard on what nobody measures',
      guard({ band: { ...band, channel: 'pressure', maximum: 9 } }),
      /guards\.0\.band\.channel: no Chamber has a channel “pressure”/,
    ],
    ['a guard that acts before', guard({ delayS: -5 }), /guards\.0\.delayS: -5 is below 0/],
    ['a guard that never watches', guard({ during: [] }), /guards\.0\.during/],
    [
      'a guard that pauses what can’t be paused',
      guard({ action: 'pause' }),
      /guards\.0\.action: this test can’t be paused/,
    ],
    [
      'two guards of one name',
      { ...base, guards: [...guard({}).guards, ...guard({}).guards] },
      /guards\.1\.id: “g” is given twice/,
    ],
    [
      'an exposure of a role that isn’t there',
      exposure({ bands: [{ role: 'oven', maximum: 5 }] }),
      /exposure\.0\.bands\.0\.role: there is no role “oven”/,
    ],
    ['an exposure with no gap at all', exposure({ longestGapS: 0 }), /longestGapS: 0 is not above 0/],
    ['time that is credited in minutes', exposure({ unit: 'min' }), /exposure\.0: time is credited in h/],
    ['a dose that goes down', exposure({ quantity: 'integral', amount: { ...band, perHour: -1 } }), /amount\.perHour/],
    [
      'a requirement in another unit',
      exposure({ required: { param: 'holdS' } }),
      /exposure\.0\.required: a value in s doesn’t fit/,
    ],
    [
      'two exposures of one name',
      { ...base, exposure: [base.exposure[0], base.exposure[0]] },
      /exposure\.1\.id: “warm” is given twice/,
    ],
    [
      'a criterion that nothing can meet',
      criterion({ minimum: 10, maximum: 1 }),
      /criteria\.0: the minimum is above the maximum/,
    ],
    ['a limit in words', criterion({ minimum: 'high' }), /criteria\.0\.minimum: a number is needed here, not “high”/],
    [
      'a criterion on the rows of no step',
      criterion({ value: { record: 'exposure', exposure: 'warm', during: ['bake'] } }),
      /during\.0: there is no step “bake”/,
    ],
    ['choices of a number', parameter({ choices: ['a'] }), /only a choice has choices/],
    [
      'more instruments than the role takes',
      { ...base, roles: [{ ...base.roles[0]!, recommended: 2 }] },
      /more are recommended/,
    ],
    [
      'more lanes at least than at most',
      { ...base, lanes: { minimum: 5, maximum: 2, title: 'L' } },
      /lanes: the minimum is above/,
    ],
    [
      'lanes in lanes',
      {
        ...soakTemplate({
          steps: [
            {
              id: 'l',
              kind: 'lanes',
              title: 'L',
              order: 'parallel',
              steps: [{ id: 'm', kind: 'lanes', title: 'L', order: 'parallel', steps: [hold()] }],
            },
          ],
        }),
        lanes: { minimum: 1, maximum: 2, title: 'L' },
      },
      /steps\.0: it stands inside “l”/,
    ],
    [
      'high voltage from a chamber',
      soakTemplate({ steps: [biased({ role: 'chamber' })] }),
      /main\.0\.role: it needs the role HvSource, and “chamber” is a Chamber/,
    ],
    ['an interlock that is none', bias({ interlock: 'chamber' }), /interlock: it needs the role Interlock/],
    ['high voltage that never arrives', bias({ rampVPerS: 0 }), /rampVPerS: 0 is not above 0/],
    ['high voltage beyond every supply', bias({ voltageV: 10_000 }), /voltageV: 10000 is beyond what any instrument/],
    ['high voltage on high voltage', bias({ steps: [biased({ id: 'b2' })] }), /steps\.0: it stands inside “b”/],
    [
      'a tear-down that may be left out',
      tornDown({ ...off, when: { value: { param: 'level' }, equals: 99 } }),
      /it energises “chamber”, but no group/,
    ],
    [
      'a tear-down that switches on',
      tornDown(off, { id: 'again', kind: 'set', title: 'On', role: 'chamber', setting: 'run', to: true }),
      /teardown\.1: a tear-down makes safe/,
    ],
    [
      'a tear-down with a deadline of years',
      { ...base, steps: [{ ...(base.steps[0] as object), teardownDeadlineS: 1e9 }] },
      /teardownDeadlineS/,
    ],
    ['more valid cycles than there may be', cycles({ times: 3 }), /it ends before so many can be valid \(3, 2\)/],
    ['cycles upside down', cycles({ lowC: 90 }), /the lower end is not below the upper end \(90, 85\)/],
    ['cycles that nothing counts', cycles({ exposure: 'warm' }), /exposure: “warm” doesn’t count cycles/],
    [
      'a steady value without a limit',
      beside({ id: 's', kind: 'stabilise', title: 'S', role: 'chamber', holdS: 5, intervalS: 1, timeoutS: 60 }),
      /it needs a target, a minimum/,
    ],
    [
      'half a measurement',
      beside({ id: 'm', kind: 'measure', title: 'M', ...band, samples: 0.5, everyS: 1, output: 'o' }),
      /samples: 0.5 is not a whole number/,
    ],
    [
      'one finding twice',
      beside({
        id: 'i',
        kind: 'inspect',
        title: 'I',
        text: 'Look.',
        items: [
          { id: 'a', title: 'A' },
          { id: 'a', title: 'B' },
        ],
        output: 'o',
      }),
      /items: an id is given twice/,
    ],
    [
      'a recovery before the outage',
      { ...base, recovery: { longestOutageS: -5, unattended: true } },
      /recovery\.longestOutageS: -5 is below 0/,
    ],
    [
      'a name given twice in one object',
      text.replace('"version":"1.0.0"', '"version":"1.0.0","version":"9.9.9"'),
      /: version: it is given twice/,
    ],
    [
      'a prototype',
      JSON.stringify(soaking({})).replace('"kind":"hold"', '"kind":"hold","__proto__":{"x":1}'),
      /steps\.0\.main\.0\.__proto__: “__proto__” can’t be a name/,
    ],
    [
      'ten thousand steps in each other',
      nested(10_000),
      /steps\.0\.steps\.0\.steps\.0: it is nested more than 100 levels deep/,
    ],
    [
      'ten million characters',
      JSON.stringify({ ...base, purpose: 'x'.repeat(10_000_000) }),
      /it has more than 5 million characters/,
    ],
    ['a byte order mark', `\uFEFF${text}`, /it begins with a byte order mark/],
    ['UTF-16', Buffer.from(text, 'utf16le').toString('utf8'), /it is not UTF-8/],
    ['a comma at the end', text.replace(/}$/, ',}'), /it is not JSON: .*position \d+/],
  ])('%s', (_what, template, reason) => expect(refusalOf(template)).toMatch(reason))

  it('protocols that contain each other, with the whole ring', () => {
    const part = (id: string, protocol: string) => ({
      file: `${id}.json`,
      text: JSON.stringify({
        ...base,
        id,
        exposure: undefined,
        steps: [{ id: 'f', kind: 'protocol', title: 'F', protocol }],
      }),
    })
    const texts = [part('PVTP-051', 'PVTP-052'), part('PVTP-052', 'PVTP-053'), part('PVTP-053', 'PVTP-051')]
    const { refused } = createProtocols({ texts, kinds: parts.kinds, methods: analysisMethods })
    expect(refused).toHaveLength(3)
    expect(refused[0]!.happened).toContain('it contains itself: PVTP-051 → PVTP-052 → PVTP-053 → PVTP-051')
  })
})

describe('accepted, however unusual', () => {
  it.each<[string, object]>([
    ['a hold of no time at all', soaking({ durationS: 0 })],
    ['a hold just as long as its limit', soaking({ durationS: 600 })],
    ['a repetition by an expression', repeat({ expr: 'param.level > 3 ? 2 : 1' })],
    ['a parameter by its text, and a division', soaking({ durationS: { expr: 'param["holdS"] / 2 / 60' } })],
    ['text that looks like JSON in a title', { ...base, title: '{"title": "__proto__", "title": [1,]} \\" ° – “”' }],
    ['a condition on a summary of a role', wait('role.chamber.perHour < 1.0 && !role.chamber.rising')],
    ['an edge as a band', soaking({ bands: [{ ...band, target: 40, tolerance: 0 }] })],
    ['one value as a band', soaking({ bands: [{ ...band, minimum: 40, maximum: 40 }] })],
    ['lanes of which there is one', { ...base, lanes: { minimum: 1, maximum: 1, title: 'Module' } }],
    ['forty steps in each other', beside(inside(40))],
  ])('%s', (_what, template) => expect(refusalOf(template)).toBe('accepted'))
})

it('a figure that only a run’s own parameter makes impossible is refused before the run', () => {
  const template = loadProtocol(JSON.stringify(soaking({ durationS: { param: 'holdS' }, timeoutS: 90_000 })), given)
  expect(validateInputs(template, { holdS: 7200 })['holdS']).toBe(7200)
  expect(() => validateInputs(template, { holdS: -1 })).toThrow(/main\.0\.durationS: -1 is below 0/)
  expect(() => validateInputs(template, { toleranceK: -1 })).toThrow(/tolerance: -1 is below 0/)
})

it('a channel that only an instrument of the laboratory’s own has is refused where the station hasn’t got that instrument', () => {
  const example = parts.drivers.get('generic-modbus')!.exampleDefinition as { channels: object[] }
  const [first] = example.channels
  const definition = { ...example, channels: [{ ...first, channel: 'dewPoint' }] }
  const profile = effectiveProfile({ driver: 'generic-modbus', definition } as InstrumentConfig, parts)
  const roles = [...base.roles, { name: 'air', title: 'Air', role: 'TemperatureSensor' }]
  const template = { ...soaking({ bands: [warmBand, { role: 'air', channel: 'dewPoint', minimum: -100 }] }), roles }
  const file = { ...parts, protocols: [{ file: 'PVTP-054.json', text: JSON.stringify(template) }] }
  expect(loadProtocols(file).refused[0]?.happened).toContain('no TemperatureSensor has a channel “dewPoint”')
  expect(loadProtocols(file, [profile]).refused).toEqual([])
})
