import { createHash } from 'node:crypto'
import { canonicalJson } from '../../base/canonicalJson.ts'
import type { Dossier } from '../../contract/dossier.ts'
import type { Signature } from '../../contract/run.ts'

export type SealedData = Pick<Dossier, 'template' | 'channels' | 'sweeps' | 'results' | 'criteria' | 'exposure'> & {
  run: Pick<
    Dossier['run'],
    'id' | 'module' | 'operator' | 'parameters' | 'verdict' | 'verdictReasons' | 'lanes' | 'approval'
  >
}

export const sha256Hex = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/**
 * The data seal of a run: SHA-256, in hexadecimal, over the canonical JSON of
 * `{run: {id, module, operator}, template, parameters, channels, sweeps, results, criteria, verdict: {value, reasons}}`, and `lanes`, `exposure` and the template's `approval` of a test that has them. A signature is given to it.
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
      ...(run.approval ? { approval: run.approval } : {}),
    }),
  )

/** What a person signs: the data, and where there are any the decisions about what was not credited, and back-filled logs. */
export const signedSeals = ({
  dataSha256,
  dispositions = [],
  backFills = [],
}: Pick<Dossier, 'dataSha256' | 'dispositions' | 'backFills'>): Pick<
  Signature,
  'dataSha256' | 'dispositionsSha256' | 'backFillsSha256'
> => ({
  dataSha256,
  ...(dispositions.length > 0 ? { dispositionsSha256: sha256Hex(canonicalJson(dispositions)) } : {}),
  ...(backFills.length > 0 ? { backFillsSha256: sha256Hex(canonicalJson(backFills)) } : {}),
})

/** Whether a signature was given to these data, these decisions and these logs. */
export const isSignatureOf = (
  signature: Signature,
  dossier: Pick<Dossier, 'dataSha256' | 'dispositions' | 'backFills'>,
): boolean => {
  const seals = signedSeals(dossier)
  return (
    signature.dataSha256 === seals.dataSha256 &&
    signature.dispositionsSha256 === seals.dispositionsSha256 &&
    signature.backFillsSha256 === seals.backFillsSha256
  )
}
