import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { readDriver } from '../../src/engine/discover.ts'
import { root, temporaryFolder } from '../support/cli.ts'
import { openRig } from '../support/driverRig.ts'

/** The blocks of docs/adding-a-driver.md that name a file, in a copy of the project that has them. */
const page = readFileSync(join(root, 'docs', 'adding-a-driver.md'), 'utf8')
const blocks = [...page.matchAll(/^```\w+ (drivers\/acme-t1\/\S+)\n(.*?)^```$/gms)].map(([, path = '', text = '']) => ({
  path,
  text,
}))
const folder = temporaryFolder()
const load = (file: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ pathToFileURL(join(folder, 'drivers', 'acme-t1', file)).href) as Promise<
    Record<string, unknown>
  >
const tool = (name: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'node_modules', name), ...args], { cwd: folder, encoding: 'utf8' })

beforeAll(() => {
  for (const { path, text } of blocks) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const shared of ['src', 'node_modules', 'test', 'drivers/bench', 'drivers/scpi', 'package.json'])
    symlinkSync(join(root, shared), join(folder, shared))
  const config = { extends: join(root, 'tsconfig.pure.json'), include: ['drivers/acme-t1/**/*'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
})

it('is five files, whole', () => {
  const names = ['profile.json', 'profile.ts', 'driver.ts', 'simulator.ts', 'driver.test.ts']
  expect(blocks.map(({ path }) => path)).toEqual(names.map((name) => `drivers/acme-t1/${name}`))
})

it('compiles', () => {
  const { stdout, status } = tool('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json')
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

it('is a driver that the station would find, and its simulator answers it over the real transport', async () => {
  const driver = readDriver('acme-t1', await load('driver.ts'))
  const simulator = (await load('simulator.ts'))['simulator'] as SimulatorModule
  const { run, instrument, bench } = await openRig(driver, simulator)
  expect(await run(instrument.identify())).toEqual({
    maker: 'ACME',
    model: 'T-1',
    serialNumber: 'SIM00001',
    firmware: '1.0',
  })
  const [reading] = await run(instrument.read())
  expect(reading).toMatchObject({ channel: 'temperature', unit: '°C' })
  expect(reading?.value).toBeCloseTo(bench.moduleTemperatureC(0), 1)
})

it('passes its own tests', () => {
  const { stdout, stderr, status } = tool('vitest/vitest.mjs', 'run', '--root', folder, '--dir', 'drivers/acme-t1')
  expect(status, stdout + stderr).toBe(0)
  expect(stdout).toMatch(/6 passed/)
})
