import { z } from 'zod'
import { stepBaseShape } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'safeState',
  schema: () =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('safeState'),
        roles: z.array(z.string()).min(1).describe('Roles whose instruments are switched off.'),
      })
      .describe('Commands the energising instruments of these roles off and reads back that they are.'),
  run: (step, context) => context.makeSafe(step.roles),
})
