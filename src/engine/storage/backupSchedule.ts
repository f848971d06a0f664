import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Cancellation } from '../../base/cancellation.ts'
import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../contract/errors.ts'
import type { BackupReport } from './backup.ts'

export interface BackupPlan {
  folder: string
  everyMs: number
  /** Backups that stay; older ones go once a newer one was checked, and each is told. */
  keep: number
}

export interface BackupScheduleDeps {
  clock: Clock
  plan: BackupPlan
  backUp: (path: string) => Promise<BackupReport>
  tell: (level: 'info' | 'warning' | 'error', text: string) => Promise<void>
}

const pattern = /^station-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z\.db$/

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

/** In the order of their age, the oldest first. */
export const backupsIn = (folder: string): string[] =>
  namesIn(folder)
    .filter((name) => pattern.test(name))
    .sort()

export const backupName = (utcMs: number): string => `station-${new Date(utcMs).toISOString().replaceAll(':', '-')}.db`

/** What a name says of the time; the file's own time may be that of a copy. */
const timeOf = (name: string): number =>
  Date.parse(name.slice('station-'.length, -'.db'.length).replace(/T(\d{2})-(\d{2})-/, 'T$1:$2:'))

/** One backup now, and what it makes superfluous goes. Never throws: a station goes on without its backup, and says so. */
export async function backUpNow(deps: BackupScheduleDeps): Promise<BackupReport | null> {
  const { plan, clock, tell } = deps
  try {
    // What a station left that ended in the midst of one.
    for (const name of namesIn(plan.folder)) if (name.endsWith('.db.partial')) rmSync(join(plan.folder, name))
    const report = await deps.backUp(join(plan.folder, backupName(clock.utcMs())))
    const size = `${(report.bytes / 2 ** 20).toFixed(1)} MiB, ${report.samples} samples`
    await tell('info', `Backup ${report.path} was made and checked (${size}, audit trail head ${report.audit.head})`)
    for (const name of backupsIn(plan.folder).slice(0, -plan.keep)) {
      const path = join(plan.folder, name)
      const bytes = statSync(path).size
      rmSync(path)
      await tell('info', `Backup ${path} (${bytes} bytes) was deleted: the ${plan.keep} newest are kept`)
    }
    return report
  } catch (error) {
    // Saying it may fail for the same reason, a full disk: the next time comes.
    await tell('error', `The backup failed; earlier ones are kept: ${messageOf(error)}`).catch(() => undefined)
    return null
  }
}

/** Backs up whenever the last good backup is old enough, until cancelled. */
export async function runBackups(deps: BackupScheduleDeps, until: Cancellation): Promise<void> {
  const { plan, clock } = deps
  while (!until.aborted) {
    const last = backupsIn(plan.folder).at(-1)
    const dueMs = last === undefined ? 0 : timeOf(last) + plan.everyMs - clock.utcMs()
    // A clock that was set back must not put it off for ever.
    if (dueMs > 0) await clock.sleep(Math.min(dueMs, plan.everyMs), until).catch(() => undefined)
    if (until.aborted) return
    const made = await backUpNow(deps)
    if (made === null) await clock.sleep(Math.min(plan.everyMs, retryMs), until).catch(() => undefined)
  }
}

const retryMs = 15 * 60_000
