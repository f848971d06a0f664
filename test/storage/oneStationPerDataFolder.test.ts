import { join } from 'node:path'
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

it('commands that need the folder for a moment wait for each other', async () => {
  const folder = temporaryFolder()
  const run = (seed: string) => {
    const args = ['--simulate', '--seed', seed, '--data', join(folder, 'data'), '--out', join(folder, seed), '--json']
    return runCli('run', 'PVTP-001', ...args)
  }
  const ended = await Promise.all([run('1'), run('2')])
  expect(ended.map(({ code }) => code)).toEqual([0, 0])
})
