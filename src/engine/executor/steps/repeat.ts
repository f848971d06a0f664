import { z } from 'zod'
import { StationError } from '../../../contract/errors.ts'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'repeat',
  recovery: 'continue',
  schema: (step) =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('repeat'),
        times: valueRefSchema.describe('How often; a whole number of 1 or more.'),
        steps: z.array(step).min(1).describe('What is repeated, in order.'),
      })
      .describe('Runs its steps several times.'),
  run: async (step, context) => {
    const times = context.number(step.times, 'times')
    if (!Number.isInteger(times) || times < 1)
      throw new StationError('run.stepFailed', {
        step: step.id,
        detail: `can’t repeat ${times} times`,
      })
    for (let i = 1; i <= times; i++) {
      await context.pausePoint()
      await context.log('info', 'repeat', `${step.title}: ${i} of ${times}`)
      await context.runSteps(step.steps, { iteration: i })
    }
  },
})
