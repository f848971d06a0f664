import { describeApproval, methodStateLabel } from '../../../contract/approval.ts'
import type { Dossier } from '../../../contract/dossier.ts'
import type { ReportSection } from '../../../contract/report.ts'
import { formatUtc, settingCell, textCell } from './format.ts'
import { sectionTitles } from './titles.ts'

type KeyValues = Extract<ReportSection, { kind: 'keyValues' }>

const row = (label: string, text: string): KeyValues['rows'][number] => ({ label, value: textCell(text) })

const notRecorded = '– (not recorded with this run)'

/** Laboratory, item, method and dates: items a to j of ISO/IEC 17025:2017, 7.8.2.1. */
export const identificationSection = (dossier: Dossier, facts: { number: string; issuedUtcMs: number }): KeyValues => {
  const { run, laboratory, template } = dossier
  const ended = run.endedUtcMs === null ? '– (the end was not recorded)' : formatUtc(run.endedUtcMs)
  const clock = run.virtualTime ? { note: 'times of the simulation (virtual clock)' } : {}
  return {
    kind: 'keyValues',
    title: sectionTitles.identification,
    rows: [
      row('Report number', facts.number),
      row('Date of issue', formatUtc(facts.issuedUtcMs)),
      row('Laboratory', laboratory.name || notRecorded),
      row('Place of the test', laboratory.address || notRecorded),
      row('Station', laboratory.station || notRecorded),
      row('Customer', notRecorded),
      row('Module id', run.module.id),
      row('Maker', run.module.maker || notRecorded),
      row('Model', run.module.model || notRecorded),
      row('Receipt and condition', notRecorded),
      row('Method', `${run.protocolId} ${run.protocolTitle}, version ${run.protocolVersion}`),
      ...(run.approval ? [row(methodStateLabel, describeApproval(run.approval))] : []),
      row('Documents', template.standards.map((s) => [s.document, s.clause].filter(Boolean).join(', ')).join('; ')),
      { ...row('Test started', formatUtc(run.startedUtcMs)), ...clock },
      { ...row('Test ended', ended), ...clock },
      row('Run', `${run.id} (${run.status})`),
      row('Operator', run.operator),
    ],
  }
}

/** What the label and the data sheet say, as entered. */
export const nameplateSection = (dossier: Dossier): KeyValues | null => {
  const parameters = dossier.template.parameters.filter((parameter) => parameter.group === 'module')
  if (parameters.length === 0) return null
  return {
    kind: 'keyValues',
    title: sectionTitles.nameplate,
    rows: parameters.map((parameter) => {
      const value = dossier.run.parameters[parameter.name] ?? null
      const cell = settingCell(value, 'not given')
      const unit = value === null || !parameter.unit ? '' : ` ${parameter.unit}`
      const isDefault = value !== null && value === parameter.default
      return {
        label: parameter.title,
        value: { ...cell, text: cell.text + unit },
        ...(isDefault ? { note: `default of the protocol [${parameter.mark}]` } : {}),
      }
    }),
  }
}
