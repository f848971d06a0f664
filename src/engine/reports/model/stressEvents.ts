import type { Dossier } from '../../../contract/dossier.ts'
import type { ReportSection } from '../../../contract/report.ts'
import type { RunEvent } from '../../../contract/run.ts'
import { gapsOf, isTelling } from './events.ts'
import { formatUtc, plural, textCell } from './format.ts'
import { sectionTitles } from './titles.ts'

/** Of these a test under stress tells even when nothing went wrong. */
const telling = /guard|lane|pause|recover|verify|watchdog/i
const mostPrinted = 150
/** The same event more often than this becomes one row. */
const mostAlike = 3

interface Row {
  events: RunEvent[]
}

const keyOf = ({ level, kind, text }: RunEvent): string =>
  `${level}|${kind}|${text.replaceAll(/[−-]?[0-9]+(?:\.[0-9]+)?/g, '#')}`

/** Events that differ only in their figures, where there are many, together at the place of the first. */
export const mergeEvents = (events: readonly RunEvent[]): Row[] => {
  const groups = Map.groupBy(events, keyOf)
  const done = new Set<string>()
  return events.flatMap((event): Row[] => {
    const key = keyOf(event)
    const alike = groups.get(key) ?? [event]
    if (alike.length <= mostAlike) return [{ events: [event] }]
    if (done.has(key)) return []
    done.add(key)
    return [{ events: alike }]
  })
}

const timeText = (utcMs: number): string => formatUtc(utcMs).replace(' UTC', '')

/** Warnings, guards, stops, gaps and answers; item n of ISO/IEC 17025, 7.8.2.1. */
export const stressEventsSection = (dossier: Dossier): ReportSection => {
  const gaps = gapsOf(dossier)
  const told = dossier.events.filter((event) => isTelling(event) || telling.test(event.kind))
  if (told.length === 0)
    return {
      kind: 'text',
      title: sectionTitles.events,
      paragraphs: ['No warning, error, guard, stop or prompt was recorded.', ...gaps],
    }
  const rows = mergeEvents(told)
  const printed = rows.slice(0, mostPrinted)
  const merged = printed.filter(({ events }) => events.length > 1)
  const omitted = rows.length - printed.length
  return {
    kind: 'table',
    title: sectionTitles.events,
    columns: ['Time (UTC)', 'Level', 'Kind', 'Text'].map((label) => ({ label, unit: '', align: 'left' })),
    rows: printed.map(({ events }) => {
      const [first, last] = [events[0]!, events.at(-1)!]
      const often = events.length > 1 ? ` (${events.length} times, the last at ${timeText(last.utcMs)})` : ''
      return [
        textCell(timeText(first.utcMs)),
        textCell(first.level),
        textCell(first.kind),
        textCell(first.text + often),
      ]
    }),
    note: [
      ...gaps,
      ...(merged.length > 0 ? ['Events that differ only in their figures are one row, with the first one’s.'] : []),
      ...(omitted > 0 ? [`${plural(omitted, 'further event')} are in the workbook and in the bundle.`] : []),
      'All events are in the workbook and in the bundle.',
    ].join(' '),
  }
}
