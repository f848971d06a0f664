import { z } from 'zod'
import { stepBaseShape } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'sequence',
  // What it is made of says for itself what becomes of it after an outage.
  recovery: 'continue',
  schema: (step) =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('sequence'),
        steps: z.array(step).min(1).describe('What is run, in order.'),
      })
      .describe('Runs its steps one after the other.'),
  run: (step, context) => context.runSteps(step.steps),
})
