import { z } from 'zod'
import { StationError } from '../../../contract/errors.ts'
import { bandSchema, stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import type { BandState } from '../sensors.ts'
import { defineStepKind, type StepContext } from '../stepKind.ts'

const schema = () =>
  z
    .strictObject({
      ...stepBaseShape,
      kind: z.literal('hold'),
      bands: z.array(bandSchema).default([]).describe('Time counts only while all of these are met.'),
      durationS: valueRefSchema.optional().describe('How much time has to count (s).'),
      until: z
        .strictObject({ exposure: z.string(), atLeast: valueRefSchema })
        .optional()
        .describe('In place of a duration: how much of an exposure has to be credited.'),
      everyS: valueRefSchema.describe('How often the values are looked at (s).'),
      timeoutS: valueRefSchema.describe('The run ends in its safe state when it takes longer, pauses not counted (s).'),
    })
    .refine((step) => (step.durationS === undefined) !== (step.until === undefined), {
      message: 'a hold needs a duration or an exposure, and not both',
    })
    .describe('A guaranteed soak: waits until enough time in tolerance has been credited.')
type Step = z.infer<ReturnType<typeof schema>>

interface Clockwork {
  creditedMs: number
  elapsedMs: number
}

const isClockwork = (value: unknown): value is Clockwork =>
  typeof value === 'object' && value !== null && 'creditedMs' in value && 'elapsedMs' in value

/** The worst of the bands; inside where there is none. */
function look(step: Step, context: StepContext, freshMs: number): BandState {
  const states = step.bands.map((band) => context.sensors.check(band, freshMs))
  const inside: BandState = { state: 'inside', beyond: 0, detail: '', why: '' }
  return states.find((each) => each.state === 'outside') ?? states.find((each) => each.state === 'unknown') ?? inside
}

const isEnough = (step: Step, context: StepContext, clockwork: Clockwork): boolean =>
  step.until
    ? context.credited(step.until.exposure) >= context.number(step.until.atLeast, 'atLeast')
    : clockwork.creditedMs >= context.number(step.durationS ?? 0, 'durationS') * 1000

const tooLate = (step: Step, seconds: number, state: BandState): StationError =>
  new StationError('run.stepTimeout', {
    step: step.id,
    seconds,
    detail: state.detail || 'the values were inside the window, but not for long enough',
  })

export const stepKind = defineStepKind({
  kind: 'hold',
  recovery: 'continue',
  schema,
  run: async (step, context) => {
    const everyMs = context.number(step.everyS, 'everyS') * 1000
    const timeoutMs = context.number(step.timeoutS, 'timeoutS') * 1000
    const clockwork: Clockwork = isClockwork(context.memory.before)
      ? { ...context.memory.before }
      : { creditedMs: 0, elapsedMs: 0 }
    const release = context.sensors.watch([...new Set(step.bands.map((band) => band.role))], everyMs)
    const freshMs = everyMs * 2.5
    try {
      let lastMs = context.clock.monotonicMs()
      let savedMs = lastMs
      let wasInside = false
      let stoodStillMs = context.stoodStillMs()
      for (;;) {
        const state = look(step, context, freshMs)
        const nowMs = context.clock.monotonicMs()
        clockwork.elapsedMs += nowMs - lastMs
        // A stretch counts when it was inside at both of its ends.
        if (wasInside && state.state === 'inside') clockwork.creditedMs += nowMs - lastMs
        wasInside = state.state === 'inside'
        lastMs = nowMs
        if (isEnough(step, context, clockwork)) return
        if (clockwork.elapsedMs > timeoutMs) throw tooLate(step, timeoutMs / 1000, state)
        if (nowMs - savedMs >= context.progressMs) {
          await context.memory.save(clockwork)
          savedMs = nowMs
        }
        if (context.isPaused()) await context.pausePoint()
        // Nothing is credited, and nothing is late, while the run stands still; also where that has passed already.
        if (context.stoodStillMs() !== stoodStillMs) {
          lastMs = context.clock.monotonicMs()
          wasInside = false
        }
        stoodStillMs = context.stoodStillMs()
        await context.sensors.next(waitMs(step, clockwork, { everyMs, context }))
      }
    } catch (error) {
      // So that a station that only leaves finds all of it again.
      await context.memory.save(clockwork).catch(() => undefined)
      throw error
    } finally {
      release()
    }
  },
})

/** To the next look; not beyond the end of the soak, so that it isn't longer than it has to be. */
function waitMs(step: Step, clockwork: Clockwork, by: { everyMs: number; context: StepContext }): number {
  if (step.durationS === undefined) return by.everyMs
  const restMs = by.context.number(step.durationS, 'durationS') * 1000 - clockwork.creditedMs
  return Math.max(1, Math.min(by.everyMs, restMs))
}
