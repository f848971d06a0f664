import type ExcelJS from 'exceljs'
import type { Dossier } from '../../../contract/dossier.ts'
import type { ExposureLoss } from '../../../contract/exposure.ts'
import type { ReportModel } from '../../../contract/report.ts'
import { correctedCurvesSchema, evaluatedCurvesSchema } from '../../../contract/results.ts'
import type { EvaluatedCurve } from '../../../contract/results.ts'
import { hasBackFills } from '../backFilledCsv.ts'
import { evidenceCells, evidenceHeads } from '../exposure/evidenceCells.ts'
import { summariseExposure } from '../exposure/summary.ts'
import { textCell } from '../model/format.ts'
import { criterionColumns, criterionRow } from '../model/judgement.ts'
import { sectionTitles } from '../model/titles.ts'
import { verdictWords } from '../model/verdict.ts'
import { addTableSheet } from './fromModel.ts'
import { addFilledSheet, addPrintedRow, addRow, addSheet } from './sheets.ts'
import type { SheetCell, SheetColumn } from './sheets.ts'

const utcFormat = 'yyyy-mm-dd hh:mm:ss'
const msPerH = 3_600_000
const column = (header: string, width: number, format?: string): SheetColumn => ({
  ...{ header, width },
  ...(format === undefined ? {} : { format }),
})

/** Each module with its results; those that left are there, too, with the reason. */
export const addLaneResultsSheet = (workbook: ExcelJS.Workbook, model: ReportModel): void => {
  const columns = [column('Lane', 7), column('Module', 24), column('State', 12), column('Verdict', 16)]
  const values = [column('Result', 30), column('Value', 16), column('Unit', 10)]
  const uncertainties = [column('Expanded uncertainty (same unit)', 20), column('Uncertainty as printed', 34)]
  const lanes = model.lanes ?? []
  const reason = lanes.some((lane) => lane.reason !== null) ? [column('Reason', 60)] : []
  const all = [...columns, ...values, ...uncertainties, ...reason]
  const sheet = addSheet(workbook, model, { name: 'Results', columns: all })
  for (const lane of lanes)
    for (const { label, value, unit, uncertainty } of lane.headline)
      addPrintedRow(sheet, [
        ...[lane.id, lane.module.id, lane.state, verdictWords[lane.verdict], label].map(textCell),
        ...[value, { text: unit }],
        typeof uncertainty?.number === 'number' ? uncertainty : { text: '' },
        { text: uncertainty?.text ?? 'not stated for this result' },
        ...reason.map(() => ({ text: lane.reason ?? '' })),
      ])
}

const curveColumns = [
  ...[column('Lane', 7), column('Result', 20), column('Curve', 16), column('Direction', 11)],
  ...[column('G (W/m²)', 12, '0.0'), column('T (°C)', 10, '0.00'), column('Isc (A)', 12, '0.00000')],
  ...[column('Voc (V)', 12, '0.0000'), column('Pmax (W)', 12, '0.0000'), column('Imp (A)', 12, '0.00000')],
  ...[column('Vmp (V)', 12, '0.0000'), column('FF', 10, '0.0000'), column('Flags', 40)],
]

/** Every curve of every measurement of every module, measured and corrected: more than a page could show. */
export const addAllCurvesSheet = (workbook: ExcelJS.Workbook, model: ReportModel, dossier: Dossier): void => {
  const sheet = addSheet(workbook, model, { name: 'Curves', columns: curveColumns })
  for (const { name, lane, value } of dossier.results) {
    const corrected = correctedCurvesSchema.safeParse(value)
    const measured = evaluatedCurvesSchema.safeParse(value)
    const curves: readonly EvaluatedCurve[] = corrected.data?.curves ?? measured.data?.curves ?? []
    for (const c of curves)
      addRow(sheet, [
        ...[lane ?? '', name, c.id, c.direction ?? '', c.irradianceWPerM2, c.temperatureC, c.iscA, c.vocV, c.pmaxW],
        ...[c.impA, c.vmpV, c.fillFactor, c.flags.map((flag) => flag.code).join(', ') || 'none'],
      ])
  }
}

const widthOf = (label: string): number => ({ Criterion: 44, Outcome: 24, Clause: 34 })[label] ?? 12

/** Every criterion of every module, also those that the report sums up in a row. */
export const addAllCriteriaSheet = (workbook: ExcelJS.Workbook, model: ReportModel, dossier: Dossier): void => {
  const columns = [column('Lane', 7), ...criterionColumns.map(({ label }) => column(label, widthOf(label)))]
  const sheet = addSheet(workbook, model, { name: 'Criteria', columns })
  for (const criterion of dossier.criteria)
    addPrintedRow(sheet, [{ text: criterion.lane ?? '' }, ...criterionRow(criterion)])
}

