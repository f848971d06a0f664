import { createEmitter, type Emitter } from '../base/emitter.ts'
import { createCanceller, type Clock } from '../base/clock.ts'
import type { ImportRequest, RunDetail, Snapshot, StationEvent, StationInfo } from '../contract/api.ts'
import type { StartRequest } from '../contract/startRequest.ts'
import { apiVersion } from '../contract/api.ts'
import type { Laboratory } from '../contract/dossier.ts'
import { StationError } from '../contract/errors.ts'
import type { ReportModel } from '../contract/report.ts'
import type { InstrumentConfig, Prompt, Run, RunEvent } from '../contract/run.ts'
import { analysisMethods } from '../analysis/methods/methods.ts'
import { createApprovals, type Approvals } from './approvals.ts'
import { createBackFillDesk, type BackFillDesk } from './backFill.ts'
import { createAwake, type SleepBlocker } from './awake.ts'
import { watchClock } from './clockWatch.ts'
import type { Parts } from './discover.ts'
import { diskOf } from './diskForecast.ts'
import { createDispositions, type Dispositions } from './dispositions.ts'
import { loadDossier } from './dossier.ts'
import { createImportProfiles, type ImportProfiles } from './importProfiles.ts'
import { createHandDesk } from './handDesk.ts'
import { endInterrupted } from './interrupted.ts'
import { createLaboratory } from './laboratory.ts'
import { createInstrumentDesk, type InstrumentDesk } from './instrumentDesk.ts'
import { profileOrNull, type ProfileSource } from './instruments/effectiveProfile.ts'
import type { InstrumentManager } from './instruments/manager.ts'
import { unfinished } from './executor/transitions.ts'
import { checkPreflight } from './preflight.ts'
import { createQueueDesk, type QueueDeps, type QueueDesk } from './queueDesk.ts'
import { loadProtocols, type Protocols } from './protocols.ts'
import { buildReportModel } from './reports/model.ts'
import { createIssue, sealingKeyFingerprint, type CreateReports } from './reporting.ts'
import { createRunDesk, hasPapers, type RunDesk } from './runDesk.ts'
import { createSimulatedLab, type SimulatedLab, type Simulate } from './simulatedLab.ts'
import type { StopMarks } from './stopMarks.ts'
import type { BackupPlan } from './storage/backupSchedule.ts'
import type { Reader, Store } from './storage/store.ts'
import { withTrends } from './trends.ts'
import type { Watchdog, WatchdogDeps } from './watchdog/watchdog.ts'
import { createWatchdogDesk, type WatchdogDesk } from './watchdogDesk.ts'
import { createWindows, type Windows } from './windows.ts'

export interface StationDeps {
  clock: Clock
  store: Store
  parts: Parts
  /** Makes the report files, away from the thread that runs the tests. */
  createReports: CreateReports
  newId: () => string
  softwareVersion: string
  dataFolder: string | null
  /** Where a stop is kept that the database can't keep. */
  stopMarks?: StopMarks
  /** What is backed up where; null or missing where nothing is. */
  backups?: BackupPlan | null
  /** Keeps the PC awake while a run goes on; null or missing in virtual time. */
  sleep?: SleepBlocker | null
  /** Puts the simulated lab in the place of real instruments. */
  simulate: Simulate | null
  /** False: interrupted runs are left as they are, whatever their protocols say; for commands that only look or write. */
  goesOn?: boolean
  /** A simulated lab that outlives the station, in place of one of its own: what happens when the station is killed. */
  lab?: SimulatedLab
  /** True when `clock` is virtual. */
  virtualTime: boolean
  /** Whether jumps of the PC’s clock are looked for; by default in real time. */
  watchesClock?: boolean
  /** How often a run’s progress is written down, and how many samples may wait; a dry run takes its time. */
  pace?: { progressMs: number; batch: number } | undefined
  /** Whether instruments are kept connected between runs; in real time they are unless said otherwise. */
  keepConnected?: boolean
  /** Makes what switches off in the station's place when that hangs or dies; none in virtual time. */
  createWatchdog?: (given: Pick<WatchdogDeps, 'tell'>) => Watchdog
  automaticAnswer: ((prompt: Prompt) => { value: string; who: string }) | null
  /** Whether queued runs that may do so begin by themselves: only at a host that stays. */
  startsQueued?: boolean
  onError: (error: unknown) => void
}

