import type { Dossier } from '../../../contract/dossier.ts'
import type { Cell, ReportLane, ReportSection } from '../../../contract/report.ts'
import type { Lane, Verdict } from '../../../contract/run.ts'
import { missingText, plural, textCell } from './format.ts'
import { headlineOf } from './judgement.ts'
import { sectionTitles } from './titles.ts'
import { countOf, meanings, verdictWords } from './verdict.ts'

type Table = Extract<ReportSection, { kind: 'table' }>

export const stateWords: Readonly<Record<Lane['state'], string>> = {
  in: 'in the test when it ended',
  removed: 'removed',
  stopped: 'stopped',
  done: 'done',
}

/** A module that left is not judged, whatever anybody wrote into its record. */
const verdictOfLane = (lane: Lane): Verdict =>
  lane.state === 'done' || lane.state === 'in' ? (lane.verdict ?? 'notMeasured') : 'notMeasured'

const sentenceOf = (dossier: Dossier, lane: Lane, mark: string | null): string => {
  const criteria = dossier.criteria.filter((each) => each.lane === lane.id)
  const isGone = lane.state === 'removed' || lane.state === 'stopped'
  const parts = isGone
    ? [`The module was ${stateWords[lane.state]} before the end${lane.reason ? `: ${lane.reason}` : ''}. Not judged.`]
    : [
        meanings[verdictOfLane(lane)],
        `${countOf(criteria, 'acceptance')}; ${countOf(criteria, 'validity')}.`,
        mark === null ? '' : `The data are marked ${mark}: this is not a live measurement by this station.`,
      ]
  return parts.filter((part) => part !== '').join(' ')
}

export const lanesOf = (dossier: Dossier, mark: string | null): ReportLane[] =>
  (dossier.run.lanes ?? []).map((lane) => ({
    id: lane.id,
    module: { id: lane.module.id, maker: lane.module.maker, model: lane.module.model },
    ...{ state: lane.state, reason: lane.reason },
    verdict: verdictOfLane(lane),
    sentence: sentenceOf(dossier, lane, mark),
    reasons: lane.verdictReasons,
    headline: headlineOf(dossier, lane),
  }))

export const laneTitle = (lane: Pick<Lane, 'id' | 'module'>): string => `${lane.id}, ${lane.module.id}`

const left = (label: string): Table['columns'][number] => ({ label, unit: '', align: 'left' })

/** Every module of the run, also those that left it. */
export const modulesSection = (lanes: readonly ReportLane[]): Table => ({
  kind: 'table',
  title: sectionTitles.modules,
  columns: ['Lane', 'Module', 'Maker', 'Model', 'State', 'Verdict', 'Reasons'].map(left),
  rows: lanes.map((lane) => [
    textCell(lane.id),
    textCell(lane.module.id),
    textCell(lane.module.maker),
    textCell(lane.module.model),
    textCell(lane.reason === null ? stateWords[lane.state] : `${stateWords[lane.state]}: ${lane.reason}`),
    textCell(verdictWords[lane.verdict]),
    textCell(lane.reasons.filter((reason) => reason !== lane.reason).join('; ')),
  ]),
})

/** A dash where there is no value: its reason stands below, where it doesn't break the row. */
const dashed = (cell: Cell | null): Cell =>
  typeof cell?.number === 'number' ? cell : { text: missingText, number: null }

const isGone = ({ state }: ReportLane): boolean => state === 'removed' || state === 'stopped'

const missingNote = (lane: ReportLane): string[] => {
  const missing = lane.headline.filter(({ value }) => value.number === null)
  if (missing.length === 0) return []
  if (isGone(lane)) return [`${lane.id} was ${stateWords[lane.state]}${lane.reason ? ` (${lane.reason})` : ''}`]
  return missing.map(({ label, value }) => `${lane.id}, ${label}: ${value.text.replace(/^– \((.*)\)$/, '$1')}`)
}

/** One row a module, one column a result. */
export const resultsSection = (lanes: readonly ReportLane[]): Table | null => {
  const lines = lanes[0]?.headline ?? []
  if (lanes.length < 2 || lines.length === 0) return null
  const withU = lines.map((_line, k) => lanes.some((lane) => lane.headline[k]?.uncertainty))
  const notes = lanes.flatMap(missingNote)
  const cellsOf = (lane: ReportLane): Cell[] =>
    lane.headline.flatMap(({ value, uncertainty }, k) => [dashed(value), ...(withU[k] ? [dashed(uncertainty)] : [])])
  return {
    kind: 'table',
    title: sectionTitles.results,
    columns: [
      left('Module'),
      ...lines.flatMap((line, k): Table['columns'] => [
        { label: line.label, unit: line.unit, align: 'right' },
        ...(withU[k] ? [left('Expanded uncertainty')] : []),
      ]),
      left('Verdict'),
    ],
    rows: lanes.map((lane) => [
      textCell(`${lane.id} ${lane.module.id}`),
      ...cellsOf(lane),
      textCell(verdictWords[lane.verdict]),
    ]),
    ...(notes.length > 0 ? { note: `“${missingText}”: ${notes.join('; ')}.` } : {}),
  }
}

/** `3 of 4 modules passed; 1 removed.` */
export const lanesSentence = (lanes: readonly ReportLane[]): string => {
  const passed = lanes.filter((lane) => lane.verdict === 'pass').length
  const gone = (['removed', 'stopped'] as const).flatMap((state) => {
    const count = lanes.filter((lane) => lane.state === state).length
    return count === 0 ? [] : [`${count} ${stateWords[state]}, not judged`]
  })
  return `${[`${passed} of ${plural(lanes.length, 'module')} passed`, ...gone].join('; ')}.`
}
