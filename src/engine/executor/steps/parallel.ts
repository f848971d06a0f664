import { z } from 'zod'
import { stepBaseShape } from '../../../contract/template.ts'
import { asError } from '../../../base/cancellation.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'parallel',
  recovery: 'continue',
  schema: (step) =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('parallel'),
        steps: z.array(step).min(1).describe('What is done at the same time; a sequence for several steps in order.'),
      })
      .describe('Runs its steps at the same time and ends when all have; one that fails ends the others.'),
  run: (step, context) =>
    context.scoped(async (scoped, cancel) => {
      const branches = step.steps.map((branch) =>
        scoped.runSteps([branch]).catch((error: unknown) => {
          cancel(asError(error))
          throw error
        }),
      )
      // Each is waited for: a branch that was cancelled tears down before this step ends.
      const ended = await Promise.allSettled(branches)
      const failed = ended.find((each) => each.status === 'rejected')
      if (failed) throw failed.reason
    }),
})
