import { canonicalJson } from '../../../base/canonicalJson.ts'
import type { Dossier } from '../../../contract/dossier.ts'
import { messageOf } from '../../../contract/errors.ts'
import { dataSeal, isSignatureOf } from '../seal.ts'
import type { Check } from './byteChecks.ts'
import type { Container } from './container.ts'
import { firstDifference } from './difference.ts'
import { decodeDossier } from './openBundle.ts'
import { decodeText } from './manifest.ts'
import { derivedEntries } from './sealBundle.ts'

/** What follows from a dossier's template, parameters and raw data, computed anew. */
export type Recomputed = Pick<Dossier, 'results' | 'criteria' | 'dataSha256'> &
  Pick<Dossier['run'], 'verdict' | 'verdictReasons'> & {
    lanes?: Dossier['run']['lanes']
    /** What the template asks of each exposure. */
    exposures?: Dossier['exposures']
  }
export type Recompute = (dossier: Dossier) => Recomputed

const compare = (name: string, sealed: unknown, now: unknown): Check => {
  const found = firstDifference(sealed, now, name)
  return found
    ? { name: `recomputed ${name}`, ok: false, detail: `${found.path}: sealed ${found.sealed}, computed ${found.now}` }
    : { name: `recomputed ${name}`, ok: true, detail: 'equal' }
}

/** Results have names: paths with them read better than with numbers. */
const byName = (results: Dossier['results']): Record<string, unknown> =>
  Object.fromEntries(results.map((result) => [result.lane ? `${result.name}@${result.lane}` : result.name, result]))

const sealCheck = (dossier: Dossier): Check => {
  const seal = dataSeal(dossier)
  const { signature } = dossier.run
  const detail = (text: string, ok: boolean): Check => ({ name: 'data seal', ok, detail: text })
  if (seal !== dossier.dataSha256) return detail(`the data give ${seal}, the dossier says ${dossier.dataSha256}`, false)
  if (signature && signature.dataSha256 !== seal)
    return detail(`${signature.name} signed other data (${signature.dataSha256})`, false)
  if (signature && !isSignatureOf(signature, dossier))
    return detail(`${signature.name} signed other decisions about what was not credited`, false)
  return detail(signature ? `${seal}, signed by ${signature.name}` : `${seal}, not signed by a person (draft)`, true)
}

/** Results that are equal to the last digit have to give the sealed hash as well. */
const recomputedSealCheck = (dossier: Dossier, now: Recomputed): Check[] => {
  const isExact = canonicalJson(now.results) === canonicalJson(dossier.results)
  if (!isExact || now.dataSha256 === dossier.dataSha256) return []
  const detail = `computed ${now.dataSha256}, sealed ${dossier.dataSha256}`
  return [{ name: 'recomputed data seal', ok: false, detail }]
}

const isJson = (name: string): boolean => name.endsWith('.json')

/** Report, template and CSVs made again from the recomputed dossier, against what is sealed. */
const derivedChecks = (files: ReadonlyMap<string, Uint8Array>, recomputed: Dossier): Check[] =>
  derivedEntries(recomputed)
    .filter((entry) => entry.name !== 'dossier.json')
    .map((entry): Check => {
      const name = entry.name === 'report.json' ? 'every printed number' : `rebuilt ${entry.name}`
      const sealed = files.get(entry.name)
      if (!sealed) return { name, ok: false, detail: `${entry.name} is missing in the bundle` }
      const [was, is] = [decodeText(sealed), decodeText(entry.bytes)]
      const found = isJson(entry.name)
        ? firstDifference(JSON.parse(was), JSON.parse(is), entry.name)
        : firstDifference(was.split('\r\n'), is.split('\r\n'), entry.name)
      if (!found) return { name, ok: true, detail: `${entry.name} follows from the raw data` }
      return { name, ok: false, detail: `${found.path}: sealed ${found.sealed}, computed ${found.now}` }
    })

const compareAll = (files: ReadonlyMap<string, Uint8Array>, recompute: Recompute): Check[] => {
  const dossier = decodeDossier(files.get('dossier.json') ?? new Uint8Array())
  const now = recompute(dossier)
  const { verdict, verdictReasons } = now
  const lanes = dossier.run.lanes && now.lanes ? { lanes: now.lanes } : {}
  const run = { ...dossier.run, verdict, verdictReasons, ...lanes }
  const exposures = dossier.exposures && now.exposures ? { exposures: now.exposures } : {}
  return [
    sealCheck(dossier),
    compare('results', byName(dossier.results), byName(now.results)),
    compare('criteria', dossier.criteria, now.criteria),
    compare(
      'verdict',
      { verdict: dossier.run.verdict, reasons: dossier.run.verdictReasons },
      { verdict, reasons: verdictReasons },
    ),
    ...(dossier.run.lanes && now.lanes ? [compare('verdict of each module', dossier.run.lanes, now.lanes)] : []),
    ...(dossier.exposures && now.exposures ? [compare('required exposure', dossier.exposures, now.exposures)] : []),
    ...recomputedSealCheck(dossier, now),
    ...derivedChecks(files, { ...dossier, ...exposures, results: now.results, criteria: now.criteria, run }),
  ]
}

/** Nothing is computed from bytes that aren't the sealed ones: that would only repeat the damage in other words. */
export const recomputeChecks = (container: Container, isSound: boolean, recompute: Recompute): Check[] => {
  const name = 'recomputed results'
  if (!isSound) return [{ name, ok: false, detail: 'not computed, because the bundle is damaged (see above)' }]
  try {
    const files = new Map(container.entries.map((entry) => [entry.name, container.content(entry)]))
    return compareAll(files, recompute)
  } catch (error) {
    return [{ name, ok: false, detail: `could not be computed: ${messageOf(error)}` }]
  }
}
