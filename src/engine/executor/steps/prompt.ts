import { z } from 'zod'
import { stepBaseShape } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'prompt',
  schema: () =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('prompt'),
        text: z.string().min(1).describe('What the operator has to do, in full sentences.'),
        answer: z.enum(['confirm', 'text', 'number']).describe('What the operator gives: a click, a text or a number.'),
      })
      .describe('Waits for the operator. Who answered, what and when is recorded.'),
  run: async (step, context) => {
    const answer = await context.ask({
      stepId: step.id,
      title: step.title,
      text: step.text,
      answer: step.answer,
    })
    await context.log('info', 'prompt', `${step.title}: ${answer}`)
  },
})
