import { StationError } from '../../src/contract/errors.ts'
import type { RecoveryReport, Run, RunEvent } from '../../src/contract/run.ts'
import { openFaultLab, type FaultLab } from './faultLab.ts'
import { faultTemplate, type Phase } from './faultTemplate.ts'

export const states = [
  ...(['idle', 'setup', 'ramp', 'dwell', 'measuring', 'hvOn', 'currentOn', 'paused', 'resuming'] as const),
  ...(['cleanup', 'question'] as const),
]
export type State = (typeof states)[number]

/** A run that is brought into a state. `idle` has none when the fault strikes; one is started afterwards. */
const phaseOf: Readonly<Record<State, Phase>> = {
  ...{ idle: 'hvOn', setup: 'setup', ramp: 'ramp', dwell: 'dwell', measuring: 'measuring', hvOn: 'hvOn' },
  ...{ currentOn: 'currentOn', paused: 'pausable', resuming: 'pausable', cleanup: 'cleanup', question: 'question' },
}

/** What the station's surroundings do in a cell, and its faults change. */
export interface Surroundings {
  utcShiftMs: number
  storage: Error | null
  /** Windows throw at each event. */
  deafWindow: boolean
}

export interface Struck {
  lab: FaultLab
  runId: string | null
  around: Surroundings
}

export interface Fault {
  name: string
  strike: (struck: Struck) => unknown
  /** What ends it, so many virtual seconds later. */
  relief?: { afterS: number; relieve: (struck: Struck) => unknown }
  /** How the station's own life ends with it. */
  life?: 'killed' | 'shutDown'
}

export interface Outcome {
  run: Run | null
  refusal: string | null
  events: readonly RunEvent[]
  audit: readonly { action: string }[]
  energisedAtEnd: readonly string[]
  /** Of each driver: how long after the fault its output was commanded off; null where it wasn't. */
  offAfterMs: Readonly<Record<string, number | null>>
  strikeMs: number
  strikeUtcMs: number
  report: RecoveryReport | null
  errors: readonly unknown[]
  isAlive: boolean
}

const atMost = 1200

/** Lets time pass until the run is where it has to be. */
async function reach(lab: FaultLab, runId: string, stepId: string): Promise<void> {
  for (let i = 0; i < atMost; i++) {
    const live = (await lab.station.snapshot()).live.find((each) => each.runId === runId)
    if (!live) throw new Error(`the run ended before ${stepId}`)
    if (live.steps?.some(({ path }) => path.endsWith(`/${stepId}`)) ?? live.stepId === stepId) return
    await lab.clock.sleep(200)
  }
  throw new Error(`${stepId} was never reached`)
}

async function bring(lab: FaultLab, state: State): Promise<string | null> {
  if (state === 'idle') return null
  const { id } = await lab.start({ phase: phaseOf[state] })
  await reach(lab, id, phaseOf[state])
  // In the midst of it, not at its first moment.
  await lab.clock.sleep(state === 'measuring' ? 4000 : 7000)
  if (state !== 'paused' && state !== 'resuming') return id
  await lab.station.pauseRun(id, 'Ada')
  await lab.clock.sleep(10_000)
  if (state === 'resuming') {
    await lab.station.resumeRun(id, 'Ada')
    await lab.clock.sleep(1500)
  }
  return id
}

/** A person who answers and goes on, so that a run that isn't ended by the fault comes to its own end. */
async function attend(lab: FaultLab, runId: string): Promise<void> {
  for (let i = 0; i < atMost; i++) {
    const live = (await lab.station.snapshot()).live.find((each) => each.runId === runId)
    if (!live) return
    if (live.prompt && i > 40) lab.station.answer({ runId, promptId: live.prompt.id, value: 'confirmed', who: 'Ada' })
    else if (live.paused && i > 40 && i % 20 === 0)
      await lab.station.resumeRun(runId, 'Ada').catch((error: unknown) => {
        if (!(error instanceof StationError)) throw error
      })
    await lab.clock.sleep(1000)
  }
}

async function liveOn(
  struck: Struck,
  fault: Fault,
  strikeMs: number,
): Promise<{ run: Run | null; refusal: string | null }> {
  const { lab } = struck
  const relieve = async (): Promise<void> => {
    if (!fault.relief) return
    await lab.clock.sleep(fault.relief.afterS * 1000 - (lab.clock.monotonicMs() - strikeMs))
    await fault.relief.relieve(struck)
  }
  try {
    const runId = struck.runId ?? (await lab.start({ phase: 'hvOn' })).id
    const relief = relieve()
    await attend(lab, runId)
    await relief
    return { run: await lab.station.whenEnded(runId), refusal: null }
  } catch (error) {
    if (!(error instanceof StationError)) throw error
    await relieve()
    return { run: null, refusal: error.code }
  }
}

async function endLife(struck: Struck, life: 'killed' | 'shutDown') {
  const { lab, runId } = struck
  if (life === 'shutDown') await lab.station.shutDown()
  const second = await lab.killAndRestart(5000)
  await lab.clock.sleep(1000)
  if (runId === null) return { second, run: null, report: null }
  const { run } = await second.station.detail(runId)
  const report = run.status === 'interrupted' ? await second.station.inspectRecovery(runId) : null
  return { second, run, report }
}

const drivers = ['keithley-2460', 'delta-sm15k', 'iseg-shr'] as const

async function play(lab: FaultLab, around: Surroundings, cell: { fault: Fault; state: State }): Promise<Outcome> {
  const { fault, state } = cell
  const runId = await bring(lab, state)
  const struck: Struck = { lab, runId, around }
  const [strikeMs, strikeUtcMs] = [lab.clock.monotonicMs(), lab.clock.utcMs()]
  let refusal: string | null = null
  try {
    await fault.strike(struck)
  } catch (error) {
    if (!(error instanceof StationError)) throw error
    refusal = error.code
  }
  const next = fault.life ? await endLife(struck, fault.life) : null
  const lived = next ? { run: next.run, refusal } : await liveOn(struck, fault, strikeMs)
  const station = next?.second.station ?? lab.station
  const id = lived.run?.id ?? null
  await lab.clock.sleep(500)
  return {
    ...{ run: lived.run, refusal: refusal ?? lived.refusal, strikeMs, strikeUtcMs, report: next?.report ?? null },
    events: id === null ? [] : (await station.detail(id)).events,
    audit:
      id === null ? [] : (lab.db.prepare('SELECT action FROM audit WHERE subject = ?').all(id) as { action: string }[]),
    energisedAtEnd: await lab.energised(),
    offAfterMs: Object.fromEntries(
      drivers.map((driver) => {
        const ms = lab.offCommandMs(driver, strikeMs)
        return [driver, ms === null ? null : ms - strikeMs]
      }),
    ),
    errors: lab.errors,
    isAlive: (await station.snapshot()).live.length === 0,
  }
}

/** One cell: a lab of its own, a run in the state, the fault, and what came of it. */
export async function playCell(cell: { fault: Fault; state: State }): Promise<Outcome> {
  const around: Surroundings = { utcShiftMs: 0, storage: null, deafWindow: false }
  const lab = await openFaultLab({
    templates: [faultTemplate()],
    utcShift: () => around.utcShiftMs,
    storageFault: () => around.storage,
  })
  lab.station.onEvent(() => {
    if (around.deafWindow) throw new Error('the window is gone')
  })
  return lab.run(play(lab, around, cell))
}
