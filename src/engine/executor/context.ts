import { throwIfCancelled } from '../../base/cancellation.ts'
import { createCanceller, type Clock } from '../../base/clock.ts'
import { underAll } from '../../base/underAll.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { Computed, ExposureEntry, Run } from '../../contract/run.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import type { StepBase } from '../../contract/template.ts'
import type { Hub, View } from '../acquisition/hub.ts'
import type { Recorder } from '../acquisition/recorder.ts'
import { computeResult, type Methods } from './analyse.ts'
import type { ExpressionScope } from './expression.ts'
import type { Going } from './going.ts'
import type { Visit } from './journal.ts'
import type { Lanes } from './lanes.ts'
import type { Pauses } from './pauses.ts'
import type { Prompts } from './prompts.ts'
import { stopRoles, unsafeError, type SafeStops } from './safeStops.ts'
import { sourcesOf, type Sensors } from './sensors.ts'
import type { HeldInstrument, StepContext } from './stepKind.ts'
import { innerScope, type RunSteps, type Scope } from './stepRunner.ts'
import { resolveNumber, resolveValue, type ValueSources } from './values.ts'

interface ContextStore {
  sweeps(runId: string): Promise<RecordedSweep[]>
  addResult(
    runId: string,
    result: Computed,
    audit: { actor: string; action: string; subject: string; detail: unknown },
  ): Promise<void>
  audit(entry: { actor: string; action: string; subject: string; detail: unknown }): Promise<void>
}

/** What the contexts of one run share. */
export interface ContextDeps {
  run: Run
  clock: Clock
  held: readonly HeldInstrument[]
  results: Computed[]
  store: ContextStore
  methods: Methods
  recorder: Recorder
  hub: Hub
  sensors: Sensors
  lanes: Lanes
  pauses: Pauses
  prompts: Prompts
  safeStops: SafeStops
  exposure: () => readonly ExposureEntry[]
  credited: (exposure: string, lane: string | null) => number
  addCycle: StepContext['addCycle']
  failLane: StepContext['failLane']
  tearDown: Going['tearDown']
  flush: () => Promise<void>
  log: StepContext['log']
  outageMs: number | null
  progressMs: number
}

/** Latest values by role and channel, for expressions; the mean where several instruments serve a role. */
export function rolesNow(
  deps: Pick<ContextDeps, 'held'> & { hub: Pick<View, 'latest'> },
  lane: string | null,
): ExpressionScope['role'] {
  const names = [...new Set(deps.held.flatMap((each) => each.roles.map((taken) => taken.roleName)))]
  return Object.fromEntries(
    names.map((roleName) => {
      const values: Record<string, unknown> = { value: null, rising: null, perHour: null }
      const sources = sourcesOf(deps.held, { roleName, channel: undefined, lane })
      const latest = sources.map(({ held, channel }) => deps.hub.latest(held, channel))
      const mean = (pick: (each: (typeof latest)[number]) => number | null): number | null => {
        const numbers = latest.map(pick)
        if (numbers.length === 0 || numbers.includes(null)) return null
        return numbers.reduce<number>((sum, value) => sum + (value ?? 0), 0) / numbers.length
      }
      values['value'] = mean((each) => each?.value ?? null)
      const perSecond = mean((each) => each?.perSecond ?? null)
      values['perHour'] = perSecond === null ? null : perSecond * 3600
      values['rising'] = perSecond === null ? null : perSecond > 0
      sources.forEach(({ channel }, i) => (values[channel] = latest[i]?.value ?? null))
      return [roleName, values]
    }),
  )
}

export const sourcesFor = (
  deps: ContextDeps,
  lane: string | null,
  sweeps: readonly RecordedSweep[] = [],
): ValueSources => ({
  parameters: deps.run.parameters,
  results: deps.results,
  sweeps,
  exposure: deps.exposure(),
  lane,
  ...(deps.lanes.get(lane) ? { laneParameters: deps.lanes.get(lane)!.parameters } : {}),
  role: () => rolesNow(deps, lane),
})

