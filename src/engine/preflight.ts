import type { StartRequest } from '../contract/startRequest.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import type { Profile } from '../contract/instrument.ts'
import type { InstrumentConfig, PreflightLine, Run } from '../contract/run.ts'
import type { RoleNeed, Template } from '../contract/template.ts'
import { checkSleep, type SleepBlocker } from './awake.ts'
import { checkDisk, plannedInstruments, type DiskGround } from './diskForecast.ts'
import { checkProtocol, type Approvals } from './approvals.ts'
import { validateInputs } from './executor/template.ts'
import { partIds } from './instruments/effectiveProfile.ts'
import type { InstrumentManager } from './instruments/manager.ts'
import { checkModules } from './preflightModules.ts'
import { checkDuration, checkInterlock, checkLanes, checkLimits } from './preflightPlan.ts'
import { plannedDurationS } from './plannedDuration.ts'
import { instrumentIdOf, instrumentIdsOf } from './runRoles.ts'
import type { WatchdogDesk } from './watchdogDesk.ts'

export interface PreflightDeps {
  instruments: InstrumentManager
  watchdog: Pick<WatchdogDesk, 'check'>
  approvals: Pick<Approvals, 'of'>
  /** Runs that go on, are paused or wait for a decision. */
  unfinished: () => Promise<Run[]>
  simulated: boolean
  utcMs: () => number
  /** null where nothing is written to a disk. */
  disk: DiskGround | null
  /** null or missing where there is no PC to keep awake. */
  sleep?: SleepBlocker | null | undefined
}

const line = (id: string, title: string, found: Omit<PreflightLine, 'id' | 'title'>): PreflightLine => ({
  id,
  title,
  ...found,
})
const ok = (detail: string) => ({ state: 'ok' as const, detail, todo: null })

function checkParameters(template: Template, request: StartRequest): PreflightLine[] {
  try {
    const values = validateInputs(template, request.parameters)
    const unsure = template.parameters.filter((each) => each.mark === 'C' && values[each.name] === each.default)
    const lines = [line('parameters', 'Parameters', ok(`${template.parameters.length} values inside their ranges`))]
    if (unsure.length > 0)
      lines.push(
        line('unsure', 'Settings to be checked', {
          state: 'warning',
          detail: `still at an uncertain default: ${unsure.map((each) => each.title).join(', ')}`,
          todo: 'Compare them with your certificates or your copy of the standard.',
        }),
      )
    const rated = template.parameters.filter((each) => each.source === 'nameplate' && values[each.name] === null)
    if (rated.length > 0)
      lines.push(
        line('nameplate', 'Nameplate', {
          state: 'warning',
          detail: `not given: ${rated.map((each) => each.title).join(', ')}`,
          todo: 'Type in the label’s values; without them there is no verdict on the label.',
        }),
      )
    return lines
  } catch (error) {
    if (!(error instanceof StationError)) throw error
    return [line('parameters', 'Parameters', { state: 'problem', detail: error.message, todo: error.text.check })]
  }
}

function checkRole(need: RoleNeed, assigned: readonly string[], instruments: InstrumentManager): PreflightLine {
  const id = `role.${need.name}`
  const fits = (each: string) =>
    instruments
      .states()
      .find((state) => state.config.id === instrumentIdOf(each))
      ?.roles.includes(need.role) ?? false
  const wrong = assigned.filter((each) => !fits(each))
  const count = assigned.length
  if (wrong.length > 0)
    return line(id, need.title, {
      state: 'problem',
      detail: `${wrong.join(', ')} can’t do this`,
      todo: 'Assign an instrument of the right kind.',
    })
  if (count < need.minimum)
    return line(id, need.title, {
      state: 'problem',
      detail: `${count} of ${need.minimum} assigned`,
      todo: 'Add the instrument on the Instruments page and assign it here.',
    })
  if (count > need.maximum)
    return line(id, need.title, {
      state: 'problem',
      detail: `${count} assigned, ${need.maximum} at most`,
      todo: 'Take some out.',
    })
  if (need.recommended !== undefined && count < need.recommended)
    return line(id, need.title, {
      state: 'warning',
      detail: `${count} assigned, ${need.recommended} recommended`,
      todo: 'Assign more, or expect the criterion on their number to fail.',
    })
  return line(id, need.title, ok(`${count} assigned`))
}

