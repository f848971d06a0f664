import { z } from 'zod'
import { confidenceSchema } from './template.ts'

/** Shapes of results that reports and charts know how to show. A method that gives one of them can stand in any template. */
const number = z.number().nullable()

export const evaluatedCurveSchema = z.object({
  id: z.string(),
  direction: z.enum(['forward', 'reverse']).nullable(),
  irradianceWPerM2: number,
  temperatureC: number,
  iscA: number,
  vocV: number,
  pmaxW: number,
  impA: number,
  vmpV: number,
  fillFactor: number,
  flags: z.array(z.object({ code: z.string(), text: z.string() })),
})
export type EvaluatedCurve = z.infer<typeof evaluatedCurveSchema>

export const evaluatedCurvesSchema = z.object({
  /** The extraction rule with its version. */
  rule: z.string(),
  curves: z.array(evaluatedCurveSchema),
})
export type EvaluatedCurves = z.infer<typeof evaluatedCurvesSchema>

export const correctedCurvesSchema = z.object({
  /** Such as `IEC 60891:2021, procedure 1`. */
  procedure: z.string(),
  rule: z.string(),
  targetIrradianceWPerM2: z.number(),
  targetTemperatureC: z.number(),
  /** Coefficients used, as printed. */
  coefficients: z.array(z.object({ name: z.string(), value: z.number(), unit: z.string() })),
  curves: z.array(evaluatedCurveSchema.extend({ voltageV: z.array(z.number()), currentA: z.array(z.number()) })),
  /** Curves left uncorrected, each with the reason. */
  leftOut: z.array(z.object({ id: z.string(), reason: z.string() })),
})
export type CorrectedCurves = z.infer<typeof correctedCurvesSchema>

export const uncertaintyBudgetSchema = z.object({
  quantity: z.string(),
  rows: z.array(
    z.object({
      name: z.string(),
      distribution: z.string(),
      standardUncertaintyPercent: z.number(),
      sensitivity: z.number(),
      /** Share of the variance. */
      sharePercent: z.number(),
      degreesOfFreedom: z.number().nullable(),
      source: z.string(),
      mark: confidenceSchema,
    }),
  ),
  combinedPercent: z.number(),
  effectiveDegreesOfFreedom: z.number().nullable(),
  coverageFactor: z.number(),
  expandedPercent: z.number(),
})
export type UncertaintyBudgetResult = z.infer<typeof uncertaintyBudgetSchema>
