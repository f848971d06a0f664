// A station in a process of its own with one made-up protocol, for tests that kill it: node stationProcess.ts SETUP.json
// It starts the run and says so; a line `block 800` on its standard input keeps its event loop busy for so long.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { InstrumentConfig } from '../../src/contract/run.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { openStation } from '../../src/engine/openStation.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import type { Station } from '../../src/engine/station.ts'

export interface StationSetUp {
  dataFolder: string
  template: { id: string }
  instruments: readonly InstrumentConfig[]
  roles: Readonly<Record<string, string[]>>
  /** What a person sets, in place of a run. */
  byHand?: readonly { id: string; settings: Readonly<Record<string, number | boolean>> }[]
}

const say = (document: object): void => void process.stdout.write(`${JSON.stringify(document)}\n`)

/** The station of a set-up, in this process. */
export async function openSetUp({ dataFolder, template }: StationSetUp) {
  const parts = await discoverParts()
  return openStation({
    ...{ dataFolder, clock: createRealClock(), softwareVersion: '0.0.0-test' },
    parts: { ...parts, protocols: [{ file: `${template.id}.json`, text: JSON.stringify(template) }] },
    createReports: () => Promise.resolve([]),
    storageWorker: new URL('../../src/engine/storage/worker.ts', import.meta.url),
    watchdogScript: new URL('../../src/engine/watchdog/watchdogProcess.ts', import.meta.url),
    ...{ simulate: null, virtualTime: false, automaticAnswer: null, lockWaitMs: 5000 },
    onError: (error) => void process.stderr.write(`${String(error)}\n`),
  })
}

async function setByHand({ instruments }: Station, byHand: NonNullable<StationSetUp['byHand']>): Promise<void> {
  for (const { id, settings } of byHand) {
    await instruments.lock(id, { who: 'Ann' })
    for (const [name, value] of Object.entries(settings)) await instruments.set({ id, name, value, who: 'Ann' })
  }
  say({ byHand: byHand.map(({ id }) => id) })
}

async function main(file: string): Promise<void> {
  const setUp = JSON.parse(readFileSync(file, 'utf8')) as StationSetUp
  const { station, close } = await openSetUp(setUp)
  for (const each of setUp.instruments) await station.saveInstrument(each)
  if (setUp.byHand) return setByHand(station, setUp.byHand)
  const module = { id: 'M-1', maker: '', model: '' }
  const request = {
    protocolId: setUp.template.id,
    module,
    operator: 'Test operator',
    parameters: {},
    roles: setUp.roles,
  }
  const lines = await station.preflight(request)
  const run = await station.startRun(request)
  say({ runId: run.id, watchdog: lines.find(({ id }) => id === 'watchdog') ?? null })
  createInterface({ input: process.stdin }).on('line', (line) => {
    const [word, ms] = line.split(' ')
    if (word === 'block') {
      const endMs = performance.now() + Number(ms)
      while (performance.now() < endMs);
      say({ blocked: ms })
    }
    if (word === 'stop') station.stopRun(run.id, 'Test operator')
    if (word === 'close') void close().then(() => process.exit(0))
  })
  const ended = await station.whenEnded(run.id)
  say({ ended: ended.status, problem: ended.problem })
}

if (process.argv[1] === import.meta.filename) await main(process.argv[2] ?? '')
