import { z } from 'zod'
import { stepBaseShape } from '../../../contract/template.ts'
import { messageOf } from '../../../contract/errors.ts'
import { defineStepKind } from '../stepKind.ts'
import { isLeaving } from '../stepRunner.ts'

export const stepKind = defineStepKind({
  kind: 'group',
  // What it is made of says for itself what becomes of it after an outage.
  recovery: 'continue',
  schema: (step) =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('group'),
        setup: z.array(step).default([]).describe('What has to be there before the main part.'),
        main: z.array(step).min(1).describe('What the group is for.'),
        teardown: z
          .array(step)
          .default([])
          .describe('Runs in any case: what brings everything back to its safe state.'),
        teardownDeadlineS: z.number().positive().max(86_400).default(30).describe('The tear-down’s own deadline (s).'),
      })
      .describe(
        'Set-up, main and tear-down. The tear-down runs whenever the set-up began, each part of it even if another failed.',
      ),
  run: async (step, context) => {
    const failures: unknown[] = []
    try {
      await context.runSteps(step.setup)
      await context.runSteps(step.main)
    } catch (error) {
      failures.push(error)
      // The station only leaves: what is under energy was switched off, and the rest waits for its return.
      if (isLeaving(error)) throw error
    }
    await context.shielded(step.teardownDeadlineS * 1000, async (shielded) => {
      for (const part of step.teardown) {
        try {
          await shielded.runSteps([part])
        } catch (error) {
          failures.push(error)
          // A full disk keeps the error from being logged, not the other parts from being run.
          await context.log('error', 'teardown', `${part.title}: ${messageOf(error)}`).catch(() => undefined)
        }
      }
    })
    if (failures.length > 0) throw failures[0]
  },
})
