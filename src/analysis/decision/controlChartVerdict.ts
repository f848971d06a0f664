import { badInput, requireFinite, requireNotNegative, requirePositive } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'
import { decide } from './rules.ts'
import type { DecisionOutcome, DecisionRule } from './rules.ts'

/**
 * A verdict on ΔPmax with the uncertainty that the station's own reference module shows.
 *
 * The systematic parts of u(Pmax) cancel in a change measured on one station; what is left is repeatability and the
 * drift of the station between the two dates. Both are read from the control chart of the reference module.
 * The measured change is not corrected. The drift enters as an uncorrected known effect, U = k·u + |drift| (GUM F.2.4.5).
 */
export const controlChartMethod: Method = { id: 'station/controlChartVerdict', version: '1.0.0' }

export interface ReferenceCheck {
  readonly timeMs: number
  readonly pmaxW: number
}

export interface ControlChartInput {
  /** Pmax checks of the reference module, one value for each check, in any order. */
  readonly chart: readonly ReferenceCheck[]
  readonly initial: { readonly timeMs: number; readonly pmaxW: number }
  readonly final: { readonly timeMs: number; readonly pmaxW: number }
  /** Lowest allowed ΔPmax in %, for instance −5. */
  readonly lowestDeltaPercent: number
  /** Checks within ± this time of a measurement speak for it; 7 days unless stated. */
  readonly windowMs?: number
  /** 2 unless stated. */
  readonly coverageFactor?: number
  /**
   * Non-binary with w = U unless stated. Take `simple` when the limit already contains r, as that of Gate No. 2 does.
   */
  readonly rule?: DecisionRule
}

export interface ControlChartVerdict {
  readonly method: Method
  /** inconclusive when the chart can't carry a verdict; `reason` says why. */
  readonly outcome: DecisionOutcome | 'inconclusive'
  readonly reason: string | null
  readonly deltaPmaxPercent: number
  /** s of one reference check in %, from the mean moving range (MR/1.128); null when the chart is too short. */
  readonly repeatabilityPercent: number | null
  /** Change of the reference module between the two dates in %; null when a date has no check near it. */
  readonly driftPercent: number | null
  readonly expandedUncertaintyPercent: number | null
  readonly conformanceProbability: number | null
  /** ΔPmax less the drift, and the outcome it would have. For information; the verdict is on the measured change. */
  readonly driftCorrectedDeltaPercent: number | null
  readonly wouldChange: readonly string[]
}

const dayMs = 86_400_000
const leastChecks = 8
/** d2 for ranges of two (Montgomery, appendix VI). */
const d2OfTwo = 1.128

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

interface ChartFacts {
  readonly repeatabilityPercent: number
  readonly driftPercent: number
  readonly driftUncertaintyPercent: number
}

const near = (chart: readonly ReferenceCheck[], timeMs: number, windowMs: number): number[] =>
  chart.filter((check) => Math.abs(check.timeMs - timeMs) <= windowMs).map((check) => check.pmaxW)

/** @returns what the chart says, or the reason why it says nothing */
const readChart = (input: ControlChartInput): ChartFacts | string => {
  const sorted = [...input.chart].sort((a, b) => a.timeMs - b.timeMs)
  if (sorted.length < leastChecks)
    return `the control chart has ${sorted.length} checks, at least ${leastChecks} are needed`
  const windowMs = requirePositive(input.windowMs ?? 7 * dayMs, 'window')
  const before = near(sorted, input.initial.timeMs, windowMs)
  const after = near(sorted, input.final.timeMs, windowMs)
  if (before.length === 0) return 'no reference check lies near the initial measurement'
  if (after.length === 0) return 'no reference check lies near the final measurement'
  const center = meanOf(sorted.map((check) => check.pmaxW))
  const ranges = sorted.slice(1).map((check, i) => Math.abs(check.pmaxW - sorted[i]!.pmaxW))
  const sigmaW = meanOf(ranges) / d2OfTwo
  const first = meanOf(before)
  const repeatabilityPercent = requireFinite((100 * sigmaW) / center, 'repeatability')
  return {
    repeatabilityPercent,
    driftPercent: requireFinite(100 * (meanOf(after) / first - 1), 'drift'),
    driftUncertaintyPercent: repeatabilityPercent * Math.sqrt(1 / before.length + 1 / after.length),
  }
}

/** A reference check further than this from its neighbours in time says that the station wasn't in control. */
const spreadProblem = (input: ControlChartInput, repeatabilityPercent: number): string | null => {
  const windowMs = input.windowMs ?? 7 * dayMs
  for (const [name, timeMs] of [['initial', input.initial.timeMs] as const, ['final', input.final.timeMs] as const]) {
    const values = near(input.chart, timeMs, windowMs)
    const center = meanOf(values)
    const furthest = Math.max(...values.map((value) => (100 * Math.abs(value - center)) / center))
    if (furthest > 3 * repeatabilityPercent + 1e-9) {
      return `a reference check near the ${name} measurement is out of control: ${furthest.toFixed(2)} % from the mean`
    }
  }
  return null
}

