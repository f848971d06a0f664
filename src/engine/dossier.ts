import { z } from 'zod'
import { backFillSchema, type BackFill } from '../contract/backFill.ts'
import type { Dossier, Laboratory, Pause } from '../contract/dossier.ts'
import { dispositionSchema, type Disposition } from '../contract/run.ts'
import { exposureNeeds } from './exposureNeeds.ts'
import { dataSeal } from './reports/seal.ts'
import type { Reader } from './storage/store.ts'

/** The document of a run that holds what was decided about time that was not credited. */
export const dispositionsName = 'dispositions'

export async function loadDispositions(store: Pick<Reader, 'documentOf'>, runId: string): Promise<Disposition[]> {
  return z.array(dispositionSchema).parse((await store.documentOf(runId, dispositionsName)) ?? [])
}

/** The document of a run that holds what was filled in from controllers' logs. */
export const backFillsName = 'backFills'

export async function loadBackFills(store: Pick<Reader, 'documentOf'>, runId: string): Promise<BackFill[]> {
  return z.array(backFillSchema).parse((await store.documentOf(runId, backFillsName)) ?? [])
}

const reasonIn = (detail: string): string | null => {
  const parsed = z.looseObject({ reason: z.string() }).safeParse(JSON.parse(detail))
  return parsed.success ? parsed.data.reason : null
}

/** Pauses as the audit trail tells them; what a guard's pause adds to a person's is the same pause. */
async function loadPauses(store: Pick<Reader, 'auditRows'>, runId: string): Promise<Pause[]> {
  const pauses: Pause[] = []
  for (const row of await store.auditRows(runId)) {
    const open = pauses.at(-1)
    const isOpen = open !== undefined && open.toUtcMs === null
    if (row.action === 'run.pause' && !isOpen) {
      const reason = reasonIn(row.detail)
      pauses.push({ fromUtcMs: row.utc_ms, toUtcMs: null, who: row.actor, reason, resumedBy: null })
    } else if ((row.action === 'run.resume' || row.action === 'run.recover') && isOpen) {
      pauses[pauses.length - 1] = { ...open, toUtcMs: row.utc_ms, resumedBy: row.actor }
    }
  }
  return pauses
}

/** What a test under stress has beside the rest. */
async function loadStress(store: Reader, { run, template }: Pick<Dossier, 'run' | 'template'>) {
  if (!template.exposure?.length && !run.lanes?.length) return {}
  const dispositions = await loadDispositions(store, run.id)
  const pauses = await loadPauses(store, run.id)
  const backFills = await loadBackFills(store, run.id)
  return {
    layout: 2 as const,
    exposures: exposureNeeds(run, template),
    ...(dispositions.length > 0 ? { dispositions } : {}),
    ...(backFills.length > 0 ? { backFills } : {}),
    ...(pauses.length > 0 ? { pauses } : {}),
  }
}

/** Gathers everything known of one run, with its data seal. */
export async function loadDossier(store: Reader, runId: string, laboratory: Laboratory): Promise<Dossier> {
  const { run, template } = await store.getRun(runId)
  const exposure = await store.exposureOf(runId)
  const data = {
    laboratory,
    run,
    template,
    channels: await store.channels(runId),
    sweeps: await store.sweeps(runId),
    results: await store.results(runId),
    criteria: await store.criteria(runId),
    events: await store.events(runId),
    ...(exposure.length > 0 ? { exposure } : {}),
    ...(await loadStress(store, { run, template })),
  }
  return { ...data, dataSha256: dataSeal(data) }
}
