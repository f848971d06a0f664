import { z } from 'zod'
import { StationError } from '../../../contract/errors.ts'
import { bandSchema, stepBaseShape, valueRefSchema } from '../../../contract/template.ts'
import { isMet } from '../condition.ts'
import { defineStepKind, type StepContext } from '../stepKind.ts'

const schema = (step: z.ZodType) =>
  z
    .strictObject({
      ...stepBaseShape,
      kind: z.literal('cycles'),
      times: valueRefSchema.describe('How many cycles have to be valid.'),
      most: valueRefSchema.describe('The run ends when it took this many to get them.'),
      mostInvalidInARow: valueRefSchema
        .optional()
        .describe('A person is asked after so many in a row that aren’t valid: they only age the modules.'),
      exposure: z.string().describe('The exposure that counts the valid cycles.'),
      role: z.string().describe('Role of the temperatures by which a cycle is judged.'),
      everyS: valueRefSchema.describe('How often they are read (s).'),
      lowC: valueRefSchema,
      highC: valueRefSchema,
      toleranceK: valueRefSchema.describe('A dwell counts within this of its end temperature.'),
      mostRampKPerH: valueRefSchema.optional().describe('Steepest ramp, by a regression over five minutes.'),
      mostRampBelow0KPerH: valueRefSchema.optional().describe('The same below 0 °C, where it differs.'),
      leastDwellMin: valueRefSchema.describe('Least dwell at the upper end (min).'),
      leastLowDwellMin: valueRefSchema.optional().describe('At the lower end, where it differs (min).'),
      mostCycleH: valueRefSchema.optional().describe('Longest cycle (h).'),
      longestGapS: valueRefSchema
        .optional()
        .describe(
          'A cycle in which nothing was seen for longer isn’t valid (s); without it, none with a missing value.',
        ),
      rules: z
        .array(
          z.strictObject({
            title: z.string().min(1).describe('What is printed where it isn’t met.'),
            band: bandSchema.describe('What has to be so.'),
            when: z
              .strictObject({ expr: z.string().min(1) })
              .optional()
              .describe('While this is true; always otherwise.'),
            leastPercent: valueRefSchema.describe('Least share of that time in which it has to be so (%).'),
          }),
        )
        .default([])
        .describe('What else makes a cycle valid, such as the current while it heats up.'),
      steps: z.array(step).min(1).describe('One cycle.'),
    })
    .describe('Repeats a temperature cycle until enough of them were valid by what the modules really saw.')
type Step = z.infer<ReturnType<typeof schema>>

interface Trace {
  timeMs: number[]
  temperatureC: (number | null)[]
}

/** Follows each sensor during one cycle, from the readings that are recorded anyway. */
function follow(step: Step, context: StepContext): { traces: Trace[]; stop: () => void } {
  const traces = context.sensors.latest(step.role).map((): Trace => ({ timeMs: [], temperatureC: [] }))
  const stop = context.sensors.onReading(() => {
    context.sensors.latest(step.role).forEach((latest, i) => {
      const trace = traces[i]
      if (!latest || !trace || trace.timeMs.at(-1) === latest.monotonicMs) return
      trace.timeMs.push(latest.monotonicMs)
      trace.temperatureC.push(latest.value)
    })
  })
  return { traces, stop }
}

/** How much of the time in which a rule applies it is met: both at each two readings that follow each other. */
function watchRules(step: Step, context: StepContext): { problems: () => string[]; stop: () => void } {
  const freshMs = context.number(step.everyS, 'everyS') * 2500
  const shares = step.rules.map(() => ({ appliesMs: 0, metMs: 0 }))
  const look = () => ({
    ...{ ms: context.clock.monotonicMs(), stoodStillMs: context.stoodStillMs() },
    rules: step.rules.map(({ when, band }) => ({
      applies: when === undefined || isMet(when, context),
      met: context.sensors.check(band, freshMs).state === 'inside',
    })),
  })
  let last: ReturnType<typeof look> | null = null
  const stop = context.sensors.onReading(() => {
    const now = look()
    const before = last
    last = now
    // Nothing is asked of a run that stands still.
    if (before === null || before.stoodStillMs !== now.stoodStillMs) return
    shares.forEach((share, i) => {
      const [a, b] = [before.rules[i]!, now.rules[i]!]
      if (!a.applies || !b.applies) return
      share.appliesMs += now.ms - before.ms
      // Between readings too far apart, as after a suspended PC, nobody knows.
      if (a.met && b.met && now.ms - before.ms <= freshMs) share.metMs += now.ms - before.ms
    })
  })
  const problems = (): string[] =>
    step.rules.flatMap(({ title, leastPercent }, i) => {
      const { appliesMs, metMs } = shares[i]!
      const least = context.number(leastPercent, 'leastPercent')
      if (appliesMs === 0) return [`${title}: it was never seen`]
      const percent = (metMs / appliesMs) * 100
      return percent < least ? [`${title}: for ${percent.toFixed(1)} % of the time, below ${least} %`] : []
    })
  return { problems, stop }
}

