import { z } from 'zod'
import { StationError } from '../../../contract/errors.ts'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { keepWatchdog } from '../watchdogs.ts'
import { defineStepKind, type StepContext } from '../stepKind.ts'

const schema = (step: z.ZodType) =>
  z
    .strictObject({
      ...stepBaseShape,
      kind: z.literal('bias'),
      role: z.string().describe('Role of the high-voltage supply.'),
      interlock: z
        .string()
        .optional()
        .describe('Role of the interlock input: it has to read closed before anything is switched on.'),
      voltageV: valueRefSchema.describe('Voltage at the leads against the frame, with its sign (V).'),
      currentLimitA: valueRefSchema.describe('The supply limits, or trips, at this current (A).'),
      rampVPerS: valueRefSchema.describe('Never faster than this (V/s).'),
      tolerancePercent: valueRefSchema.describe('The measured voltage has to be this near (%).'),
      settleS: valueRefSchema.describe('Within this time after the ramp (s).'),
      steps: z.array(step).min(1).describe('While these steps go on.'),
    })
    .describe(
      'Puts the modules under high voltage during its steps: ramp up, checked, ramp down, proved off. Never done again unattended.',
    )
type Step = z.infer<ReturnType<typeof schema>>

const rampEveryMs = 1000

/** Moves the voltage in steps of a second; a supply with a ramp of its own only has less to do. */
async function rampTo(step: Step, context: StepContext, given: { from: number; to: number }): Promise<void> {
  const perStepV = (context.number(step.rampVPerS, 'rampVPerS') * rampEveryMs) / 1000
  const count = Math.max(1, Math.ceil(Math.abs(given.to - given.from) / perStepV))
  for (let i = 1; i <= count; i++) {
    await context.set(step.role, 'voltageV', Number((given.from + ((given.to - given.from) * i) / count).toFixed(3)))
    if (i < count) await context.clock.sleep(rampEveryMs, context.signal)
  }
}

async function requireInterlock(step: Step, context: StepContext): Promise<void> {
  if (step.interlock === undefined) return
  for (const held of context.held(step.interlock)) {
    const readings = await context.recorder.readSensor(held, context.signal)
    const closed = readings.find((each) => each.channel === 'interlock')?.value
    if (closed !== 1)
      throw new StationError('run.notVerified', {
        step: step.title,
        detail: `${held.name} does not read closed; nothing was switched on`,
      })
  }
}

async function energise(step: Step, context: StepContext): Promise<void> {
  const voltageV = context.number(step.voltageV, 'voltageV')
  const stoodStillMs = context.stoodStillMs()
  await requireInterlock(step, context)
  // The sign comes before the output: supplies change their polarity only when off and discharged.
  const firstV = Math.sign(voltageV) * Math.min(Math.abs(voltageV), context.number(step.rampVPerS, 'rampVPerS'))
  await context.set(step.role, 'voltageV', firstV)
  await context.set(step.role, 'currentLimitA', context.number(step.currentLimitA, 'currentLimitA'))
  await context.set(step.role, 'output', true)
  await rampTo(step, context, { from: firstV, to: voltageV })
  const tolerance = (Math.abs(voltageV) * context.number(step.tolerancePercent, 'tolerancePercent')) / 100
  const endMs = context.clock.monotonicMs() + context.number(step.settleS, 'settleS') * 1000
  const band = { role: step.role, channel: 'voltage', target: voltageV, tolerance }
  for (;;) {
    const state = context.sensors.check(band, 5000)
    if (state.state === 'inside') return
    // The outputs were switched off on the way up: from the beginning, when the run goes on.
    if (context.stoodStillMs() !== stoodStillMs) {
      await context.pausePoint()
      return energise(step, context)
    }
    if (context.clock.monotonicMs() > endMs)
      throw new StationError('run.stepTimeout', {
        step: step.id,
        seconds: context.number(step.settleS, 'settleS'),
        detail: state.detail,
      })
    await context.sensors.next(rampEveryMs)
  }
}

/** Goes up again after a pause, in which the outputs were off. */
async function keepUp(step: Step, context: StepContext): Promise<never> {
  for (;;) {
    if ((await context.pausePoint()) > 0) await energise(step, context)
    await context.clock.sleep(rampEveryMs * 5, context.signal)
  }
}

export const stepKind = defineStepKind({
  kind: 'bias',
  recovery: 'never',
  schema: (step) => schema(step),
  run: (step, context) =>
    context.scoped(async (scoped, cancel) => {
      const release = scoped.sensors.watch([step.role], rampEveryMs)
      const stopWatchdog = await keepWatchdog(scoped, step.role)
      try {
        await energise(step, scoped)
        release()
        const kept = keepUp(step, scoped)
        kept.catch((error: unknown) => cancel(error as Error))
        await scoped.runSteps(step.steps as never)
        cancel(new Error('the bias has ended'))
        await kept.catch(() => undefined)
        const voltageV = context.number(step.voltageV, 'voltageV')
        await rampTo(step, context, { from: voltageV, to: 0 })
      } finally {
        cancel(new Error('the bias has ended'))
        release()
        await context.shielded(30_000, (shielded) => shielded.makeSafe([step.role])).finally(stopWatchdog)
      }
    }),
})