export interface Station extends Dispositions {
  info: () => StationInfo
  snapshot: () => Promise<Snapshot>
  onEvent: (listener: (event: StationEvent) => void) => () => void
  protocols: Protocols
  approvals: Approvals
  queue: QueueDesk
  instruments: InstrumentManager
  /** What is kept of the instruments, and what a person does with them. */
  instrumentDesk: InstrumentDesk
  windows: Windows
  reader: Reader
  /** SHA-256 of the public key with which this station seals bundles. */
  sealingKey: string
  saveInstrument: (config: InstrumentConfig) => Promise<void>
  removeInstrument: (id: string) => Promise<void>
  saveLaboratory: (laboratory: Laboratory) => Promise<StationInfo>
  preflight: (request: StartRequest) => ReturnType<typeof checkPreflight>
  startRun: (request: StartRequest) => Promise<Run>
  importCurves: (request: ImportRequest) => Promise<Run>
  importProfiles: ImportProfiles
  backFill: BackFillDesk
  stopRun: (runId: string, who: string, options?: { emergency?: boolean }) => void
  pauseRun: RunDesk['pause']
  resumeRun: RunDesk['resume']
  removeLane: RunDesk['removeLane']
  inspectRecovery: RunDesk['inspectRecovery']
  recoverRun: RunDesk['recover']
  answer: (given: { runId: string; promptId: string; value: string; who: string }) => void
  /** Resolves with the run once it has ended and its report files are stored. */
  whenEnded: (runId: string) => Promise<Run>
  detail: (runId: string) => Promise<RunDetail>
  report: (runId: string) => Promise<ReportModel>
  sign: (given: { runId: string; name: string; meaning: string }) => Promise<Run>
  /** Puts what the host noticed (sleep, power) into the log of every run that goes on, else into the station's. */
  recordEvent: (event: Pick<RunEvent, 'level' | 'kind' | 'text'>) => Promise<void>
  /** Ends what runs in its safe state; the store is the caller's to close. */
  shutDown: () => Promise<void>
}

/** The simulated lab of a station that has one. */
const labOf = ({ lab, clock, simulate, parts }: StationDeps): SimulatedLab | null =>
  lab ?? (simulate ? createSimulatedLab({ clock, ...simulate, simulators: parts.simulators }) : null)

/** The instruments, and what is done about those in people's hands. */
async function createDesks(
  deps: StationDeps,
  given: { lab: SimulatedLab | null; publish: (event: StationEvent) => void; watchdog: () => WatchdogDesk },
) {
  const windows = createWindows()
  const shared = { ...deps, ...given }
  const hands = await createHandDesk({ ...shared, isPresent: windows.isPresent })
  const desks = await createInstrumentDesk({ ...shared, drivers: deps.parts.drivers, hand: hands })
  return { windows, hands, desks }
}

/** One after the other, whatever becomes of those before. */
async function inTurn([first, ...others]: readonly (() => void | Promise<void>)[]): Promise<void> {
  try {
    await first?.()
  } finally {
    if (others.length > 0) await inTurn(others)
  }
}

const profilesOf = (instruments: InstrumentManager, source: ProfileSource) =>
  instruments.states().flatMap(({ config }) => profileOrNull(config, source) ?? [])

/** The composition root: everything the engine uses comes in here, and each part gets the few functions it needs. */
export async function createStation(deps: StationDeps): Promise<Station> {
  const { clock, store } = deps
  const laboratory = await createLaboratory(store)
  const events = createEmitter<StationEvent>(deps.onError)
  events.on(createAwake(deps.sleep ?? null))
  const lab = labOf(deps)
  const { windows, hands, desks } = await createDesks(deps, { lab, publish: events.emit, watchdog: () => watchdog })
  const { instruments } = desks
  const source: ProfileSource = {
    drivers: deps.parts.drivers,
    configOf: (id) => instruments.states().find(({ config }) => config.id === id)?.config,
  }
  const there = { ...source, instruments }
  const protocols = loadProtocols(deps.parts, profilesOf(instruments, source))
  const approvals = await createApprovals({
    ...{ store, protocols, utcMs: () => clock.utcMs() },
    changed: (summaries) => events.emit({ type: 'protocols', protocols: summaries }),
  })
  const [notProved] = await Promise.all([hands.switchOffKilled(there), endInterrupted({ ...deps, ...there })])

  const info = createInfo(deps, { lab, protocols, laboratory: laboratory.current })
  const issue = createIssue({ store, clock, createReports: deps.createReports, laboratory: laboratory.current })
  const importProfiles = await createImportProfiles(store)
  const live: RunDesk['live'] = () => desk.live()
  const recordEvent = createEventRecorder(deps, { live, publish: events.emit })
  const watchdog = createWatchdogDesk(deps.createWatchdog?.({ tell: recordEvent }) ?? null, source)
  const preflight = (request: StartRequest) =>
    checkPreflight(protocols.get(request.protocolId), request, {
      ...{ instruments, watchdog, approvals, simulated: lab !== null, disk: diskOf(deps), sleep: deps.sleep },
      ...{ unfinished: () => store.runsWithStatus(unfinished), utcMs: () => clock.utcMs() },
    })
  const desk = createRunDesk({
    ...deps,
    stopNotStored: (runId) => deps.stopMarks?.add(runId),
    ...{ instruments, watchdog, protocols, approvals, preflight },
    importProfiles,
    methods: analysisMethods,
    publish: events.emit,
    issue,
  })
  const queue = await createQueue(deps, { protocols, approvals, instruments, preflight, start: desk.start, events })
  await hands.takeUp({ instruments, notProved })
  await desk.issueMissing()
  if (deps.goesOn !== false) await desk.recoverUnattended()
  await queue.open()

  const stopClockWatch = startClockWatch(deps, recordEvent)
  return {
    info,
    protocols,
    approvals,
    queue,
    instruments,
    importProfiles,
    reader: store,
    sealingKey: await sealingKeyFingerprint(store),
    onEvent: events.on,
    snapshot: createSnapshot({ info, approvals, instruments, store, desk, queue }),
    saveLaboratory: (changed) => laboratory.save(changed).then(info),
    instrumentDesk: desks,
    windows,
    saveInstrument: desks.save,
    removeInstrument: desks.remove,
    preflight: async (request) => [...queue.warn(request), ...(await preflight(request))],
    ...createResults({ store, desk, laboratory: laboratory.current }),
    ...createDispositions({ store, clock, issue }),
    backFill: await createBackFillDesk({ store, clock, newId: deps.newId, issue, publish: events.emit }),
    ...runActions(desk),
    recordEvent,
    // First the queue: what is set free now is not to begin any more.
    shutDown: () => inTurn([queue.close, desk.shutDown, stopClockWatch, desks.close, hands.close, watchdog.close]),
  }
}

