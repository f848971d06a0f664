import { z } from 'zod'
import { messageOf, StationError } from '../contract/errors.ts'
import { importProfileSchema, type ImportProfile } from '../contract/importProfile.ts'
import { sayIssues } from './executor/template.ts'
import type { Reader, Store } from './storage/store.ts'

const settingName = 'importProfiles'

/** The import profiles of this station, by name. */
export interface ImportProfiles {
  list: () => ImportProfile[]
  /** @throws StationError usage.notFound */
  find: (name: string) => ImportProfile
  /** Adds it, or takes the place of the one with this name. */
  save: (profile: ImportProfile, who: string) => Promise<ImportProfile[]>
  remove: (name: string, who: string) => Promise<ImportProfile[]>
}

/** Those stored in a data folder. */
export async function loadImportProfiles(reader: Pick<Reader, 'setting'>): Promise<ImportProfile[]> {
  const stored = await reader.setting(settingName)
  return stored === undefined ? [] : z.array(importProfileSchema).parse(JSON.parse(stored))
}

/** @throws StationError usage.invalidInput that names the wrong fields */
export function parseImportProfile(value: unknown, file: string): ImportProfile {
  const parsed = importProfileSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new StationError('usage.invalidInput', { detail: `${file}: ${sayIssues(parsed.error)}` }, parsed.error)
}

export async function createImportProfiles(store: Store): Promise<ImportProfiles> {
  let profiles = await loadImportProfiles(store)
  let last: Promise<unknown> = Promise.resolve()

  const find = (name: string): ImportProfile => {
    const found = profiles.find((each) => each.name === name)
    if (!found) throw new StationError('usage.notFound', { what: 'Import profile', id: name })
    return found
  }
  /** One after the other, so that two windows don't undo each other's changes. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    last = turn.catch((error: unknown) => messageOf(error))
    return turn
  }
  const keep = async (
    changed: ImportProfile[],
    entry: Parameters<Store['saveSetting']>[2],
  ): Promise<ImportProfile[]> => {
    await store.saveSetting(settingName, JSON.stringify(changed), entry)
    profiles = changed
    return profiles
  }
  return {
    list: () => profiles,
    find,
    save: (profile, who) =>
      inTurn(() => {
        const old = profiles.find((each) => each.name === profile.name) ?? null
        const others = profiles.filter((each) => each !== old)
        const changed = [...others, profile].sort((a, b) => a.name.localeCompare(b.name, 'en'))
        const entry = { actor: who, action: 'importProfile.save', subject: profile.name, detail: { old, new: profile } }
        return keep(changed, entry)
      }),
    remove: (name, who) =>
      inTurn(() => {
        const old = find(name)
        const entry = { actor: who, action: 'importProfile.remove', subject: name, detail: { old } }
        return keep(
          profiles.filter((each) => each !== old),
          entry,
        )
      }),
  }
}
