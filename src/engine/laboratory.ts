import { laboratorySchema, type Laboratory } from '../contract/dossier.ts'
import type { Store } from './storage/store.ts'

const noLaboratory: Laboratory = { name: 'Laboratory (name not set)', address: '', station: 'Station 1' }

/** Whose station it is, as the papers say it. */
export async function createLaboratory(store: Store) {
  const stored = await store.setting('laboratory')
  let laboratory = stored === undefined ? noLaboratory : laboratorySchema.parse(JSON.parse(stored))
  return {
    current: (): Laboratory => laboratory,
    save: async (changed: Laboratory): Promise<void> => {
      const detail = { old: laboratory, new: changed }
      const entry = { actor: 'admin', action: 'laboratory.save', subject: 'station', detail }
      await store.saveSetting('laboratory', JSON.stringify(changed), entry)
      laboratory = changed
    },
  }
}
