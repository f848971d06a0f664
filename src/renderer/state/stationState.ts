import type {
  InstrumentState,
  ProtocolSummary,
  RunDetail,
  Snapshot,
  StationEvent,
  StationInfo,
} from '../../contract/api.ts'
import type { Reading } from '../../contract/instrument.ts'
import type { QueueEntry } from '../../contract/queue.ts'
import type { Run, RunEvent, RunLive } from '../../contract/run.ts'
import { idsOfPath } from '../logic/stepPath.ts'
import { mergePoints, mergeRecorded, type SweepTrace } from '../logic/trace.ts'
import { isActive } from '../logic/words.ts'

/** What an instrument said last, with the time at which this window heard it. */
export interface InstrumentReading {
  readings: readonly Reading[]
  utcMs: number
  receivedMs: number
  /** Time between the last two of them; null after the first. */
  everyMs: number | null
}

/** One reading of one instrument, as it came in while this window looked on. */
export interface RecentReading {
  instrument: string
  utcMs: number
  readings: readonly Reading[]
}

/** So many readings are enough for the end of a chart between two views of the stored ones. */
const mostRecent = 600

/** What this window has seen of one run. */
export interface RunTrace {
  sweeps: readonly SweepTrace[]
  log: readonly RunEvent[]
  /** By the instrument's name. */
  readings: Readonly<Record<string, InstrumentReading>>
  /** The last readings one by one, oldest first. */
  recent: readonly RecentReading[]
  /** Steps that were current at some time while this window looked on. */
  seenSteps: readonly string[]
  /** Kept after the run's end, so that the proof of its stop stays on the screen. */
  live: RunLive | null
  /** Points or events are missing here: the run has to be fetched again. */
  incomplete: boolean
}

export const emptyTrace: RunTrace = {
  ...{ sweeps: [], log: [], readings: {}, recent: [], seenSteps: [] },
  ...{ live: null, incomplete: true },
}

/** A mirror of what the station said. Nothing here is decided by the window. */
export interface StationState {
  info: StationInfo | null
  protocols: readonly ProtocolSummary[]
  instruments: readonly InstrumentState[]
  runs: readonly Run[]
  /** Runs that wait, in their order, and those that left the queue lately. */
  queue: readonly QueueEntry[]
  traces: Readonly<Record<string, RunTrace>>
  /** Counts the ends of runs, so that pages know when to fetch a run again. */
  endings: Readonly<Record<string, number>>
}

export const emptyStation: StationState = {
  info: null,
  protocols: [],
  instruments: [],
  runs: [],
  queue: [],
  traces: {},
  endings: {},
}

const newestFirst = (a: Run, b: Run): number => b.startedUtcMs - a.startedUtcMs || (a.id < b.id ? 1 : -1)

const withRun = (runs: readonly Run[], run: Run): Run[] =>
  [run, ...runs.filter((other) => other.id !== run.id)].sort(newestFirst)

function changeTrace(state: StationState, runId: string, change: (trace: RunTrace) => RunTrace): StationState {
  return { ...state, traces: { ...state.traces, [runId]: change(state.traces[runId] ?? emptyTrace) } }
}

function withLive(trace: RunTrace, live: RunLive): RunTrace {
  const passed = (live.steps ?? []).flatMap(({ path }) => idsOfPath(path))
  const added = [...new Set([...(live.stepId === null ? [] : [live.stepId]), ...passed])]
  const fresh = added.filter((id) => !trace.seenSteps.includes(id))
  return { ...trace, live, seenSteps: fresh.length === 0 ? trace.seenSteps : [...trace.seenSteps, ...fresh] }
}

function withReading(trace: RunTrace, { receivedMs, ...reading }: RecentReading & { receivedMs: number }): RunTrace {
  const { instrument, readings, utcMs } = reading
  const before = trace.readings[instrument]
  const everyMs = before === undefined ? null : receivedMs - before.receivedMs
  return {
    ...trace,
    readings: { ...trace.readings, [instrument]: { readings, utcMs, receivedMs, everyMs } },
    recent: [...trace.recent.slice(1 - mostRecent), reading],
  }
}

function mergeLog(log: readonly RunEvent[], added: readonly RunEvent[]): RunEvent[] {
  const bySeq = new Map(log.map((event) => [event.seq, event]))
  for (const event of added) bySeq.set(event.seq, event)
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}

