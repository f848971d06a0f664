import { z } from 'zod'
import type { AnalysisMethod } from '../../contract/method.ts'
import { evaluatedCurveSchema, type EvaluatedCurve } from '../../contract/results.ts'
import type { CurveFlagCode } from '../iv/flags.ts'
import { readInputs } from './inputs.ts'

export interface IvSummary {
  iscA: number | null
  vocV: number | null
  pmaxW: number | null
  impA: number | null
  vmpV: number | null
  fillFactorPercent: number | null
  /** Pairs of one forward and one reverse sweep. */
  repetitions: number
  /** Mean over the pairs of |Pf − Pr| / mean; null without a pair. */
  hysteresisPercent: number | null
  /** (max − min) / mean of the pairs' mean powers; null with fewer than two pairs. */
  spreadPercent: number | null
  /** Standard deviation of a single pair's mean power; null with fewer than two pairs. */
  standardDeviationPercent: number | null
  /** Curves with a fault that spoils their power, and curves that couldn't be corrected. */
  spoiledCurves: number
}

/** Faults after which a curve's power says nothing about the module. */
const spoiling: ReadonlySet<string> = new Set<CurveFlagCode | 'sourceLimited'>([
  'sourceLimited',
  'fewPoints',
  'truncatedAtIsc',
  'truncatedAtVoc',
  'noPmaxBracket',
  'irregularKnee',
  'steps',
  'noisy',
  'irradianceDrift',
  'notDelivering',
  'voltagePolarity',
  'noVoltageSpan',
  'outOfRange',
])

const inputs = z.object({
  evaluated: z.object({ curves: z.array(evaluatedCurveSchema), leftOut: z.array(z.unknown()).default([]) }),
})

const meanOf = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null)
  return known.length === 0 || known.length < values.length
    ? null
    : known.reduce((sum, each) => sum + each, 0) / known.length
}

interface Pair {
  meanW: number
  differenceW: number
}

/** The n-th forward sweep goes with the n-th reverse one. */
function pairsOf(curves: readonly EvaluatedCurve[]): Pair[] {
  const forward = curves.filter((each) => each.direction === 'forward')
  const reverse = curves.filter((each) => each.direction === 'reverse')
  return forward.slice(0, reverse.length).flatMap((each, i) => {
    const there = each.pmaxW
    const back = reverse[i]!.pmaxW
    return there === null || back === null ? [] : [{ meanW: (there + back) / 2, differenceW: Math.abs(there - back) }]
  })
}

function spreadOf(pairs: readonly Pair[], mean: number): Pick<IvSummary, 'spreadPercent' | 'standardDeviationPercent'> {
  if (pairs.length < 2 || mean <= 0) return { spreadPercent: null, standardDeviationPercent: null }
  const powers = pairs.map((each) => each.meanW)
  const variance = powers.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (powers.length - 1)
  return {
    spreadPercent: (100 * (Math.max(...powers) - Math.min(...powers))) / mean,
    standardDeviationPercent: (100 * Math.sqrt(variance)) / mean,
  }
}

/** Means over all curves, with hysteresis and repeatability of Pmax. A mean over curves of which one has no value is null. */
export const ivSummary: AnalysisMethod = {
  id: 'iv.summary',
  version: '1.0.0',
  run: (given): IvSummary => {
    const { curves, leftOut } = readInputs('iv.summary', inputs, given).evaluated
    // With a curve left out it isn't known any more which two belong together.
    const pairs = leftOut.length > 0 ? [] : pairsOf(curves)
    const pairMean = meanOf(pairs.map((each) => each.meanW))
    const hysteresis = meanOf(pairs.map((each) => each.differenceW / each.meanW))
    const fillFactor = meanOf(curves.map((each) => each.fillFactor))
    const spoiled = curves.filter((each) => each.pmaxW === null || each.flags.some((flag) => spoiling.has(flag.code)))
    return {
      iscA: meanOf(curves.map((each) => each.iscA)),
      vocV: meanOf(curves.map((each) => each.vocV)),
      pmaxW: meanOf(curves.map((each) => each.pmaxW)),
      impA: meanOf(curves.map((each) => each.impA)),
      vmpV: meanOf(curves.map((each) => each.vmpV)),
      fillFactorPercent: fillFactor === null ? null : 100 * fillFactor,
      repetitions: pairs.length,
      hysteresisPercent: hysteresis === null ? null : 100 * hysteresis,
      ...spreadOf(pairs, pairMean ?? 0),
      spoiledCurves: spoiled.length + leftOut.length,
    }
  },
}
