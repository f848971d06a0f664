import { expect, it } from 'vitest'
import { soakTemplate } from '../support/soakTemplate.ts'
import { openVirtualStation } from '../support/virtualStation.ts'

const set = (id: string, setting: string, to: unknown) => ({ id, kind: 'set', title: id, role: 'chamber', setting, to })
/** Nothing else reads the chamber. */
const waiting = (expr: string) =>
  soakTemplate({
    exposure: undefined,
    steps: [
      ...[set('dry', 'humidityPercent', null), set('to', 'temperatureC', 60), set('on', 'run', true)],
      {
        ...{ id: 'warm', kind: 'waitUntil', title: 'Warm', condition: { expr }, roles: ['chamber'] },
        ...{ everyS: 30, timeoutS: 7200 },
      },
    ],
  })
const open = (expr: string) => openVirtualStation({ templates: [waiting(expr)] })

it('which has not come yet when the step begins, and again while the link is lost', async () => {
  const lab = await open('role.chamber.temperature > 55.0')
  const work = async () => {
    const { id } = await lab.start()
    await lab.clock.sleep(60_000)
    lab.setFault('espec-p300', 'no-answer')
    await lab.clock.sleep(600_000)
    lab.setFault('espec-p300', '')
    return lab.station.whenEnded(id)
  }
  const ended = await lab.run(work())
  expect(ended).toMatchObject({ status: 'completed', problem: null })
  expect(ended.endedUtcMs! - ended.startedUtcMs).toBeGreaterThan(660_000)
})

it('no longer than its limit', async () => {
  const lab = await open('role.chamber.temperature > 300.0')
  const ended = await lab.run(lab.start().then(({ id }) => lab.station.whenEnded(id)))
  expect(ended).toMatchObject({ status: 'aborted', problem: { code: 'run.stepTimeout' } })
  expect(ended.endedUtcMs! - ended.startedUtcMs).toBeGreaterThan(7_200_000)
  await expect(lab.station.pauseRun(ended.id, 'Test operator')).rejects.toThrow(/is not running; “pause”/)
})
