import type { Dossier } from '../../../contract/dossier.ts'
import type { Run } from '../../../contract/run.ts'
import { provenanceMark } from '../../../contract/provenance.ts'
import type { Provenance } from '../../../contract/provenance.ts'

const endedMarks: Readonly<Partial<Record<Run['status'], string>>> = {
  stopped: 'STOPPED',
  aborted: 'ABORTED',
  interrupted: 'INTERRUPTED',
  closed: 'GIVEN UP',
}

/** How a run ended that didn't go through; null where it did. Its papers judge nothing. */
export const endedMarkOf = ({ run }: Dossier): string | null => endedMarks[run.status] ?? null

/** What the data are, and how the run ended, across the papers. */
export const printedMarkOf = (dossier: Dossier): string | null => {
  const marks = [markOf(dossier), endedMarkOf(dossier)].filter((mark) => mark !== null)
  return marks.length === 0 ? null : marks.join(' + ')
}

/**
 * What the data of a run are, where that isn't live. A single channel or sweep that isn't live marks the whole of it, so that
 * a run can't lose its mark by one field.
 */
export const markOf = (dossier: Dossier): string | null => {
  const all: Provenance[] = [
    dossier.run.provenance,
    ...dossier.channels.map((channel) => channel.provenance),
    ...dossier.sweeps.map((sweep) => sweep.provenance),
  ]
  const marks = [...new Set(all.map(provenanceMark))].filter((mark) => mark !== null)
  return marks.length === 0 ? null : marks.join(' + ')
}