function checkCalibration(config: InstrumentConfig, request: StartRequest, deps: PreflightDeps): PreflightLine {
  const id = `calibration.${config.id}`
  const title = `Calibration of ${config.name}`
  if (deps.simulated) return line(id, title, ok('simulated instrument: none is needed'))
  const { plannedMs = null, calibrationOverrides } = request
  const overrideReason = calibrationOverrides?.[config.id]
  const question = { utcMs: deps.utcMs(), plannedMs, overrideReason }
  const { found, ...seen } = deps.instruments.calibration(config.id, question)
  return line(id, title, { ...seen, ...(found ? { calibration: { ...found, instrumentId: config.id } } : {}) })
}

async function checkInstrument(id: string, request: StartRequest, deps: PreflightDeps): Promise<PreflightLine[]> {
  const config = deps.instruments.config(id)
  const title = `${config.name} answers`
  try {
    const state = await deps.instruments.identify(id)
    const { maker = '', model = '', serialNumber = null } = state.identity ?? {}
    const detail = `${maker} ${model}${serialNumber ? `, serial number ${serialNumber}` : ''}`.trim()
    // What is made of others has no calibration of its own: each of them has.
    const calibrated = config.parts ? partIds(config).map(deps.instruments.config) : [config]
    return [line(`link.${id}`, title, ok(detail)), ...calibrated.map((each) => checkCalibration(each, request, deps))]
  } catch (error) {
    const todo = error instanceof StationError ? error.text.check : 'See the log.'
    return [line(`link.${id}`, title, { state: 'problem', detail: messageOf(error), todo })]
  }
}

function checkClock(utcMs: number): PreflightLine {
  const year = new Date(utcMs).getUTCFullYear()
  const detail = new Date(utcMs).toISOString()
  if (year >= 2026 && year < 2100) return line('clock', 'Clock (UTC)', ok(detail))
  return line('clock', 'Clock (UTC)', {
    state: 'problem',
    detail,
    todo: 'Set the PC’s clock; every sample carries its time.',
  })
}

const profileOf =
  (deps: PreflightDeps) =>
  (id: string): Profile | undefined =>
    deps.instruments.states().some((state) => state.config.id === id) ? deps.instruments.profile(id) : undefined

/** The run as it is asked for; null where a parameter is wrong, which has its own line. */
function planOf(template: Template, request: StartRequest, deps: PreflightDeps) {
  try {
    const parameters = validateInputs(template, request.parameters)
    const instruments = plannedInstruments(request.roles, profileOf(deps))
    return { template, parameters, lanes: request.lanes?.length ?? 1, instruments }
  } catch (error) {
    if (error instanceof StationError) return null
    throw error
  }
}
type RunPlan = NonNullable<ReturnType<typeof planOf>>

/** How long it takes, for how many modules, and whether the instruments can do what is asked. */
function checkPlan(planned: RunPlan, request: StartRequest, deps: PreflightDeps): PreflightLine[] {
  const { template, parameters } = planned
  const at = { utcMs: deps.utcMs(), profile: profileOf(deps) }
  return [
    checkDuration(plannedDurationS(planned), at.utcMs),
    ...checkLanes(template, request, at),
    ...checkLimits(template, { request, parameters }, at),
    ...checkInterlock(template, parameters),
  ]
}

/** Everything that can be known to go wrong before anything is commanded. Instruments are identified, nothing more. */
export async function checkPreflight(
  template: Template,
  request: StartRequest,
  deps: PreflightDeps,
): Promise<PreflightLine[]> {
  const known = new Set(deps.instruments.states().map((state) => state.config.id))
  const assigned = instrumentIdsOf(request)
  const plan = planOf(template, request, deps)
  const lines = [checkProtocol(template, deps.approvals.of(template)), ...checkParameters(template, request)]
  if (plan) lines.push(...checkPlan(plan, request, deps))
  lines.push(checkModules(request, await deps.unfinished()))
  lines.push(...template.roles.map((need) => checkRole(need, request.roles[need.name] ?? [], deps.instruments)))
  const planned = { ...request, plannedMs: request.plannedMs ?? (plan ? plannedDurationS(plan) * 1000 : undefined) }
  for (const id of assigned.filter((each) => known.has(each))) lines.push(...(await checkInstrument(id, planned, deps)))
  const watchdog = await deps.watchdog.check({ template, roles: request.roles })
  lines.push(...(watchdog ? [watchdog] : []), ...(await checkDisk(deps.disk, plan, deps.utcMs())))
  return [...lines, ...(await checkSleep(deps.sleep)), checkClock(deps.utcMs())]
}
