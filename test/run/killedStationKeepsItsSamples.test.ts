import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCli, jsonOf, serveCli, temporaryFolder } from '../support/cli.ts'
import { openWindow, simulatedRequest } from '../support/window.ts'

const data = join(temporaryFolder(), 'data')

it('shows a run as interrupted with every committed sample, and no verdict, after kill -9 in a sweep', async () => {
  const first = await serveCli('serve', '--simulate', '--port', '0', '--data', data)
  const before = await openWindow(first.address)
  const events = await before.client.station.events()
  const request = await simulatedRequest(before.client)
  const run = await before.client.runs.start({
    ...request,
    parameters: { ...request.parameters, temperatureHoldS: 0, settleMs: 30 },
  })
  let published = 0
  const answered = new Set<string>()
  for await (const event of events) {
    const promptId = event.type === 'live' ? event.live.prompt?.id : undefined
    if (promptId !== undefined && !answered.has(promptId)) {
      answered.add(promptId)
      await before.client.runs.answer({ runId: run.id, promptId, value: '', who: 'Test operator' })
    }
    if (event.type === 'sweepPoints') published += event.points.voltageV.length
    if (published >= 20) break
  }
  await first.end('SIGKILL')
  before.close()

  const second = await serveCli('serve', '--simulate', '--port', '0', '--data', data)
  const after = await openWindow(second.address)
  const detail = await after.client.runs.detail({ runId: run.id })
  expect(detail.run).toMatchObject({ status: 'interrupted', verdict: null, problem: { code: 'run.interrupted' } })
  expect(detail.criteria).toEqual([])
  expect(detail.files).toEqual([])
  expect(detail.sweeps[0]?.complete).toBe(false)
  // What a window was shown was committed before: nothing less may be there now.
  expect(detail.sweeps[0]?.voltageV.length).toBeGreaterThanOrEqual(published)
  await expect(after.client.runs.report({ runId: run.id })).rejects.toMatchObject({
    data: { code: 'report.noResults' },
  })
  after.close()
  expect(await second.end('SIGTERM')).toBe(0)
  const verified = await runCli('verify', '--data', data, '--json')
  expect(jsonOf<{ ok: boolean }>(verified).ok).toBe(true)
})
