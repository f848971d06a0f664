import { z } from 'zod'
import { StationError } from '../../../contract/errors.ts'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'protocol',
  // What it is made of says for itself what becomes of it after an outage.
  recovery: 'continue',
  schema: () =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('protocol'),
        protocol: z.string().describe('The protocol that is done here, such as PVTP-001.'),
        parameters: z
          .record(z.string(), valueRefSchema)
          .default({})
          .describe('Its parameters that are fixed here; the others become parameters of this protocol.'),
        criteria: z
          .enum(['validity', 'all', 'none'])
          .default('validity')
          .describe('Which of its criteria are judged here, too.'),
      })
      .describe(
        'Another protocol as a part of this one. It is put in when the template is loaded: its results are found under this step’s id, such as initialPower for “initial”.',
      ),
  run: (step) =>
    Promise.reject(new StationError('run.stepFailed', { step: step.id, detail: 'the protocol was not put in' })),
})
