import { z } from 'zod'
import type { AnalysisMethod } from '../../contract/method.ts'
import type { UncertaintyBudgetResult } from '../../contract/results.ts'
import { evaluateBudget, type BudgetInput } from '../uncertainty/budget.ts'
import { readInputs } from './inputs.ts'

const percent = z.number().min(0)
const inputs = z.object({
  referencePercent: percent,
  spectralPercent: percent,
  uniformityPercent: percent,
  temperatureK: percent,
  electricalPercent: percent,
  contactPercent: percent,
  correctionPercent: percent,
  deltaPercentPerK: z.number(),
  repeatabilityPercent: percent.nullable(),
  repetitions: z.number().int().min(0),
  hysteresisPercent: percent.nullable(),
  repeatabilitySettingPercent: percent,
  hysteresisSettingPercent: percent,
})
type Inputs = z.infer<typeof inputs>
type Mark = UncertaintyBudgetResult['rows'][number]['mark']

const fromScope = (name: string, expandedPercent: number, source: string): BudgetInput => ({
  name,
  halfWidth: expandedPercent,
  distribution: 'normal',
  source,
})

/** Half of the measured difference of the two directions; the laboratory's setting where only one was measured. */
function hysteresisLine(given: Inputs): [BudgetInput, Mark] {
  if (given.hysteresisPercent === null)
    return [
      fromScope('Hysteresis', given.hysteresisSettingPercent, 'laboratory setting, k = 2: not measured in this run'),
      'C',
    ]
  const source = 'half of the measured difference of the two directions'
  return [{ name: 'Hysteresis', halfWidth: given.hysteresisPercent / 2, distribution: 'rectangular', source }, 'R']
}

/** Type A of the run's own repetitions; the laboratory's setting where there are fewer than two. */
function repeatabilityLine(given: Inputs): [BudgetInput, Mark] {
  const { repeatabilityPercent, repetitions } = given
  if (repeatabilityPercent === null || repetitions < 2) {
    const source = 'laboratory setting, k = 2: not measured in this run'
    return [fromScope('Repeatability', given.repeatabilitySettingPercent, source), 'C']
  }
  const line: BudgetInput = {
    name: 'Repeatability of the mean',
    standardUncertainty: repeatabilityPercent / Math.sqrt(repetitions),
    distribution: 'normal',
    degreesOfFreedom: repetitions - 1,
    source: `type A: s of ${repetitions} repetitions / √${repetitions}`,
  }
  return [line, 'A']
}

/** In the order of the report; the second is the mark of the line's figure. */
function linesOf(given: Inputs): [BudgetInput, Mark][] {
  const setting = 'laboratory setting, k = 2'
  const lines: [BudgetInput, Mark][] = [
    [fromScope('Reference device', given.referencePercent, setting), 'C'],
    [fromScope('Spectral mismatch', given.spectralPercent, setting), 'C'],
    [fromScope('Non-uniformity of the light', given.uniformityPercent, setting), 'C'],
    [
      fromScope(
        'Module temperature',
        given.temperatureK * Math.abs(given.deltaPercentPerK),
        `${setting}: ${given.temperatureK} K at ${given.deltaPercentPerK} %/K (δ)`,
      ),
      'B',
    ],
    [fromScope('Voltage and current', given.electricalPercent, setting), 'B'],
    [fromScope('Connection and contact', given.contactPercent, setting), 'C'],
    [fromScope('Correction to STC', given.correctionPercent, setting), 'C'],
  ]
  lines.push(hysteresisLine(given), repeatabilityLine(given))
  return lines
}

/**
 * Relative uncertainty budget of Pmax (JCGM 100): the laboratory's settings with the run's own hysteresis and repeatability.
 * What a run didn't measure itself stands in the budget with the laboratory's setting, and says so.
 */
export const pmaxUncertainty: AnalysisMethod = {
  id: 'uncertainty.pmax',
  version: '1.0.0',
  run: (raw): UncertaintyBudgetResult => {
    const lines = linesOf(readInputs('uncertainty.pmax', inputs, raw))
    const result = evaluateBudget({ measurand: 'Pmax', unit: '%', inputs: lines.map(([input]) => input) })
    return {
      quantity: 'Pmax at STC, relative',
      rows: result.rows.map((row, i) => ({
        name: row.name,
        distribution: row.distribution,
        standardUncertaintyPercent: row.standardUncertainty,
        sensitivity: row.sensitivity,
        sharePercent: row.sharePercent ?? 0,
        degreesOfFreedom: row.degreesOfFreedom,
        source: row.source,
        mark: lines[i]![1],
      })),
      combinedPercent: result.combinedStandardUncertainty,
      effectiveDegreesOfFreedom: result.effectiveDegreesOfFreedom.value,
      coverageFactor: result.coverageFactor,
      expandedPercent: result.expandedUncertainty,
    }
  },
}
