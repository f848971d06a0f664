import { expect, it } from 'vitest'
import { soakTemplate } from '../support/soakTemplate.ts'
import { openVirtualStation } from '../support/virtualStation.ts'

const hold = (id: string, durationS: number) => ({
  ...{ id, kind: 'hold', title: id, durationS, everyS: 30, timeoutS: 86_400 },
  bands: [{ role: 'chamber', channel: 'temperature', target: { param: 'warmC' }, tolerance: { param: 'toleranceK' } }],
})
const bias = {
  ...{ id: 'bias', kind: 'bias', title: 'Voltage', role: 'hv', voltageV: 300, currentLimitA: 0.001, rampVPerS: 300 },
  ...{ tolerancePercent: 5, settleS: 60, steps: [hold('soak', 1800)] },
}
const template = {
  ...soakTemplate(),
  roles: [
    { name: 'chamber', title: 'Chamber', role: 'Chamber' },
    { name: 'hv', title: 'High voltage', role: 'HvSource' },
  ],
  pause: { text: 'High voltage goes off, the chamber holds.', energy: 'off' },
  steps: [
    {
      ...{ id: 'stress', kind: 'group', title: 'Stress' },
      main: [
        { id: 'dry', kind: 'set', title: 'Dry', role: 'chamber', setting: 'humidityPercent', to: null },
        { id: 'to', kind: 'set', title: 'To', role: 'chamber', setting: 'temperatureC', to: { param: 'warmC' } },
        { id: 'on', kind: 'set', title: 'On', role: 'chamber', setting: 'run', to: true },
        hold('warmUp', 600),
        bias,
        hold('after', 1800),
      ],
      teardown: [{ id: 'off', kind: 'safeState', title: 'Off', roles: ['hv', 'chamber'] }],
    },
  ],
}

it('a pause and the end of the voltage leave the chamber of a PID station running; the end of the test does not', async () => {
  const lab = await openVirtualStation({ templates: [template] })
  const { station } = lab
  const parts = { hv: ['sim-hv'], leakage: ['sim-hv'], chamber: ['sim-chamber'], interlock: ['sim-door'] }
  const none = { deviations: [], calibration: null }
  station.instruments.put({ id: 'pid', name: 'PID station', driver: 'pid-station', link: 'parts:', parts, ...none })
  const minutes = (count: number) => lab.clock.sleep(count * 60_000)
  const isUnderVoltage = async (runId: string): Promise<boolean> =>
    (await station.detail(runId)).live?.steps?.some(({ path }) => path.includes('bias')) ?? false
  const work = async () => {
    const run = await station.startRun({
      ...{ protocolId: template.id, module: { id: 'M-1', maker: '', model: '' }, operator: 'Ada', parameters: {} },
      roles: { chamber: ['pid'], hv: ['pid'] },
    })
    while (!(await isUnderVoltage(run.id))) await minutes(1)
    await minutes(5)
    await station.pauseRun(run.id, 'Ada')
    await minutes(5)
    await station.resumeRun(run.id, 'Ada')
    return station.whenEnded(run.id)
  }
  const ended = await lab.run(work())
  // An assessor asks for what measured in truth: each part by its name, serial number and calibration.
  const whole = ended.instruments.find(({ roleName }) => roleName === 'hv')
  expect(whole?.parts?.map(({ slot, instrumentId }) => [slot, instrumentId])).toEqual([
    ['hv', 'sim-hv'],
    ['leakage', 'sim-hv'],
    ['chamber', 'sim-chamber'],
    ['interlock', 'sim-door'],
  ])
  for (const part of whole?.parts ?? []) expect(part.identity.model, part.name).not.toBe('')
  expect(ended.problem).toBeNull()
  expect(ended).toMatchObject({ status: 'completed', verdict: 'pass' })
  // In standby it is colder within minutes, and no hold ends: that would take until its timeout of a day.
  expect((ended.endedUtcMs ?? 0) - ended.startedUtcMs).toBeLessThan(3 * 3_600_000)
  const { events } = await station.detail(ended.id)
  const stops = events.filter(({ kind }) => kind === 'safeState').map(({ text }) => text.includes('Climate chamber'))
  // The pause and the end of the voltage; then the tear-down and the end of the test.
  expect(stops.slice(0, 2)).toEqual([false, false])
  expect(stops.slice(2)).toContain(true)
})
