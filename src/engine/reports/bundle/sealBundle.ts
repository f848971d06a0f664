import { assert } from '../../../base/assert.ts'
import { canonicalJson } from '../../../base/canonicalJson.ts'
import type { Dossier } from '../../../contract/dossier.ts'
import { backFilledCsv, hasBackFills } from '../backFilledCsv.ts'
import { curvesCsv, samplesCsv } from '../csv.ts'
import { exposureCsv, hasLedger } from '../exposureCsv.ts'
import type { NamedBytes } from '../deterministicZip.ts'
import { buildReportModel } from '../model.ts'
import { writeContainer } from './container.ts'
import { createManifest, encodeManifest, encodeText, manifestName, signatureName } from './manifest.ts'
import { encodeSignature } from './signature.ts'
import type { Sign } from './signature.ts'

const byName = (a: NamedBytes, b: NamedBytes): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** What every bundle holds beside the papers: all of it follows from the dossier. */
export const derivedEntries = (dossier: Dossier): NamedBytes[] => [
  { name: 'dossier.json', bytes: encodeText(canonicalJson(dossier)) },
  { name: 'template.json', bytes: encodeText(canonicalJson(dossier.template)) },
  { name: 'report.json', bytes: encodeText(canonicalJson(buildReportModel(dossier))) },
  { name: 'curves.csv', bytes: encodeText(curvesCsv(dossier)) },
  { name: 'samples.csv', bytes: encodeText(samplesCsv(dossier)) },
  ...(hasLedger(dossier) ? [{ name: 'exposure.csv', bytes: encodeText(exposureCsv(dossier)) }] : []),
  ...(hasBackFills(dossier)
    ? [{ name: 'backfilled.csv', bytes: encodeText(backFilledCsv(dossier.backFills ?? [])) }]
    : []),
]

/**
 * Everything about a run in one ZIP: dossier, template, report, raw data and the given files, a manifest with the
 * SHA-256 of each, and an Ed25519 signature of the manifest. Entries are stored, not compressed: then the same run
 * gives the same bytes with every version of every library, and a changed byte is one byte of one entry.
 * @param request.files papers to seal as well; their names have no folder
 * @throws StationError report.noResults when there is nothing to report
 */
export const sealBundle = (request: { dossier: Dossier; files: readonly NamedBytes[]; sign: Sign }): Uint8Array => {
  const entries = [...derivedEntries(request.dossier), ...request.files].sort(byName)
  const names = new Set([manifestName, signatureName, ...entries.map((entry) => entry.name)])
  assert(names.size === entries.length + 2, 'two files of a bundle share a name')
  const manifest = encodeManifest(createManifest(request.dossier, entries))
  const signature = encodeSignature(request.sign(manifest))
  const own = [
    { name: manifestName, bytes: manifest },
    { name: signatureName, bytes: signature },
  ]
  return writeContainer([...entries, ...own].sort(byName))
}
