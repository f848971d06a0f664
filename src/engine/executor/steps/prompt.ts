import { z } from 'zod'
import { stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'prompt',
  schema: () =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('prompt'),
        text: z.string().min(1).describe('What the operator has to do, in full sentences.'),
        answer: z
          .enum(['confirm', 'text', 'number', 'photo', 'scan'])
          .describe('What the operator gives: a click, a text, a number, a photo or a scanned code.'),
        picture: z
          .string()
          .optional()
          .describe('A picture that shows what to do: a file beside the protocols, such as pictures/clamp.png.'),
        dueS: valueRefSchema
          .optional()
          .describe('When an answer is due (s); it is said on the screen when it is late.'),
        output: z
          .string()
          .regex(/^[a-z][A-Za-z0-9]*$/)
          .optional()
          .describe('Name under which a number or a text is found by later steps.'),
      })
      .describe('Waits for the operator. Who answered, what and when is recorded.'),
  run: async (step, context) => {
    const answer = await context.ask({
      stepId: step.id,
      title: step.title,
      text: step.text,
      answer: step.answer,
      ...(step.picture === undefined ? {} : { picture: step.picture }),
      ...(step.dueS === undefined ? {} : { dueMs: context.number(step.dueS, 'dueS') * 1000 }),
    })
    await context.log('info', 'prompt', `${step.title}: ${answer}`)
    if (step.output === undefined) return
    const value = step.answer === 'number' ? Number(answer) : answer
    await context.keep(step.output, 'answer', value)
  },
})
