import { plainNumber } from '../../base/plainNumber.ts'
import type { Band, ValueRef } from '../../contract/template.ts'
import type { Latest, View } from '../acquisition/hub.ts'
import type { HeldInstrument } from './stepKind.ts'

/** One channel of a role, as a run has assigned it. */
export interface Source {
  held: HeldInstrument
  channel: string
}

/** What a band is now. A value that is missing or too old says nothing, and never counts as inside. */
export interface BandState {
  state: 'inside' | 'outside' | 'unknown'
  /** Largest distance beyond the window; 0 inside. */
  beyond: number
  detail: string
  /** The same without the value: what stays the same as long as it lasts. */
  why: string
}

export interface Sensors {
  sources: (roleName: string, channel: string | undefined, lane: string | null) => Source[]
  latest: (source: Source) => Latest | null
  /** @param freshMs older values are unknown */
  check: (band: Band, given: { lane: string | null; freshMs: number }) => BandState
}

const matches = (held: HeldInstrument, at: { roleName: string; channel: string | undefined; lane: string | null }) =>
  held.roles
    .filter((taken) => taken.roleName === at.roleName)
    .filter((taken) => taken.lane === null || at.lane === null || taken.lane === at.lane)
    .flatMap((taken) => {
      if (taken.channel !== null) return at.channel === undefined || at.channel === taken.channel ? [taken.channel] : []
      const wanted = held.profile.channels.filter((each) =>
        at.channel === undefined ? each.role === taken.role : each.channel === at.channel,
      )
      return wanted.map((each) => each.channel)
    })

/** The channels that serve a role; of a lane's own roles only that lane's. */
export const sourcesOf = (
  all: readonly HeldInstrument[],
  at: { roleName: string; channel: string | undefined; lane: string | null },
): Source[] => all.flatMap((held) => [...new Set(matches(held, at))].map((channel) => ({ held, channel })))

/** Where the values of a band have to be; infinite where it has no limit. */
export function windowOf(band: Band, number: (ref: ValueRef) => number): { low: number; high: number } {
  const limit = (ref: ValueRef | undefined, otherwise: number): number => (ref === undefined ? otherwise : number(ref))
  const target = band.target === undefined ? null : number(band.target)
  const tolerance = limit(band.tolerance, Infinity)
  return {
    low: Math.max(limit(band.minimum, -Infinity), target === null ? -Infinity : target - tolerance),
    high: Math.min(limit(band.maximum, Infinity), target === null ? Infinity : target + tolerance),
  }
}

export function createSensors(deps: {
  held: readonly HeldInstrument[]
  hub: Pick<View, 'latest'>
  nowMs: () => number
  number: (ref: ValueRef, lane: string | null) => number
}): Sensors {
  // What a run holds stays the same, and is asked for at each sample: by maps, as joining a key would cost the most of it.
  const known = new Map<string, Map<string | undefined, Map<string | null, Source[]>>>()
  const sources: Sensors['sources'] = (roleName, channel, lane) => {
    const found = known.get(roleName)?.get(channel)?.get(lane)
    if (found) return found
    const made = sourcesOf(deps.held, { roleName, channel, lane })
    const ofRole = known.get(roleName) ?? new Map<string | undefined, Map<string | null, Source[]>>()
    const ofChannel = ofRole.get(channel) ?? new Map<string | null, Source[]>()
    known.set(roleName, ofRole.set(channel, ofChannel.set(lane, made)))
    return made
  }
  const latest: Sensors['latest'] = ({ held, channel }) => deps.hub.latest(held, channel)

  const check: Sensors['check'] = (band, { lane, freshMs }) => {
    const { low, high } = windowOf(band, (ref) => deps.number(ref, lane))
    const found = sources(band.role, band.channel, lane)
    if (found.length === 0) return unknown(`nothing measures ${band.role}`)
    let worst = inside
    for (const source of found) {
      const now = judge(source, latest(source), { low, high, freshMs, nowMs: deps.nowMs() })
      if (now.state === 'outside' && (worst.state !== 'outside' || now.beyond > worst.beyond)) worst = now
      if (now.state === 'unknown' && worst.state === 'inside') worst = now
    }
    return worst
  }
  return { sources, latest, check }
}

function judge(
  source: Source,
  latest: Latest | null,
  window: { low: number; high: number; freshMs: number; nowMs: number },
): BandState {
  const name = `${source.held.name} ${source.channel}`
  if (!latest) return unknown(`${name} has not been read yet`)
  if (latest.value === null) return unknown(`${name}: ${latest.reason}`)
  const ageMs = window.nowMs - latest.monotonicMs
  if (ageMs > window.freshMs) return unknown(`${name} is too old`)
  const { value } = latest
  const unit = latest.unit === '1' ? '' : latest.unit
  if (value >= window.low && value <= window.high) return inside
  const said = `${name} ${plainNumber(value)} ${unit}`.trim()
  const outside = (beyond: number, where: string): BandState => ({
    ...{ state: 'outside', beyond },
    detail: `${said} is ${where}`,
    why: `${name} is ${where}`,
  })
  if (value < window.low) return outside(window.low - value, `below ${plainNumber(window.low)} ${unit}`.trim())
  return outside(value - window.high, `above ${plainNumber(window.high)} ${unit}`.trim())
}

/** Nothing has to be said of it, and it is what nearly every sample is. */
const inside: BandState = { state: 'inside', beyond: 0, detail: '', why: '' }

const unknown = (why: string): BandState => ({ state: 'unknown', beyond: 0, detail: why, why })
