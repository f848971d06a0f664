import type { Template } from '../../contract/template.ts'
import { partConfigs, profileOrNull, type ProfileSource } from '../instruments/effectiveProfile.ts'
import type { WatchedInstrument } from './messages.ts'

/**
 * What is under electrical energy in a run. What is only a chamber holds by itself what it has; a PID station is more.
 * @param roles ids of instruments by the names of their roles, each perhaps with `#channel`
 */
export function electricalIds(
  template: Pick<Template, 'roles'>,
  roles: Readonly<Record<string, readonly string[]>>,
): string[] {
  const idsOf = (name: string): string[] => (roles[name] ?? []).map((each) => each.split('#')[0] ?? each)
  return [...new Set(template.roles.filter(({ role }) => role !== 'Chamber').flatMap(({ name }) => idsOf(name)))]
}

/** Those of these instruments that the watchdog process has to switch off: what energises, on a real wire. */
export function watchedOf(ids: readonly string[], source: ProfileSource): WatchedInstrument[] {
  return ids.flatMap((id): WatchedInstrument[] => {
    const config = source.configOf?.(id)
    const profile = config && profileOrNull(config, source)
    if (!config || !profile?.energises) return []
    const parts = [...partConfigs(config, source).values()].flat()
    const isSimulated = [config, ...parts].some((each) => each.link.startsWith('sim:'))
    return isSimulated ? [] : [{ config, parts }]
  })
}
