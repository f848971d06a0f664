import type { Dossier } from '../../../contract/dossier.ts'
import type { ReportModel } from '../../../contract/report.ts'
import type { Verdict } from '../../../contract/run.ts'
import { plural } from './format.ts'
import { endedMarkOf, markOf } from './mark.ts'

/** The words for a verdict, as large print. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  pass: 'PASS',
  marginal: 'MARGINAL',
  fail: 'FAIL',
  inconclusive: 'INCONCLUSIVE',
  notMeasured: 'NOT MEASURED',
  error: 'ERROR',
}

/** What stands in large print: a run that didn't go through has no verdict, whatever its criteria say. */
export const verdictTitle = ({ value, isNone }: ReportModel['verdict']): string =>
  isNone === true ? 'NO VERDICT' : verdictWords[value]

/** What a verdict says of one module. */
export const meanings: Readonly<Record<Verdict, string>> = {
  pass: 'The module conforms under the decision rule below.',
  marginal: 'The result is too close to a limit for a plain pass under the decision rule below.',
  fail: 'The module does not conform under the decision rule below.',
  inconclusive: 'The measurement allows no statement of conformity about the module.',
  notMeasured: 'What a statement of conformity needs was not measured.',
  error: 'An error prevented a statement of conformity.',
}

export const countOf = (criteria: Dossier['criteria'], kind: 'acceptance' | 'validity'): string => {
  const own = criteria.filter((criterion) => criterion.kind === kind)
  const met = own.filter((criterion) => criterion.outcome === 'pass').length
  const word = own.length === 1 ? 'criterion' : 'criteria'
  return own.length === 0 ? `no ${kind} criterion` : `${met} of ${own.length} ${kind} ${word} met`
}

/** Of several modules the worst verdict is the run's; who passed is said beside it. */
const meaningsOfAll: Readonly<Record<Verdict, string>> = {
  pass: 'All modules conform under the decision rule below.',
  marginal: 'At least one result is too close to a limit for a plain pass under the decision rule below.',
  fail: 'At least one module does not conform under the decision rule below.',
  inconclusive: 'For at least one module, the measurement allows no statement of conformity.',
  notMeasured: 'For at least one module, what a statement of conformity needs was not measured.',
  error: 'For at least one module, an error prevented a statement of conformity.',
}

const endings: Readonly<Partial<Record<Dossier['run']['status'], string>>> = {
  stopped: 'The run was stopped before its end.',
  aborted: 'The run was aborted before its end.',
  interrupted: 'The run was interrupted before its end.',
  closed: 'The run was interrupted, and then given up.',
}

/** The verdict on a run of several modules; `modules` says how many passed. */
export const verdictOfAll = (dossier: Dossier, modules: string): ReportModel['verdict'] => {
  const verdict = verdictOf(dossier)
  const sentence = verdict.sentence.replace(meanings[verdict.value], `${meaningsOfAll[verdict.value]} ${modules}`)
  return { ...verdict, sentence }
}

/** The verdict in a sentence that says what it rests on, with the reasons and the decision rule (ISO/IEC 17025, 7.8.6). */
export const verdictOf = (dossier: Dossier): ReportModel['verdict'] => {
  const { run } = dossier
  const value = run.verdict ?? 'notMeasured'
  const mark = markOf(dossier)
  const parts = [
    meanings[value],
    run.verdict === null ? 'The run reached no verdict.' : '',
    `${countOf(dossier.criteria, 'acceptance')}; ${countOf(dossier.criteria, 'validity')}; ${plural(dossier.sweeps.length, 'sweep')} recorded.`,
    endings[run.status] ?? '',
    mark === null ? '' : `The data are marked ${mark}: this is not a live measurement by this station.`,
  ]
  const problem = run.problem ? [`${run.problem.happened} ${run.problem.did}`] : []
  return {
    value,
    ...(endedMarkOf(dossier) === null ? {} : { isNone: true as const }),
    sentence: parts.filter((part) => part !== '').join(' '),
    reasons: [...run.verdictReasons, ...problem],
    decisionRule: dossier.template.decisionRule,
  }
}
