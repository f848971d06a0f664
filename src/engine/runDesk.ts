import type { z } from 'zod'
import { importRequestSchema, type ImportRequest, type StationEvent } from '../contract/api.ts'
import { startRequestSchema, type StartRequest } from '../contract/startRequest.ts'
import { StationError, messageOf } from '../contract/errors.ts'
import type { Provenance } from '../contract/provenance.ts'
import type { PreflightLine, RecoveryDecision, RecoveryReport, Run, RunLive, UsedInstrument } from '../contract/run.ts'
import { runName } from '../contract/runName.ts'
import type { Scalar, Template } from '../contract/template.ts'
import { tellExceptions, withExceptions } from './calibrationExceptions.ts'
import type { Approvals } from './approvals.ts'
import { requireDisposed } from './dispositions.ts'
import { loadDossier } from './dossier.ts'
import type { Methods } from './executor/analyse.ts'
import { executeTest, type ActiveRun, type Resumed } from './executor/execute.ts'
import { sayIssues, validateInputs } from './executor/template.ts'
import type { InstrumentManager } from './instruments/manager.ts'
import type { OpenInstrument } from './instruments/openInstrument.ts'
import { templateHash, type Protocols } from './protocols.ts'
import { signedSeals } from './reports/seal.ts'
import type { Issue } from './reporting.ts'
import { createRecovery } from './recoveryDesk.ts'
import type { ImportProfiles } from './importProfiles.ts'
import { importRun } from './runImport.ts'
import { holdFor, instrumentIdsOf, lanesOf, usedOf } from './runRoles.ts'
import type { StationDeps } from './station.ts'
import type { WatchdogDesk } from './watchdogDesk.ts'

export interface RunDesk {
  live: () => RunLive[]
  /** @param given.runId where the run's id was chosen, and written down, before */
  start: (request: StartRequest, given?: { runId: string }) => Promise<Run>
  importCurves: (request: ImportRequest) => Promise<Run>
  stop: (runId: string, who: string, options?: { emergency?: boolean }) => void
  pause: (runId: string, who: string) => Promise<void>
  resume: (runId: string, who: string) => Promise<void>
  removeLane: (given: { runId: string; lane: string; who: string; reason: string }) => Promise<void>
  /** Reads the instruments of an interrupted run, and says what can be done; commands nothing. */
  inspectRecovery: (runId: string) => Promise<RecoveryReport>
  recover: (given: { runId: string; decision: RecoveryDecision; who: string; reason: string }) => Promise<Run>
  /** Goes on with the interrupted runs that may do so by themselves. */
  recoverUnattended: () => Promise<void>
  answer: (given: { runId: string; promptId: string; value: string; who: string }) => void
  whenEnded: (runId: string) => Promise<Run>
  sign: (given: { runId: string; name: string; meaning: string }) => Promise<Run>
  /** Makes the papers of completed runs that have none: the process that ran them ended before they were made. */
  issueMissing: () => Promise<void>
  shutDown: () => Promise<void>
}

export interface RunDeskDeps extends StationDeps {
  instruments: InstrumentManager
  watchdog: WatchdogDesk
  protocols: Protocols
  approvals: Pick<Approvals, 'of'>
  preflight: (request: StartRequest) => Promise<PreflightLine[]>
  stopNotStored?: (runId: string) => void
  importProfiles: ImportProfiles
  methods: Methods
  publish: (event: StationEvent) => void
  issue: Issue
}

interface Going {
  active: ActiveRun
  ended: Promise<Run>
}

/** A run is only live if everything in it is. */
const worstOf = (all: readonly Provenance[]): Provenance => all.find((each) => each !== 'live') ?? 'live'

