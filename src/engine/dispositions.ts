import type { Clock } from '../base/clock.ts'
import { createTurns } from '../base/turns.ts'
import { disposeRequestSchema, type DisposeRequest, type RunExposure } from '../contract/exposure.ts'
import { StationError } from '../contract/errors.ts'
import type { Disposition, Run } from '../contract/run.ts'
import { dispositionsName, loadBackFills, loadDispositions } from './dossier.ts'
import { sayIssues } from './executor/template.ts'
import { exposureNeeds } from './exposureNeeds.ts'
import { kindOfLoss } from './reports/exposure/losses.ts'
import { summariseExposure } from './reports/exposure/summary.ts'
import type { Issue } from './reporting.ts'
import type { Reader, Store } from './storage/store.ts'

/** The exposure ledger of a run: added up, what was not credited, and what was decided about that. */
export async function loadExposure(store: Reader, runId: string): Promise<RunExposure> {
  const { run, template } = await store.getRun(runId)
  const dispositions = await loadDispositions(store, runId)
  const exposure = await store.exposureOf(runId)
  const backFills = await loadBackFills(store, runId)
  return summariseExposure({
    run,
    template,
    exposure,
    exposures: exposureNeeds(run, template),
    dispositions,
    backFills,
  })
}

/**
 * Nobody signs a test off while stretches that matter wait for a decision.
 * @throws StationError run.undisposed
 */
export async function requireDisposed(store: Reader, runId: string): Promise<void> {
  const { losses } = await loadExposure(store, runId)
  const open = losses.filter((loss) => loss.open)
  if (open.length === 0) return
  const seqs = open.slice(0, 5).map((loss) => loss.seq)
  const detail = `${seqs.join(', ')}${open.length > seqs.length ? ' …' : ''}`
  throw new StationError('run.undisposed', { count: open.length, detail })
}

/** The run as it is, if decisions about it may still be made. */
async function loadOpenRun(store: Reader, runId: string): Promise<Run> {
  const { run } = await store.getRun(runId)
  const action = 'decide about time that was not credited'
  if (run.status !== 'completed') throw new StationError('run.illegal', { status: run.status, action })
  if (run.signature) throw new StationError('run.illegal', { status: 'signed', action })
  return run
}

/** Writes down what a person decided about a stretch, audited, and has the papers made again. */
export function createDispositions(deps: { store: Store; clock: Clock; issue: Issue }) {
  const { store, clock, issue } = deps
  const dispose = async (asked: DisposeRequest): Promise<RunExposure> => {
    const parsed = disposeRequestSchema.safeParse(asked)
    if (!parsed.success) throw new StationError('usage.invalidInput', { detail: sayIssues(parsed.error) })
    const { runId, seq, decision, reason, who, alike = false } = parsed.data
    await loadOpenRun(store, runId)
    const { losses } = await loadExposure(store, runId)
    const named = losses.find((each) => each.seqs.includes(seq))
    if (!named) throw new StationError('usage.notFound', { what: 'Stretch that was not credited', id: String(seq) })
    const others = alike ? losses.filter((each) => each.open && kindOfLoss(each) === kindOfLoss(named)) : []
    const decided = [named, ...others.filter((each) => each !== named)]
    const utcMs = clock.utcMs()
    const made = decided.map((loss): Disposition => ({
      ...{ seq: loss.seq, proposal: loss.proposal, decision, reason, who, utcMs },
    }))
    const seqs = new Set(decided.flatMap((loss) => loss.seqs))
    const kept = (await loadDispositions(store, runId)).filter((each) => !seqs.has(each.seq))
    const detail = { made, before: named.disposition }
    const entry = { actor: who, action: 'run.dispose', subject: runId, detail }
    await store.saveDocument({ runId, name: dispositionsName }, [...kept, ...made], entry)
    await issue(runId, who)
    return loadExposure(store, runId)
  }
  // One after the other: each reads what stands before it adds to it.
  const turns = createTurns()
  return {
    exposure: (runId: string): Promise<RunExposure> => loadExposure(store, runId),
    dispose: (asked: DisposeRequest): Promise<RunExposure> => turns.take(() => dispose(asked)),
  }
}
export type Dispositions = ReturnType<typeof createDispositions>
