import { tinyTemplate } from './tinyTemplate.ts'

/** Where a fault may strike. Each is a part of one protocol; a run goes through the part that is asked for. */
export const phases = [
  ...(['setup', 'ramp', 'dwell', 'measuring', 'hvOn', 'pausable', 'currentOn', 'question', 'cleanup'] as const),
]
export type Phase = (typeof phases)[number]

const only = (...of: Phase[]) => ({
  when: { value: { expr: of.map((each) => `param.phase == "${each}"`).join(' || ') }, equals: true },
})
const role = (name: string, kind: string) => ({ name, title: name, role: kind })
const hold = (id: string, durationS: number, more: object = {}) => ({
  ...{ id, kind: 'hold', title: id, durationS, everyS: 5, timeoutS: 600, ...more },
})
const chamberSteps = [
  {
    ...{ id: 'dry', kind: 'set', title: 'Dry', role: 'chamber', setting: 'humidityPercent', to: null },
    ...only('ramp', 'dwell'),
  },
  {
    ...{ id: 'at', kind: 'set', title: 'At', role: 'chamber', setting: 'temperatureC', to: 24 },
    ...only('ramp', 'dwell'),
  },
  { ...{ id: 'on', kind: 'set', title: 'On', role: 'chamber', setting: 'run', to: true }, ...only('ramp', 'dwell') },
  {
    ...{ id: 'ramp', kind: 'ramp', title: 'Ramp', role: 'chamber', setting: 'temperatureC', to: 28, ratePerHour: 240 },
    ...{ follow: { role: 'chamber', channel: 'temperature' }, lead: 10, tolerance: 1.5, everyS: 30, timeoutS: 1200 },
    ...only('ramp'),
  },
  hold('dwell', 60, {
    bands: [{ role: 'chamber', channel: 'temperature', target: 25, tolerance: 10 }],
    ...only('dwell'),
  }),
]
const sweep = {
  ...{ id: 'measuring', kind: 'sweep', title: 'Sweep', direction: 'forward', source: 'source', irradiance: 'light' },
  ...{ temperature: 'module', startV: 0, stopV: 22, points: 40, currentLimitA: 4, settleMs: 500, nplc: 0.1 },
  ...only('measuring'),
}
const bias = (id: string, phase: Phase) => ({
  ...{ id, kind: 'bias', title: 'Bias', role: 'hv', interlock: 'interlock', voltageV: 300 },
  ...{ currentLimitA: 0.001, rampVPerS: 100, tolerancePercent: 5, settleS: 60 },
  steps: [hold(phase, 60, { bands: [{ role: 'hv', channel: 'voltage', target: 300, tolerance: 30 }] })],
  ...only(phase),
})
const inject = (id: string, step: object) => ({
  ...{ id, kind: 'inject', title: id, role: 'supply', voltageLimitV: 60, currentA: 2, otherwiseA: 2 },
  ...{ when: { expr: 'true' }, everyS: 5, steps: [step] },
})
const question = { id: 'question', kind: 'prompt', title: 'Question', text: 'Go on?', answer: 'confirm' }
/** `inject` has a condition of its own by the name of a step's: these stand in sequences that are left out. */
const injecting = (id: string, phase: Phase, step: object) => ({
  ...{ id: `${id}Part`, kind: 'sequence', title: id, steps: [inject(id, step)], ...only(phase) },
})

const main = [
  ...chamberSteps,
  sweep,
  bias('bias', 'hvOn'),
  bias('biasWithPause', 'pausable'),
  injecting('inject', 'currentOn', hold('currentOn', 60)),
  injecting('asking', 'question', question),
  hold('done', 1, only('setup', 'cleanup')),
]

const guards = [
  {
    ...{ id: 'door', title: 'Interlock open', band: { role: 'interlock', channel: 'interlock', minimum: 0.5 } },
    ...{ silenceS: 12, action: 'stop' },
  },
  {
    ...{
      id: 'kilovolt',
      title: 'High voltage',
      band: { role: 'hv', channel: 'voltage', target: 300, tolerance: 30 },
    },
    ...{ delayS: 2, silenceS: 12, action: 'stop', during: ['hvOn'] },
  },
  // A pause takes the voltage away: there only too much of it is wrong.
  {
    ...{ id: 'tooHigh', title: 'Too much voltage', band: { role: 'hv', channel: 'voltage', maximum: 330 } },
    ...{ delayS: 2, silenceS: 12, action: 'stop', during: ['pausable'] },
  },
  {
    ...{ id: 'amperes', title: 'Current', band: { role: 'supply', channel: 'current', minimum: 1, maximum: 3 } },
    ...{ delayS: 12, silenceS: 12, action: 'stop', during: ['inject', 'asking'] },
  },
  {
    ...{ id: 'chamber', title: 'Chamber', band: { role: 'chamber', channel: 'temperature', maximum: 60 } },
    ...{ silenceS: 25, action: 'stop', during: ['ramp', 'dwell'] },
  },
  {
    ...{ id: 'running', title: 'Chamber off', band: { role: 'chamber', channel: 'running', minimum: 0.5 } },
    // The reading before it was switched on doesn’t count.
    ...{ delayS: 11, action: 'stop', during: ['ramp', 'dwell'] },
  },
  {
    ...{ id: 'alarms', title: 'Chamber alarm', band: { role: 'chamber', channel: 'alarms', maximum: 0.5 } },
    ...{ action: 'stop', during: ['ramp', 'dwell'] },
  },
]

export const everyEnergy = ['source', 'hv', 'supply', 'chamber']

export const faultTemplate = (more: object = {}) => ({
  ...tinyTemplate({
    steps: [
      {
        ...{ id: 'log', kind: 'record', title: 'Record' },
        channels: [
          { roles: ['hv', 'supply', 'interlock', 'module'], everyS: 5 },
          { roles: ['chamber'], everyS: 10 },
        ],
        steps: [
          {
            ...{ id: 'all', kind: 'group', title: 'All', setup: [hold('setup', 30, only('setup'))], main },
            teardown: [
              injecting('drain', 'cleanup', hold('cleanup', 20)),
              { id: 'off', kind: 'safeState', title: 'Off', roles: everyEnergy },
            ],
            teardownDeadlineS: 60,
          },
        ],
      },
    ],
  }),
  parameters: [
    {
      ...{ name: 'phase', title: 'Phase', group: 'measurement', type: 'choice', choices: [...phases] },
      ...{ default: 'setup', mark: 'R' },
    },
    { name: 'level', title: 'level', group: 'measurement', type: 'number', maximum: 1000, default: 5, mark: 'R' },
  ],
  roles: [
    ...[role('source', 'IvSource'), role('light', 'IrradianceSensor'), role('module', 'TemperatureSensor')],
    ...[role('hv', 'HvSource'), role('supply', 'PowerSupply'), role('chamber', 'Chamber')],
    role('interlock', 'Interlock'),
  ],
  guards,
  pause: { text: 'The outputs are off; the chamber holds.', energy: 'off' },
  recovery: { longestOutageS: 600, unattended: false },
  ...more,
})