/** Instruments that are given back, and interrupted runs that were decided about, let others begin. */
async function createQueue(
  deps: StationDeps,
  {
    events,
    ...given
  }: Pick<QueueDeps, 'protocols' | 'approvals' | 'instruments' | 'preflight' | 'start'> & {
    events: Emitter<StationEvent>
  },
): Promise<QueueDesk> {
  const queue = await createQueueDesk({
    ...{ ...deps, ...given, publish: events.emit, kinds: deps.parts.kinds },
    ...{ utcMs: () => deps.clock.utcMs(), startsAlone: deps.startsQueued === true },
  })
  events.on((event) => (event.type === 'instruments' || event.type === 'run' ? queue.look() : undefined))
  return queue
}

const createSnapshot =
  ({
    store,
    ...given
  }: Pick<Station, 'info' | 'approvals' | 'instruments' | 'queue'> & { store: Store; desk: Pick<RunDesk, 'live'> }) =>
  async (): Promise<Snapshot> => ({
    info: given.info(),
    protocols: given.approvals.summaries(),
    instruments: given.instruments.states(),
    runs: await store.listRuns(200),
    live: given.desk.live(),
    queue: given.queue.all(),
  })

const createInfo =
  (
    deps: Pick<StationDeps, 'softwareVersion'>,
    given: { lab: SimulatedLab | null; protocols: Protocols; laboratory: () => Laboratory },
  ) =>
  (): StationInfo => ({
    apiVersion,
    softwareVersion: deps.softwareVersion,
    simulated: given.lab !== null,
    laboratory: given.laboratory(),
    refusedProtocols: [...given.protocols.refused],
    simulatedModule: given.lab?.module ?? null,
  })

/** Looks for jumps of the PC's clock as long as the station lives; returns what ends it. */
function startClockWatch(deps: StationDeps, tell: Station['recordEvent']): () => void {
  const end = createCanceller()
  if (deps.watchesClock ?? !deps.virtualTime) watchClock({ clock: deps.clock, tell }, end.signal).catch(deps.onError)
  return () => end.cancel(new Error('the station has ended'))
}

const createEventRecorder =
  (
    { store, clock }: Pick<StationDeps, 'store' | 'clock'>,
    given: { live: RunDesk['live']; publish: (event: StationEvent) => void },
  ): Station['recordEvent'] =>
  async (noticed) => {
    const runIds = given.live().map(({ runId }) => runId)
    for (const runId of runIds.length > 0 ? runIds : [null])
      given.publish({ type: 'log', event: await store.addEvent({ ...noticed, runId, utcMs: clock.utcMs() }) })
  }

const runActions = (desk: RunDesk) => ({
  startRun: desk.start,
  importCurves: desk.importCurves,
  stopRun: desk.stop,
  pauseRun: desk.pause,
  resumeRun: desk.resume,
  removeLane: desk.removeLane,
  inspectRecovery: desk.inspectRecovery,
  recoverRun: desk.recover,
  answer: desk.answer,
  whenEnded: desk.whenEnded,
  sign: desk.sign,
})

function createResults(given: {
  store: Store
  desk: RunDesk
  laboratory: () => Laboratory
}): Pick<Station, 'detail' | 'report'> {
  const { store, desk } = given
  return {
    detail: async (runId) => {
      const { run } = await store.getRun(runId)
      return {
        run,
        live: desk.live().find((live) => live.runId === runId) ?? null,
        sweeps: await store.sweeps(runId),
        results: await store.results(runId),
        criteria: await store.criteria(runId),
        events: await store.events(runId),
        files: await store.listFiles(runId),
      }
    },
    report: async (runId) => {
      const { run } = await store.getRun(runId)
      if (!hasPapers(run)) throw new StationError('report.noResults', { id: runId, detail: `it is ${run.status}` })
      return buildReportModel(await withTrends(store, await loadDossier(store, runId, given.laboratory())))
    },
  }
}
