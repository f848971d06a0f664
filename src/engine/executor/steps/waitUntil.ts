import { z } from 'zod'
import { StationError } from '../../../contract/errors.ts'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { isMet } from '../condition.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'waitUntil',
  schema: () =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('waitUntil'),
        condition: z.strictObject({ expr: z.string().min(1) }).describe('An expression that becomes true.'),
        roles: z.array(z.string()).default([]).describe('Roles that the condition looks at: they are read meanwhile.'),
        everyS: valueRefSchema.describe('How often it is looked at (s).'),
        timeoutS: valueRefSchema.describe('The run ends in its safe state when it takes longer (s).'),
      })
      .describe('Waits until a condition on measured values is met.'),
  run: async (step, context) => {
    const everyMs = context.number(step.everyS, 'everyS') * 1000
    const timeoutS = context.number(step.timeoutS, 'timeoutS')
    const release = context.sensors.watch(step.roles, everyMs)
    const movingMs = (): number => context.clock.monotonicMs() - context.stoodStillMs()
    const startMs = movingMs()
    try {
      // A value that hasn't come yet, or while a link is lost, is waited for.
      while (!isMet(step.condition, context)) {
        if (movingMs() - startMs > timeoutS * 1000)
          throw new StationError('run.stepTimeout', { step: step.id, seconds: timeoutS, detail: step.condition.expr })
        await context.pausePoint()
        await context.sensors.next(everyMs)
      }
    } finally {
      release()
    }
  },
})
