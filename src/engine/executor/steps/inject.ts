import { z } from 'zod'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { isMet } from '../condition.ts'
import { keepWatchdog } from '../watchdogs.ts'
import { defineStepKind, type StepContext } from '../stepKind.ts'

const schema = (step: z.ZodType<z.infer<z.ZodObject<typeof stepBaseShape>>>) =>
  z
    .strictObject({
      ...stepBaseShape,
      kind: z.literal('inject'),
      role: z.string().describe('Role of the supply.'),
      voltageLimitV: valueRefSchema.describe('The supply never gives more than this (V).'),
      currentA: valueRefSchema.describe('Current while the condition is met (A).'),
      otherwiseA: valueRefSchema.describe('Current otherwise, such as that which watches the continuity (A).'),
      when: z
        .strictObject({ expr: z.string().min(1) })
        .describe('When the full current flows; never while a value that it needs is missing.'),
      roles: z.array(z.string()).default([]).describe('Roles that the condition looks at: they are read meanwhile.'),
      everyS: valueRefSchema.describe('How often the condition is looked at (s).'),
      steps: z
        .array(step as z.ZodType)
        .min(1)
        .describe('While these steps go on.'),
    })
    .describe(
      'Drives a current through the modules by a condition on temperature and direction; the supply is off, and read back, before it ends.',
    )
type Step = z.infer<ReturnType<typeof schema>>

/** The current that has to flow now. What isn't known counts as not met: less current is the safe side. */
const wantedA = (step: Step, context: StepContext): number =>
  context.number(isMet(step.when, context) ? step.currentA : step.otherwiseA, 'current')

async function regulate(step: Step, context: StepContext): Promise<never> {
  const everyMs = context.number(step.everyS, 'everyS') * 1000
  let flowing: number | null = null
  for (;;) {
    const pausedMs = await context.pausePoint()
    if (flowing === null || pausedMs > 0) {
      await context.set(step.role, 'currentA', 0)
      await context.set(step.role, 'voltageV', context.number(step.voltageLimitV, 'voltageLimitV'))
      await context.set(step.role, 'output', true)
      flowing = 0
    }
    const wanted = wantedA(step, context)
    if (wanted !== flowing) {
      await context.set(step.role, 'currentA', wanted)
      await context.log('info', 'inject', `${step.title}: ${wanted} A`)
      flowing = wanted
    }
    await context.clock.sleep(everyMs, context.signal)
  }
}

export const stepKind = defineStepKind({
  kind: 'inject',
  recovery: 'continue',
  schema: (step) => schema(step as never),
  run: (step, context) =>
    context.scoped(async (scoped, cancel) => {
      const release = context.sensors.watch([step.role, ...step.roles], context.number(step.everyS, 'everyS') * 1000)
      const stopWatchdog = await keepWatchdog(scoped, step.role)
      const work = regulate(step, scoped)
      const failed = work.catch((error: unknown) => {
        if (!scoped.signal.aborted) cancel(error as Error)
        throw error
      })
      failed.catch(() => undefined)
      try {
        await scoped.runSteps(step.steps as never)
      } finally {
        cancel(new Error('the injection has ended'))
        await failed.catch(() => undefined)
        release()
        // The watchdog stays armed until the output is known to be off.
        await context.shielded(15_000, (shielded) => shielded.makeSafe([step.role])).finally(stopWatchdog)
      }
    }),
})
