import { badInput, requireNotNegative } from '../statistics/quantity.ts'
import { evaluateBudget } from './budget.ts'
import type { Budget, BudgetInput, BudgetResult } from './budget.ts'

/**
 * A starting budget for Pmax at STC, to be edited: relative, in % of Pmax.
 *
 * Each line gives the range found in scopes of accreditation (k = 2). Unless a laboratory puts in its own number, the
 * upper end is used, so that an unedited budget doesn't flatter. Confidence: A checked in a public source, B common
 * knowledge of the trade, C a weak source. None of these lines is measured by the station.
 */
export interface PmaxBudgetLine {
  readonly name: string
  readonly lowExpandedPercent: number
  readonly highExpandedPercent: number
  /** The laboratory's own expanded uncertainty (k = 2) in %; null takes the upper end. */
  readonly ownExpandedPercent: number | null
  readonly confidence: 'A' | 'B' | 'C'
  readonly source: string
}

const scopes = 'range in scopes of accreditation of calibration and test laboratories'

const line = (
  name: string,
  range: readonly [low: number, high: number],
  confidence: PmaxBudgetLine['confidence'],
): PmaxBudgetLine => ({
  name,
  lowExpandedPercent: range[0],
  highExpandedPercent: range[1],
  ownExpandedPercent: null,
  confidence,
  source: scopes,
})

export const pmaxBudgetTemplate: readonly PmaxBudgetLine[] = [
  line('reference device', [0.5, 1.2], 'B'),
  line('spectral mismatch (crystalline silicon; thin film up to 2 %)', [0.3, 1.0], 'B'),
  line('non-uniformity of irradiance', [0.3, 0.7], 'B'),
  line('temperature', [0.2, 0.5], 'B'),
  line('irradiance and orientation', [0.2, 0.4], 'C'),
  line('data acquisition, voltage and current', [0.1, 0.3], 'B'),
  line('connection and contacts', [0.1, 0.3], 'C'),
  line('capacitance and hysteresis', [0.1, 0.5], 'C'),
  line('correction to STC (IEC 60891)', [0.05, 0.3], 'C'),
  line('drift of the simulator', [0.1, 0.3], 'C'),
  line('repeatability', [0.05, 0.2], 'B'),
]

/** Replaces the template's line on repeatability by repeat measurements of the same kind (type A). */
export interface MeasuredRepeatability {
  /** Standard deviation of a single measurement, % of Pmax. */
  readonly standardDeviationPercent: number
  /** Measurements that gave the standard deviation, at least 2: ν = count − 1. */
  readonly count: number
  /** Measurements that are averaged in the reported value; 1 unless stated. */
  readonly averaged?: number
}

const inputOf = (of: PmaxBudgetLine): BudgetInput => ({
  name: of.name,
  halfWidth: of.ownExpandedPercent ?? of.highExpandedPercent,
  distribution: 'normal',
  coverageFactor: 2,
  source:
    of.ownExpandedPercent === null
      ? `${of.source}: ${of.lowExpandedPercent} to ${of.highExpandedPercent} %, upper end (confidence ${of.confidence})`
      : `${of.source} (confidence ${of.confidence})`,
})

const repeatabilityInput = (measured: MeasuredRepeatability): BudgetInput => {
  const averaged = measured.averaged ?? 1
  if (!(Number.isInteger(measured.count) && measured.count >= 2)) throw badInput('repeatability', 'count is below 2')
  if (!(Number.isInteger(averaged) && averaged >= 1)) throw badInput('repeatability', 'averaged is below 1')
  const s = requireNotNegative(measured.standardDeviationPercent, 'standard deviation')
  return {
    name: 'repeatability',
    standardUncertainty: s / Math.sqrt(averaged),
    distribution: 'normal',
    degreesOfFreedom: measured.count - 1,
    source: `type A: s of ${measured.count} measurements, mean of ${averaged}`,
  }
}

/**
 * The budget of Pmax in % (relative), as plain data.
 * @param repeatability replaces the template's line when given
 */
export const pmaxBudget = (
  template: readonly PmaxBudgetLine[] = pmaxBudgetTemplate,
  repeatability: MeasuredRepeatability | null = null,
): Budget => {
  const kept = repeatability === null ? template : template.filter((of) => of.name !== 'repeatability')
  const inputs = kept.map(inputOf)
  if (repeatability !== null) inputs.push(repeatabilityInput(repeatability))
  return { measurand: 'Pmax (relative)', unit: '%', inputs }
}

/**
 * Evaluates the relative budget and gives U in watt for a measured Pmax.
 * @throws StationError analysis.badInput for a negative power
 */
export const pmaxUncertainty = (pmaxW: number, budget: Budget): BudgetResult & { expandedUncertaintyW: number } => {
  const result = evaluateBudget(budget)
  return { ...result, expandedUncertaintyW: (requireNotNegative(pmaxW, 'Pmax') * result.expandedUncertainty) / 100 }
}
