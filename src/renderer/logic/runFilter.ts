import type { Run, Verdict } from '../../contract/run.ts'
import { moduleIdsOf } from '../../contract/runModules.ts'
import { matchesSearch } from './search.ts'

export interface RunFilter {
  query: string
  /** `all`, a verdict, or `none` for runs that reached no verdict. */
  verdict: 'all' | 'none' | Verdict
}

/** Runs one of whose modules, whose protocol or operator has every word of the query, with the wanted verdict. */
export function filterRuns(runs: readonly Run[], filter: RunFilter): Run[] {
  return runs.filter((run) => {
    if (filter.verdict === 'none' ? run.verdict !== null : filter.verdict !== 'all' && run.verdict !== filter.verdict) {
      return false
    }
    const { module, protocolId, protocolTitle, operator, id } = run
    const words = [...moduleIdsOf(run), module.maker, module.model, protocolId, protocolTitle, operator, id]
    return matchesSearch(filter.query, words)
  })
}
