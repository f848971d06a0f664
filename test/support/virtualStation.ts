import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type Database from 'better-sqlite3'
import { createVirtualClock, type VirtualClock } from '../../src/base/virtualClock.ts'
import type { StationEvent } from '../../src/contract/api.ts'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import type { Prompt, Run } from '../../src/contract/run.ts'
import { createUuidV7 } from '../../src/contract/uuid.ts'
import { discoverParts, type Parts } from '../../src/engine/discover.ts'
import type { StepKind } from '../../src/engine/executor/stepKind.ts'
import type { CreateReports } from '../../src/engine/reporting.ts'
import { createSimulatedLab, type SimulatedLab } from '../../src/engine/simulatedLab.ts'
import { createStation, type Station } from '../../src/engine/station.ts'
import { createStopMarks } from '../../src/engine/stopMarks.ts'
import { loadKeyFile } from '../../src/engine/storage/keyFile.ts'
import { openDatabase } from '../../src/engine/storage/open.ts'
import { createLocalPort, type StoragePort } from '../../src/engine/storage/port.ts'
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
  lab: SimulatedLab
  /**
   * Ends the station as kill -9 does: nothing that it still does reaches the database. The lab goes on.
   * @param templates what the files of the protocols say from then on
   */
  killAndRestart: (outageMs: number, templates?: readonly object[]) => Promise<VirtualStation>
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
  /** Added to what the PC's clock says, now; the station then watches its clock. */
  utcShift?: () => number
  /** Modules of a run of several, by their ids. */
  modules?: readonly string[]
  /** Puts something around each simulator, behind the faults of its wire. */
  wrapSimulator?: (driver: string, simulator: SimulatorModule) => SimulatorModule
  /** Whether queued runs that may do so begin by themselves. */
  startsQueued?: boolean
  /** What writing fails with now; null while the disk is well. */
  storageFault?: () => Error | null
}

/** The drivers' simulators with faults that a test can switch while they run. */
function withFaults(parts: Parts, around: NonNullable<VirtualStationOptions['wrapSimulator']> = (_, each) => each) {
  const options = new Map<string, Record<string, string>[]>()
  const wrap = (driver: string, simulator: SimulatorModule): SimulatorModule => ({
    ...simulator,
    createSimulator: (context) => {
      options.set(driver, [...(options.get(driver) ?? []), context.options])
      return simulator.createSimulator(context)
    },
  })
  const simulators = new Map(
    [...parts.simulators].map(([driver, each]) => [driver, wrap(driver, around(driver, each))]),
  )
  const setFault: VirtualStation['setFault'] = (driver, fault, faultOn = '') => {
    for (const each of options.get(driver) ?? []) Object.assign(each, { fault, faultOn })
  }
  return { simulators, setFault }
}

/** The database, the clock and the lab, which outlive a station. */
interface Ground {
  db: Database.Database
  path: string
  clock: VirtualClock
  parts: Parts
  lab: SimulatedLab
  setFault: VirtualStation['setFault']
}

const toFile = (template: object) => ({
  file: `${(template as { id: string }).id}.json`,
  text: JSON.stringify(template),
})

async function layGround(given: VirtualStationOptions): Promise<Ground> {
  const folder = temporaryFolder()
  const path = join(folder, 'station.db')
  const keyFile = join(folder, 'station.key')
  const db = openDatabase({ path, keyHex: loadKeyFile(keyFile, path), keyFile })
  const clock = createVirtualClock(Date.UTC(2026, 5, 1), () => new Promise<void>((turn) => setImmediate(turn)))
  const found = await discoverParts()
  const { simulators, setFault } = withFaults(found, given.wrapSimulator)
  const protocols = given.templates?.map(toFile)
  const kinds = new Map([...found.kinds, ...(given.kinds ?? []).map((kind): [string, StepKind] => [kind.kind, kind])])
  const parts = { ...found, simulators, kinds, protocols: protocols ?? found.protocols }
  return { db, path, clock, parts, lab: createSimulatedLab({ clock, seed: 1, simulators }), setFault }
}

