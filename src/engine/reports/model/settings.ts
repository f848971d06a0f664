import type { Dossier } from '../../../contract/dossier.ts'
import type { Cell, ReportSection } from '../../../contract/report.ts'
import { parametersSection } from './equipment.ts'
import { plural, settingCell } from './format.ts'
import { nameplateSection } from './identification.ts'
import { ownParameters } from './parts.ts'

type Table = Extract<ReportSection, { kind: 'table' }>

/** The settings of the test itself, and what was set for this run; the defaults of its measurements are counted only. */
export const settingsSection = (dossier: Dossier): ReportSection => {
  const whole = parametersSection(dossier)
  if (whole.kind !== 'table') return whole
  const own = ownParameters(dossier.template)
  const shown = dossier.template.parameters.filter(
    ({ name, default: usual }) => own.has(name) || (dossier.run.parameters[name] ?? null) !== usual,
  )
  const titles = new Set(shown.map((each) => each.title))
  const known = new Set(dossier.template.parameters.map((each) => each.title))
  const rows = whole.rows.filter((row) => titles.has(row[0]?.text ?? '') || !known.has(row[0]?.text ?? ''))
  const hidden = whole.rows.length - rows.length
  const more =
    hidden > 0
      ? `${plural(hidden, 'further setting')} of the measurements before and after the stress ${hidden === 1 ? 'is at its default' : 'are at their defaults'}: see the workbook and template.json in the bundle. `
      : ''
  return { ...whole, rows, note: `${more}${whole.note ?? ''}` } satisfies Table
}

/** What the labels say; where modules differ, each with its own. */
export const nameplatesSection = (dossier: Dossier): ReportSection | null => {
  const section = nameplateSection(dossier)
  const lanes = (dossier.run.lanes ?? []).filter((lane) => Object.keys(lane.parameters).length > 0)
  if (!section || lanes.length === 0) return section
  const parameters = dossier.template.parameters.filter((each) => each.group === 'module')
  return {
    ...section,
    rows: section.rows.map((row, k) => {
      const parameter = parameters[k]
      const differing = parameter ? lanes.filter((lane) => parameter.name in lane.parameters) : []
      if (!parameter || differing.length === 0) return row
      const cellOf = (lane: (typeof lanes)[number]): Cell =>
        settingCell(lane.parameters[parameter.name] ?? null, 'not given')
      const note = differing.map((lane) => `${lane.id}: ${cellOf(lane).text} ${parameter.unit ?? ''}`.trim()).join('; ')
      return { ...row, note: [row.note, note].filter((text) => text !== undefined).join('; ') }
    }),
  }
}
