import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseLinkUrl } from '../../src/engine/transport/url.ts'
import { jsonOf, root, runCli, serveCli, temporaryFolder, type Served } from '../support/cli.ts'
import { smoothCurve, tableOf } from '../support/curves.ts'
import { runHere } from '../support/inProcess.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const table = readme.slice(readme.indexOf('## The command line'), readme.indexOf('## What it promises'))
/** As they stand in the first column. */
const named = [...table.matchAll(/^\| (`pvtp .*?) \|/gm)].flatMap((row) =>
  [...row[1]!.matchAll(/`(pvtp [^`]+)`/g)].map((command) => command[1]!),
)

it('names in the README exactly the commands that there are', async () => {
  const { stdout, code } = await runCli('help')
  expect(code).toBe(0)
  const there = [...stdout.matchAll(/^ {2}pvtp ([a-z-]+)/gm)].map((match) => match[1])
  expect(new Set(named.map((command) => command.split(' ')[1]))).toEqual(new Set(there))
})

it('names only links that can be opened', () => {
  const links = [...table.slice(table.indexOf('\nLinks:')).matchAll(/`([a-z-]+:\/\/[^`]+)`/g)].map((link) => link[1]!)
  expect(links.length).toBeGreaterThan(5)
  for (const link of links) expect(() => parseLinkUrl(link.replace(':port', ':502'))).not.toThrow()
})

describe('each command of the README’s table does what it says', () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder, name)
  const put = (name: string, content: unknown): string => {
    writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content))
    return at(name)
  }
  const curve = smoothCurve()
  const curves = put('curve.csv', tableOf(curve, { header: 'Voltage (V),Current (A)', separator: ',' }))
  const several = [600, 1000].map((irradianceWPerM2) => ({
    ...{ id: `at-${irradianceWPerM2}`, irradianceWPerM2, temperatureC: 25, voltageV: curve.voltageV },
    currentA: curve.currentA.map((value) => (value * irradianceWPerM2) / 1000),
  }))
  const points = [15, 25, 50, 75].map((temperature) => `1000,${temperature},${5 + 0.002 * (temperature - 25)}`)
  const simulated = ['--data', at('simulated'), '--simulate']
  let runId = ''
  let meter: Served | null = null
  const toMeter = (): string => `modbus-rtu-over-tcp://${(meter?.address ?? '').replace(/^.*\/\//, '')}`

  beforeAll(async () => {
    meter = await serveCli('simulate', 'imt-si-rs485', '--tcp', '127.0.0.1:0')
  })
  afterAll(async () => void (await meter?.end('SIGTERM')))

  const papers = (name: string): string[] => readdirSync(at(name))
  /** What is run for each, in this order; the first ones leave what later ones need. */
  const tried: Record<string, () => Promise<unknown>> = {
    'pvtp run PVTP-001 --simulate --seed 1 --out DIR': async () => {
      const args = ['--simulate', '--seed', '1', '--out', at('papers'), '--data', at('simulated'), '--json']
      const ended = await runHere('run', 'PVTP-001', ...args)
      runId = jsonOf<{ run: { id: string } }>(ended).run.id
      for (const kind of ['.pdf', '.xlsx', '.csv'])
        expect(papers('papers').some((name) => name.endsWith(kind))).toBe(true)
      return ended
    },
    'pvtp run PVTP-001 --sample ID --instrument ivSource=keithley-2460@tcp://10.0.0.5:5025 … --out DIR': async () => {
      // Nothing listens there: the command is understood, and refuses for that.
      const nothing = ['--instrument', 'ivSource=keithley-2460@tcp://127.0.0.1:1']
      const light = ['--instrument', `irradiance=imt-si-rs485@${toMeter()}?unit=1`]
      const heat = ['--instrument', `moduleTemperature=imt-si-rs485@${toMeter()}?unit=1`]
      const values = ['--param', 'sweepStopV=50', '--param', 'currentLimitA=12']
      const args = ['--sample', 'S-1', ...nothing, ...light, ...heat, ...values, '--out', at('none')]
      const ended = await runHere('run', 'PVTP-001', ...args, '--data', at('real'), '--json')
      expect(ended.stdout).toContain('127.0.0.1:1')
      expect(ended.code).toBe(1)
      return { code: 0 }
    },
    'pvtp dry-run PVTP-017 --param durationH=1': async () => {
      const ended = await runHere('dry-run', 'PVTP-017', '--param', 'durationH=1', '--json')
      expect(jsonOf(ended)).toMatchObject({ verdict: 'pass', exposure: [{ exposure: 'dampHeat' }] })
      return ended
    },
    'pvtp import FILE --protocol PVTP-001 --sample ID --out DIR': async () => {
      const args = ['--protocol', 'PVTP-001', '--sample', 'S-2', '--out', at('imported'), '--data', at('real')]
      return runHere('import', put('curves.json', { curves: several }), ...args)
    },
    'pvtp import-profiles list': () => runHere('import-profiles', 'list', '--data', at('real')),
    'pvtp backfill RUN LOG --instrument ID --profile FILE.json': async () => {
      // A run of one measurement has no exposure: the command is understood, and refuses for that.
      const layout = { name: 'log', time: { column: 1, order: 'ymd' } }
      const profile = put('log.json', { ...layout, values: [{ column: 2, channel: 'voltage', unit: 'V' }] })
      const log = put('chamber.csv', 'time,voltage\n2026-01-01 00:00:00,1\n')
      const asked = ['--instrument', 'sim-smu', '--profile', profile, '--data', at('simulated'), '--json']
      const ended = await runHere('backfill', runId, log, ...asked)
      expect(ended.stdout).toContain('has no exposure')
      expect(ended.code).toBe(2)
      return { code: 0 }
    },
    'pvtp protocol list': () => runHere('protocol', 'list', '--data', at('real')),
    'pvtp queue list': () => runHere('queue', 'list', '--data', at('simulated')),
    'pvtp serve --simulate --port N': async () => {
      const served = await serveCli('serve', '--simulate', '--port', '0', '--data', at('served'))
      const page = await fetch(served.address)
      expect(await page.text()).toContain('<div id="root">')
      return { code: await served.end('SIGTERM') }
    },
    'pvtp analyze FILE': () => runHere('analyze', curves),
    'pvtp fit FILE': () => runHere('fit', curves),
    'pvtp translate FILE --procedure 3 --to-irradiance G --to-temperature T': () => {
      const target = ['--procedure', '3', '--to-irradiance', '800', '--to-temperature', '25']
      return runHere('translate', at('curves.json'), ...target)
    },
    'pvtp tempco FILE': () =>
      runHere('tempco', put('matrix.csv', ['irradiance_W_m2,temperature_C,i_sc_A', ...points].join('\n'))),
    'pvtp uncertainty BUDGET.json': () => {
      const input = { name: 'cell', value: 1000, unit: 'W/m²', standardUncertainty: 5, source: 'certificate' }
      return runHere('uncertainty', put('budget.json', { measurand: 'G', unit: 'W/m²', inputs: [input] }))
    },
    'pvtp spc FILE': () => runHere('spc', put('values.json', [10.1, 10.2, 9.9, 10, 10.1, 9.8, 10.2, 10, 9.9, 10.1])),
    'pvtp verify DIR': () => runHere('verify', at('papers')),
    'pvtp verify --data DIR': () => runHere('verify', '--data', at('simulated')),
    'pvtp backup --to FILE': () => runHere('backup', '--to', at('backup.db'), '--data', at('simulated')),
    'pvtp restore FILE --into DIR': () =>
      runHere('restore', at('backup.db'), '--into', at('restored'), '--key', at('simulated/station.key')),
    'pvtp runs': async () => {
      const ended = await runHere('runs', ...simulated)
      expect(ended.stdout).toContain('PVTP-001')
      return ended
    },
    'pvtp samples RUN': async () => {
      const ended = await runHere('samples', runId, ...simulated)
      expect(ended.stdout.split('\n').length).toBeGreaterThan(1000)
      return ended
    },
    'pvtp export RUN --out DIR': () => runHere('export', runId, '--out', at('again'), ...simulated),
    'pvtp drivers': async () => {
      const ended = await runHere('drivers')
      expect(ended.stdout).toContain('pid-station')
      return ended
    },
    'pvtp drivers DRIVER': () => runHere('drivers', 'espec-p300'),
    'pvtp instruments add ID --driver D --link URL': () =>
      runHere('instruments', 'add', 'cell-1', '--driver', 'imt-si-rs485', '--link', toMeter(), '--data', at('real')),
    'pvtp instruments': async () => {
      const ended = await runHere('instruments', '--data', at('real'))
      expect(ended.stdout).toContain('cell-1')
      return ended
    },
    'pvtp instrument DRIVER --link URL identify': async () => {
      const ended = await runHere('instrument', 'imt-si-rs485', '--link', toMeter(), 'identify')
      expect(ended.stdout).toContain('IMT')
      return ended
    },
    // It runs since before the first of these, and the one above has asked it.
    'pvtp simulate DRIVER --tcp 127.0.0.1:5025': () => Promise.resolve({ code: meter?.address ? 0 : 1 }),
  }

  it('and no command stands there that isn’t tried here', () =>
    expect(Object.keys(tried).toSorted()).toEqual(named.toSorted()))

  it.each(Object.entries(tried))('%s', async (_command, attempt) => {
    expect(await attempt()).toMatchObject({ code: 0 })
  })
})

it('starts the simulated station with the start command and serves its page', async () => {
  const start = spawn(
    process.execPath,
    [join(root, 'scripts', 'start.mjs'), '--port', '0', '--data', join(temporaryFolder(), 'data')],
    {
      env: { ...process.env, PVTP_HEADLESS: '1', PVTP_SET_UP: 'done' },
    },
  )
  const ended = new Promise<number | null>((resolve) => start.once('close', (code) => resolve(code)))
  let text = ''
  start.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  await expect.poll(() => text).toMatch(/Open http:\S+/)
  expect(text).toContain('SIMULATED')
  const page = await fetch(/Open (http:\S+)/.exec(text)![1]!)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<div id="root">')
  start.kill('SIGTERM')
  expect(await ended).toBe(0)
})
