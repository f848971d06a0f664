import { z } from 'zod'

/** Where a value comes from. Verdicts and papers obey it: only `live` makes an unmarked certificate. */
export const provenanceSchema = z.enum(['live', 'simulated', 'replayed', 'manual', 'imported', 'backFilled', 'stale'])
export type Provenance = z.infer<typeof provenanceSchema>

/** What is printed across everything that isn't live; null for live data. */
export const provenanceMark = (provenance: Provenance): string | null =>
  provenance === 'live' ? null : provenance === 'backFilled' ? 'BACK-FILLED' : provenance.toUpperCase()
