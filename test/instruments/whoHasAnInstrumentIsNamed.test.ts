import { expect, it } from 'vitest'
import { openQueueStation, warmRequest } from '../support/queueStation.ts'

it('a run that has an instrument is named by its protocol and module, until it ends', async () => {
  const on = await openQueueStation()
  const { station } = on
  const [chamber] = Object.values(warmRequest('M-1').roles).flat()
  const { name } = station.instruments.config(chamber!)
  const details = async () =>
    (await on.run(station.preflight(warmRequest('M-2')))).filter(({ id }) => id === `link.${chamber}`)
  const taken = `${name} is in use by the run of PVTP-054 on M-1.`
  const first = await on.run(station.startRun(warmRequest('M-1', { holdS: 600 })))
  expect(await details()).toMatchObject([{ state: 'problem', detail: expect.stringContaining(taken) as string }])
  await expect(on.run(station.instruments.lock(chamber!, { who: 'Ann' }))).rejects.toMatchObject({
    code: 'device.locked',
    context: { owner: 'the run of PVTP-054 on M-1' },
  })
  await on.run(station.whenEnded(first.id))
  expect(await details()).toMatchObject([{ state: 'ok' }])
  const second = await on.run(station.startRun(warmRequest('M-3', { holdS: 600 })))
  expect(JSON.stringify(await details())).toContain('the run of PVTP-054 on M-3')
  await on.run(station.whenEnded(second.id))
})
