import { z } from 'zod'
import { plainNumber } from '../../../base/plainNumber.ts'
import { StationError } from '../../../contract/errors.ts'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { defineStepKind, type StepContext } from '../stepKind.ts'

const schema = () =>
  z
    .strictObject({
      ...stepBaseShape,
      kind: z.literal('stabilise'),
      role: z.string().describe('Role whose values have to be steady.'),
      target: valueRefSchema.optional().describe('Value to be reached; needs a tolerance.'),
      tolerance: valueRefSchema.optional().describe('Allowed distance of every value from the target.'),
      minimum: valueRefSchema.optional().describe('No value may be below this.'),
      maximum: valueRefSchema.optional().describe('No value may be above this.'),
      maximumSpread: valueRefSchema
        .optional()
        .describe('Allowed difference between the largest and the smallest value.'),
      holdS: valueRefSchema.describe('All conditions have to hold for this long without a break (s).'),
      intervalS: z.number().positive().describe('Time between two readings (s).'),
      timeoutS: valueRefSchema.describe('The run ends in its safe state when it takes longer (s).'),
    })
    .refine((step) => (step.target === undefined) === (step.tolerance === undefined), {
      message: 'a target and its tolerance go together',
    })
    .refine(
      (step) => [step.target, step.minimum, step.maximum, step.maximumSpread].some((each) => each !== undefined),
      {
        message: 'it needs a target, a minimum, a maximum or a spread',
      },
    )
    .describe('Waits until measured values are inside a window for a time.')
type Step = z.infer<ReturnType<typeof schema>>

interface Window {
  low: number
  high: number
  spread: number
}

const windowOf = (step: Step, context: StepContext): Window => {
  const limit = (ref: Step['minimum'], otherwise: number) =>
    ref === undefined ? otherwise : context.number(ref, 'limit')
  const target = step.target === undefined ? null : context.number(step.target, 'target')
  const tolerance = limit(step.tolerance, Infinity)
  return {
    low: Math.max(limit(step.minimum, -Infinity), target === null ? -Infinity : target - tolerance),
    high: Math.min(limit(step.maximum, Infinity), target === null ? Infinity : target + tolerance),
    spread: limit(step.maximumSpread, Infinity),
  }
}

/** Why the values aren't steady; null when they are. */
export function whyNotSteady(values: readonly (number | null)[], window: Window): string | null {
  const numbers = values.filter((value) => value !== null)
  if (numbers.length === 0 || numbers.length < values.length)
    return `${values.length - numbers.length} of ${values.length} sensors give no value`
  const low = Math.min(...numbers)
  const high = Math.max(...numbers)
  if (low < window.low) return `${low.toFixed(2)} is below ${plainNumber(window.low)}`
  if (high > window.high) return `${high.toFixed(2)} is above ${plainNumber(window.high)}`
  if (high - low > window.spread) return `the spread ${(high - low).toFixed(2)} is above ${plainNumber(window.spread)}`
  return null
}

const valuesOf = async (roleName: string, context: StepContext): Promise<(number | null)[]> => {
  const values: (number | null)[] = []
  for (const each of context.held(roleName)) {
    const readings = await context.recorder.readSensor(each, context.signal)
    const wanted = context.channelsOf(each, roleName)
    values.push(...readings.filter((reading) => wanted.includes(reading.channel)).map((reading) => reading.value))
  }
  return values
}

export const stepKind = defineStepKind({
  kind: 'stabilise',
  schema,
  run: async (step, context) => {
    const window = windowOf(step, context)
    const holdMs = context.number(step.holdS, 'holdS') * 1000
    const timeoutS = context.number(step.timeoutS, 'timeoutS')
    /** Time in which the run stands still is not counted, neither as steady nor as late. */
    const movingMs = (): number => context.clock.monotonicMs() - context.stoodStillMs()
    const startMs = movingMs()
    let steadySinceMs: number | null = null
    for (;;) {
      const reason = whyNotSteady(await valuesOf(step.role, context), window)
      const nowMs = movingMs()
      steadySinceMs = reason === null ? (steadySinceMs ?? nowMs) : null
      if (steadySinceMs !== null && nowMs - steadySinceMs >= holdMs) return
      if (nowMs - startMs > timeoutS * 1000)
        throw new StationError('run.stepTimeout', {
          step: step.id,
          seconds: timeoutS,
          detail: reason ?? 'the values were inside the window, but not for long enough',
        })
      await context.clock.sleep(step.intervalS * 1000, context.signal)
    }
  },
})
