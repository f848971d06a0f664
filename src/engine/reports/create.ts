import type { Dossier } from '../../contract/dossier.ts'
import type { ReportModel } from '../../contract/report.ts'
import { backFilledCsv, hasBackFills } from './backFilledCsv.ts'
import { sealBundle } from './bundle/sealBundle.ts'
import { encodeText } from './bundle/manifest.ts'
import type { Sign } from './bundle/signature.ts'
import { curvesCsv, samplesCsv } from './csv.ts'
import { exposureCsv, hasLedger } from './exposureCsv.ts'
import { buildReportModel } from './model.ts'
import { modelOfLane, renderCertificatePdf } from './pdf/certificatePdf.ts'
import { renderReportPdf } from './pdf/reportPdf.ts'
import { renderWorkbook } from './workbook.ts'

export interface ReportFile {
  name: string
  title: string
  bytes: Uint8Array
}

/**
 * A certificate is about one module: each that passed gets its own, whatever became of the others. One that was taken
 * out or stopped was not judged, and gets none.
 */
const createCertificates = async (model: ReportModel): Promise<ReportFile[]> => {
  if (model.verdict.isNone === true) return []
  const { lanes = [] } = model
  if (lanes.length < 2) {
    if (model.verdict.value !== 'pass') return []
    return [{ name: 'certificate.pdf', title: 'Certificate (PDF)', bytes: await renderCertificatePdf(model) }]
  }
  const papers: ReportFile[] = []
  for (const lane of lanes.filter((each) => each.state === 'done' && each.verdict === 'pass'))
    papers.push({
      name: `certificate-${lane.id}.pdf`,
      title: `Certificate of ${lane.module.id} (PDF)`,
      bytes: await renderCertificatePdf(modelOfLane(model, lane)),
    })
  return papers
}

/**
 * All papers of a run: report, workbook, raw data, a certificate when it went through and passed, and the sealed bundle of them all.
 * The same dossier and key give the same bytes.
 * @throws StationError report.noResults when the run is still on or has nothing to report
 */
export const createReportFiles = async (request: { dossier: Dossier; sign: Sign }): Promise<ReportFile[]> => {
  const { dossier, sign } = request
  const model = buildReportModel(dossier)
  const papers: ReportFile[] = [
    { name: 'report.pdf', title: 'Report (PDF)', bytes: await renderReportPdf(model) },
    { name: 'report.xlsx', title: 'Workbook (Excel)', bytes: await renderWorkbook(model, dossier) },
  ]
  papers.push(...(await createCertificates(model)))
  const bundle = sealBundle({ dossier, files: papers, sign })
  return [
    ...papers,
    { name: 'curves.csv', title: 'Raw points (CSV)', bytes: encodeText(curvesCsv(dossier)) },
    { name: 'samples.csv', title: 'Sensor samples (CSV)', bytes: encodeText(samplesCsv(dossier)) },
    ...(hasLedger(dossier)
      ? [{ name: 'exposure.csv', title: 'Exposure ledger (CSV)', bytes: encodeText(exposureCsv(dossier)) }]
      : []),
    ...(hasBackFills(dossier)
      ? [
          {
            ...{ name: 'backfilled.csv', title: 'Values from controllers’ logs, not credited (CSV)' },
            bytes: encodeText(backFilledCsv(dossier.backFills ?? [])),
          },
        ]
      : []),
    { name: `${model.number}.pvtp.zip`, title: 'Sealed bundle', bytes: bundle },
  ]
}
