import { StationError } from '../contract/errors.ts'
import type { StartRequest } from '../contract/startRequest.ts'
import type { InstrumentConfig, Lane, TestedModule, UsedInstrument } from '../contract/run.ts'
import type { Scalar, RoleNeed, Template } from '../contract/template.ts'
import type { HeldInstrument, TakenRole } from './executor/stepKind.ts'
import { validateInputs } from './executor/template.ts'
import type { OpenInstrument } from './instruments/openInstrument.ts'

/** `id`, or `id#channel` for one channel of an instrument with several. */
export const instrumentIdOf = (assigned: string): string => assigned.split('#')[0] ?? assigned
const channelOf = (assigned: string): string | null => assigned.split('#')[1] ?? null

export const laneIdOf = (index: number): string =>
  String.fromCharCode(65 + (index % 26)) + (index >= 26 ? String(Math.floor(index / 26)) : '')

/** Every instrument that a request names, once. */
export const instrumentIdsOf = (request: Pick<StartRequest, 'roles'>): string[] => [
  ...new Set(Object.values(request.roles).flat().map(instrumentIdOf)),
]

interface Slot {
  id: string
  channel: string | null
}

/** What serves each lane, in order: an instrument with several channels of the role serves as many lanes. */
function slotsOf(need: RoleNeed, assigned: readonly string[], opened: readonly OpenInstrument[]): Slot[] {
  return assigned.flatMap((text): Slot[] => {
    const id = instrumentIdOf(text)
    const channel = channelOf(text)
    const profile = opened.find((each) => each.config.id === id)?.profile
    const channels = profile?.channels.filter((each) => each.role === need.role).map((each) => each.channel) ?? []
    if (channel !== null && !channels.includes(channel) && !profile?.channels.some((each) => each.channel === channel))
      throw new StationError('protocol.badRole', { role: need.name, detail: `${id} has no channel ${channel}` })
    if (channel !== null || channels.length <= 1) return [{ id, channel }]
    return channels.map((each) => ({ id, channel: each }))
  })
}

/** The roles that one instrument plays in a run. */
export function takenRoles(
  id: string,
  given: { template: Template; request: StartRequest; opened: readonly OpenInstrument[]; lanes: readonly Lane[] },
): TakenRole[] {
  const { template, request, lanes } = given
  return template.roles.flatMap((need): TakenRole[] => {
    const assigned = request.roles[need.name] ?? []
    const base = { roleName: need.name, role: need.role }
    if (need.perLane !== true || lanes.length === 0)
      return assigned
        .filter((text) => instrumentIdOf(text) === id)
        .map((text) => ({ ...base, channel: channelOf(text), lane: null }))
    const slots = slotsOf(need, assigned, given.opened)
    return lanes.flatMap((lane, i) => {
      const slot = slots[i]
      return slot?.id === id ? [{ ...base, channel: slot.channel, lane: lane.id }] : []
    })
  })
}

/** Which instrument serves which roles; an instrument may have several. */
export function holdFor(
  each: OpenInstrument,
  given: { template: Template; request: StartRequest; opened: readonly OpenInstrument[]; lanes: readonly Lane[] },
): HeldInstrument {
  const { config, instrument, profile, provenance } = each
  const { id, name, calibration } = config
  return { id, name, calibration, provenance, roles: takenRoles(id, given), instrument, profile }
}

/** What an instrument is made of, each as it told who it is. */
function usedPartsOf({ config, identity }: OpenInstrument, configOf: (id: string) => InstrumentConfig) {
  return Object.entries(config.parts ?? {}).flatMap(([slot, ids]) =>
    ids.map((instrumentId) => {
      const { name, driver, link, calibration } = configOf(instrumentId)
      const found = identity.parts?.find((each) => each.part === slot && each.name === name)
      const { maker = '', model = '', serialNumber = null, firmware = null } = found ?? {}
      return { slot, instrumentId, name, driver, link, calibration, identity: { maker, model, serialNumber, firmware } }
    }),
  )
}

/** An instrument once for each role that it has. */
export function usedOf(
  opened: OpenInstrument,
  held: HeldInstrument,
  configOf: (id: string) => InstrumentConfig,
): UsedInstrument[] {
  const { config, identity } = opened
  const parts = usedPartsOf(opened, configOf)
  return held.roles.map(({ roleName, role }) => ({
    ...{ roleName, role, identity, instrumentId: config.id },
    ...{ name: config.name, driver: config.driver, link: config.link, calibration: config.calibration },
    ...(parts.length > 0 ? { parts } : {}),
  }))
}

/** The modules of a run of several; none in a run of one. */
export function lanesOf(template: Template, request: StartRequest): Lane[] {
  if (!template.lanes) return []
  const asked: { module: TestedModule; parameters: Record<string, Scalar> }[] = request.lanes ?? [
    { module: request.module, parameters: {} },
  ]
  const { minimum, maximum } = template.lanes
  if (asked.length < minimum || asked.length > maximum)
    throw new StationError('usage.invalidInput', {
      detail: `lanes: ${asked.length} modules were given; ${template.id} takes ${minimum} to ${maximum}`,
    })
  const ids = asked.map((each) => each.module.id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined)
    throw new StationError('usage.invalidInput', { detail: `lanes: the module ${twice} is given twice` })
  return asked.map(({ module, parameters }, i): Lane => {
    const allowed = Object.fromEntries(
      Object.entries(validateInputs(template, parameters, { measuring: false })).filter(([name]) => name in parameters),
    )
    return {
      id: laneIdOf(i),
      module,
      parameters: allowed,
      state: 'in',
      reason: null,
      verdict: null,
      verdictReasons: [],
    }
  })
}
