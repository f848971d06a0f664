import { z } from 'zod'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'compute',
  schema: () =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('compute'),
        method: z.string().describe('Name of an analysis method; its version is stored with the result.'),
        inputs: z.record(z.string(), valueRefSchema).describe('The method’s inputs by name.'),
        output: z
          .string()
          .regex(/^[a-z][A-Za-z0-9]*$/)
          .describe('Name under which later steps, criteria and the report find the result.'),
      })
      .describe(
        'Computes a result from raw data, parameters and earlier results. A bundle’s verifier computes it again.',
      ),
  run: (step, context) =>
    context.compute({
      method: step.method,
      inputs: step.inputs,
      output: step.output,
    }),
})
