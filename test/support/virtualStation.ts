import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { createVirtualClock, type VirtualClock } from '../../src/base/virtualClock.ts'
import type { StationEvent } from '../../src/contract/api.ts'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import type { Prompt, Run } from '../../src/contract/run.ts'
import { createUuidV7 } from '../../src/contract/uuid.ts'
import { discoverParts, type Parts } from '../../src/engine/discover.ts'
import type { StepKind } from '../../src/engine/executor/stepKind.ts'
import type { CreateReports } from '../../src/engine/reporting.ts'
import { createStation, type Station } from '../../src/engine/station.ts'
import { loadKeyFile } from '../../src/engine/storage/keyFile.ts'
import { openDatabase } from '../../src/engine/storage/open.ts'
import { createLocalPort } from '../../src/engine/storage/port.ts'
import { createStore } from '../../src/engine/storage/store.ts'
import { temporaryFolder } from './cli.ts'

export interface VirtualStation {
  station: Station
  db: Database.Database
  clock: VirtualClock
  /** Everything the windows were told, in order. */
  events: StationEvent[]
  /** What was reported as a fault of the program. */
  errors: unknown[]
  /** Switches a simulator's faults, such as `no-answer`; '' for none. */
  setFault: (driver: string, fault: string, faultOn?: string) => void
  /** Lets the time run until `work` settles. */
  run: <T>(work: Promise<T>) => Promise<T>
  /** Steps of a run as the journal has them. */
  journal: (runId: string) => { path: string; outcome: string | null }[]
  /** Starts the station's protocol with every instrument of the simulated lab that it has a role for. */
  start: (parameters?: Record<string, number | boolean | string>, protocolId?: string) => Promise<Run>
}

export interface VirtualStationOptions {
  /** Protocols in place of the real ones. */
  templates?: readonly object[]
  kinds?: readonly StepKind[]
  createReports?: CreateReports
  automaticAnswer?: ((prompt: Prompt) => { value: string; who: string }) | null
}

/** The drivers' simulators with faults that a test can switch while they run. */
function withFaults(parts: Parts) {
  const options = new Map<string, Record<string, string>[]>()
  const wrap = (driver: string, simulator: SimulatorModule): SimulatorModule => ({
    ...simulator,
    createSimulator: (context) => {
      options.set(driver, [...(options.get(driver) ?? []), context.options])
      return simulator.createSimulator(context)
    },
  })
  const simulators = new Map([...parts.simulators].map(([driver, each]) => [driver, wrap(driver, each)]))
  const setFault: VirtualStation['setFault'] = (driver, fault, faultOn = '') => {
    for (const each of options.get(driver) ?? []) Object.assign(each, { fault, faultOn })
  }
  return { simulators, setFault }
}

/** A station with the simulated lab in virtual time, on a real database file of its own. Fakes nothing but the clock and the papers. */
export async function openVirtualStation(given: VirtualStationOptions = {}): Promise<VirtualStation> {
  const folder = temporaryFolder()
  const path = join(folder, 'station.db')
  const keyFile = join(folder, 'station.key')
  const db = openDatabase({ path, keyHex: loadKeyFile(keyFile, path), keyFile })
  const clock = createVirtualClock(Date.UTC(2026, 5, 1), () => new Promise<void>((turn) => setImmediate(turn)))
  const found = await discoverParts()
  const { simulators, setFault } = withFaults(found)
  const protocols = given.templates?.map((each) => ({
    file: `${(each as { id: string }).id}.json`,
    text: JSON.stringify(each),
  }))
  const kinds = new Map([...found.kinds, ...(given.kinds ?? []).map((kind): [string, StepKind] => [kind.kind, kind])])
  const errors: unknown[] = []
  const station = await createStation({
    clock,
    store: createStore({ port: createLocalPort({ db, path }), utcMs: () => clock.utcMs() }),
    parts: { ...found, simulators, kinds, protocols: protocols ?? found.protocols },
    createReports: given.createReports ?? (() => Promise.resolve([])),
    newId: () => createUuidV7(clock.utcMs(), randomBytes(10)),
    softwareVersion: '0.0.0-test',
    dataFolder: null,
    simulate: { seed: 1 },
    virtualTime: true,
    automaticAnswer: given.automaticAnswer ?? null,
    onError: (error) => errors.push(error),
  })
  if (station.protocols.refused.length > 0) throw new Error(JSON.stringify(station.protocols.refused))
  const events: StationEvent[] = []
  station.onEvent((event) => events.push(event))
  return {
    station,
    db,
    clock,
    events,
    errors,
    setFault,
    run: (work) => clock.run(work),
    journal: (runId) =>
      db.prepare('SELECT path, outcome FROM steps WHERE run_id = ? ORDER BY ordinal').all(runId) as {
        path: string
        outcome: string | null
      }[],
    start: (parameters = {}, protocolId = station.protocols.summaries()[0]?.id ?? '') =>
      startWithAll(station, protocolId, parameters),
  }
}

function startWithAll(station: Station, protocolId: string, parameters: Record<string, number | boolean | string>) {
  const template = station.protocols.get(protocolId)
  const offered = station.info().simulatedModule?.parameters ?? {}
  const known = template.parameters.map((each) => each.name)
  const states = station.instruments.states()
  return station.startRun({
    protocolId,
    module: { id: 'M-1', maker: '', model: '' },
    operator: 'Test operator',
    parameters: {
      ...Object.fromEntries(Object.entries(offered).filter(([name]) => known.includes(name))),
      ...parameters,
    },
    roles: Object.fromEntries(
      template.roles.map((need) => {
        const fitting = states.filter((state) => state.roles.includes(need.role)).map((state) => state.config.id)
        return [need.name, fitting.slice(0, need.maximum)]
      }),
    ),
  })
}

/** Resolves with the open question of the run. */
export async function openPrompt(station: Station, runId: string): Promise<Prompt> {
  for (;;) {
    const live = (await station.snapshot()).live.find((each) => each.runId === runId)
    if (live?.prompt) return live.prompt
    if (!live) throw new Error(`run ${runId} ended without a question`)
    await new Promise((turn) => setImmediate(turn))
  }
}
