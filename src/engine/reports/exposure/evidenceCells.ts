import type { Dossier } from '../../../contract/dossier.ts'
import type { ExposureLoss } from '../../../contract/exposure.ts'

const heads = [
  ...['stretch back-filled (s)', 'of it inside every window (s)', 'windows without a log'],
  ...['largest difference at the edges', 'unit of the difference', 'channel of the difference', 'back-fill records'],
] as const

/** Columns of the ledger for what controllers' own logs say of a stretch; none where no log was brought in. */
export const evidenceHeads = ({ backFills = [] }: Dossier): readonly string[] => (backFills.length > 0 ? heads : [])

/** What stands in them: of each row that of the whole stretch that it belongs to. */
export function evidenceCells(dossier: Dossier, loss: ExposureLoss | undefined): (string | number | null)[] {
  const evidence = loss?.evidence
  if (!evidence) return evidenceHeads(dossier).map(() => null)
  const { coveredMs, insideMs, missing, mostDeviation, ids } = evidence
  return [
    ...[coveredMs / 1000, insideMs === null ? null : insideMs / 1000, missing.join('; ')],
    ...[mostDeviation?.value ?? null, mostDeviation?.unit ?? null, mostDeviation?.channel ?? null, ids.join('; ')],
  ]
}