/** A snapshot replaces everything that it covers; traces of runs that are still known stay, to be completed. */
export function applySnapshot(state: StationState, snapshot: Snapshot): StationState {
  const known = new Set(snapshot.runs.map((run) => run.id))
  const kept = Object.entries(state.traces).filter(([runId]) => known.has(runId))
  const traces = Object.fromEntries(kept.map(([runId, trace]) => [runId, { ...trace, incomplete: true }]))
  for (const live of snapshot.live) traces[live.runId] = withLive(traces[live.runId] ?? emptyTrace, live)
  return {
    info: snapshot.info,
    protocols: snapshot.protocols,
    instruments: snapshot.instruments,
    runs: [...snapshot.runs].sort(newestFirst),
    queue: snapshot.queue,
    traces,
    endings: state.endings,
  }
}

/** Traces are kept for runs that are going on and for the one that ended last. */
function dropOldTraces(state: StationState): StationState {
  const active = new Set(state.runs.filter((run) => isActive(run.status)).map((run) => run.id))
  const last = state.runs.find((run) => !active.has(run.id))?.id
  const kept = Object.entries(state.traces).filter(([runId]) => active.has(runId) || runId === last)
  return { ...state, traces: Object.fromEntries(kept) }
}

/** Takes one event. The same event twice changes nothing. `receivedMs`: this window's monotonic time. */
export function applyEvent(state: StationState, event: StationEvent, receivedMs: number): StationState {
  switch (event.type) {
    case 'run': {
      const isNew = !state.runs.some((run) => run.id === event.run.id)
      const next = { ...state, runs: withRun(state.runs, event.run) }
      if (!isNew) return next
      return changeTrace(dropOldTraces(next), event.run.id, (trace) => ({ ...trace, incomplete: false }))
    }
    case 'live':
      return changeTrace(state, event.live.runId, (trace) => withLive(trace, event.live))
    case 'runEnded':
      return { ...state, endings: { ...state.endings, [event.runId]: (state.endings[event.runId] ?? 0) + 1 } }
    case 'sweepPoints':
      return changeTrace(state, event.points.runId, (trace) => {
        const merged = mergePoints(trace.sweeps, event.points)
        return { ...trace, sweeps: merged.sweeps, incomplete: trace.incomplete || merged.gap }
      })
    case 'log': {
      const added = event.event
      if (added.runId === null) return state
      return changeTrace(state, added.runId, (trace) => ({ ...trace, log: mergeLog(trace.log, [added]) }))
    }
    case 'reading': {
      const { runId, readings, utcMs, instrument } = event
      return changeTrace(state, runId, (trace) => withReading(trace, { instrument, readings, utcMs, receivedMs }))
    }
    case 'instruments':
      return { ...state, instruments: event.instruments }
    case 'protocols':
      return { ...state, protocols: event.protocols }
    case 'queue':
      return { ...state, queue: event.queue }
    case 'idleReading': {
      const { instrument: id, utcMs, readings } = event
      return applyIdleReadings(state, { id, utcMs, readings })
    }
  }
}

/** Values of an instrument that no run has. */
export function applyIdleReadings<State extends Pick<StationState, 'instruments'>>(
  state: State,
  { id, utcMs, readings }: { id: string; utcMs: number; readings: Reading[] },
): State {
  const withIdle = (each: InstrumentState): InstrumentState =>
    each.config.id === id ? { ...each, lastGoodUtcMs: utcMs, readings } : each
  return { ...state, instruments: state.instruments.map(withIdle) }
}

/** Brings in everything that the station has of one run. */
export function applyDetail(state: StationState, detail: RunDetail): StationState {
  const next = { ...state, runs: withRun(state.runs, detail.run) }
  return changeTrace(next, detail.run.id, (trace) => {
    const merged = {
      ...trace,
      sweeps: mergeRecorded(trace.sweeps, detail.sweeps),
      log: mergeLog(trace.log, detail.events),
      incomplete: false,
    }
    return detail.live === null ? merged : withLive(merged, detail.live)
  })
}

export const activeRuns = (runs: readonly Run[]): Run[] => runs.filter((run) => isActive(run.status))
