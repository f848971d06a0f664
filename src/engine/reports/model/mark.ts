import type { Dossier } from '../../../contract/dossier.ts'
import { provenanceMark } from '../../../contract/provenance.ts'
import type { Provenance } from '../../../contract/provenance.ts'

/**
 * What is printed across the papers of a run. A single channel or sweep that isn't live marks the whole of it, so that
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
