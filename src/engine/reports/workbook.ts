import ExcelJS from 'exceljs'
import { unzipSync } from 'fflate'
import type { Dossier } from '../../contract/dossier.ts'
import type { ReportModel } from '../../contract/report.ts'
import { deterministicZip } from './deterministicZip.ts'
import { parametersSection } from './model/equipment.ts'
import { laneOfStep } from './model/lanePath.ts'
import { isStressLayout } from './model/stressSections.ts'
import { sectionTitles } from './model/titles.ts'
import {
  addCurvesSheet,
  addParametersSheet,
  addResultsSheet,
  addSummarySheet,
  addTableSheet,
} from './workbook/fromModel.ts'
import { addRow, addSheet } from './workbook/sheets.ts'
import { addAllCriteriaSheet, addAllCurvesSheet, addExposureSheets, addLaneResultsSheet } from './workbook/stress.ts'

/** The last row of a sheet in Excel, less the two of the head. */
const mostRows = 1_048_574

const rawColumns = [
  { header: 'Sweep', width: 8 },
  { header: 'Sweep id', width: 18 },
  { header: 'Direction', width: 11 },
  { header: 'Point', width: 8 },
  { header: 'Monotonic time (ms)', width: 20, format: '0.000' },
  { header: 'Voltage (V)', width: 14, format: '0.000000' },
  { header: 'Current (A)', width: 14, format: '0.000000' },
  { header: 'Source limiting', width: 14 },
  { header: 'Data', width: 12 },
]

const laneColumns = [
  { header: 'Lane', width: 7 },
  { header: 'Step', width: 60 },
]

/** Points beyond what a sheet can hold are said to be left out, never dropped in silence. */
const addRawSheet = (workbook: ExcelJS.Workbook, model: ReportModel, dossier: Dossier): void => {
  const hasLanes = model.lanes !== undefined
  const sheet = addSheet(workbook, model, {
    name: 'Raw data',
    columns: hasLanes ? [...rawColumns, ...laneColumns] : rawColumns,
  })
  const total = dossier.sweeps.reduce((count, sweep) => count + sweep.voltageV.length, 0)
  const room = total > mostRows ? mostRows - 1 : mostRows
  let written = 0
  for (const sweep of dossier.sweeps) {
    const limiting = new Set(sweep.limiting)
    for (const [i, voltageV] of sweep.voltageV.entries()) {
      if (written++ >= room) continue
      const timeMs = sweep.monotonicMs[i] ?? null
      const state = limiting.has(i) ? 'yes' : 'no'
      const { index, id, direction, provenance, stepId } = sweep
      const currentA = sweep.currentA[i] ?? null
      const place = hasLanes ? [laneOfStep(stepId), stepId] : []
      addRow(sheet, [index, id, direction, i + 1, timeMs, voltageV, currentA, state, provenance, ...place])
    }
  }
  if (total > room) addRow(sheet, [`${total - room} further points are in curves.csv: a sheet holds no more rows.`])
}

const addEventsSheet = (workbook: ExcelJS.Workbook, model: ReportModel, dossier: Dossier): void => {
  const columns = [
    { header: 'No.', width: 7 },
    { header: 'Time (UTC)', width: 22, format: 'yyyy-mm-dd hh:mm:ss.000' },
    { header: 'Level', width: 10 },
    { header: 'Kind', width: 24 },
    { header: 'Text', width: 100, wraps: true },
  ]
  const sheet = addSheet(workbook, model, { name: 'Events', columns })
  for (const event of dossier.events)
    addRow(sheet, [event.seq, new Date(event.utcMs), event.level, event.kind, event.text])
}

const createWorkbook = (model: ReportModel): ExcelJS.Workbook => {
  const workbook = new ExcelJS.Workbook()
  const issued = new Date(model.issuedUtcMs)
  workbook.creator = `PVTP Station ${model.softwareVersion}`
  workbook.lastModifiedBy = workbook.creator
  workbook.created = issued
  workbook.modified = issued
  workbook.title = `${model.title}, ${model.number}`
  workbook.subject = [model.mark ?? 'live', ...(model.draft ? ['DRAFT'] : [])].join(', ')
  return workbook
}

/** exceljs stamps its ZIP entries with the time of day; packed again, the same model gives the same bytes. */
const withoutTimes = (bytes: Uint8Array): Uint8Array =>
  deterministicZip(
    Object.entries(unzipSync(bytes)).map(([name, content]) => ({ name, bytes: content })),
    6,
  )

/**
 * The report as an Excel workbook: numbers typed, in full precision, units in the heads, no formula anywhere.
 * Raw data and events come from the dossier, everything else from the model.
 */
export const renderWorkbook = async (model: ReportModel, dossier: Dossier): Promise<Uint8Array> => {
  const workbook = createWorkbook(model)
  const isStress = isStressLayout(dossier)
  addSummarySheet(workbook, model)
  if ((model.lanes?.length ?? 0) > 1) addLaneResultsSheet(workbook, model)
  else addResultsSheet(workbook, model)
  if (isStress) addAllCurvesSheet(workbook, model, dossier)
  else addCurvesSheet(workbook, model)
  addRawSheet(workbook, model, dossier)
  addTableSheet(workbook, model, { name: 'Uncertainty', title: sectionTitles.uncertainty })
  if (isStress) addAllCriteriaSheet(workbook, model, dossier)
  else addTableSheet(workbook, model, { name: 'Criteria', title: sectionTitles.criteria })
  if (isStress) addExposureSheets(workbook, model, dossier)
  addTableSheet(workbook, model, { name: 'Instruments', title: sectionTitles.instruments })
  addParametersSheet(workbook, model, parametersSection(dossier))
  addEventsSheet(workbook, model, dossier)
  return withoutTimes(new Uint8Array(await workbook.xlsx.writeBuffer()))
}
