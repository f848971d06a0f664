import { z } from 'zod'
import { StationError } from '../../../contract/errors.ts'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'set',
  schema: () =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('set'),
        role: z.string().describe('Role whose instruments are set.'),
        setting: z.string().describe('Name of the setting, such as temperatureC, voltageV, output or run.'),
        to: valueRefSchema.describe('The value; null switches a control off where the instrument has that.'),
      })
      .describe('Sets one setting, reads it back, and fails when the instrument took another value.'),
  energises: (step) => (['output', 'run'].includes(step.setting) && step.to !== false ? [step.role] : []),
  leaves: (step) => `${step.role}.${step.setting}`,
  run: async (step, context) => {
    const value = context.value(step.to)
    if (value !== null && !['number', 'boolean', 'string'].includes(typeof value))
      throw new StationError('run.stepFailed', { step: step.id, detail: `${step.setting} can’t be set to an object` })
    await context.set(step.role, step.setting, value as number | boolean | string | null)
  },
})
