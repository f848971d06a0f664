import type { Profile, Setting, SettingValue } from '../../contract/instrument.ts'

/** What was set by hand of what energises, as it was read back; undefined where nobody knows. */
export type Given = ReadonlyMap<string, SettingValue | undefined>

function mayBeOn(settings: readonly Setting[], given: Given): boolean {
  const own = settings.filter(({ energises }) => energises)
  if (!own.some(({ name }) => given.has(name))) return false
  const switches = own.filter(({ type }) => type === 'boolean')
  return switches.length === 0 || !switches.every(({ name }) => given.get(name) === false)
}

/**
 * Whether something may be on after what was set by hand: what isn't known to be off may be on. What belongs to a chamber
 * holds by itself; everything else is electrical.
 */
export function energyOf(profile: Profile, given: Given): { electrical: boolean; any: boolean } {
  const electrical = mayBeOn(
    profile.settings.filter(({ role }) => role !== 'Chamber'),
    given,
  )
  const chamber = mayBeOn(
    profile.settings.filter(({ role }) => role === 'Chamber'),
    given,
  )
  return { electrical, any: electrical || chamber }
}

/** Everything electrical that it has, at unknown values: what an earlier life of the station left on. */
export const unknownEnergy = ({ settings }: Profile): Map<string, SettingValue | undefined> =>
  new Map(
    settings.filter(({ energises, role }) => energises && role !== 'Chamber').map(({ name }) => [name, undefined]),
  )
