import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalJson } from '../base/canonicalJson.ts'
import { createVirtualClock } from '../base/virtualClock.ts'
import type { StartRequest } from '../contract/startRequest.ts'
import type { Computed, CriterionResult, ExposureEntry, Prompt, Run } from '../contract/run.ts'
import type { Scalar, Template, ValueRef } from '../contract/template.ts'
import type { Parts } from './discover.ts'
import { resolveValue, type ValueSources } from './executor/values.ts'
import { forecastRun, plannedInstruments, type DiskForecast } from './diskForecast.ts'
import { openStation, usualBackupPace } from './openStation.ts'
import { assignRoles, offeredParameters } from './simulatedRequest.ts'
import type { SimulatedFault } from './simulatedLab.ts'
import type { Station } from './station.ts'

export interface DryRunRequest {
  protocolId: string
  parameters: Readonly<Record<string, Scalar>>
  modules: number
  seed: number
  faults: readonly SimulatedFault[]
  startUtcMs: number
}

/** What a test would be like: as it goes in the simulated lab, in virtual time. Nothing of it is kept. */
export interface DryRun {
  protocolId: string
  seed: number
  status: Run['status']
  verdict: Run['verdict']
  verdictReasons: string[]
  problem: Run['problem']
  durationS: number
  endUtc: string
  /** Every step in the order of entry, in seconds since the start. */
  timeline: { path: string; kind: string; title: string; fromS: number; toS: number | null; outcome: string | null }[]
  /** When somebody is needed. */
  operator: { atS: number; atUtc: string; title: string; text: string }[]
  exposure: {
    exposure: string
    title: string
    unit: string
    lane: string | null
    required: number | null
    credited: number
    /** Hours that count for nothing, and of these what they were. */
    lostH: number
    outOfToleranceH: number
    unknownH: number
    blindH: number
  }[]
  criteria: CriterionResult[]
  events: { atS: number; level: string; kind: string; text: string }[]
  samples: number
  /** What the pre-flight of a new station would forecast, with its usual backups. */
  disk: DiskForecast
  /** SHA-256 over steps, ledger, results and criteria: the same seed gives the same. */
  journalSha256: string
}

interface Asked {
  atMs: number
  prompt: Prompt
}

const requestOf = (station: Station, template: Template, asked: DryRunRequest): StartRequest => {
  const offer = station.info().simulatedModule
  const modules = Array.from({ length: asked.modules }, (_each, i) => ({
    module: { ...(offer?.module ?? { maker: '', model: '' }), id: `DRY-${i + 1}` },
    parameters: {},
  }))
  return {
    protocolId: asked.protocolId,
    module: modules[0]!.module,
    ...(template.lanes ? { lanes: modules } : {}),
    operator: 'dry run',
    parameters: { ...offeredParameters(template, offer?.parameters ?? {}), ...asked.parameters },
    roles: assignRoles(template, station.instruments.states()),
  }
}

const titlesOf = (template: Template): ReadonlyMap<string, string> => {
  const titles = new Map<string, string>()
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { id, kind, title } = node as Record<string, unknown>
    if (typeof id === 'string' && typeof kind === 'string') titles.set(id, String(title))
    Object.values(node).forEach(walk)
  }
  walk(template.steps)
  return titles
}

/** By the same plan as the pre-flight page, so that both say the same. */
const forecast = (station: Station, template: Template, run: Run): DiskForecast =>
  forecastRun(
    {
      template,
      parameters: run.parameters,
      lanes: run.lanes?.length ?? 1,
      instruments: plannedInstruments(run.assigned ?? {}, (id) => station.instruments.profile(id)),
    },
    { size: { bytes: 0, bytesPerSample: null }, backups: { ...usualBackupPace, madeBytes: [] } },
  )

const msPerH = 3_600_000

/** The last digits of thousands of added stretches say nothing. */
const rounded = (value: number): number => Math.round(value * 1e9) / 1e9

function requiredOf(ref: ValueRef | undefined, sources: ValueSources): number | null {
  const value = ref === undefined ? null : resolveValue(ref, sources)
  return typeof value === 'number' ? rounded(value) : null
}

/** What each account of the ledger adds up to; of those that were opened, in their order. */
function accountsOf(
  entries: readonly ExposureEntry[],
  given: { template: Template; run: Run; results: readonly Computed[] },
): DryRun['exposure'] {
  const keyOf = ({ exposure, lane }: ExposureEntry): string => `${exposure}@${lane ?? ''}`
  return [...Map.groupBy(entries, keyOf).values()].map((all) => {
    const { exposure, lane } = all[0]!
    const declared = given.template.exposure?.find((each) => each.id === exposure)
    const hours = (...classes: ExposureEntry['class'][]): number =>
      rounded(all.reduce((sum, each) => sum + (classes.includes(each.class) ? each.durationMs / msPerH : 0), 0))
    const credited = all.reduce((sum, each) => sum + (each.class === 'credited' ? each.amount : 0), 0)
    const sources = { parameters: given.run.parameters, results: given.results, sweeps: [], lane }
    return {
      ...{ exposure, lane, title: declared?.title ?? exposure, unit: declared?.unit ?? '' },
      ...{ required: requiredOf(declared?.required, sources), credited: rounded(credited) },
      lostH: hours('outOfTolerance', 'unknown', 'blind'),
      ...{ outOfToleranceH: hours('outOfTolerance'), unknownH: hours('unknown'), blindH: hours('blind') },
    }
  })
}

