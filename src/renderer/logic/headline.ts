import type { ReportModel } from '../../contract/report.ts'
import { noValue } from './format.ts'

/** What stands large and what small below it: the uncertainty, or why there is no value. */
export function headlineTexts(line: ReportModel['headline'][number]): { text: string; note: string | null } {
  const { text } = line.value
  if (text.startsWith(noValue)) {
    const reason = text.slice(noValue.length).trim()
    return { text: noValue, note: reason === '' ? null : reason.replace(/^\((.*)\)$/, '$1') }
  }
  return { text, note: line.uncertainty === null ? null : `± ${line.uncertainty.text.replace(/^±\s*/, '')}` }
}
