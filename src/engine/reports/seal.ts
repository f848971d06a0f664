import { createHash } from 'node:crypto'
import { canonicalJson } from '../../base/canonicalJson.ts'
import type { Dossier } from '../../contract/dossier.ts'

export type SealedData = Pick<Dossier, 'template' | 'channels' | 'sweeps' | 'results' | 'criteria' | 'exposure'> & {
  run: Pick<Dossier['run'], 'id' | 'module' | 'operator' | 'parameters' | 'verdict' | 'verdictReasons' | 'lanes'>
}

export const sha256Hex = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/**
 * The data seal of a run: SHA-256, in hexadecimal, over the canonical JSON of
 * `{run: {id, module, operator}, template, parameters, channels, sweeps, results, criteria, verdict: {value, reasons}}`, and `lanes` and `exposure` of a test that has them. A signature is given to it.
 */
export const dataSeal = ({ template, channels, sweeps, results, criteria, exposure, run }: SealedData): string =>
  sha256Hex(
    canonicalJson({
      run: { id: run.id, module: run.module, operator: run.operator },
      template,
      parameters: run.parameters,
      channels,
      sweeps,
      results,
      criteria,
      verdict: { value: run.verdict, reasons: run.verdictReasons },
      ...(run.lanes ? { lanes: run.lanes } : {}),
      ...(exposure ? { exposure } : {}),
    }),
  )
