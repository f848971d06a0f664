import { bestClockAheadS, fillGap, gapsOf, type Gap, type Line } from '../analysis/backfill/align.ts'
import { parseLog, type LogTable } from '../analysis/backfill/logTable.ts'
import type { Clock } from '../base/clock.ts'
import { createTurns } from '../base/turns.ts'
import type { StationEvent } from '../contract/api.ts'
import type { BackFill, BackFillRequest, LogProfile } from '../contract/backFill.ts'
import { StationError } from '../contract/errors.ts'
import type { RunExposure } from '../contract/exposure.ts'
import type { Run, UsedInstrument } from '../contract/run.ts'
import type { Channel } from '../contract/sample.ts'
import type { Template } from '../contract/template.ts'
import { loadExposure } from './dispositions.ts'
import { backFillsName, loadBackFills } from './dossier.ts'
import { exposureWindows, ownNameOf } from './exposureWindows.ts'
import { createLogProfiles, type LogProfiles } from './importProfiles.ts'
import { hasPapers } from './runDesk.ts'
import type { Issue } from './reporting.ts'
import { sha256Hex } from './reports/seal.ts'
import type { Reader, Store } from './storage/store.ts'

interface BackFillDeps {
  store: Store
  clock: Clock
  newId: () => string
  issue: Issue
  profiles: Pick<LogProfiles, 'find'>
  publish: (event: StationEvent) => void
}

/** What the station recorded before this long ahead of the log says nothing of its gaps. */
const marginMs = 2 * 86_400_000
/** More rows in the gaps than this aren't kept with a run: a controller's log has one a minute, or one in ten seconds. */
const mostRows = 200_000

/** No log has rows that are to come; a clock that wasn't told about may be so far ahead. */
const mostAheadMs = 60_000

