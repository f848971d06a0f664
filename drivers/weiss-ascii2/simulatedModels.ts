/** How the lines of one model are made up. */
export interface SimulatedModel {
  controls: readonly { title: string; minimum: number; maximum: number }[]
  sets: readonly { title: string; minimum: number; maximum: number; initial: number }[]
  /** Set values stand twice in what is read. */
  setsTwice: boolean
  measured: number
  digits: 16 | 32
  startDigit: number
  humidityDigit: number | null
  /** Writing takes the actual values' places, too. */
  writesAsRead: boolean
  describes: boolean
  outputs: Readonly<Record<number, string>>
}

const temperature = { title: 'Temperature', minimum: -77, maximum: 182 }
const fan = { title: 'Fan speed', minimum: 50, maximum: 100, initial: 90 }

const climate: SimulatedModel = {
  controls: [temperature, { title: 'Humidity', minimum: 0, maximum: 98 }],
  sets: [fan],
  setsTwice: true,
  measured: 4,
  digits: 32,
  startDigit: 1,
  humidityDigit: 2,
  writesAsRead: false,
  describes: true,
  outputs: {
    1: 'Start',
    2: 'Humidity',
    3: 'Customer 1',
    4: 'Customer 2',
    7: 'Cond.protect',
    10: 'Comp.air',
    11: 'Dryer',
  },
}
const models: Readonly<Record<string, SimulatedModel>> = {
  climate,
  temperature: { ...climate, controls: [temperature], humidityDigit: null, outputs: { 1: 'Start', 3: 'Customer 1' } },
  external: {
    ...climate,
    controls: [
      temperature,
      { title: 'T.external', minimum: -55, maximum: 150 },
      { title: 'T.external', minimum: -55, maximum: 150 },
    ],
    sets: [
      { title: 'T.shift', minimum: 2, maximum: 30, initial: 5 },
      { title: 'T.shift', minimum: 2, maximum: 30, initial: 5 },
    ],
    setsTwice: false,
    humidityDigit: null,
    outputs: { 1: 'Start', 3: 'Cond.protect' },
  },
  old: {
    ...climate,
    controls: [temperature],
    measured: 3,
    digits: 16,
    humidityDigit: null,
    writesAsRead: true,
    describes: false,
  },
}

export const modelOf = (name: string | undefined): SimulatedModel => models[name ?? 'climate'] ?? climate

const named = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_each, i) => `${prefix}0${i + 1}`)

export function readOrder(model: SimulatedModel): string[] {
  const twice = (names: readonly string[]): string[] => names.flatMap((name) => [name, name])
  const sets = named('SV', model.sets.length)
  return [
    ...twice(named('CV', model.controls.length)),
    ...(model.setsTwice ? twice(sets) : sets),
    ...twice(named('MV', model.measured)),
  ]
}

export const writeOrder = (model: SimulatedModel): string[] =>
  model.writesAsRead ? readOrder(model) : [...new Set(readOrder(model))]

const digitNames = (): string[] => Array.from({ length: 32 }, (_each, i) => `DO${String(i).padStart(2, '0')}`)

/** What a chamber says of its own lines. */
export function describeLines(model: SimulatedModel, head: string, hardware = '2.00'): string[] {
  const outputs = digitNames().map((name, i) => `${name}  ${model.outputs[i] ?? 'unused'}`)
  const limits = [
    ...model.controls.map((each, i) => ({ ...each, name: `CV0${i + 1}` })),
    ...model.sets.map((each, i) => ({ ...each, name: `SV0${i + 1}` })),
  ].map(
    ({ name, minimum, maximum, title }) =>
      `${name}  value min: ${minimum.toFixed(1).padStart(6)}  value max: ${maximum.toFixed(1).padStart(6)}  ${title}`,
  )
  return [
    'ASCII-2 PROTOCOL CONFIGURATION',
    `Hardware ${hardware}`,
    'Example of an ASCII E-string:',
    `${head}E ${[...writeOrder(model), ...digitNames()].join(' ')} <CR>`,
    'Description:',
    ...limits,
    ...outputs,
    'Example of an ASCII I-string:',
    `${head}I<CR>`,
    [...readOrder(model), ...digitNames()].join(' ') + ' <CR>',
    'Description:',
    ...model.controls.flatMap((each, i) => [
      `CV0${i + 1}  nominal value ${each.title}`,
      `CV0${i + 1}  actual value ${each.title}`,
    ]),
    ...outputs,
    'Configured messages:',
    'none',
  ]
}
