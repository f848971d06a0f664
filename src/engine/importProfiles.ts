import { z } from 'zod'
import { messageOf, StationError } from '../contract/errors.ts'
import { logProfileSchema, type LogProfile } from '../contract/backFill.ts'
import { importProfileSchema, type ImportProfile } from '../contract/importProfile.ts'
import { sayIssues } from './executor/template.ts'
import type { Reader, Store } from './storage/store.ts'

/** Profiles of one kind that this station keeps, by name. */
export interface Profiles<T extends { name: string }> {
  list: () => T[]
  /** @throws StationError usage.notFound */
  find: (name: string) => T
  /** Adds it, or takes the place of the one with this name. */
  save: (profile: T, who: string) => Promise<T[]>
  remove: (name: string, who: string) => Promise<T[]>
}
export type ImportProfiles = Profiles<ImportProfile>
export type LogProfiles = Profiles<LogProfile>

/** Where profiles of one kind are kept, and what they are called. */
interface Shelf<T> {
  settingName: 'importProfiles' | 'logProfiles'
  /** First word of what the audit trail says. */
  subject: 'importProfile' | 'logProfile'
  title: string
  schema: z.ZodType<T>
}
const importShelf: Shelf<ImportProfile> = {
  ...{ settingName: 'importProfiles', subject: 'importProfile', title: 'Import profile' },
  schema: importProfileSchema,
}
const logShelf: Shelf<LogProfile> = {
  ...{ settingName: 'logProfiles', subject: 'logProfile', title: 'Profile of a log' },
  schema: logProfileSchema,
}

async function load<T>(reader: Pick<Reader, 'setting'>, { settingName, schema }: Shelf<T>): Promise<T[]> {
  const stored = await reader.setting(settingName)
  return stored === undefined ? [] : z.array(schema).parse(JSON.parse(stored))
}

/** Those stored in a data folder. */
export const loadImportProfiles = (reader: Pick<Reader, 'setting'>): Promise<ImportProfile[]> =>
  load(reader, importShelf)

/** @throws StationError usage.invalidInput that names the wrong fields */
export const parseImportProfile = (value: unknown, file: string): ImportProfile =>
  parseProfile(importProfileSchema, value, file)
/** @throws StationError usage.invalidInput that names the wrong fields */
export const parseLogProfile = (value: unknown, file: string): LogProfile => parseProfile(logProfileSchema, value, file)

function parseProfile<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new StationError('usage.invalidInput', { detail: `${file}: ${sayIssues(parsed.error)}` }, parsed.error)
}

export const createImportProfiles = (store: Store): Promise<ImportProfiles> => createProfiles(store, importShelf)
export const createLogProfiles = (store: Store): Promise<LogProfiles> => createProfiles(store, logShelf)

async function createProfiles<T extends { name: string }>(store: Store, shelf: Shelf<T>): Promise<Profiles<T>> {
  const { settingName, subject, title } = shelf
  let profiles = await load(store, shelf)
  let last: Promise<unknown> = Promise.resolve()

  const find = (name: string): T => {
    const found = profiles.find((each) => each.name === name)
    if (!found) throw new StationError('usage.notFound', { what: title, id: name })
    return found
  }
  /** One after the other, so that two windows don't undo each other's changes. */
  const inTurn = (work: () => Promise<T[]>): Promise<T[]> => {
    const turn = last.then(work)
    last = turn.catch((error: unknown) => messageOf(error))
    return turn
  }
  const keep = async (changed: T[], entry: Parameters<Store['saveSetting']>[2]): Promise<T[]> => {
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
        const entry = { actor: who, action: `${subject}.save`, subject: profile.name, detail: { old, new: profile } }
        return keep(changed, entry)
      }),
    remove: (name, who) =>
      inTurn(() => {
        const old = find(name)
        const entry = { actor: who, action: `${subject}.remove`, subject: name, detail: { old } }
        return keep(
          profiles.filter((each) => each !== old),
          entry,
        )
      }),
  }
}
