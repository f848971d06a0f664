import type { PreflightLine, Run } from '../contract/run.ts'
import { moduleIdsOf } from '../contract/runModules.ts'
import { runName } from '../contract/runName.ts'
import type { StartRequest } from '../contract/startRequest.ts'

/**
 * Whether the modules can be at hand: one is in one place at a time. A warning only, as a curve may well be taken of a
 * module that is in the middle of another test.
 * @param unfinished the runs that go on, are paused or wait for a decision
 */
export function checkModules(request: StartRequest, unfinished: readonly Run[]): PreflightLine {
  const ids = moduleIdsOf(request)
  const elsewhere = ids.flatMap((id) =>
    unfinished
      .filter((run) => moduleIdsOf(run, { stillIn: true }).includes(id))
      .map((run) => `${id} is in the run of ${runName(run)} (${run.status})`),
  )
  const title = 'Modules at hand'
  if (elsewhere.length === 0)
    return { id: 'atHand', title, state: 'ok', detail: `${ids.join(', ')}: in no other test`, todo: null }
  return {
    ...{ id: 'atHand', title, state: 'warning', detail: elsewhere.join('; ') },
    todo: 'Compare the number with the module in front of you; take it out of the other test if it isn’t to be in both.',
  }
}
