import { z } from 'zod'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'record',
  recovery: 'continue',
  schema: (step) =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('record'),
        channels: z
          .array(
            z.strictObject({
              roles: z.array(z.string()).min(1).describe('Roles whose instruments are read.'),
              everyS: valueRefSchema.describe('Time between two readings (s).'),
            }),
          )
          .min(1)
          .describe('What is recorded, and how often.'),
        steps: z.array(step).min(1).describe('While these steps go on.'),
      })
      .describe(
        'Records measured values in the background of its steps. What is read is on the disk before it is shown.',
      ),
  run: async (step, context) => {
    const releases = step.channels.map(({ roles, everyS }) =>
      context.sensors.watch(roles, context.number(everyS, 'everyS') * 1000),
    )
    try {
      await context.runSteps(step.steps)
    } finally {
      for (const release of releases) release()
    }
  },
})