/** Takes runs in, keeps those that go on, and sees that every ended one gets its papers. */
export function createRunDesk(deps: RunDeskDeps): RunDesk {
  const going = new Map<string, Going>()
  const newRun = createNewRun(deps)

  const find = (runId: string, action: string): Going => {
    const found = going.get(runId)
    if (!found) throw new StationError('run.illegal', { status: 'not running', action })
    return found
  }

  const issueFor = createIssueFor(deps)

  const launch = createLaunch(deps, { going, issueFor })
  const start = createStart(deps, { newRun, launch })
  const recovery = createRecovery(deps, { launch, issueFor })
  return {
    live: () => [...going.values()].map(({ active }) => active.live()),
    start,
    importCurves: async (asked) => issueFor(await importRun(checked(importRequestSchema, asked), deps, newRun)),
    stop: (runId, who, options) => find(runId, 'stop').active.stop(who, options),
    pause: async (runId, who) => find(runId, 'pause').active.pause(who),
    resume: async (runId, who) => find(runId, 'resume').active.resume(who),
    removeLane: async ({ runId, lane, ...given }) => find(runId, 'take a module out').active.removeLane(lane, given),
    ...recovery,
    answer: ({ runId, ...given }) => find(runId, 'answer').active.answer(given),
    whenEnded: async (runId) => (await going.get(runId)?.ended) ?? (await deps.store.getRun(runId)).run,
    sign: (given) => signRun(given, deps),
    issueMissing: async () => {
      for (const run of await deps.store.runsWithoutPapers()) await issueFor(run)
    },
    shutDown: async () => {
      for (const { active } of going.values()) {
        active.interrupt('the shutdown of the station')
        active.giveUp()
      }
      await Promise.all([...going.values()].map(({ ended }) => ended))
    },
  }
}

type Launch = (
  run: Run,
  given: { template: Template; request: StartRequest; opened: readonly OpenInstrument[]; resumed?: Resumed },
) => void

/** Sets a run going with instruments that were acquired for it. */
const createLaunch =
  (deps: RunDeskDeps, desk: { going: Map<string, Going>; issueFor: (run: Run) => Promise<Run> }): Launch =>
  (run, given) => {
    const held = given.opened.map((each) => holdFor(each, { ...given, lanes: run.lanes ?? [] }))
    const { template, resumed } = given
    // The run's tear-down has them from here on, whoever had left them on.
    void deps.instruments.handOver(held.map(({ id }) => id)).catch(deps.onError)
    const active = executeTest(
      { run, template, held, ...(resumed ? { resumed } : {}) },
      { ...deps, kinds: deps.parts.kinds },
    )
    const ended = active.finished
      .finally(() => deps.watchdog.release(run.id))
      .finally(() => deps.instruments.release(run.id))
      .then(desk.issueFor)
      .finally(() => desk.going.delete(run.id))
    desk.going.set(run.id, { active, ended })
  }

/** Checks a request, takes the instruments, and sets the run going. */
const createStart =
  (deps: RunDeskDeps, desk: { newRun: NewRun; launch: Launch }): RunDesk['start'] =>
  async (asked, given) => {
    const request = checked(startRequestSchema, asked)
    const template = deps.protocols.get(request.protocolId)
    // First, so that a wrong parameter is told as such before any instrument is asked.
    const parameters = validateInputs(template, request.parameters)
    const lanes = lanesOf(template, request)
    const checks = await requireReady(deps, request)
    const runId = given?.runId ?? deps.newId()
    const opened = await deps.instruments.acquire(instrumentIdsOf(request), runId, `the run of ${runName(request)}`)
    try {
      const held = opened.map((each) => holdFor(each, { template, request, opened, lanes }))
      const run = desk.newRun(runId, template, {
        request: lanes[0] ? { ...request, module: lanes[0].module } : request,
        parameters,
        instruments: withExceptions(
          opened.flatMap((each, i) => usedOf(each, held[i]!, deps.instruments.config)),
          checks,
        ),
        provenance: worstOf(opened.map((each) => each.provenance)),
      })
      const whole: Run = { ...run, ...(lanes.length > 0 ? { lanes } : {}), assigned: request.roles }
      await deps.watchdog.hold(runId, { template, roles: request.roles })
      await deps.store.addRun(whole, template, audit(whole, 'run.start'))
      await tellExceptions(whole, checks, deps).catch(deps.onError)
      deps.publish({ type: 'run', run: whole })
      desk.launch(whole, { template, request, opened })
      return whole
    } catch (error) {
      deps.watchdog.release(runId)
      await deps.instruments.release(runId)
      throw error
    }
  }

