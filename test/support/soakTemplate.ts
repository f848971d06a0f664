/** Small environmental protocols for the executor's tests: an hour of warm air in place of weeks. */
const number = (name: string, value: number, unit?: string) => ({
  ...{ name, title: name, group: 'measurement', type: 'number', default: value, maximum: 100_000, mark: 'R' },
  ...(unit ? { unit } : {}),
})
export const warmBand = {
  role: 'chamber',
  channel: 'temperature',
  target: { param: 'warmC' },
  tolerance: { param: 'toleranceK' },
}

/** Holds the chamber warm for `holdS` in tolerance, as a group that makes it safe. */
export const soakTemplate = (
  more: { steps?: readonly object[]; before?: readonly object[]; after?: readonly object[] } & Record<
    string,
    unknown
  > = {},
) => {
  const { steps, before = [], after = [], ...rest } = more
  const hold = {
    ...{ id: 'soak', kind: 'hold', title: 'Soak', bands: [warmBand] },
    ...{ durationS: { param: 'holdS' }, everyS: 30, timeoutS: 86_400 },
  }
  return {
    ...{ id: 'PVTP-054', version: '1.0.0', state: 'approved', title: 'Warm air' },
    ...{ purpose: 'Shows what the executor does.', standards: [] },
    parameters: [
      ...[number('warmC', 40, '°C'), number('toleranceK', 2, 'K'), number('holdS', 3600, 's')],
      number('level', 5),
    ],
    roles: [{ name: 'chamber', title: 'Chamber', role: 'Chamber' }],
    exposure: [
      {
        ...{ id: 'warm', title: 'Warm hours', quantity: 'time', unit: 'h', during: ['soak'], bands: [warmBand] },
        ...{ longestGapS: 120, clause: 'made up', mark: 'R' },
      },
    ],
    steps: [
      ...before,
      {
        ...{ id: 'stress', kind: 'group', title: 'Stress' },
        main: steps ?? [
          ...[
            { id: 'dry', kind: 'set', title: 'Dry', role: 'chamber', setting: 'humidityPercent', to: null },
            { id: 'to', kind: 'set', title: 'To', role: 'chamber', setting: 'temperatureC', to: { param: 'warmC' } },
            { id: 'on', kind: 'set', title: 'On', role: 'chamber', setting: 'run', to: true },
          ],
          hold,
        ],
        teardown: [{ id: 'off', kind: 'safeState', title: 'Off', roles: ['chamber'] }],
      },
      ...after,
    ],
    criteria: [
      {
        ...{ id: 'level', title: 'Level', kind: 'acceptance', value: { param: 'level' }, unit: '' },
        ...{ minimum: 1, clause: 'made up', mark: 'R' },
      },
    ],
    decisionRule: 'Made up for a test.',
    report: { title: 'Made up', headline: [{ label: 'Level', value: { param: 'level' }, unit: '', decimals: 1 }] },
    ...rest,
  }
}
