import type { Clock } from '../base/clock.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import type { ProgramStatus, Reading } from '../contract/instrument.ts'
import type { RecoveryDecision, RecoveryReport, Run } from '../contract/run.ts'
import type { ChannelEnd } from '../contract/sample.ts'
import type { RecoveryRule, StepBase, Template } from '../contract/template.ts'
import type { JournalStep } from './executor/journal.ts'
import { stepIdOf } from './executor/path.ts'
import { innerSteps } from './executor/progress.ts'
import type { StepKind } from './executor/stepKind.ts'
import { resolveNumber } from './executor/values.ts'
import type { OpenInstrument } from './instruments/openInstrument.ts'

export interface RecoveryDeps {
  clock: Clock
  kinds: ReadonlyMap<string, StepKind>
}

const findStep = (steps: readonly StepBase[], id: string): StepBase | undefined => {
  for (const step of steps) {
    const found = step.id === id ? step : findStep(innerSteps(step), id)
    if (found) return found
  }
  return undefined
}

interface OpenStep {
  path: string
  step: StepBase
  rule: RecoveryRule
}

/** The steps that were going on, each with its rule; the strictest decides. */
export function openSteps(template: Template, steps: readonly JournalStep[], kinds: RecoveryDeps['kinds']): OpenStep[] {
  return steps
    .filter((each) => each.outcome === null)
    .flatMap(({ path }): OpenStep[] => {
      const step = findStep(template.steps, stepIdOf(path))
      const kind = step && kinds.get(step.kind)
      return step && kind ? [{ path, step, rule: step.recovery ?? kind.recovery }] : []
    })
}

const strictness: readonly RecoveryRule[] = ['never', 'ask', 'restart', 'extend', 'continue']

export const strictestRule = (open: readonly OpenStep[]): RecoveryRule =>
  strictness.find((rule) => open.some((each) => each.rule === rule)) ?? 'continue'

/** How long the station was gone: since the last thing that was recorded. */
export function outageOf(
  run: Run,
  ends: readonly ChannelEnd[],
  nowUtcMs: number,
): { lastUtcMs: number; outageMs: number } {
  const lastUtcMs = ends.reduce((latest, each) => Math.max(latest, each.lastUtcMs ?? 0), run.startedUtcMs)
  return { lastUtcMs, outageMs: Math.max(0, nowUtcMs - lastUtcMs) }
}

/** Whether the station may go on by itself, and if not, why. */
export function whyNotUnattended(given: {
  run: Run
  template: Template
  rule: RecoveryRule
  outageMs: number
}): string | null {
  const { run, template, rule, outageMs } = given
  if (run.emergency === true) return 'it was ended by an emergency stop'
  if (run.leftAs === 'stopping') return 'it was being stopped'
  if (run.leftAs === 'paused') return 'it was paused'
  if (!template.recovery?.unattended) return 'the protocol asks for a person'
  if (rule === 'never' || rule === 'ask') return 'the step that was going on asks for a person'
  const longestS = resolveNumber(
    template.recovery.longestOutageS,
    { parameters: run.parameters, results: [], sweeps: [] },
    'longestOutageS',
  )
  if (outageMs > longestS * 1000) return `the outage of ${Math.round(outageMs / 1000)} s is longer than ${longestS} s`
  return null
}

const meanings: Readonly<Record<RecoveryDecision, string>> = {
  continue:
    'The test goes on where it was. Time that nobody saw is not credited; steps that wait for an exposure make up for it.',
  extend: 'The same as going on: steps that wait for an exposure make up for what was not credited.',
  restart: 'The step that was going on is done again from its start.',
  close: 'The test is given up. What was measured is kept, without a verdict.',
}

const proposalOf = (rule: RecoveryRule): RecoveryDecision =>
  rule === 'restart' ? 'restart' : rule === 'extend' ? 'extend' : rule === 'continue' ? 'continue' : 'close'

async function readNow({
  instrument,
}: OpenInstrument): Promise<{ readings: Reading[]; program: ProgramStatus | null; problem: string | null }> {
  try {
    return {
      readings: await instrument.read(),
      program: (await instrument.chamberProgram?.status()) ?? null,
      problem: null,
    }
  } catch (error) {
    return { readings: [], program: null, problem: messageOf(error) }
  }
}

/**
 * What the instruments say now beside what was last recorded, and what can be done: the one screen after an outage.
 * Reads only; nothing is commanded.
 */
export async function reportRecovery(
  given: {
    run: Run
    template: Template
    steps: readonly JournalStep[]
    ends: readonly ChannelEnd[]
    opened: readonly OpenInstrument[]
  },
  deps: RecoveryDeps,
): Promise<RecoveryReport> {
  const { run, template, opened } = given
  const open = openSteps(template, given.steps, deps.kinds)
  const rule = strictestRule(open)
  const { lastUtcMs, outageMs } = outageOf(run, given.ends, deps.clock.utcMs())
  const instruments: RecoveryReport['instruments'] = []
  for (const each of opened) {
    const now = await readNow(each)
    const used = run.instruments.find((known) => known.instrumentId === each.config.id)
    const same = used?.identity.serialNumber === each.identity.serialNumber
    instruments.push({
      id: each.config.id,
      name: each.config.name,
      problem:
        now.problem ?? (same ? null : `it is another one: serial number ${each.identity.serialNumber ?? 'unknown'}`),
      program: now.program,
      readings: now.readings.map(({ channel, unit, value }) => ({
        ...{ channel, unit, now: value },
        before:
          given.ends.find((end) => end.instrumentId === each.config.id && end.name.endsWith(`.${channel}`))
            ?.lastValue ?? null,
      })),
    })
  }
  const blocked = instruments.find((each) => each.problem !== null)
  const option = (decision: RecoveryDecision): RecoveryReport['options'][number] => ({
    decision,
    meaning: meanings[decision],
    refused: decision === 'close' || !blocked ? null : `${blocked.name}: ${blocked.problem}`,
  })
  return {
    ...{ runId: run.id, lastUtcMs, outageMs, rule, instruments },
    steps: open.map(({ path, step }) => ({ path, title: step.title })),
    emergency: run.emergency === true,
    proposal: proposalOf(rule),
    options: (['continue', 'extend', 'restart', 'close'] as const).map(option),
    unattended: whyNotUnattended({ run, template, rule, outageMs }),
  }
}

/** @throws StationError run.recovery where the report refuses it */
export function requireAllowed(report: RecoveryReport, decision: RecoveryDecision): void {
  const refused = report.options.find((each) => each.decision === decision)?.refused
  if (refused) throw new StationError('run.recovery', { detail: refused })
}
