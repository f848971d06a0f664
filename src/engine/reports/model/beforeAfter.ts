import { z } from 'zod'
import type { Dossier } from '../../../contract/dossier.ts'
import type { Cell, ReportSection } from '../../../contract/report.ts'
import { correctedCurvesSchema, uncertaintyBudgetSchema } from '../../../contract/results.ts'
import type { Computed, Lane } from '../../../contract/run.ts'
import { currentSeries, middleCurve } from './chartSection.ts'
import { formatNumber, missingText, numberCell, textCell } from './format.ts'
import { laneTitle } from './lanes.ts'
import { partOf, partsOf } from './parts.ts'
import type { Part } from './parts.ts'
import { sectionTitles } from './titles.ts'

type Chart = Extract<ReportSection, { kind: 'chart' }>
type Table = Extract<ReportSection, { kind: 'table' }>

const number = z.number().nullable().catch(null)
const summarySchema = z.object({
  ...{ iscA: number, vocV: number, pmaxW: number, impA: number, vmpV: number, fillFactorPercent: number },
  standardDeviationPercent: number,
})

/** What a measurement of the power before, between or after the stress gave of one module. */
interface Stage {
  part: Part
  lane: Lane | null
  results: Computed[]
}

/** In the order of the template; a module that left has those that it came to. */
const stagesOf = (dossier: Dossier, lane: Lane | null): Stage[] => {
  const parts = partsOf(dossier.template)
  return parts.flatMap((part) => {
    const results = dossier.results.filter(
      (each) => partOf(each.name, parts)?.id === part.id && (each.lane ?? null) === (lane?.id ?? null),
    )
    return results.length > 0 ? [{ part, lane, results }] : []
  })
}

const lanesOf = ({ run }: Dossier): (Lane | null)[] => (run.lanes && run.lanes.length > 0 ? run.lanes : [null])

const columns: Table['columns'] = [
  { label: 'Module', unit: '', align: 'left' },
  { label: 'Measurement', unit: '', align: 'left' },
  { label: 'Isc', unit: 'A', align: 'right' },
  { label: 'Voc', unit: 'V', align: 'right' },
  { label: 'Pmax', unit: 'W', align: 'right' },
  { label: 'Imp', unit: 'A', align: 'right' },
  { label: 'Vmp', unit: 'V', align: 'right' },
  { label: 'FF', unit: '%', align: 'right' },
  { label: 's of Pmax', unit: '%', align: 'right' },
  { label: 'U of Pmax', unit: '', align: 'left' },
]

const uncertaintyOf = ({ results }: Stage): Cell => {
  const parsed = results.map((each) => uncertaintyBudgetSchema.safeParse(each.value)).find((each) => each.success)
  if (!parsed?.data) return { text: missingText, number: null }
  const { expandedPercent, coverageFactor } = parsed.data
  return {
    text: `${formatNumber(expandedPercent, 2)} % (k = ${formatNumber(coverageFactor, 2)})`,
    number: expandedPercent,
  }
}

const rowOf = (stage: Stage, run: Dossier['run']): Cell[] | null => {
  const summary = stage.results.find((each) => each.method === 'iv.summary')
  const parsed = summarySchema.safeParse(summary?.value)
  if (!parsed.success) return null
  const found = parsed.data
  return [
    textCell(stage.lane ? `${stage.lane.id} ${stage.lane.module.id}` : run.module.id),
    textCell(stage.part.title),
    numberCell(found.iscA, 4),
    numberCell(found.vocV, 3),
    numberCell(found.pmaxW, 3),
    numberCell(found.impA, 4),
    numberCell(found.vmpV, 3),
    numberCell(found.fillFactorPercent, 2),
    numberCell(found.standardDeviationPercent, 3),
    uncertaintyOf(stage),
  ]
}

const powerTable = (dossier: Dossier): Table | null => {
  const stages = lanesOf(dossier).flatMap((lane) => stagesOf(dossier, lane))
  const rows = stages.map((stage) => rowOf(stage, dossier.run)).filter((row) => row !== null)
  if (rows.length === 0) return null
  return {
    ...{ kind: 'table', title: sectionTitles.power, columns, rows },
    note: 'Means of all curves of a measurement, corrected to the target conditions. s: standard deviation of the repetitions. U: expanded uncertainty, relative. Every curve is in the workbook; every measured point is in curves.csv.',
  }
}

/** The middle corrected curve of each measurement, the last one solid. */
const chartOf = (dossier: Dossier, lane: Lane | null, title: string): Chart | null => {
  const stages = stagesOf(dossier, lane)
  const drawn = stages.flatMap(({ part, results }) => {
    const parsed = results.map((each) => correctedCurvesSchema.safeParse(each.value)).find((each) => each.success)
    const curves = parsed?.data?.curves ?? []
    const curve = (['forward', 'reverse', null] as const).map((d) => middleCurve(curves, d)).find((c) => c !== null)
    return curve ? [{ part, curve }] : []
  })
  if (drawn.length === 0) return null
  return {
    ...{ kind: 'chart', title },
    x: { label: 'Voltage', unit: 'V' },
    left: { label: 'Current', unit: 'A' },
    right: null,
    series: drawn.map(({ part, curve }, k) =>
      currentSeries(curve, `${part.title}, ${curve.id}`, k === drawn.length - 1 ? 'solid' : 'dashed'),
    ),
    markers: drawn.flatMap(({ part, curve: { vmpV, impA, pmaxW } }) =>
      vmpV === null || impA === null || pmaxW === null
        ? []
        : [{ label: `MPP, ${part.title}: ${formatNumber(pmaxW, 3)} W`, axis: 'left' as const, x: vmpV, y: impA }],
    ),
  }
}

const chartsOf = (dossier: Dossier): ReportSection | null => {
  const lanes = lanesOf(dossier)
  const title = sectionTitles.beforeAfter
  const note = 'Of each measurement the middle one of its corrected curves by Pmax; the last measurement is solid.'
  if (lanes.length === 1) {
    const chart = chartOf(dossier, lanes[0] ?? null, title)
    return chart ? { ...chart, note } : null
  }
  const charts = lanes
    .map((lane) => chartOf(dossier, lane, lane ? laneTitle(lane) : ''))
    .filter((chart) => chart !== null)
  return charts.length === 0 ? null : { kind: 'charts', title, charts, note }
}

/** Curves and figures of each module before and after the stress, beside each other. */
export const beforeAfterSections = (dossier: Dossier): ReportSection[] =>
  [chartsOf(dossier), powerTable(dossier)].filter((section) => section !== null)
