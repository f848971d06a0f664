import { z } from 'zod'
import { StationError } from '../../../contract/errors.ts'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { defineStepKind, type StepContext } from '../stepKind.ts'

const schema = () =>
  z
    .strictObject({
      ...stepBaseShape,
      kind: z.literal('ramp'),
      role: z.string().describe('Role whose setting is moved.'),
      setting: z.string().describe('The setting, such as temperatureC.'),
      to: valueRefSchema.describe('Where it ends.'),
      ratePerHour: valueRefSchema.describe('Never faster than this, in the setting’s unit per hour.'),
      follow: z
        .strictObject({ role: z.string(), channel: z.string().optional() })
        .describe('The measured value that has to come along, such as the module’s temperature.'),
      lead: valueRefSchema.describe('The set-point never runs further ahead of the measured value than this.'),
      tolerance: valueRefSchema.describe('The ramp ends when the measured value is this near to its end.'),
      everyS: valueRefSchema.describe('Time between two set-points (s).'),
      timeoutS: valueRefSchema.describe('The run ends in its safe state when it takes longer (s).'),
    })
    .describe('Moves a set-point at a limited rate, never further ahead than the measured value can follow.')
type Step = z.infer<ReturnType<typeof schema>>

/** The value furthest from the end: the slowest module decides. */
function furthest(step: Step, context: StepContext, to: number): number | null {
  const values = context.sensors.latest(step.follow.role, step.follow.channel).map((each) => each?.value ?? null)
  if (values.length === 0 || values.includes(null)) return null
  return (values as number[]).reduce((worst, value) => (Math.abs(value - to) > Math.abs(worst - to) ? value : worst))
}

async function firstValue(
  step: Step,
  context: StepContext,
  given: { to: number; everyMs: number; endMs: number },
): Promise<number> {
  for (;;) {
    const value = furthest(step, context, given.to)
    if (value !== null) return value
    if (context.clock.monotonicMs() > given.endMs)
      throw new StationError('run.stepTimeout', {
        step: step.id,
        seconds: 0,
        detail: `${step.follow.role} gives no value`,
      })
    await context.sensors.next(given.everyMs)
  }
}

const lostLink = new Set(['device.timeout', 'device.badReply', 'device.closed', 'device.lost', 'device.interrupted'])

/**
 * A link that is lost for a while ends no test of weeks: what is moved stays where it was told to be, and is moved on, no
 * faster, when the link is back. The step's own time limit and the guards go on.
 */
async function isSet(step: Step, context: StepContext, setPoint: number): Promise<boolean> {
  try {
    await context.set(step.role, step.setting, Number(setPoint.toFixed(2)))
    return true
  } catch (error) {
    if (error instanceof StationError && lostLink.has(error.code) && !context.signal.aborted) return false
    throw error
  }
}

export const stepKind = defineStepKind({
  kind: 'ramp',
  recovery: 'continue',
  leaves: (step) => `${step.role}.${step.setting}`,
  schema,
  run: async (step, context) => {
    const number = (ref: Step['to'], what: string): number => context.number(ref, what)
    const [to, lead, tolerance] = [
      number(step.to, 'to'),
      number(step.lead, 'lead'),
      number(step.tolerance, 'tolerance'),
    ]
    const ratePerMs = number(step.ratePerHour, 'ratePerHour') / 3_600_000
    const everyMs = number(step.everyS, 'everyS') * 1000
    const timeoutS = number(step.timeoutS, 'timeoutS')
    const release = context.sensors.watch([step.follow.role], everyMs)
    try {
      let endMs = context.clock.monotonicMs() + timeoutS * 1000
      let setPoint = await firstValue(step, context, { to, everyMs, endMs })
      let lastMs = context.clock.monotonicMs()
      for (;;) {
        const value = furthest(step, context, to)
        const nowMs = context.clock.monotonicMs()
        if (value !== null && Math.abs(value - to) <= tolerance && setPoint === to) return
        if (nowMs > endMs)
          throw new StationError('run.stepTimeout', {
            step: step.id,
            seconds: timeoutS,
            detail: `it is at ${value ?? 'no value'}, not ${to}`,
          })
        if (value !== null) {
          const next = nextSetPoint({ from: setPoint, to, value, most: ratePerMs * (nowMs - lastMs), lead })
          if (await isSet(step, context, next)) setPoint = next
        }
        lastMs = nowMs
        endMs += await context.pausePoint()
        if (context.clock.monotonicMs() - nowMs > everyMs) lastMs = context.clock.monotonicMs()
        await context.clock.sleep(everyMs, context.signal)
      }
    } finally {
      release()
    }
  },
})

/** One step of the set-point towards the end: no faster than allowed, no further ahead of the value than `lead`. */
export function nextSetPoint(at: { from: number; to: number; value: number; most: number; lead: number }): number {
  const direction = Math.sign(at.to - at.from)
  if (direction === 0) return at.to
  const wanted = at.from + direction * Math.min(at.most, Math.abs(at.to - at.from))
  const furthestAllowed = at.value + direction * at.lead
  const kept = direction > 0 ? Math.min(wanted, furthestAllowed) : Math.max(wanted, furthestAllowed)
  // A value that fell behind holds the set-point where it is; it never goes back.
  return direction > 0 ? Math.max(at.from, kept) : Math.min(at.from, kept)
}
