const parameter = (name: string, type: 'number' | 'integer' | 'boolean', value: number | boolean | null) => ({
  name,
  title: name,
  group: 'measurement',
  type,
  ...(type === 'boolean' ? {} : { maximum: 1000 }),
  default: value,
  mark: 'R',
})

/** A protocol of a few steps with one criterion that passes; `id` is one that a real protocol could have. */
export const tinyTemplate = (given: { steps: readonly object[]; value?: unknown; id?: string }) => ({
  id: given.id ?? 'PVTP-054',
  version: '1.0.0',
  state: 'approved',
  title: 'Made up for a test',
  purpose: 'Shows what the executor does.',
  standards: [],
  parameters: [
    parameter('flag', 'boolean', false),
    parameter('count', 'integer', 1),
    parameter('level', 'number', 5),
    parameter('nothing', 'number', null),
    parameter('wrong', 'integer', -1),
  ],
  roles: [
    { name: 'source', title: 'Source', role: 'IvSource' },
    { name: 'light', title: 'Light', role: 'IrradianceSensor' },
  ],
  steps: given.steps,
  criteria: [
    {
      id: 'level',
      title: 'Level',
      kind: 'acceptance',
      value: given.value ?? { param: 'level' },
      unit: 'V',
      minimum: 1,
      clause: 'made up',
      mark: 'R',
    },
  ],
  decisionRule: 'Made up for a test.',
  report: { title: 'Made up', headline: [{ label: 'Level', value: { param: 'level' }, unit: 'V', decimals: 1 }] },
})

export const confirmStep = (id: string, more: object = {}) => ({
  id,
  kind: 'prompt',
  title: `Step ${id}`,
  text: 'Confirm.',
  answer: 'confirm',
  ...more,
})

export const safeStep = (id: string) => ({ id, kind: 'safeState', title: `Step ${id}`, roles: ['source'] })

/** Waits for light that this lab never has. */
export const hopelessStep = (id: string, more: object = {}) => ({
  id,
  kind: 'stabilise',
  title: `Step ${id}`,
  role: 'light',
  minimum: 1400,
  holdS: 1,
  intervalS: 1,
  timeoutS: 30,
  ...more,
})
