import { z } from 'zod'
import type { AnalysisMethod } from '../../contract/method.ts'
import { exposureEntrySchema, type ExposureEntry } from '../../contract/run.ts'
import { readInputs } from './inputs.ts'

const inputs = z.object({ entries: z.array(exposureEntrySchema) })
const msPerH = 3_600_000

const hoursOf = (entries: readonly ExposureEntry[], kind: ExposureEntry['class']): number =>
  entries.reduce((sum, each) => (each.class === kind ? sum + each.durationMs / msPerH : sum), 0)

/** Thousands of stretches are added: what is lost in the last digits must not make 1000 h miss 1000 h. */
const withoutRounding = (value: number): number => Math.round(value * 1e9) / 1e9

/**
 * Adds the exposure ledger up: credited amount in the exposure's unit, hours of each class, and the longest stretch
 * that wasn't credited. Elapsed time is the sum of all classes: nothing is left out.
 */
export const exposureSummary: AnalysisMethod = {
  id: 'exposure.summary',
  version: '1.0.0',
  run: (given) => {
    const { entries } = readInputs('exposure.summary', inputs, given)
    const lost = entries.filter((each) => each.class !== 'credited')
    return {
      credited: withoutRounding(
        entries.reduce((sum, each) => (each.class === 'credited' ? sum + each.amount : sum), 0),
      ),
      notCredited: lost.reduce((sum, each) => sum + each.amount, 0),
      elapsedH: entries.reduce((sum, each) => sum + each.durationMs / msPerH, 0),
      creditedH: withoutRounding(hoursOf(entries, 'credited')),
      outOfToleranceH: hoursOf(entries, 'outOfTolerance'),
      unknownH: hoursOf(entries, 'unknown'),
      blindH: hoursOf(entries, 'blind'),
      interruptions: lost.length,
      longestLossMin: lost.reduce((most, each) => Math.max(most, each.durationMs / 60_000), 0),
    }
  },
}
