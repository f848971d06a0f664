import { z } from 'zod'
import {
  profileSchema,
  type PartProfiles,
  type Profile,
  type Role,
  type Setting,
} from '../../src/contract/instrument.ts'
import { parseDefinition } from '../definition/parse.ts'
import profileJson from './profile.json' with { type: 'json' }

/** What is alike in all such stations; limits and lanes come from the parts. */
export const profile: Profile = profileSchema.parse(profileJson)

export const definitionSchema = z.strictObject({
  dischargedV: z.number().min(1).max(60).default(25).describe('At or below this the module counts as discharged'),
  dischargeS: z.number().min(1).max(300).default(60).describe('How long discharging may take'),
  interlockAgeS: z.number().min(0.1).max(10).default(2).describe('An interlock’s answer that took longer is too old'),
})
export type StationDefinition = z.infer<typeof definitionSchema>

export const parseStation = (definition: unknown): StationDefinition =>
  parseDefinition(definitionSchema, definition ?? {})

/** Where a channel of the whole comes from. */
export interface Source {
  slot: string
  /** Which part in the slot, and its own name of the channel. */
  index: number
  channel: string
}

type Channel = Profile['channels'][number]

/** Channels of one slot, each with where it comes from. */
function channelsOf(
  parts: PartProfiles,
  of: { slot: string; takes: (channel: Channel) => boolean; name: (channel: Channel, n: number) => string; role: Role },
): { channel: Channel; source: Source }[] {
  const { slot, takes, name, role } = of
  const found = (parts[slot] ?? []).flatMap(({ profile: each, name: partName }, index) =>
    each.channels.filter(takes).map((channel) => ({ channel, index, partName })),
  )
  return found.map(({ channel, index, partName }, n) => ({
    channel: { ...channel, channel: name(channel, n), role, title: `${channel.title} (${partName})` },
    source: { slot, index, channel: channel.channel },
  }))
}

const chamberChannels = ['temperature', 'humidity', 'temperature.setpoint', 'humidity.setpoint', 'running']

/** Every channel of the whole; leakage is numbered by lane, across all meters in their order. */
export function stationChannels(parts: PartProfiles): { channel: Channel; source: Source }[] {
  const own = ({ channel }: Channel): string => channel
  return [
    ...channelsOf(parts, {
      slot: 'interlock',
      takes: (each) => each.channel === 'interlock',
      name: own,
      role: 'Interlock',
    }),
    ...channelsOf(parts, {
      slot: 'hv',
      takes: (each) => each.channel === 'voltage' || each.channel === 'current',
      name: own,
      role: 'HvSource',
    }),
    ...channelsOf(parts, {
      slot: 'leakage',
      takes: (each) => each.role === 'LeakageMeter',
      name: (_channel, n) => `leakage.${n + 1}`,
      role: 'LeakageMeter',
    }),
    ...channelsOf(parts, {
      slot: 'chamber',
      takes: (each) => chamberChannels.includes(each.channel),
      name: own,
      role: 'Chamber',
    }),
  ]
}

/** Which part a setting belongs to; the supply's names go first. */
export function stationSettings(parts: PartProfiles): { setting: Setting; slot: 'hv' | 'chamber' }[] {
  const of = (slot: 'hv' | 'chamber', role: Role) =>
    (parts[slot]?.[0]?.profile.settings ?? [])
      .filter((setting) => setting.role === role)
      .map((setting) => ({ setting, slot }))
  const hv = of('hv', 'HvSource')
  const names = new Set(hv.map(({ setting }) => setting.name))
  return [...hv, ...of('chamber', 'Chamber').filter(({ setting }) => !names.has(setting.name))]
}

export function profileOf(definition: unknown, parts: PartProfiles): Profile {
  const { dischargeS } = parseStation(definition)
  const all = Object.values(parts).flat()
  return {
    ...profile,
    // One part after the other, and the discharge between.
    safeStopS: Math.min(600, dischargeS + all.reduce((sum, each) => sum + (each.profile.safeStopS ?? 10), 0)),
    channels: stationChannels(parts).map(({ channel }) => channel),
    settings: stationSettings(parts).map(({ setting }) => setting),
  }
}
