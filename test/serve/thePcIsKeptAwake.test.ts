import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Run, RunStatus } from '../../src/contract/run.ts'
import { checkSleep, createAwake, type SleepBlocker } from '../../src/engine/awake.ts'
import { createSleepBlocker } from '../../src/serve/sleepBlocker.ts'
import { temporaryFolder } from '../support/cli.ts'

const log = join(temporaryFolder(), 'held')
const said = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '')
/** In the place of systemd-inhibit: says when it holds, does what it is given, says when it has ended. */
const script = `echo held >> "$1"; shift; "$@"; echo released >> "${log}"`
const stand = { name: 'stand-in', command: ['sh', '-c', script, 'sh', log] as const }

it('holds by a process of its own as long as a run goes on, one that is paused included', async () => {
  const tell = createAwake(createSleepBlocker({ ...stand, command: [...stand.command] as [string, ...string[]] }))
  const turn = (id: string, status: RunStatus): void => tell({ type: 'run', run: { id, status } as Run })
  turn('a', 'running')
  await expect.poll(said).toBe('held\n')
  turn('b', 'running')
  turn('a', 'completed')
  turn('b', 'paused')
  turn('b', 'stopping')
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(said()).toBe('held\n')
  turn('b', 'stopped')
  await expect.poll(said).toBe('held\nreleased\n')
})

it('is said before a run, and what to do where it can’t be known', async () => {
  const blocker = (command: [string, ...string[]]): SleepBlocker => createSleepBlocker({ name: 'it', command })
  expect(await checkSleep(blocker(['env']))).toMatchObject([{ id: 'sleep', state: 'ok', todo: null }])
  const [refused] = await checkSleep(blocker(['sh', '-c', 'echo no bus >&2; exit 1']))
  expect(refused).toMatchObject({ state: 'warning' })
  expect(refused?.detail).toContain('it failed: no bus')
  expect(refused?.todo).toContain('power settings')
  const [missing] = await checkSleep(blocker(['/nowhere/inhibit']))
  expect(missing?.detail).toContain('can’t be started')
  const [none] = await checkSleep(createSleepBlocker(null))
  expect(none?.detail).toContain('no means')
  expect(await checkSleep(null)).toEqual([])
})
