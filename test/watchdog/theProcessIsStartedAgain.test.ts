import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/contract/run.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { createWatchdog } from '../../src/engine/watchdog/watchdog.ts'
import { createWatchdogDesk } from '../../src/engine/watchdogDesk.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { root, temporaryFolder } from '../support/cli.ts'

const script = pathToFileURL(join(root, 'src', 'engine', 'watchdog', 'watchdogProcess.ts'))

function start(given: { script: URL }) {
  const told: Pick<RunEvent, 'level' | 'text'>[] = []
  const watchdog = createWatchdog({
    ...{ clock: createRealClock(), logFile: join(temporaryFolder(), 'watchdog.log'), script: given.script },
    tell: async (event) => void told.push(event),
    onError: (error) => told.push({ level: 'error', text: String(error) }),
  })
  return { watchdog, told }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((turn) => setTimeout(turn, 20))
}

const config = {
  ...{ id: 'smu', name: 'Tracer', driver: 'keithley-2460', link: 'tcp://127.0.0.1:9', deviations: [] },
  calibration: null,
}

it('watches again when somebody ended it, says both, and goes when the station takes leave', async () => {
  const { watchdog, told } = start({ script })
  await watchdog.hold('r', [{ config, parts: [] }])
  const first = watchdog.pid()!
  process.kill(first, 'SIGKILL')
  await until(() => told.length === 2)
  expect(told.map(({ level }) => level)).toEqual(['warning', 'info'])
  const second = watchdog.pid()!
  expect(second).not.toBe(first)
  // What a terminal sends to all of its processes is not for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(second, signal)
  await watchdog.hold('s', [])
  watchdog.release('r')
  await watchdog.close()
  await until(() => !isAlive(second))
})

it('that doesn’t start is a problem before a run on real wires, and none before any other', async () => {
  const { watchdog } = start({ script: pathToFileURL(join(temporaryFolder(), 'none.ts')) })
  const { drivers } = await discoverParts()
  const simulated = { ...config, id: 'sim', link: 'sim:smu' }
  const configs = [config, simulated, { ...config, id: 'cell', driver: 'imt-si-rs485', link: 'modbus-rtu:///dev/x' }]
  const desk = createWatchdogDesk(watchdog, { drivers, configOf: (id) => configs.find((each) => each.id === id) })
  const template = { roles: [{ name: 'a', title: 'A', role: 'IvSource', minimum: 1, maximum: 1 }] } as never
  expect(await desk.check({ template, roles: { a: ['sim'] } })).toBeNull()
  expect(await desk.check({ template, roles: { a: ['cell'] } })).toBeNull()
  const assigned = { template, roles: { a: ['smu'] } }
  const line = await desk.check(assigned)
  expect(line).toMatchObject({ id: 'watchdog', state: 'problem' })
  expect(line?.detail).toContain('ended with code 1')
  await expect(desk.hold('r', assigned)).rejects.toMatchObject({ code: 'run.preflight' })
  await desk.hold('r', { template, roles: { a: ['sim'] } })
  await desk.close()
})

it('leaves chambers as they are', async () => {
  const { drivers } = await discoverParts()
  const { watchdog } = start({ script })
  const chamber = { ...config, id: 'c', driver: 'espec-p300', link: 'tcp://127.0.0.1:9' }
  const desk = createWatchdogDesk(watchdog, { drivers, configOf: () => chamber })
  const template = { roles: [{ name: 'chamber', title: 'A', role: 'Chamber', minimum: 1, maximum: 1 }] } as never
  expect(await desk.check({ template, roles: { chamber: ['c'] } })).toBeNull()
  expect(watchdog.pid()).toBeNull()
})
