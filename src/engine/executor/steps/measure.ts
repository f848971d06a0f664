import { z } from 'zod'
import { StationError } from '../../../contract/errors.ts'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'measure',
  schema: () =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('measure'),
        role: z.string().describe('Role whose values are measured.'),
        channel: z.string().optional().describe('Only this channel; all that serve the role otherwise.'),
        samples: valueRefSchema.describe('How many readings are taken of each.'),
        everyS: valueRefSchema.describe('Time between two readings (s).'),
        output: z
          .string()
          .regex(/^[a-z][A-Za-z0-9]*$/)
          .describe('Name under which mean, minimum, maximum and standard deviation are found.'),
      })
      .describe('Measures values several times and keeps their mean and spread.'),
  run: async (step, context) => {
    const samples = context.number(step.samples, 'samples')
    const everyMs = context.number(step.everyS, 'everyS') * 1000
    const values: number[] = []
    for (let i = 0; i < samples; i++) {
      if (i > 0) await context.clock.sleep(everyMs, context.signal)
      for (const held of context.held(step.role)) {
        const wanted = context.channelsOf(held, step.role, step.channel)
        const readings = await context.recorder.readSensor(held, context.signal)
        for (const { channel, value } of readings) if (wanted.includes(channel) && value !== null) values.push(value)
      }
    }
    if (values.length === 0)
      throw new StationError('run.stepFailed', { step: step.id, detail: `${step.role} gave no value` })
    await context.keep(step.output, 'measured', context.judge('statistics.summary', { values }))
  },
})
