import type { Dossier } from '../../../contract/dossier.ts'
import type { ReportSection } from '../../../contract/report.ts'
import { isSignatureOf } from '../seal.ts'
import { formatUtc, textCell } from './format.ts'
import { sectionTitles } from './titles.ts'

/** Each result’s method with the version that computed it. */
export const methodsSection = (dossier: Dossier): ReportSection => ({
  kind: 'table',
  title: sectionTitles.methods,
  columns: ['Result', 'Method', 'Version'].map((label) => ({ label, unit: '', align: 'left' })),
  rows: dossier.results.map((result) => [textCell(result.name), textCell(result.method), textCell(result.version)]),
})

/** Who signed, for what. A signature made for other data is said to be so, and counts as none. */
export const isSigned = (dossier: Dossier): boolean =>
  dossier.run.signature !== null && isSignatureOf(dossier.run.signature, dossier)

const authoriserText = (dossier: Dossier): string => {
  const { signature } = dossier.run
  if (!signature) return '– (DRAFT: nobody has signed yet)'
  if (!isSigned(dossier)) return `– (DRAFT: the signature of ${signature.name} was made for other data than these)`
  return `${signature.name}, ${signature.meaning}, ${formatUtc(signature.utcMs)}`
}

export const softwareSection = (dossier: Dossier): ReportSection => ({
  kind: 'keyValues',
  title: sectionTitles.software,
  rows: [
    { label: 'Authorised by', value: textCell(authoriserText(dossier)) },
    { label: 'Software', value: textCell(`PVTP Station ${dossier.run.softwareVersion}`) },
    {
      label: 'Template',
      value: textCell(`${dossier.template.id} version ${dossier.template.version} (${dossier.template.state})`),
    },
    { label: 'Template, SHA-256', value: textCell(dossier.run.templateSha256) },
    { label: 'Data seal, SHA-256', value: textCell(dossier.dataSha256) },
  ],
})

/** Items k, l, n and p of ISO/IEC 17025:2017, 7.8.2.1, and how times are meant. */
export const statementsSection = (dossier: Dossier): ReportSection => ({
  kind: 'text',
  title: sectionTitles.statements,
  paragraphs: [
    'The results relate only to the items tested.',
    'This report shall not be reproduced except in full without the written approval of the laboratory.',
    dossier.run.provenance === 'imported'
      ? 'The I-V data were imported from a file: they were measured elsewhere, and this station evaluated them only.'
      : 'No result of an external provider is recorded with this run.',
    'No sampling is recorded: the results apply to the item as it was presented for the test.',
    dossier.run.virtualTime
      ? 'All times are in UTC. A virtual clock drove this run: its times are those of the simulation, not the time of day at which it was computed.'
      : 'All times are in UTC, by the station’s clock.',
    'Expanded uncertainties are stated for a coverage probability of about 95 %, with the coverage factor k where it is given.',
    'Voltage and current: generator convention, the current is positive where the module delivers power.',
  ],
})

/** Where the evidence is, and what checks it. */
export const verifySection = (number: string): ReportSection => ({
  kind: 'text',
  title: sectionTitles.verify,
  paragraphs: [
    `The sealed bundle ${number}.pvtp.zip holds the raw data, the template, the results and this report, each with its SHA-256, under an Ed25519 signature of the station.`,
    `“pvtp verify ${number}.pvtp.zip” checks every byte, computes all results again from the raw data and compares each printed number. Files beside the bundle are compared with their sealed copies.`,
  ],
})
