import { existsSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StartRequest } from '../contract/startRequest.ts'
import type { Profile } from '../contract/instrument.ts'
import type { PreflightLine } from '../contract/run.ts'
import type { Scalar, Template } from '../contract/template.ts'
import { plannedDurationS, plannedSamples, type PlannedInstrument } from './plannedDuration.ts'
import { instrumentIdOf } from './runRoles.ts'
import { backupsIn, type BackupPlan } from './storage/backupSchedule.ts'
import type { StoreSize } from './storage/size.ts'

/** Where a station writes, and what is known of it. */
export interface DiskGround {
  dataFolder: string
  /** null where none are made. */
  backups: BackupPlan | null
  size: () => Promise<StoreSize>
}

/** Of a station; null for one that writes nothing to a disk. */
export const diskOf = (station: {
  dataFolder: string | null
  backups?: BackupPlan | null
  store: { size: DiskGround['size'] }
}): DiskGround | null =>
  station.dataFolder === null
    ? null
    : { dataFolder: station.dataFolder, backups: station.backups ?? null, size: station.store.size }

/** What a run will add, as far as it can be told before. */
export interface DiskForecast {
  durationS: number
  samples: number
  bytesPerSample: number
  /** Samples, log, journal, ledger and papers. */
  runBytes: number
  /** Backups that are made until its end, less those that go for them. */
  backupBytes: number
}

/** A store that can't tell from its own samples: what noisy ones take, with their summaries. */
export const usualBytesPerSample = 4
/** Summaries, bins, and pages that aren't full. */
const overheadFactor = 1.6
/** Papers, bundle, log and journal of a run, and of each module more. */
const runOverheadBytes = 16e6
const moduleOverheadBytes = 6e6
/** Below this nothing is begun: the system itself needs room, too. */
const leastFreeBytes = 1_000_000_000

interface Planned {
  template: Template
  parameters: Readonly<Record<string, Scalar>>
  lanes: number
  instruments: (roleName: string) => readonly PlannedInstrument[]
}

/** The instruments of a request, each with how many values a reading of it has. */
export const plannedInstruments =
  (roles: StartRequest['roles'], profile: (id: string) => Profile | undefined): Planned['instruments'] =>
  (roleName) =>
    [...new Set((roles[roleName] ?? []).map(instrumentIdOf))].map((id) => ({
      id,
      channels: profile(id)?.channels.length ?? 1,
    }))

export function forecastRun(
  planned: Planned,
  store: { size: StoreSize; backups: { keep: number; everyMs: number; madeBytes: readonly number[] } | null },
): DiskForecast {
  const durationS = plannedDurationS(planned)
  const samples = plannedSamples(planned)
  const own = store.size.bytesPerSample
  const bytesPerSample = own === null ? usualBytesPerSample : own * overheadFactor
  const runBytes = Math.ceil(samples * bytesPerSample + runOverheadBytes + planned.lanes * moduleOverheadBytes)
  const forecast = { durationS, samples, bytesPerSample, runBytes, backupBytes: 0 }
  if (!store.backups) return forecast
  const { keep, everyMs, madeBytes } = store.backups
  const made = Math.floor((durationS * 1000) / everyMs) + 1
  // One more than are kept: the oldest goes only when the newest was checked.
  const copies = Math.min(keep + 1, madeBytes.length + made)
  const left = madeBytes.slice(Math.max(0, madeBytes.length - Math.max(0, copies - made)))
  const grown = (copies - left.length) * (store.size.bytes + runBytes)
  const gone = madeBytes.reduce((sum, each) => sum + each, 0) - left.reduce((sum, each) => sum + each, 0)
  return { ...forecast, backupBytes: Math.max(0, Math.ceil(grown - gone)) }
}

export function sayBytes(bytes: number): string {
  if (bytes >= 1e12) return `${(bytes / 1e12).toFixed(1)} TB`
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  return `${Math.max(1, Math.round(bytes / 1e6))} MB`
}

/** A folder that isn't there yet will lie on the disk of the one around it. */
const nearest = (folder: string): string => (existsSync(folder) ? folder : nearest(dirname(folder)))

function judge(
  line: { id: string; title: string; folder: string },
  at: { free: number; needs: number; until: string },
) {
  const { free, needs, until } = at
  const detail = `needs ≈ ${sayBytes(needs)}${until}, ${sayBytes(free)} free`
  const found = { id: line.id, title: line.title, detail }
  const least = Math.max(needs, leastFreeBytes)
  if (free < least)
    return {
      ...found,
      ...(needs < least ? { detail: `${detail}; no test begins with less than ${sayBytes(least)} free` } : {}),
      state: 'problem' as const,
      todo: `Free at least ${sayBytes(least - free)} on the disk of ${line.folder}, or measure less often.`,
    }
  if (free < 2 * needs)
    return {
      ...found,
      state: 'warning' as const,
      todo: `Make room on the disk of ${line.folder}: twice what is needed should be free, as tests take longer than planned.`,
    }
  return { ...found, state: 'ok' as const, todo: null }
}

/** Whether what a run will record, and the backups made meanwhile, have room; null for a plan that can't be told. */
export async function checkDisk(
  ground: DiskGround | null,
  planned: Planned | null,
  utcMs: number,
): Promise<PreflightLine[]> {
  if (ground === null) return []
  const { dataFolder, backups } = ground
  const freeIn = async (folder: string): Promise<number> => {
    const disk = await statfs(nearest(folder))
    return disk.bavail * disk.bsize
  }
  const free = await freeIn(dataFolder)
  const main = { id: 'disk', title: 'Disk', folder: dataFolder }
  if (planned === null) return [judge(main, { free, needs: 0, until: '' })]
  const madeBytes = backups ? backupsIn(backups.folder).map((name) => statSync(join(backups.folder, name)).size) : []
  const forecast = forecastRun(planned, {
    size: await ground.size(),
    backups: backups && { ...backups, madeBytes },
  })
  const until = ` until ${new Date(utcMs + forecast.durationS * 1000).toISOString().slice(0, 10)}`
  const isApart = backups !== null && statSync(nearest(backups.folder)).dev !== statSync(dataFolder).dev
  const needs = forecast.runBytes + (isApart ? 0 : forecast.backupBytes)
  const lines = [judge(main, { free, needs, until })]
  if (!isApart) return lines
  const line = { id: 'disk.backups', title: 'Disk of the backups', folder: backups.folder }
  return [...lines, judge(line, { free: await freeIn(backups.folder), needs: forecast.backupBytes, until })]
}
