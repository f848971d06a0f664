import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveCli, temporaryFolder, type Served } from '../support/cli.ts'
import { openWindow, simulatedRequest, type Client } from '../support/window.ts'

let served: Served
let window: { client: Client; close(): void }

beforeAll(async () => {
  served = await serveCli('serve', '--simulate', '--port', '0', '--data', join(temporaryFolder(), 'data'))
  window = await openWindow(served.address)
})
afterAll(async () => {
  window.close()
  await served.end('SIGTERM')
})

it('commands the output off in the middle of a sweep, reads it back, and gives no verdict', async () => {
  const { client } = window
  const request = await simulatedRequest(client)
  const events = await client.station.events()
  const run = await client.runs.start({
    ...request,
    parameters: { ...request.parameters, temperatureHoldS: 0, settleMs: 50 },
  })
  const states: string[] = []
  const answered = new Set<string>()
  let stoppedAtMs = 0
  let confirmedAfterMs = 0
  for await (const event of events) {
    if (event.type === 'live') {
      const { prompt } = event.live
      if (prompt && !answered.has(prompt.id)) {
        answered.add(prompt.id)
        await client.runs.answer({ runId: run.id, promptId: prompt.id, value: '', who: 'Test operator' })
      }
      for (const stop of event.live.safeStops) if (states.at(-1) !== stop.state) states.push(stop.state)
      if (states.includes('confirmed') && confirmedAfterMs === 0 && stoppedAtMs > 0)
        confirmedAfterMs = performance.now() - stoppedAtMs
    }
    if (event.type === 'sweepPoints' && stoppedAtMs === 0) {
      stoppedAtMs = performance.now()
      await client.runs.stop({ runId: run.id, who: 'Test operator' })
    }
    if (event.type === 'runEnded') break
  }
  const detail = await client.runs.detail({ runId: run.id })
  expect(detail.run).toMatchObject({ status: 'stopped', verdict: null, problem: { code: 'run.stopped' } })
  expect(states.slice(0, 3)).toEqual(['requested', 'sent', 'confirmed'])
  expect(confirmedAfterMs).toBeGreaterThan(0)
  const proof = detail.events.find((event) => event.kind === 'safeState')
  expect(proof?.text).toMatch(/safe state confirmed.*OUTP\?\s*→\s*0/i)
})

it('frees the instruments for the next run', async () => {
  const snapshot = await window.client.station.snapshot()
  expect(snapshot.instruments.map((each) => each.lockedBy)).toEqual(snapshot.instruments.map(() => null))
})

it('stops a run that waits for the operator', async () => {
  const { client } = window
  const run = await client.runs.start(await simulatedRequest(client))
  const prompt = async () => (await client.station.snapshot()).live.find((each) => each.runId === run.id)?.prompt
  await expect.poll(prompt).toBeTruthy()
  await client.runs.stop({ runId: run.id, who: 'Test operator' })
  await expect.poll(async () => (await client.runs.detail({ runId: run.id })).run.status).toBe('stopped')
})