const refuse = (detail: string): StationError => new StationError('usage.invalidInput', { detail })
const said = (utcMs: number): string => `${new Date(utcMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** The run, if something may still be filled in. */
async function loadOpen(store: Reader, runId: string): Promise<{ run: Run; template: Template }> {
  const { run, template } = await store.getRun(runId)
  if (run.signature) throw new StationError('run.illegal', { status: 'signed', action: 'fill in a controller’s log' })
  if ((template.exposure ?? []).length === 0)
    throw refuse(`${template.id} has no exposure: nothing of it counts by the time that was seen.`)
  return { run, template }
}

function usedIn(run: Run, instrumentId: string): UsedInstrument {
  const used = run.instruments.find((each) => each.instrumentId === instrumentId)
  if (!used) throw new StationError('usage.notFound', { what: 'Instrument of this run', id: instrumentId })
  return used
}

/** The recorded channel that a column of the log belongs to; its unit has to be the same. */
function channelFor(wanted: LogProfile['values'][number], channels: readonly Channel[]): Channel {
  const found = channels.find((each) => ownNameOf(each) === wanted.channel)
  const known = channels.map((each) => `${ownNameOf(each) ?? each.name} (${each.unit})`).join(', ')
  if (!found) throw refuse(`column ${wanted.column}: the run has no channel “${wanted.channel}”, only ${known}.`)
  if (found.unit !== wanted.unit)
    throw refuse(`column ${wanted.column}: ${wanted.channel} is recorded in “${found.unit}”, not in “${wanted.unit}”.`)
  return found
}

/** What the station itself recorded of a channel; what was missing is left out. */
async function recordedLine(store: Reader, channelId: number, fromMs: number): Promise<Line> {
  const timeMs: number[] = []
  const value: number[] = []
  for await (const row of store.sampleRows({ channelId, fromMs })) {
    if (row.value === null || row.utc_ms <= (timeMs.at(-1) ?? -Infinity)) continue
    timeMs.push(row.utc_ms)
    value.push(row.value)
  }
  return { timeMs, value }
}

function logLine({ utcMs, values }: LogTable, channel: string): Line {
  const column = values.get(channel) ?? []
  const rows = utcMs.flatMap((time, i) => {
    const value = column[i]
    return value === null || value === undefined ? [] : [{ time, value }]
  })
  return { timeMs: rows.map(({ time }) => time), value: rows.map(({ value }) => value) }
}

interface Pair {
  channel: Channel
  station: Line
  log: Line
  gaps: readonly Gap[]
  longestMs: number
}

async function pairUp(
  table: LogTable,
  profile: LogProfile,
  { store, run, instrumentId }: { store: Store; run: Run; instrumentId: string },
): Promise<Pair[]> {
  const all = (await store.channels(run.id)).filter((each) => each.instrumentId === instrumentId)
  const pairs: Pair[] = []
  for (const wanted of profile.values) {
    const channel = channelFor(wanted, all)
    const station = await recordedLine(store, channel.id, table.utcMs[0]! - marginMs)
    pairs.push({ channel, station, log: logLine(table, wanted.channel), ...gapsOf(station, run.endedUtcMs === null) })
  }
  return pairs
}

const fillChannel = ({ channel, station, log, gaps, longestMs }: Pair): BackFill['channels'][number] => ({
  channel: ownNameOf(channel) ?? channel.name,
  unit: channel.unit,
  gaps: gaps.flatMap((gap) => fillGap(station, log, { gap, longestMs }) ?? []),
})

/** A log of another time, or one that nothing shows to be of this chamber, proves nothing. */
function requireUseful(channels: BackFill['channels'], table: LogTable, nowUtcMs: number): void {
  const gaps = channels.flatMap((each) => each.gaps)
  const span = `${said(table.utcMs[0]!)} to ${said(table.utcMs.at(-1)!)}`
  if (table.utcMs.at(-1)! > nowUtcMs + mostAheadMs)
    throw refuse(`the log goes from ${span}, and now it is ${said(nowUtcMs)}. Check its time zone and its clock.`)
  if (gaps.length === 0)
    throw refuse(
      `the log goes from ${span}, and in none of this time the station was without values. Check its time zone and its clock.`,
    )
  if (gaps.every(({ before, after }) => before.compared + after.compared === 0))
    throw refuse(
      `the log goes from ${span} and has no row within an hour before or after a gap, where the station recorded too: nothing shows that it belongs to this run. Export it with an hour more on both sides.`,
    )
  if (gaps.reduce((sum, { utcMs }) => sum + utcMs.length, 0) > mostRows)
    throw refuse(`the log has more than ${mostRows} rows in the gaps. Export it with a longer interval.`)
}

/** Shifted to the station's clock. */
const shifted = (table: LogTable, aheadS: number): LogTable => ({
  ...table,
  utcMs: table.utcMs.map((time) => time - aheadS * 1000),
})

async function prepare(request: BackFillRequest, deps: BackFillDeps): Promise<BackFill> {
  const { store } = deps
  const { runId, instrumentId, fileName, text, clockAheadS, who } = request
  const { run, template } = await loadOpen(store, runId)
  const used = usedIn(run, instrumentId)
  const profile = typeof request.profile === 'string' ? deps.profiles.find(request.profile) : request.profile
  const table = shifted(parseLog(profile, text, fileName), clockAheadS)
  const pairs = await pairUp(table, profile, { store, run, instrumentId })
  const channels = pairs.map(fillChannel)
  requireUseful(channels, table, deps.clock.utcMs())
  const [first] = pairs
  const best = first ? bestClockAheadS(pairs, first) : null
  return {
    ...{ id: deps.newId(), utcMs: deps.clock.utcMs(), who, provenance: 'backFilled' },
    ...{ instrumentId, instrumentName: used.name, fileName, fileSha256: sha256Hex(text), profile, clockAheadS },
    bestClockAheadS: best === null ? null : clockAheadS + best,
    channels,
    windows: exposureWindows({ run, template, channels: await store.channels(runId) }),
  }
}

/** Kept beside the numbers: what they were read from. */
const fileDocument = (sha256: string): string => `backFillFile.${sha256}`

async function keep(request: BackFillRequest, deps: BackFillDeps): Promise<RunExposure> {
  const { store, clock } = deps
  const { runId, who } = request
  const made = await prepare(request, deps)
  const { id, instrumentName, fileName, fileSha256, clockAheadS } = made
  const rows = made.channels.reduce((sum, { gaps }) => sum + gaps.reduce((all, { utcMs }) => all + utcMs.length, 0), 0)
  const detail = { id, instrumentName, fileName, fileSha256, clockAheadS, rows }
  const entry = { actor: who, action: 'run.backFill', subject: runId, detail }
  await store.saveDocument(
    { runId, name: fileDocument(fileSha256) },
    { fileName, text: request.text },
    { ...entry, action: 'run.backFill.file' },
  )
  await store.saveDocument({ runId, name: backFillsName }, [...(await loadBackFills(store, runId)), made], entry)
  const words = `${rows} values of ${instrumentName} filled in from ${fileName} by ${who}: marked, and not credited`
  const event = { runId, utcMs: clock.utcMs(), level: 'info', kind: 'backFill', text: words } as const
  deps.publish({ type: 'log', event: await store.addEvent(event) })
  // Papers that are out already tell of it from their next revision on.
  if (hasPapers((await store.getRun(runId)).run)) await deps.issue(runId, who)
  return loadExposure(store, runId)
}

export interface BackFillDesk {
  profiles: LogProfiles
  /** What would be kept; changes nothing. */
  preview: (request: BackFillRequest) => Promise<BackFill>
  add: (request: BackFillRequest) => Promise<RunExposure>
}

/** What controllers' own logs say of the time in which the station recorded nothing: evidence beside the ledger. */
export async function createBackFillDesk(given: Omit<BackFillDeps, 'profiles'>): Promise<BackFillDesk> {
  const deps = { ...given, profiles: await createLogProfiles(given.store) }
  // One after the other: each reads what stands before it adds to it.
  const turns = createTurns()
  return {
    profiles: deps.profiles,
    preview: (request) => prepare(request, deps),
    add: (request) => turns.take(() => keep(request, deps)),
  }
}