/** What a killed process never gets an answer to. */
const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

/** The ways to the database and to the wires, until the process is killed: then nothing goes through any more. */
function mortalWays({ db, path, lab }: Ground, storageFault: () => Error | null) {
  const port = createLocalPort({ db, path })
  const write: StoragePort['write'] = async (call) => {
    const fault = storageFault()
    if (fault) throw fault
    return port.write(call)
  }
  const state = { isDead: false }
  return {
    port: {
      ...port,
      read: (call: Parameters<typeof port.read>[0]) => (state.isDead ? never<never>() : port.read(call)),
      write: (call: Parameters<typeof write>[0]) => (state.isDead ? never<never>() : write(call)),
    },
    lab: {
      ...lab,
      attach: (name: string) => {
        if (state.isDead) throw new Error('this process was killed')
        return lab.attach(name)
      },
    },
    kill: () => {
      state.isDead = true
      // The system closes what a dead process had open.
      for (const name of ['smu', 'sensors', 'chamber', 'supply', 'hv', 'door']) lab.unplug(name)
    },
  }
}

/** A station with the simulated lab in virtual time, on a real database file of its own. Fakes nothing but the clock and the papers. */
export async function openVirtualStation(given: VirtualStationOptions = {}): Promise<VirtualStation> {
  return openOn(await layGround(given), given)
}

async function openOn(ground: Ground, given: VirtualStationOptions): Promise<VirtualStation> {
  const { db, setFault } = ground
  const { utcShift } = given
  const clock = utcShift ? { ...ground.clock, utcMs: () => ground.clock.utcMs() + utcShift() } : ground.clock
  const errors: unknown[] = []
  const { port, lab, kill } = mortalWays(ground, given.storageFault ?? (() => null))
  const station = await createStation({
    ...{ clock, lab, parts: ground.parts },
    store: createStore({ port, utcMs: () => clock.utcMs() }),
    createReports: given.createReports ?? (() => Promise.resolve([])),
    newId: () => createUuidV7(clock.utcMs(), randomBytes(10)),
    softwareVersion: '0.0.0-test',
    dataFolder: null,
    stopMarks: createStopMarks(dirname(ground.path), (error) => errors.push(error)),
    simulate: { seed: 1 },
    virtualTime: true,
    watchesClock: utcShift !== undefined,
    automaticAnswer: given.automaticAnswer ?? null,
    startsQueued: given.startsQueued ?? false,
    onError: (error) => errors.push(error),
  })
  if (station.protocols.refused.length > 0) throw new Error(JSON.stringify(station.protocols.refused))
  const events: StationEvent[] = []
  station.onEvent((event) => events.push(event))
  return {
    ...{ station, db, clock, lab, events, errors, setFault },
    run: (work) => clock.run(work),
    killAndRestart: async (outageMs, templates) => {
      kill()
      await clock.sleep(outageMs)
      const changed = templates ? { protocols: templates.map(toFile) } : {}
      return openOn({ ...ground, parts: { ...ground.parts, ...changed } }, given)
    },
    journal: (runId) =>
      db.prepare('SELECT path, outcome FROM steps WHERE run_id = ? ORDER BY ordinal').all(runId) as {
        path: string
        outcome: string | null
      }[],
    start: (parameters = {}, protocolId = station.protocols.all()[0]?.id ?? '') =>
      startWithAll(station, protocolId, { parameters, modules: given.modules ?? [] }),
  }
}

function startWithAll(
  station: Station,
  protocolId: string,
  { parameters, modules }: { parameters: Record<string, number | boolean | string>; modules: readonly string[] },
) {
  const template = station.protocols.get(protocolId)
  const offered = station.info().simulatedModule?.parameters ?? {}
  const known = template.parameters.map((each) => each.name)
  const states = station.instruments.states()
  return station.startRun({
    protocolId,
    module: { id: 'M-1', maker: '', model: '' },
    operator: 'Test operator',
    ...(modules.length > 0
      ? { lanes: modules.map((id) => ({ module: { id, maker: '', model: '' }, parameters: {} })) }
      : {}),
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
