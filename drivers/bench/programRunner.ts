import { throwIfCancelled, type Cancellation } from '../../src/base/cancellation.ts'
import { createCanceller, type Clock } from '../../src/base/clock.ts'

/** How one step of a chamber's program goes on. */
export interface StepPlan {
  durationMs: number
  /** Guaranteed soak: the step's time counts only from when this was true. */
  isReady?: () => boolean
  /** The program waits for a person behind this step. */
  pausesAtEnd?: boolean
}

export interface ProgramRun {
  /** Sets the air going for this step; called when it begins, and again when it goes on after a pause. */
  enter(step: number, leftMs: number | null): StepPlan
  /** The step behind this one, counters and jumps included; null where the program ends. */
  after(step: number): number | null
  paused(): void
  ended(): void
}

export interface ProgramRunner {
  state(): 'idle' | 'running' | 'paused'
  step(): number
  /** Of the present step; all of it while a guaranteed soak waits. */
  remainingMs(): number
  isWaiting(): boolean
  start(run: ProgramRun, step: number): void
  pause(): void
  resume(): void
  /** To the next step now. */
  advance(): void
  /** Without calling ended(). */
  stop(): void
}

/** How often a guaranteed soak looks at the air while it waits. */
const soakCheckMs = 10_000
/** Steps of no length one after the other; more of them are a loop that never ends. */
const mostEmptySteps = 1000

interface Position {
  step: number
  plan: StepPlan
  leftMs: number
  /** When the time began to count; null while it doesn't. */
  sinceMs: number | null
}

/**
 * The clockwork of a simulated chamber's program: it sleeps to the end of each step, so that a thousand hours are a few
 * wakings. What a step means for the air is the caller's.
 */
export function createProgramRunner(clock: Clock): ProgramRunner {
  let run: ProgramRun | null = null
  let at: Position | null = null
  let stopSleeping: ((reason: Error) => void) | null = null

  const leftOf = (position: Position): number =>
    Math.max(0, position.leftMs - (position.sinceMs === null ? 0 : clock.monotonicMs() - position.sinceMs))

  const halt = (): void => {
    stopSleeping?.(new Error('the program was halted'))
    stopSleeping = null
    if (at) at = { ...at, leftMs: leftOf(at), sinceMs: null }
  }
  const finish = (): void => {
    const ended = run
    halt()
    run = null
    at = null
    ended?.ended()
  }
  const enter = (step: number): void => {
    if (!run) return
    const plan = run.enter(step, null)
    at = { step, plan, leftMs: plan.durationMs, sinceMs: null }
  }
  const waitFor = async (position: Position, signal: Cancellation): Promise<void> => {
    while (position.plan.isReady?.() === false) await clock.sleep(soakCheckMs, signal)
    position.sinceMs = clock.monotonicMs()
    await clock.sleep(position.leftMs, signal)
  }
  /** @returns whether it goes on by itself */
  const moveOn = (position: Position): boolean => {
    const next = run?.after(position.step) ?? null
    if (next === null) {
      finish()
      return false
    }
    enter(next)
    if (position.plan.pausesAtEnd !== true) return true
    pause()
    return false
  }
  const go = async (signal: Cancellation): Promise<void> => {
    try {
      for (let empty = 0; at && empty < mostEmptySteps;) {
        const position = at
        empty = position.plan.durationMs > 0 ? 0 : empty + 1
        await waitFor(position, signal)
        throwIfCancelled(signal)
        if (!moveOn(position)) return
      }
      finish()
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
  const proceed = (): void => {
    const { signal, cancel } = createCanceller()
    stopSleeping = cancel
    void go(signal)
  }
  const pause = (): void => {
    if (!run || !stopSleeping) return
    halt()
    run.paused()
  }
  return {
    state: () => (run === null ? 'idle' : stopSleeping === null ? 'paused' : 'running'),
    step: () => at?.step ?? 0,
    remainingMs: () => (at ? leftOf(at) : 0),
    isWaiting: () => at !== null && stopSleeping !== null && at.sinceMs === null,
    start: (program, step) => {
      halt()
      run = program
      enter(step)
      proceed()
    },
    pause,
    resume: () => {
      if (!run || !at || stopSleeping) return
      at = { ...at, plan: run.enter(at.step, at.leftMs) }
      proceed()
    },
    advance: () => {
      if (!run || !at) return
      const { step } = at
      halt()
      const next = run.after(step)
      if (next === null) return finish()
      enter(next)
      proceed()
    },
    stop: () => {
      halt()
      run = null
      at = null
    },
  }
}