const accountColumns = [
  ...[column('Exposure', 34), column('Lane', 7), column('Required', 12), column('Credited', 12), column('Unit', 10)],
  ...[column('Elapsed (h)', 12, '0.000'), column('Credited (h)', 12, '0.000')],
  ...[column('Out of tolerance (h)', 14, '0.000'), column('Unknown (h)', 12, '0.000')],
  ...[column('Blind (h)', 12, '0.000'), column('Not credited, stretches', 14), column('Clause', 30)],
]

const addAccountsSheet = (workbook: ExcelJS.Workbook, model: ReportModel, dossier: Dossier): void => {
  const sheet = addSheet(workbook, model, { name: 'Exposure', columns: accountColumns })
  for (const a of summariseExposure(dossier).accounts)
    addRow(sheet, [
      ...[a.title, a.lane ?? 'all', a.required ?? 'none', a.credited, a.unit, a.elapsedMs / msPerH],
      ...[a.creditedMs / msPerH, a.outOfToleranceMs / msPerH, a.unknownMs / msPerH, a.blindMs / msPerH],
      ...[a.losses, a.clause],
    ])
}

const ledgerColumns = [
  ...[column('No.', 8), column('Exposure', 18), column('Lane', 7), column('Step', 18)],
  ...[column('From (UTC)', 20, utcFormat), column('To (UTC)', 20, utcFormat), column('Duration (s)', 14, '0.0')],
  ...[column('Class', 16), column('Amount', 14), column('Unit', 8), column('Reason', 44), column('Proposed', 12)],
  ...[column('Decision', 14), column('By', 18), column('At (UTC)', 20, utcFormat), column('Why', 50)],
]

function decisionCells(loss: ExposureLoss | undefined): SheetCell[] {
  const made = loss?.disposition
  if (made) return [made.decision, made.who, new Date(made.utcMs), made.reason]
  return [loss ? (loss.open ? 'OPEN' : 'not needed') : null, null, null, null]
}

/** Every row of the ledger, with the decision about the stretch that it belongs to, and what logs say of it. */
const addLedgerSheet = (workbook: ExcelJS.Workbook, model: ReportModel, dossier: Dossier): void => {
  const evidence = evidenceHeads(dossier).map((head) => column(`${head[0]!.toUpperCase()}${head.slice(1)}`, 16))
  const { entries, losses } = summariseExposure(dossier)
  const units = new Map((dossier.template.exposure ?? []).map(({ id, unit }) => [id, unit]))
  const lossOf = new Map(losses.flatMap((loss) => loss.seqs.map((seq) => [seq, loss] as const)))
  const rows = entries.map((entry): SheetCell[] => {
    const loss = lossOf.get(entry.seq)
    const { exposure, lane, step, fromUtcMs, toUtcMs } = entry
    return [
      ...[entry.seq, exposure, lane ?? 'all', step, new Date(fromUtcMs), new Date(toUtcMs), entry.durationMs / 1000],
      ...[entry.class, entry.amount, units.get(exposure) ?? null, entry.reason, loss?.proposal ?? null],
      ...decisionCells(loss),
      ...evidenceCells(dossier, loss),
    ]
  })
  addFilledSheet(workbook, model, { name: 'Ledger', columns: [...ledgerColumns, ...evidence], rows })
}

/** What the charts over time show, as figures. */
const addTrendsSheet = (workbook: ExcelJS.Workbook, model: ReportModel, dossier: Dossier): void => {
  if (!dossier.trends?.length) return
  const columns = [column('Channel', 44), column('Unit', 8), column('From (UTC)', 20, utcFormat)]
  const values = [column('Lowest', 14), column('Highest', 14), column('Data', 12)]
  const files = hasBackFills(dossier) ? [column('File', 24)] : []
  const sheet = addSheet(workbook, model, { name: 'Over time', columns: [...columns, ...values, ...files] })
  for (const { channel, unit, fromUtcMs, stepMs, pixel, minimum, maximum, filledFrom } of dossier.trends) {
    const own = dossier.channels.find(({ name }) => name === channel)?.provenance ?? null
    const from = filledFrom ? ['backFilled', filledFrom.join(', ')] : [own]
    pixel.forEach((at, k) =>
      addRow(sheet, [
        channel,
        unit,
        new Date(fromUtcMs + at * stepMs),
        minimum[k] ?? null,
        maximum[k] ?? null,
        ...from,
      ]),
    )
  }
}

/** What a test under stress has beside the measurements. */
export const addExposureSheets = (workbook: ExcelJS.Workbook, model: ReportModel, dossier: Dossier): void => {
  if ((dossier.template.exposure ?? []).length === 0) return
  addAccountsSheet(workbook, model, dossier)
  addLedgerSheet(workbook, model, dossier)
  addTrendsSheet(workbook, model, dossier)
  if (hasBackFills(dossier)) addTableSheet(workbook, model, { name: 'Back-filled', title: sectionTitles.backFills })
}
