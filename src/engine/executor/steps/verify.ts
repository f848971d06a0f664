import { z } from 'zod'
import { StationError } from '../../../contract/errors.ts'
import { stepBaseShape } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'verify',
  schema: () =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('verify'),
        condition: z.strictObject({ expr: z.string().min(1) }).describe('What has to be true now.'),
        text: z.string().min(1).describe('What the operator reads when it is not.'),
        otherwise: z
          .enum(['stop', 'warn'])
          .default('stop')
          .describe('stop: the run ends in its safe state. warn: it is logged, and the run goes on.'),
      })
      .describe('Checks a condition on parameters, results and measured values.'),
  run: async (step, context) => {
    if (context.test(step.condition)) return
    if (step.otherwise === 'stop') throw new StationError('run.notVerified', { step: step.title, detail: step.text })
    await context.log('warning', 'verify', `${step.title}: ${step.text}`)
  },
})