function problemsOf(step: Step, context: StepContext, traces: readonly Trace[]): string[] {
  const optional = (ref: Step['mostRampKPerH']): number | null =>
    ref === undefined ? null : context.number(ref, 'limit')
  const limits = {
    lowC: context.number(step.lowC, 'lowC'),
    highC: context.number(step.highC, 'highC'),
    toleranceK: context.number(step.toleranceK, 'toleranceK'),
    mostRampKPerH: optional(step.mostRampKPerH),
    mostRampBelow0KPerH: optional(step.mostRampBelow0KPerH),
    leastDwellMin: context.number(step.leastDwellMin, 'leastDwellMin'),
    leastLowDwellMin: optional(step.leastLowDwellMin) ?? context.number(step.leastDwellMin, 'leastDwellMin'),
    mostCycleH: optional(step.mostCycleH),
    longestGapS: optional(step.longestGapS),
  }
  const found = traces.map((trace) => context.judge('stress.cycle', { ...trace, ...limits }) as { problems: string[] })
  return [...new Set(found.flatMap(({ problems }) => problems))]
}

export const stepKind = defineStepKind({
  kind: 'cycles',
  recovery: 'continue',
  schema,
  run: async (step, context) => {
    const [times, most] = [context.number(step.times, 'times'), context.number(step.most, 'most')]
    const release = context.sensors.watch([step.role], context.number(step.everyS, 'everyS') * 1000)
    try {
      const { done, invalidInARow } = doneBefore(context)
      const first = done + 1
      let inARow = invalidInARow
      for (let i = first; context.credited(step.exposure) < times; i++) {
        if (i > most)
          throw new StationError('run.stepFailed', {
            step: step.id,
            detail: `only ${context.credited(step.exposure)} of ${most} cycles were valid`,
          })
        await context.pausePoint()
        const broken = i === first && context.memory.outageMs !== null
        inARow = await runCycle(step, context, { i, broken, inARow })
        if (i < most && (await isAsked(step, context, inARow))) inARow = 0
      }
    } finally {
      release()
    }
  },
})

const memorySchema = z.object({ done: z.number(), invalidInARow: z.number().default(0) })

/** Cycles that an earlier life of the station had ended, the invalid ones included. */
const doneBefore = (context: StepContext) =>
  memorySchema.catch({ done: 0, invalidInARow: 0 }).parse(context.memory.before)

/** Whatever spoils one cycle after the other, as a supply that tripped, spoils those to come, too. */
async function isAsked(step: Step, context: StepContext, inARow: number): Promise<boolean> {
  const { mostInvalidInARow } = step
  if (mostInvalidInARow === undefined || inARow < context.number(mostInvalidInARow, 'mostInvalidInARow')) return false
  const answer = await context.ask({
    ...{ stepId: step.id, title: 'Cycles aren’t valid', answer: 'confirm' },
    text: `${inARow} cycles in a row were not valid; the log says why. Such cycles only age the modules. Find the cause and mend it, then confirm: the test goes on with the next cycle. Or stop the test.`,
  })
  await context.log('info', 'prompt', `Cycles aren’t valid: ${answer}`)
  return true
}

/** One cycle, put to account; resolves with how many in a row weren’t valid. */
async function runCycle(
  step: Step,
  context: StepContext,
  { i, broken, inARow }: { i: number; broken: boolean; inARow: number },
): Promise<number> {
  const fromUtcMs = context.clock.utcMs()
  const { traces, stop } = follow(step, context)
  const rules = watchRules(step, context)
  try {
    await context.runSteps(step.steps as never, { iteration: i })
  } finally {
    stop()
    rules.stop()
  }
  const interrupted = broken ? [`interrupted for ${Math.round((context.memory.outageMs ?? 0) / 60_000)} min`] : []
  const problems = [...interrupted, ...problemsOf(step, context, traces), ...rules.problems()]
  context.addCycle(step.exposure, { fromUtcMs, toUtcMs: context.clock.utcMs(), problems })
  const invalidInARow = problems.length === 0 ? 0 : inARow + 1
  await context.memory.save({ done: i, invalidInARow })
  const text = problems.length === 0 ? 'valid' : `NOT valid: ${problems.join('; ')}`
  await context.log(problems.length === 0 ? 'info' : 'warning', 'cycle', `${step.title} ${i}: ${text}`)
  return invalidInARow
}
