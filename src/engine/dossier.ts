import type { Dossier, Laboratory } from '../contract/dossier.ts'
import { dataSeal } from './reports/seal.ts'
import type { Reader } from './storage/store.ts'

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
  }
  return { ...data, dataSha256: dataSeal(data) }
}
