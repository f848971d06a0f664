import type { Dossier } from '../../../contract/dossier.ts'
import type { ReportSection } from '../../../contract/report.ts'
import type { RunEvent } from '../../../contract/run.ts'
import { formatUtc, plural, textCell } from './format.ts'
import { sectionTitles } from './titles.ts'

/** Kinds that belong into a report even when they are no trouble: what people did, and where data are missing. */
const telling = /prompt|answer|stop|gap|deviation|import|abort|interrupt|safe/i

const mostPrinted = 200

export const isTelling = (event: RunEvent): boolean => event.level !== 'info' || telling.test(event.kind)

/** Sweeps that ended early, points in which the source was limiting, samples that a sensor didn't give. */
export const gapsOf = (dossier: Dossier): string[] =>
  dossier.sweeps.flatMap((sweep) => {
    const lost = [sweep.irradiance, ...sweep.temperatures]
      .flatMap((each) => each.value)
      .filter((v) => v === null).length
    return [
      ...(sweep.complete ? [] : [`Sweep ${sweep.id} is incomplete (${plural(sweep.voltageV.length, 'point')}).`]),
      ...(sweep.limiting.length > 0
        ? [`Sweep ${sweep.id}: the source was limiting in ${plural(sweep.limiting.length, 'point')}.`]
        : []),
      ...(lost > 0 ? [`Sweep ${sweep.id}: ${plural(lost, 'sensor sample')} missing.`] : []),
    ]
  })

/** Warnings, errors, stops, gaps and answered prompts; item n of ISO/IEC 17025, 7.8.2.1. */
export const eventsSection = (dossier: Dossier): ReportSection => {
  const gaps = gapsOf(dossier)
  const told = dossier.events.filter(isTelling)
  if (told.length === 0) {
    const nothing = 'No warning, error, stop or prompt was recorded.'
    return { kind: 'text', title: sectionTitles.events, paragraphs: [nothing, ...gaps] }
  }
  const printed = told.slice(0, mostPrinted)
  const omitted = told.length - printed.length
  const more = omitted > 0 ? [`${plural(omitted, 'further event')} are in the workbook and in the bundle.`] : []
  return {
    kind: 'table',
    title: sectionTitles.events,
    columns: ['Time (UTC)', 'Level', 'Kind', 'Text'].map((label) => ({ label, unit: '', align: 'left' })),
    rows: printed.map((event) => [
      textCell(formatUtc(event.utcMs).replace(' UTC', '')),
      textCell(event.level),
      textCell(event.kind),
      textCell(event.text),
    ]),
    note: [...gaps, ...more, 'Routine events of level “info” are in the workbook and in the bundle.'].join(' '),
  }
}
