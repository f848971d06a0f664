import type { RoleNeed, Template } from '../../contract/template.ts'
import type { ParameterTexts } from './parameters.ts'

/** One more module of a run of several. */
export interface LaneDraft {
  id: string
  maker: string
  model: string
  /** What its label says otherwise than the first module's; what isn't here or is empty is the same. */
  texts: ParameterTexts
}

/** `A`, `B`, … as the station names the lanes. */
export const laneName = (index: number): string =>
  String.fromCharCode(65 + (index % 26)) + (index >= 26 ? String(Math.floor(index / 26)) : '')

/** What is wrong with each module's id; null where it is fine. The first is the one of the page before. */
export function laneProblems(ids: readonly string[]): (string | null)[] {
  const known = ids.map((id) => id.trim())
  return known.map((id, i) => {
    if (id === '') return 'Type or scan its id.'
    const first = known.indexOf(id)
    return first < i ? `This is the module of lane ${laneName(first)}.` : null
  })
}

/** How many modules are missing or too many, in words. */
export function countProblem(count: number, lanes: NonNullable<Template['lanes']>): string | null {
  if (count < lanes.minimum) return `The test needs at least ${lanes.minimum} modules.`
  return count > lanes.maximum ? `The test takes at most ${lanes.maximum} modules.` : null
}

export type Scanned = { lanes: LaneDraft[]; refused: null } | { lanes: null; refused: string }

/** Puts a scanned id into the first empty row, or into a new one; refuses one that is there already. */
export function takeScan(
  scanned: string,
  given: { firstId: string; lanes: readonly LaneDraft[]; most: number; like: Pick<LaneDraft, 'maker' | 'model'> },
): Scanned {
  const { firstId, lanes, most, like } = given
  const ids = [firstId, ...lanes.map(({ id }) => id)].map((id) => id.trim())
  const known = ids.indexOf(scanned.trim())
  if (known >= 0) return { lanes: null, refused: `${scanned} is already in lane ${laneName(known)}.` }
  const empty = lanes.findIndex(({ id }) => id.trim() === '')
  if (empty >= 0)
    return { lanes: lanes.map((lane, i) => (i === empty ? { ...lane, id: scanned } : lane)), refused: null }
  if (ids.length >= most) return { lanes: null, refused: `${scanned} has no place: the test takes ${most} modules.` }
  return { lanes: [...lanes, { ...like, id: scanned, texts: {} }], refused: null }
}

export interface Serving {
  instrumentId: string
  channel: string | null
}

/**
 * What serves each lane in a role that each has of its own, in order: an instrument with several channels of the role
 * serves as many lanes. Shorter than the lanes where it isn't enough.
 */
export const servingOf = (
  need: Pick<RoleNeed, 'role'>,
  chosen: readonly string[],
  channelsOf: (instrumentId: string, role: string) => readonly string[],
): Serving[] =>
  chosen.flatMap((assigned): Serving[] => {
    const [instrumentId = '', channel] = assigned.split('#')
    if (channel !== undefined) return [{ instrumentId, channel }]
    const channels = channelsOf(instrumentId, need.role)
    if (channels.length <= 1) return [{ instrumentId, channel: channels[0] ?? null }]
    return channels.map((each) => ({ instrumentId, channel: each }))
  })
