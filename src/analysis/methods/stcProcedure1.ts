import { z } from 'zod'
import type { IvCurve } from '../../contract/curve.ts'
import type { AnalysisMethod } from '../../contract/method.ts'
import type { CorrectedCurves } from '../../contract/results.ts'
import { recordedSweepSchema } from '../../contract/sample.ts'
import type { Conditions, Points } from '../iec60891/conditions.ts'
import { procedure1, type Procedure1Coefficients } from '../iec60891/procedure1.ts'
import { extractionRules, extractIv } from '../iv/extract.ts'
import { assembleCurve, limitFlags } from './assemble.ts'
import { readInputs } from './inputs.ts'
import { evaluateCurve, ruleSchema } from './ivEvaluate.ts'

const inputs = z.object({
  sweeps: z.array(recordedSweepSchema),
  rule: ruleSchema,
  alphaPercentPerK: z.number(),
  betaPercentPerK: z.number(),
  seriesResistanceOhm: z.number(),
  kappaOhmPerK: z.number(),
  targetIrradianceWPerM2: z.number().positive(),
  targetTemperatureC: z.number(),
})
type Inputs = z.infer<typeof inputs>

type Corrected = CorrectedCurves['curves'][number]
type LeftOut = CorrectedCurves['leftOut'][number]

interface Measured {
  curve: IvCurve
  from: Conditions
  iscA: number
  /** Irradiance while the current was measured near V = 0. */
  iscIrradianceWPerM2: number
  coefficients: Procedure1Coefficients
}

function irradianceAtIsc(curve: IvCurve): number | null {
  let nearest = 0
  curve.voltageV.forEach((voltage, i) => {
    if (Math.abs(voltage) < Math.abs(curve.voltageV[nearest]!)) nearest = i
  })
  return curve.pointIrradianceWPerM2?.[nearest] ?? null
}

/** What the correction needs of a curve, or why it can't be had. */
function prepare(curve: IvCurve, given: Inputs): Measured | string {
  const { irradianceWPerM2, temperatureC } = curve
  if (irradianceWPerM2 === null || irradianceWPerM2 <= 0) return 'its irradiance was not measured'
  if (temperatureC === null) return 'its temperature was not measured'
  const { iscA, vocV } = extractIv(curve, { rule: given.rule })
  if (iscA === null || vocV === null) return 'it has no Isc or no Voc'
  const from = { irradianceWPerM2, temperatureC }
  // The data sheet's α and β are relative to STC: Isc scales with the irradiance, Voc is brought to 25 °C by β itself.
  const iscIrradianceWPerM2 = irradianceAtIsc(curve) ?? irradianceWPerM2
  const iscStcA = (iscA * 1000) / iscIrradianceWPerM2
  const vocStcV = vocV / (1 + (given.betaPercentPerK / 100) * (temperatureC - 25))
  const coefficients = {
    alphaAPerK: (given.alphaPercentPerK / 100) * iscStcA,
    betaVPerK: (given.betaPercentPerK / 100) * vocStcV,
    seriesResistanceOhm: given.seriesResistanceOhm,
    kappaOhmPerK: given.kappaOhmPerK,
  }
  return { curve, from, iscA, iscIrradianceWPerM2, coefficients }
}

/** Each point from its own irradiance, so that a drifting lamp doesn't bend the curve (IEC 60904-1). */
function correctPoints(measured: Measured, to: Conditions): Points {
  const { curve, from, iscA, iscIrradianceWPerM2, coefficients } = measured
  const light = curve.pointIrradianceWPerM2
  if (!light) return procedure1(curve, { from, to, iscA }, coefficients)
  const points = curve.voltageV.map((voltage, i) => {
    const irradianceWPerM2 = light[i]!
    const step = { from: { ...from, irradianceWPerM2 }, to, iscA: (iscA * irradianceWPerM2) / iscIrradianceWPerM2 }
    return procedure1({ voltageV: [voltage], currentA: [curve.currentA[i]!] }, step, coefficients)
  })
  return { voltageV: points.map((each) => each.voltageV[0]!), currentA: points.map((each) => each.currentA[0]!) }
}

const farShare = 0.2

function correct(curve: IvCurve, given: Inputs): Corrected | LeftOut {
  const measured = prepare(curve, given)
  if (typeof measured === 'string') return { id: curve.id, reason: measured }
  const to = { irradianceWPerM2: given.targetIrradianceWPerM2, temperatureC: given.targetTemperatureC }
  const points = correctPoints(measured, to)
  const translated: IvCurve = {
    id: curve.id,
    ...points,
    ...to,
    ...(curve.direction ? { direction: curve.direction } : {}),
  }
  const evaluated = evaluateCurve(translated, given.rule)
  // What was wrong with the curve as measured stays with it; a shift of the whole curve invents nothing new.
  const own = evaluateCurve(curve, given.rule).flags
  const share = Math.abs(to.irradianceWPerM2 / measured.from.irradianceWPerM2 - 1)
  const far =
    share > farShare
      ? [
          {
            code: 'farCorrection',
            text: `The irradiance was changed by ${(100 * share).toFixed(0)} %; procedure 1 is meant for about 20 % at most.`,
          },
        ]
      : []
  return { ...evaluated, ...points, flags: [...own, ...far] } as Corrected
}

/** IEC 60891:2021, procedure 1, for every sweep; curves without conditions are left out with the reason. */
export const stcProcedure1: AnalysisMethod = {
  id: 'iec60891.procedure1',
  version: '1.0.0',
  run: (raw): CorrectedCurves => {
    const given = readInputs('iec60891.procedure1', inputs, raw)
    const all = given.sweeps.map((sweep) => {
      const corrected = correct(assembleCurve(sweep), given)
      return 'reason' in corrected ? corrected : { ...corrected, flags: [...corrected.flags, ...limitFlags(sweep)] }
    })
    return {
      procedure: 'IEC 60891:2021, procedure 1, point by point',
      rule: extractionRules[given.rule],
      targetIrradianceWPerM2: given.targetIrradianceWPerM2,
      targetTemperatureC: given.targetTemperatureC,
      coefficients: [
        { name: 'α', value: given.alphaPercentPerK, unit: '%/K' },
        { name: 'β', value: given.betaPercentPerK, unit: '%/K' },
        { name: 'Rs', value: given.seriesResistanceOhm, unit: 'Ω' },
        { name: 'κ', value: given.kappaOhmPerK, unit: 'Ω/K' },
      ],
      curves: all.filter((each): each is Corrected => 'voltageV' in each),
      leftOut: all.filter((each): each is LeftOut => 'reason' in each),
    }
  },
}
