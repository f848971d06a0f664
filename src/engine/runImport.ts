import type { ImportRequest } from '../contract/api.ts'
import type { CurveSet } from '../contract/curve.ts'
import { StationError } from '../contract/errors.ts'
import type { Run } from '../contract/run.ts'
import type { Template } from '../contract/template.ts'
import { parseCurveFile } from '../analysis/iv/curveFile.ts'
import { parseCurveFileBy } from '../analysis/iv/curveProfile.ts'
import { analyzeResults } from './executor/analyse.ts'
import { validateInputs } from './executor/template.ts'
import { storeCurves } from './importCurves.ts'
import { audit, type NewRun, type RunDeskDeps } from './runDesk.ts'

/** Makes a run from a curve file: the template's evaluation, criteria and verdict on what was measured elsewhere. */
export async function importRun(request: ImportRequest, deps: RunDeskDeps, newRun: NewRun): Promise<Run> {
  const { store } = deps
  const template = deps.protocols.get(request.protocolId)
  const parameters = validateInputs(template, request.parameters, { measuring: false })
  // Read in full before anything is made: a bad file leaves no run behind.
  const { profile: asked } = request
  const profile = typeof asked === 'string' ? deps.importProfiles.find(asked) : asked
  const curves = profile
    ? parseCurveFileBy(profile, request.text, request.fileName)
    : parseCurveFile(request.text, request.fileName)
  const run = newRun(deps.newId(), template, { request, parameters, instruments: [], provenance: 'imported' })
  await store.addRun(run, template, audit(run, 'run.import', profile ? { run, profile } : run))
  try {
    return await evaluateImport({ run, template, curves, fileName: request.fileName }, deps)
  } catch (error) {
    // It must not look as if it were still going on.
    const problem = error instanceof StationError ? error.text : null
    const failed: Run = { ...run, status: 'aborted', endedUtcMs: deps.clock.utcMs(), problem }
    await store.finishRun(failed, [], audit(failed, 'run.end', { status: 'aborted', problem })).catch(deps.onError)
    throw error
  }
}

async function evaluateImport(
  given: { run: Run; template: Template; curves: CurveSet; fileName: string },
  deps: RunDeskDeps,
): Promise<Run> {
  const { run, template, curves, fileName } = given
  const { store } = deps
  const now = { utcMs: deps.clock.utcMs(), monotonicMs: deps.clock.monotonicMs() }
  await storeCurves({ run, curves, fileName, store, now })
  for (const text of [`Imported from ${fileName}`, ...curves.notes])
    await store.addEvent({ runId: run.id, utcMs: now.utcMs, level: 'info', kind: 'import', text })
  const analysed = analyzeResults(
    { template, parameters: run.parameters, sweeps: await store.sweeps(run.id) },
    deps.methods,
  )
  for (const result of analysed.results) {
    const { name, method, version } = result
    await store.addResult(run.id, result, audit(run, 'result', { name, method, version }))
  }
  const { verdict, reasons } = analysed
  const ended: Run = { ...run, status: 'completed', endedUtcMs: deps.clock.utcMs(), verdict, verdictReasons: reasons }
  await store.finishRun(ended, analysed.criteria, audit(ended, 'run.end', { status: 'completed', verdict }))
  deps.publish({ type: 'run', run: ended })
  return ended
}
