import { moduleIdsOf } from './runModules.ts'

type OfModules = Parameters<typeof moduleIdsOf>[0]

/** The module of a run, or the first of several and how many more. */
export function modulesName(run: OfModules): string {
  const [first, ...others] = moduleIdsOf(run)
  return `${first}${others.length === 0 ? '' : ` and ${others.length} more`}`
}

/** What a run is called where its id would say nothing to anybody: its protocol and its module, or the first of several. */
export const runName = (run: OfModules & { protocolId: string }): string => `${run.protocolId} on ${modulesName(run)}`
