import type { Dossier } from '../../contract/dossier.ts'
import { writeCsv } from './csv.ts'
import { evidenceCells, evidenceHeads } from './exposure/evidenceCells.ts'
import { summariseExposure } from './exposure/summary.ts'
import { isStressLayout } from './model/stressSections.ts'

/** Whether a run's papers have its ledger as a file. */
export const hasLedger = (dossier: Dossier): boolean =>
  isStressLayout(dossier) && (dossier.template.exposure?.length ?? 0) > 0

const isoUtc = (utcMs: number): string => new Date(utcMs).toISOString()

/** Every row of the ledger, credited or not, with what was decided about the stretch that it belongs to, and what logs say of it. */
export const exposureCsv = (dossier: Dossier): string => {
  const { losses, entries, accounts } = summariseExposure(dossier)
  const units = new Map(accounts.map((account) => [account.exposure, account.unit]))
  const lossOf = new Map(losses.flatMap((loss) => loss.seqs.map((seq) => [seq, loss] as const)))
  const head = ['row', 'exposure', 'lane', 'step', 'from (UTC)', 'to (UTC)', 'duration (s)', 'class', 'amount', 'unit']
  const decided = ['reason', 'stretch', 'proposed', 'open', 'decision', 'decided by', 'decided at (UTC)', 'why']
  return writeCsv(
    [...head, ...decided, ...evidenceHeads(dossier)],
    entries.map((entry) => {
      const loss = lossOf.get(entry.seq)
      const disposition = loss?.disposition ?? null
      return [
        ...[entry.seq, entry.exposure, entry.lane, entry.step, isoUtc(entry.fromUtcMs), isoUtc(entry.toUtcMs)],
        ...[entry.durationMs / 1000, entry.class, entry.amount, units.get(entry.exposure) ?? '', entry.reason],
        ...[loss?.seq ?? null, loss?.proposal ?? null, loss ? (loss.open ? 'yes' : 'no') : null],
        ...[disposition?.decision ?? null, disposition?.who ?? null],
        ...[disposition ? isoUtc(disposition.utcMs) : null, disposition?.reason ?? null],
        ...evidenceCells(dossier, loss),
      ]
    }),
  )
}