export function createContext(deps: ContextDeps, at: { scope: Scope; visit: Visit; runSteps: RunSteps }): StepContext {
  const { scope, visit, runSteps } = at
  const { clock, pauses } = deps
  const { signal, lane } = scope
  const held = (roleName: string): HeldInstrument[] =>
    deps.held.filter((each) =>
      each.roles.some(
        (taken) => taken.roleName === roleName && (lane === null || taken.lane === null || taken.lane === lane),
      ),
    )
  const within = (changed: Partial<Scope>): StepContext =>
    createContext(deps, { ...at, scope: { ...scope, ...changed } })
  return {
    clock,
    signal,
    lane,
    path: scope.path,
    recorder: deps.recorder,
    progressMs: deps.progressMs,
    log: deps.log,
    held,
    lanes: () => deps.lanes.in(),
    value: (ref) => resolveValue(ref, sourcesFor(deps, lane)),
    number: (ref, what) => resolveNumber(ref, sourcesFor(deps, lane), what),
    sensors: createStepSensors(deps, scope),
    memory: {
      before: visit.before ?? null,
      outageMs: visit.wasOpen ? deps.outageMs : null,
      save: (state) => visit.save(state),
    },
    set: (roleName, setting, value) => setAll(held(roleName), { setting, value, roleName }, { ...deps, scope }),
    ask: (request) => deps.prompts.ask(lane === null ? request : { ...request, lane }, signal),
    runSteps: (steps: readonly StepBase[], inner) => runSteps(steps, innerScope(scope, inner)),
    shielded: (deadlineMs, work) => deps.tearDown(deadlineMs, (own) => work(within({ signal: own, isTearDown: true }))),
    scoped: (work) => underAll([signal], (end) => work(within({ signal: end.signal }), end.cancel)),
    makeSafe: async (roleNames) => {
      const unsafe = await stopRoles(deps.safeStops, [...new Set(roleNames.flatMap(held))], roleNames)
      if (unsafe.length > 0) throw unsafeError(unsafe)
    },
    inLane: (id, steps) =>
      underAll([signal, deps.lanes.signal(id)], (end) =>
        runSteps(steps, { ...innerScope(scope, { lane: id }), signal: end.signal }),
      ),
    failLane: (id, reason) => deps.failLane(id, reason),
    channelsOf: (one, roleName, channel) => sourcesOf([one], { roleName, channel, lane }).map((each) => each.channel),
    test: ({ expr }) => resolveValue({ expr }, sourcesFor(deps, lane)) === true,
    judge: (method, inputs) => {
      const found = deps.methods.get(method)
      if (!found)
        throw new StationError('analysis.badInput', { what: method, detail: 'this version has no such method' })
      return found.run(inputs)
    },
    credited: (exposure) => deps.credited(exposure, lane),
    addCycle: (exposure, cycle) => deps.addCycle(exposure, cycle),
    keep: async (name, what, value) => {
      const kept: Computed = { name, method: `record.${what}`, version: '1', value, ...(lane === null ? {} : { lane }) }
      await addResult(deps, kept)
    },
    compute: async (request) => {
      await deps.flush()
      const sources = sourcesFor(deps, lane, await deps.store.sweeps(deps.run.id))
      const computed = computeResult(request, sources, deps.methods)
      await addResult(deps, computed)
    },
    pausePoint: () => pauses.wait(signal),
    isPaused: () => pauses.reason !== null,
    stoodStillMs: pauses.totalMs,
  }
}

async function addResult(deps: ContextDeps, computed: Computed): Promise<void> {
  const { name, method, version, lane } = computed
  // The station ended between this result and the end of its step: it is there already.
  if (deps.results.some((each) => each.name === name && each.lane === lane)) return
  const detail = { name, method, version, ...(lane === undefined ? {} : { lane }) }
  const audit = { actor: 'station', action: 'result', subject: deps.run.id, detail }
  await deps.store.addResult(deps.run.id, computed, audit)
  deps.results.push(computed)
}

/** Made once: an Error for every reading would cost more than the reading. */
const wakened = new Error('a reading came, or the step was cancelled')

function createStepSensors(deps: ContextDeps, { lane, signal }: Scope): StepContext['sensors'] {
  const { sensors, hub, clock } = deps
  return {
    watch: (roleNames, everyMs) => {
      const all = new Set(roleNames.flatMap((name) => sensors.sources(name, undefined, lane).map(({ held }) => held)))
      const releases = [...all].map((held) => hub.watch(held, everyMs))
      return () => releases.forEach((release) => release())
    },
    check: (band, freshMs) => sensors.check(band, { lane, freshMs }),
    onReading: (listener) => hub.onSample(listener),
    latest: (roleName, channel) => sensors.sources(roleName, channel, lane).map(sensors.latest),
    // A failure of the hub ends the run’s steps by their signal: nothing here waits for it.
    next: async (mostMs) => {
      throwIfCancelled(signal)
      const woken = createCanceller()
      const wake = (): void => woken.cancel(wakened)
      const off = hub.onSample(wake)
      signal.addEventListener('abort', wake)
      try {
        await clock.sleep(mostMs, woken.signal).catch(() => undefined)
      } finally {
        off()
        signal.removeEventListener('abort', wake)
      }
      throwIfCancelled(signal)
    },
  }
}

/** Sets each instrument of a role; what each read back is logged, and in the audit trail where it energises. */
async function setAll(
  all: readonly HeldInstrument[],
  { setting, value, roleName }: { setting: string; value: number | boolean | string | null; roleName: string },
  deps: ContextDeps & { scope: Scope },
): Promise<void> {
  if (all.length === 0)
    throw new StationError('protocol.badRole', { role: roleName, detail: 'no instrument is assigned' })
  for (const held of all) {
    const { instrument } = held
    if (!instrument.set)
      throw new StationError('protocol.badRole', { role: roleName, detail: `${held.name} has no settings` })
    const result = await instrument.set(setting, value, deps.scope.signal)
    const declared = held.profile.settings.find((each) => each.name === setting)
    const text = `${held.name}: ${setting} ${String(result.actual)} ${declared?.unit ?? ''}`.trim()
    // A set-point of a ramp changes each minute: the samples tell it, the log needn't.
    if (declared?.energises === true && typeof value === 'boolean')
      await deps.store
        .audit({
          actor: 'station',
          action: 'instrument.set',
          subject: deps.run.id,
          detail: { ...result, instrument: held.id },
        })
        .catch((error: unknown) => deps.log('error', 'audit', messageOf(error)))
    if (typeof value === 'boolean') await deps.log('info', 'set', text).catch(() => undefined)
  }
}
