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
  /** The present one, or the last one of a program that ended. */
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

interface Course {
  readonly clock: Clock
  run: ProgramRun | null
  at: Position | null
  latest: number
  /** Ends the sleep of a program that is under way. */
  wake: ((reason: Error) => void) | null
}

const leftOf = ({ clock }: Course, { leftMs, sinceMs }: Position): number =>
  Math.max(0, leftMs - (sinceMs === null ? 0 : clock.monotonicMs() - sinceMs))

function halt(course: Course): void {
  course.wake?.(new Error('the program was halted'))
  course.wake = null
  if (course.at) course.at = { ...course.at, leftMs: leftOf(course, course.at), sinceMs: null }
}

function finish(course: Course): void {
  const { run } = course
  halt(course)
  course.run = null
  course.at = null
  run?.ended()
}

function enter(course: Course, step: number): void {
  if (!course.run) return
  course.latest = step
  const plan = course.run.enter(step, null)
  course.at = { step, plan, leftMs: plan.durationMs, sinceMs: null }
}

function pause(course: Course): void {
  if (!course.run || !course.wake) return
  halt(course)
  course.run.paused()
}

/** @returns whether it goes on by itself */
function moveOn(course: Course, { step, plan }: Position): boolean {
  const next = course.run?.after(step) ?? null
  if (next === null) {
    finish(course)
    return false
  }
  enter(course, next)
  if (plan.pausesAtEnd !== true) return true
  pause(course)
  return false
}

async function waitFor({ clock }: Course, position: Position, signal: Cancellation): Promise<void> {
  while (position.plan.isReady?.() === false) await clock.sleep(soakCheckMs, signal)
  position.sinceMs = clock.monotonicMs()
  await clock.sleep(position.leftMs, signal)
  throwIfCancelled(signal)
}

async function go(course: Course, signal: Cancellation): Promise<void> {
  try {
    for (let empty = 0; course.at && empty < mostEmptySteps;) {
      const position = course.at
      empty = position.plan.durationMs > 0 ? 0 : empty + 1
      await waitFor(course, position, signal)
      if (!moveOn(course, position)) return
    }
    finish(course)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function proceed(course: Course): void {
  const { signal, cancel } = createCanceller()
  course.wake = cancel
  void go(course, signal)
}

function advance(course: Course): void {
  if (!course.run || !course.at) return
  const { step } = course.at
  halt(course)
  const next = course.run.after(step)
  if (next === null) return finish(course)
  enter(course, next)
  proceed(course)
}

function resume(course: Course): void {
  const { run, at } = course
  if (!run || !at || course.wake) return
  course.at = { ...at, plan: run.enter(at.step, at.leftMs) }
  proceed(course)
}

/**
 * The clockwork of a simulated chamber's program: it sleeps to the end of each step, so that a thousand hours are a few
 * wakings. What a step means for the air is the caller's.
 */
export function createProgramRunner(clock: Clock): ProgramRunner {
  const course: Course = { clock, run: null, at: null, latest: 0, wake: null }
  return {
    state: () => (course.run === null ? 'idle' : course.wake === null ? 'paused' : 'running'),
    step: () => course.latest,
    remainingMs: () => (course.at ? leftOf(course, course.at) : 0),
    isWaiting: () => course.at !== null && course.wake !== null && course.at.sinceMs === null,
    start: (run, step) => {
      halt(course)
      course.run = run
      enter(course, step)
      proceed(course)
    },
    pause: () => pause(course),
    resume: () => resume(course),
    advance: () => advance(course),
    stop: () => {
      halt(course)
      course.run = null
      course.at = null
    },
  }
}
