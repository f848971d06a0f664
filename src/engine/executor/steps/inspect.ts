import { z } from 'zod'
import { stepBaseShape } from '../../../contract/template.ts'
import { defineStepKind } from '../stepKind.ts'

export const stepKind = defineStepKind({
  kind: 'inspect',
  schema: () =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('inspect'),
        text: z.string().min(1).describe('How the module is looked at, such as with at least 1000 lux.'),
        items: z
          .array(z.strictObject({ id: z.string().regex(/^[a-z][A-Za-z0-9]*$/), title: z.string().min(1) }))
          .min(1)
          .refine((items) => new Set(items.map(({ id }) => id)).size === items.length, 'an id is given twice')
          .describe('What is looked for. Each needs a finding: none, minor or major, with a note and pictures.'),
        output: z
          .string()
          .regex(/^[a-z][A-Za-z0-9]*$/)
          .describe('Name under which the findings are found; .major counts the major ones.'),
      })
      .describe('A visual inspection by a checklist; each finding is recorded with who saw it.'),
  run: async (step, context) => {
    const answer = await context.ask({
      ...{ stepId: step.id, title: step.title, text: step.text, answer: 'checklist' },
      items: step.items,
    })
    await context.log('info', 'inspect', `${step.title}: ${answer}`)
    const findings = readFindings(answer, step.items)
    const count = (severity: string): number => findings.filter((each) => each['severity'] === severity).length
    await context.keep(step.output, 'findings', { findings, minor: count('minor'), major: count('major') })
  },
})

/** A simulated operator confirms; that stands for no finding at all. */
function readFindings(answer: string, items: readonly { id: string; title: string }[]): Record<string, unknown>[] {
  const given = answer.startsWith('{') ? (JSON.parse(answer) as Record<string, Record<string, unknown>>) : {}
  return items.map(({ id, title }) => ({ id, title, severity: 'none', note: '', ...given[id] }))
}