const checkInput = (input: ControlChartInput): void => {
  for (const check of input.chart) {
    requireFinite(check.timeMs, 'time of a reference check')
    requirePositive(check.pmaxW, 'Pmax of a reference check')
  }
  for (const value of [input.initial.timeMs, input.final.timeMs, input.final.pmaxW]) requireFinite(value, 'measurement')
  requirePositive(input.initial.pmaxW, 'initial Pmax')
  requireFinite(input.lowestDeltaPercent, 'lowest ΔPmax')
  if (input.final.timeMs < input.initial.timeMs)
    throw badInput('final measurement', 'it is earlier than the initial one')
}

const inconclusive = (deltaPmaxPercent: number, reason: string, facts: ChartFacts | null): ControlChartVerdict => ({
  method: controlChartMethod,
  outcome: 'inconclusive',
  reason,
  deltaPmaxPercent,
  repeatabilityPercent: facts?.repeatabilityPercent ?? null,
  driftPercent: facts?.driftPercent ?? null,
  expandedUncertaintyPercent: null,
  conformanceProbability: null,
  driftCorrectedDeltaPercent: null,
  wouldChange: [],
})

interface Judged {
  readonly outcome: DecisionOutcome
  readonly correctedOutcome: DecisionOutcome
  readonly deltaPercent: number
  readonly limitPercent: number
  readonly guardPercent: number
}

const changesOf = (judged: Judged): string[] => {
  const { outcome, correctedOutcome, deltaPercent, limitPercent, guardPercent } = judged
  const passAt = limitPercent + guardPercent
  const changes = [
    outcome === 'pass'
      ? `It stays a pass down to ΔPmax = ${passAt.toFixed(2)} %, ${(deltaPercent - passAt).toFixed(2)} % lower.`
      : `It would be a pass from ΔPmax = ${passAt.toFixed(2)} % on, ${(passAt - deltaPercent).toFixed(2)} % higher.`,
  ]
  if (correctedOutcome !== outcome) {
    changes.push(`With the change of the reference module taken off, the outcome would be ${correctedOutcome}.`)
  }
  return changes
}

/**
 * Verdict on ΔPmax with the repeatability and the drift of the station's reference-module chart.
 * u² = 2·s² + s²·(1/n1 + 1/n2): one DUT measurement on each date, and the means of n1 and n2 reference checks.
 * Take the DUT's and the reference's powers under comparable conditions (`checkComparability`).
 * @throws StationError analysis.badInput for numbers that aren't finite, powers that aren't above 0, or crossed dates
 */
export const controlChartVerdict = (input: ControlChartInput): ControlChartVerdict => {
  checkInput(input)
  const deltaPercent = requireFinite(100 * (input.final.pmaxW / input.initial.pmaxW - 1), 'ΔPmax')
  const facts = readChart(input)
  if (typeof facts === 'string') return inconclusive(deltaPercent, facts, null)
  const problem = spreadProblem(input, facts.repeatabilityPercent)
  if (problem !== null) return inconclusive(deltaPercent, problem, facts)
  const k = requirePositive(input.coverageFactor ?? 2, 'coverage factor')
  const random = Math.hypot(Math.SQRT2 * facts.repeatabilityPercent, facts.driftUncertaintyPercent)
  const expanded = requireNotNegative(k * random + Math.abs(facts.driftPercent), 'expanded uncertainty')
  const rule = input.rule ?? ({ kind: 'nonBinary' } as const)
  const limits = { lower: input.lowestDeltaPercent, upper: null }
  const judge = (measured: number, U: number) =>
    decide({ measured, expandedUncertainty: U, coverageFactor: k, limits, rule })
  const decision = judge(deltaPercent, expanded)
  const correctedDelta = requireFinite(deltaPercent - facts.driftPercent, 'corrected ΔPmax')
  const corrected = judge(correctedDelta, k * random)
  return {
    method: controlChartMethod,
    outcome: decision.outcome,
    reason: null,
    deltaPmaxPercent: deltaPercent,
    repeatabilityPercent: facts.repeatabilityPercent,
    driftPercent: facts.driftPercent,
    expandedUncertaintyPercent: expanded,
    conformanceProbability: decision.conformanceProbability,
    driftCorrectedDeltaPercent: correctedDelta,
    wouldChange: changesOf({
      outcome: decision.outcome,
      correctedOutcome: corrected.outcome,
      deltaPercent,
      limitPercent: input.lowestDeltaPercent,
      guardPercent: decision.guardBand,
    }),
  }
}
