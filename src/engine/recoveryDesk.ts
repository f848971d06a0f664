import type { StartRequest } from '../contract/api.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import type { RecoveryDecision, RecoveryReport, Run } from '../contract/run.ts'
import type { Template } from '../contract/template.ts'
import type { Resumed } from './executor/execute.ts'
import { requireLegal } from './executor/transitions.ts'
import type { OpenInstrument } from './instruments/openInstrument.ts'
import { reportRecovery, requireAllowed } from './recovery.ts'
import type { RunDesk, RunDeskDeps } from './runDesk.ts'
import { instrumentIdsOf } from './runRoles.ts'

type Launch = (
  run: Run,
  given: { template: Template; request: StartRequest; opened: readonly OpenInstrument[]; resumed: Resumed },
) => void

/** The request of a run that was begun earlier, as far as it still matters. */
const requestOf = (run: Run): StartRequest => ({
  protocolId: run.protocolId,
  module: run.module,
  operator: run.operator,
  parameters: run.parameters,
  roles: run.assigned ?? rolesOf(run),
})

/** Of runs that were begun before the assignment itself was kept. */
function rolesOf(run: Run): Record<string, string[]> {
  const roles: Record<string, string[]> = {}
  for (const { roleName, instrumentId } of run.instruments) roles[roleName] = [...(roles[roleName] ?? []), instrumentId]
  return roles
}

/** What an interrupted run left in the database. */
async function loadLeft(deps: RunDeskDeps, runId: string) {
  const { store } = deps
  const { run, template } = await store.getRun(runId)
  requireLegal(run.status, 'recover')
  return {
    ...{ run, template },
    steps: await store.stepsOf(runId),
    ends: await store.channelEnds(runId),
  }
}

/** Interrupted runs: read first, explained, and only then gone on with, or closed. */
export function createRecovery(
  deps: RunDeskDeps,
  given: { launch: Launch },
): Pick<RunDesk, 'inspectRecovery' | 'recover' | 'recoverUnattended'> {
  const { store, instruments, clock } = deps
  const reportDeps = { clock, kinds: deps.parts.kinds }

  const inspect = async (
    left: Awaited<ReturnType<typeof loadLeft>>,
    opened: readonly OpenInstrument[],
  ): Promise<RecoveryReport> => reportRecovery({ ...left, opened }, reportDeps)

  const inspectRecovery: RunDesk['inspectRecovery'] = async (runId) => {
    const left = await loadLeft(deps, runId)
    const opened = await instruments.acquire(instrumentIdsOf(requestOf(left.run)), `recovery of ${runId}`)
    try {
      return await inspect(left, opened)
    } finally {
      await instruments.release(`recovery of ${runId}`)
    }
  }

  const close = async (run: Run, { who, reason }: { who: string; reason: string }): Promise<Run> => {
    requireLegal(run.status, 'close')
    const closed: Run = { ...run, status: 'closed', endedUtcMs: run.endedUtcMs ?? clock.utcMs() }
    await store.saveRun(closed, { actor: who, action: 'run.close', subject: run.id, detail: { reason } })
    deps.publish({ type: 'run', run: closed })
    return closed
  }

  const goOn = async (
    runId: string,
    how: { decision: Exclude<RecoveryDecision, 'close'>; who: string; reason: string; attended: boolean },
  ): Promise<Run> => {
    const left = await loadLeft(deps, runId)
    const request = requestOf(left.run)
    const opened = await instruments.acquire(instrumentIdsOf(request), runId)
    try {
      const report = await inspect(left, opened)
      requireAllowed(report, how.decision)
      if (!how.attended && report.unattended !== null)
        throw new StationError('run.recovery', { detail: report.unattended })
      const { decision, who, reason, attended } = how
      const { outageMs } = report
      const entry = { utcMs: clock.utcMs(), outageMs, decision, who, reason }
      const run: Run = {
        ...left.run,
        ...{ status: 'running', problem: null, endedUtcMs: null },
        recoveries: [...(left.run.recoveries ?? []), entry],
      }
      await store.saveRun(run, { actor: who, action: 'run.recover', subject: runId, detail: { ...entry, report } })
      deps.publish({ type: 'run', run })
      const resumed: Resumed = {
        ...{ steps: left.steps, channels: left.ends, outageMs, decision, attended },
        results: await store.results(runId),
        exposure: await store.exposureOf(runId),
        sweeps: await store.sweeps(runId),
        lastUtcMs: report.lastUtcMs,
        controllerRan: report.instruments.some((each) => each.program?.state === 'running'),
      }
      given.launch(run, { template: left.template, request, opened, resumed })
      return run
    } catch (error) {
      await instruments.release(runId)
      throw error
    }
  }

  return {
    inspectRecovery,
    recover: async ({ runId, decision, who, reason }) => {
      if (decision === 'close') return close((await store.getRun(runId)).run, { who, reason })
      return goOn(runId, { decision, who, reason, attended: true })
    },
    recoverUnattended: async () => {
      for (const run of await store.runsWithStatus(['interrupted'])) {
        const { template } = await store.getRun(run.id)
        if (template.recovery?.unattended !== true || run.emergency === true) continue
        const how = { decision: 'continue', who: 'station', reason: 'by the protocol’s rule', attended: false } as const
        await goOn(run.id, how).catch(async (error: unknown) => {
          const text = `The run waits for a person: ${messageOf(error)}`
          await store.addEvent({ runId: run.id, utcMs: clock.utcMs(), level: 'warning', kind: 'recovery', text })
        })
      }
    },
  }
}
