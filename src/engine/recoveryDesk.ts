import type { StartRequest } from '../contract/startRequest.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import type { RecoveryDecision, RecoveryReport, Run } from '../contract/run.ts'
import { runName } from '../contract/runName.ts'
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

interface How {
  decision: Exclude<RecoveryDecision, 'close'>
  who: string
  reason: string
  attended: boolean
}

/** What an executor needs to go on where the run was. */
async function gatherResumed(
  deps: RunDeskDeps,
  left: Awaited<ReturnType<typeof loadLeft>>,
  given: { report: RecoveryReport; how: How },
): Promise<Resumed> {
  const { store } = deps
  const { report, how } = given
  const runId = left.run.id
  return {
    ...{ steps: left.steps, channels: left.ends, outageMs: report.outageMs, lastUtcMs: report.lastUtcMs },
    ...{ decision: how.decision, attended: how.attended },
    results: await store.results(runId),
    exposure: await store.exposureOf(runId),
    sweeps: await store.sweeps(runId),
    controllerRan: report.instruments.some((each) => each.program?.state === 'running'),
  }
}

/** Takes the instruments, reads them, and goes on, unless something speaks against it. */
const createGoOn =
  (deps: RunDeskDeps, launch: Launch) =>
  async (runId: string, how: How): Promise<Run> => {
    const { store, instruments, clock } = deps
    const left = await loadLeft(deps, runId)
    const request = requestOf(left.run)
    const opened = await instruments.acquire(instrumentIdsOf(request), runId, `the run of ${runName(left.run)}`)
    try {
      const report = await reportRecovery({ ...left, opened }, { clock, kinds: deps.parts.kinds })
      requireAllowed(report, how.decision)
      if (!how.attended && report.unattended !== null)
        throw new StationError('run.recovery', { detail: report.unattended })
      await deps.watchdog.hold(runId, { template: left.template, roles: request.roles })
      const { decision, who, reason } = how
      const entry = { utcMs: clock.utcMs(), outageMs: report.outageMs, decision, who, reason }
      const run: Run = {
        ...left.run,
        ...{ status: 'running', problem: null, endedUtcMs: null, leftAs: undefined },
        recoveries: [...(left.run.recoveries ?? []), entry],
      }
      await store.saveRun(run, { actor: who, action: 'run.recover', subject: runId, detail: { ...entry, report } })
      deps.publish({ type: 'run', run })
      const resumed = await gatherResumed(deps, left, { report, how })
      launch(run, { template: left.template, request, opened, resumed })
      return run
    } catch (error) {
      deps.watchdog.release(runId)
      await instruments.release(runId)
      throw error
    }
  }

async function closeRun(deps: RunDeskDeps, run: Run, { who, reason }: { who: string; reason: string }): Promise<Run> {
  requireLegal(run.status, 'close')
  const closed: Run = { ...run, status: 'closed', endedUtcMs: run.endedUtcMs ?? deps.clock.utcMs() }
  await deps.store.saveRun(closed, { actor: who, action: 'run.close', subject: run.id, detail: { reason } })
  deps.publish({ type: 'run', run: closed })
  return closed
}

/** Interrupted runs: read first, explained, and only then gone on with, or closed. */
export function createRecovery(
  deps: RunDeskDeps,
  given: { launch: Launch; issueFor: (run: Run) => Promise<Run> },
): Pick<RunDesk, 'inspectRecovery' | 'recover' | 'recoverUnattended'> {
  const { store, instruments, clock } = deps
  const goOn = createGoOn(deps, given.launch)
  return {
    inspectRecovery: async (runId) => {
      const left = await loadLeft(deps, runId)
      const owner = `recovery of ${runId}`
      const name = `the recovery of ${runName(left.run)}`
      const opened = await instruments.acquire(instrumentIdsOf(requestOf(left.run)), owner, name)
      try {
        return await reportRecovery({ ...left, opened }, { clock, kinds: deps.parts.kinds })
      } finally {
        await instruments.release(owner)
      }
    },
    recover: async ({ runId, decision, who, reason }) =>
      decision === 'close'
        ? given.issueFor(await closeRun(deps, (await store.getRun(runId)).run, { who, reason }))
        : goOn(runId, { decision, who, reason, attended: true }),
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
