import type { Template } from '../../contract/template.ts'
import { partConfigs, profileOrNull, type ProfileSource } from '../instruments/effectiveProfile.ts'
import type { WatchedInstrument } from './messages.ts'

/**
 * The instruments of a run that its watchdog process has to switch off: whatever is under electrical energy on a real
 * wire. What is only a chamber holds by itself what it has; a PID station is more.
 * @param roles ids of instruments by the names of their roles, each perhaps with `#channel`
 */
export function watchedOf(
  template: Pick<Template, 'roles'>,
  roles: Readonly<Record<string, readonly string[]>>,
  source: ProfileSource,
): WatchedInstrument[] {
  const idsOf = (name: string): string[] => (roles[name] ?? []).map((each) => each.split('#')[0] ?? each)
  const ids = new Set(template.roles.filter(({ role }) => role !== 'Chamber').flatMap(({ name }) => idsOf(name)))
  return [...ids].flatMap((id): WatchedInstrument[] => {
    const config = source.configOf?.(id)
    const profile = config && profileOrNull(config, source)
    if (!config || !profile?.energises) return []
    const parts = [...partConfigs(config, source).values()].flat()
    const isSimulated = [config, ...parts].some((each) => each.link.startsWith('sim:'))
    return isSimulated ? [] : [{ config, parts }]
  })
}