/** One that didn't go through has papers, too, which say so; one that is only interrupted may still go on. */
export const hasPapers = ({ status }: Run): boolean =>
  status === 'completed' || status === 'stopped' || status === 'aborted' || status === 'closed'

/** Papers that can't be made are said in the run's log; the run and its data stay as they are. */
const createIssueFor =
  (deps: RunDeskDeps) =>
  async (run: Run): Promise<Run> => {
    if (!hasPapers(run)) return run
    try {
      await deps.issue(run.id, 'station')
    } catch (error) {
      // A run that was stopped before it measured anything has nothing to tell.
      if (run.status !== 'completed' && error instanceof StationError && error.code === 'report.noResults') return run
      deps.onError(error)
      const text = `The report files could not be made: ${messageOf(error)}`
      const event = { runId: run.id, utcMs: deps.clock.utcMs(), level: 'error' as const, kind: 'report', text }
      await deps.store.addEvent(event).catch(deps.onError)
    }
    return run
  }

/** A request may come from a window or from the command line: both are held to the contract. */
function checked<T>(schema: z.ZodType<T>, asked: unknown): T {
  const parsed = schema.safeParse(asked)
  if (!parsed.success) throw new StationError('usage.invalidInput', { detail: sayIssues(parsed.error) })
  return parsed.data
}

export const audit = (run: Run, action: string, detail: unknown = run) => ({
  actor: run.operator,
  action,
  subject: run.id,
  detail,
})

export type NewRun = (
  id: string,
  template: Template,
  given: {
    request: { module: Run['module']; operator: string }
    parameters: Record<string, Scalar>
    instruments: UsedInstrument[]
    provenance: Provenance
  },
) => Run

const createNewRun =
  (deps: RunDeskDeps): NewRun =>
  (id, template, given) => ({
    id,
    protocolId: template.id,
    protocolVersion: template.version,
    protocolTitle: template.title,
    templateSha256: templateHash(template),
    approval: deps.approvals.of(template),
    module: given.request.module,
    operator: given.request.operator,
    status: 'running',
    provenance: given.provenance,
    virtualTime: deps.virtualTime,
    parameters: given.parameters,
    instruments: given.instruments,
    startedUtcMs: deps.clock.utcMs(),
    endedUtcMs: null,
    verdict: null,
    verdictReasons: [],
    problem: null,
    softwareVersion: deps.softwareVersion,
    signature: null,
  })

/** The pre-flight as the engine's own last word: throws what the page shows in red. */
async function requireReady(deps: RunDeskDeps, request: StartRequest): Promise<PreflightLine[]> {
  const lines = await deps.preflight(request)
  const problems = lines.filter((each) => each.state === 'problem').map((each) => `${each.title}: ${each.detail}`)
  if (problems.length === 0) return lines
  throw new StationError('run.preflight', { count: problems.length, detail: problems.join('; ') })
}

/** Binds a person's name and meaning to the run's data seal, and issues the papers again without the draft mark. */
async function signRun(given: { runId: string; name: string; meaning: string }, deps: RunDeskDeps): Promise<Run> {
  const { run } = await deps.store.getRun(given.runId)
  if (run.status !== 'completed') throw new StationError('run.illegal', { status: run.status, action: 'sign off' })
  if (run.signature) {
    // Signed, but the papers may have failed to be made (a full disk): the same person may have them made again.
    if (run.signature.name !== given.name || run.signature.meaning !== given.meaning)
      throw new StationError('run.illegal', { status: 'signed already', action: 'sign off' })
    await deps.issue(run.id, given.name)
    return run
  }
  await requireDisposed(deps.store, run.id)
  const dossier = await loadDossier(deps.store, run.id, { name: '', address: '', station: '' })
  const signature = {
    ...{ name: given.name, meaning: given.meaning, utcMs: deps.clock.utcMs() },
    ...signedSeals(dossier),
  }
  const signed: Run = { ...run, signature }
  await deps.store.saveRun(signed, { actor: given.name, action: 'run.sign', subject: run.id, detail: signature })
  deps.publish({ type: 'run', run: signed })
  await deps.issue(run.id, given.name)
  return signed
}