async function describe(
  station: Station,
  given: { run: Run; template: Template; asked: readonly Asked[]; request: DryRunRequest },
): Promise<DryRun> {
  const { run, template, request } = given
  const { reader } = station
  const startMs = run.startedUtcMs
  const seconds = (utcMs: number): number => Math.round((utcMs - startMs) / 10) / 100
  const titles = titlesOf(template)
  const steps = await reader.stepsOf(run.id)
  const entries = await reader.exposureOf(run.id)
  const results = await reader.results(run.id)
  const criteria = await reader.criteria(run.id)
  const ends = await reader.channelEnds(run.id)
  const timeline = steps.map((step) => ({
    ...{ path: step.path, kind: step.kind, outcome: step.outcome },
    title:
      titles.get(
        step.path
          .split('/')
          .at(-1)
          ?.replace(/[@[].*$/, '') ?? '',
      ) ?? step.path,
    fromS: seconds(step.enteredUtcMs),
    toS: step.endedUtcMs === null ? null : seconds(step.endedUtcMs),
  }))
  const ledger = entries.map(({ fromUtcMs, toUtcMs, ...entry }) => ({
    ...entry,
    fromS: seconds(fromUtcMs),
    toS: seconds(toUtcMs),
  }))
  const journal = canonicalJson({ timeline, ledger, results, criteria, verdict: run.verdict })
  const endMs = run.endedUtcMs ?? startMs
  return {
    ...{ protocolId: run.protocolId, seed: request.seed, status: run.status, verdict: run.verdict },
    ...{ verdictReasons: run.verdictReasons, problem: run.problem, criteria, timeline },
    durationS: seconds(endMs),
    endUtc: new Date(endMs).toISOString(),
    operator: given.asked.map(({ atMs, prompt }) => ({
      ...{ atS: seconds(atMs), atUtc: new Date(atMs).toISOString() },
      title: prompt.lane ? `${prompt.title} (${prompt.lane})` : prompt.title,
      text: prompt.text,
    })),
    exposure: accountsOf(entries, { template, run, results }),
    events: (await reader.events(run.id)).map(({ utcMs, level, kind, text }) => ({
      atS: seconds(utcMs),
      level,
      kind,
      text,
    })),
    samples: ends.reduce((sum, each) => sum + each.nextSeq - 1, 0),
    disk: forecast(station, template, run),
    journalSha256: createHash('sha256').update(journal).digest('hex'),
  }
}

/** Weeks in seconds: what is written down of the progress, and how many samples may wait, is for a run that nobody watches. */
const pace = { progressMs: 3_600_000, batch: 20_000 }

/**
 * A tick comes when all promises that can go on have gone on. That is enough for a lab in memory, and much cheaper than
 * a turn of the event loop, which what waits for the system gets now and then.
 */
function createSettle(): () => Promise<void> {
  let ticks = 0
  return () => new Promise<void>((resolve) => (++ticks % 64 === 0 ? setImmediate(resolve) : process.nextTick(resolve)))
}

/**
 * Runs a protocol against the simulated lab in virtual time: the same executor, drivers and bytes as a real run.
 * @throws StationError as startRun does
 */
export async function dryRun(
  request: DryRunRequest,
  deps: { parts: Parts; softwareVersion: string; onError: (error: unknown) => void },
): Promise<DryRun> {
  const clock = createVirtualClock(request.startUtcMs, createSettle())
  const folder = await mkdtemp(join(tmpdir(), 'pvtp-dry-run-'))
  const asked: Asked[] = []
  const work = async (): Promise<DryRun> => {
    const { station, close } = await openStation({
      ...{ ...deps, dataFolder: folder, clock, pace, virtualTime: true, throwAway: true },
      createReports: () => Promise.resolve([]),
      storageWorker: new URL('./storage/worker.ts', import.meta.url),
      simulate: { seed: request.seed, faults: request.faults },
      automaticAnswer: (prompt) => {
        asked.push({ atMs: clock.utcMs(), prompt })
        return { value: prompt.answer === 'number' ? '0' : 'confirmed', who: 'dry run' }
      },
    })
    try {
      const template = station.protocols.get(request.protocolId)
      const started = await station.startRun(requestOf(station, template, request))
      const run = await station.whenEnded(started.id)
      return await describe(station, { run, template, asked, request })
    } finally {
      await close()
    }
  }
  try {
    return await clock.run(work())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
