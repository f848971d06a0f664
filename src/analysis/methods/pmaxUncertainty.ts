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
})
type Inputs = z.infer<typeof inputs>
type Mark = UncertaintyBudgetResult['rows'][number]['mark']

const fromScope = (name: string, expandedPercent: number, source: string): BudgetInput => ({
  name,
  halfWidth: expandedPercent,
  distribution: 'normal',
  source,
})

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
  if (given.hysteresisPercent !== null)
    lines.push([
      {
        name: 'Hysteresis',
        halfWidth: given.hysteresisPercent / 2,
        distribution: 'rectangular',
        source: 'half of the measured difference of the two directions',
      },
      'R',
    ])
  if (given.repeatabilityPercent !== null && given.repetitions >= 2)
    lines.push([
      {
        name: 'Repeatability of the mean',
        standardUncertainty: given.repeatabilityPercent / Math.sqrt(given.repetitions),
        distribution: 'normal',
        degreesOfFreedom: given.repetitions - 1,
        source: `type A: s of ${given.repetitions} repetitions / √${given.repetitions}`,
      },
      'A',
    ])
  return lines
}

/**
 * Relative uncertainty budget of Pmax (JCGM 100): the laboratory's settings with the run's own hysteresis and repeatability.
 * A run without repetitions has no type A line; its budget says so by its absence.
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
