import { z } from 'zod'
import { messageOf, StationError } from '../../../contract/errors.ts'
import type { StepBase } from '../../../contract/template.ts'
import { stepBaseShape } from '../../../contract/template.ts'
import { defineStepKind, type StepContext } from '../stepKind.ts'

/** A lane that leaves ends its own steps only; a failure in one lane takes that lane out. */
async function runLane(lane: string, steps: readonly StepBase[], context: StepContext): Promise<void> {
  if (!context.lanes().some((each) => each.id === lane)) return
  try {
    await context.inLane(lane, steps)
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason
    const isOut = error instanceof StationError && error.code === 'run.laneLeft'
    if (!isOut) await context.failLane(lane, messageOf(error))
  }
}

export const stepKind = defineStepKind({
  kind: 'lanes',
  recovery: 'continue',
  schema: (step) =>
    z
      .strictObject({
        ...stepBaseShape,
        kind: z.literal('lanes'),
        order: z
          .enum(['oneByOne', 'parallel'])
          .describe('oneByOne: one module after the other, as with one tracer. parallel: all at the same time.'),
        steps: z.array(step).min(1).describe('What is done with each module.'),
      })
      .describe('Runs its steps for each module that is still in; in a run of one module just once.'),
  run: async (step, context) => {
    const lanes = context.lanes().map(({ id }) => id)
    if (lanes.length === 0) return context.runSteps(step.steps)
    if (step.order === 'oneByOne') {
      for (const lane of lanes) await runLane(lane, step.steps, context)
      return
    }
    const ended = await Promise.allSettled(lanes.map((lane) => runLane(lane, step.steps, context)))
    const failed = ended.find((each) => each.status === 'rejected')
    if (failed) throw failed.reason
  },
})
