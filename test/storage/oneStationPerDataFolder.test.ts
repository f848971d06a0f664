import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { runCli, serveCli, temporaryFolder } from '../support/cli.ts'
import { errorOf, runHere } from '../support/inProcess.ts'
import { realClock } from '../../src/serve/environment.ts'
import { hostStation } from '../../src/serve/stationHost.ts'

const host = (dataFolder: string) =>
  hostStation({ dataFolder, clock: realClock(), simulate: null, virtualTime: false, automaticAnswer: null })

it('a second station on the folder is told which process has it; a killed one leaves the folder free', async () => {
  const data = join(temporaryFolder(), 'data')
  const first = await serveCli('serve', '--simulate', '--port', '0', '--data', data)
  const second = await runHere('serve', '--simulate', '--port', '0', '--data', data, '--json')
  expect(second.code).toBe(1)
  expect(errorOf(second).code).toBe('storage.locked')
  expect(errorOf(second).happened).toContain(`process ${first.child.pid})`)
  // The first goes on, and who only reads is let in.
  expect((await fetch(first.address)).status).toBe(200)
  expect((await runHere('runs', '--data', data, '--json')).code).toBe(0)

  await first.end('SIGKILL')
  const third = await host(data)
  await expect(host(data)).rejects.toMatchObject({ code: 'storage.locked', context: { owner: String(process.pid) } })
  await third.close()
  await (await host(data)).close()
})

it('a command that needs the folder for a moment waits until it is free', async () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  const first = await host(data)
  const args = ['--simulate', '--data', data, '--out', join(folder, 'out'), '--json']
  const second = runCli('run', 'PVTP-001', ...args)
  // Long enough for it to find the folder taken.
  expect(await Promise.race([second, sleep(4000, 'it waits')])).toBe('it waits')
  await first.close()
  expect(await second).toMatchObject({ code: 0 })
})
