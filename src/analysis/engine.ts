import { compareCurveShape, curveShapeMethod } from './anomaly/curveShape.ts'
import type { CurveParameters, ShapeOptions } from './anomaly/curveShape.ts'
import { curveIsolationMethod, isolateByShape } from './anomaly/curveIsolation.ts'
import type { ShapeCurve } from './anomaly/curveIsolation.ts'
import {
  grubbs,
  grubbsMethod,
  hampel,
  hampelMethod,
  robustZ,
  robustZMethod,
  tukeyFences,
  tukeyMethod,
} from './anomaly/outliers.ts'
import { controlChartMethod, controlChartVerdict } from './decision/controlChartVerdict.ts'
import type { ControlChartInput } from './decision/controlChartVerdict.ts'
import { comparabilityMethod, deltaPmax } from './decision/comparability.ts'
import type { ComparabilityOptions, MeasuredPower } from './decision/comparability.ts'
import { gate1, gate1Method, gate2, gate2Method } from './decision/gates.ts'
import type { Gate1Input, Gate2Input } from './decision/gates.ts'
import { decide, decisionMethod } from './decision/rules.ts'
import type { DecisionInput } from './decision/rules.ts'
import { capabilityMethod, capabilityOfValues } from './spc/capability.ts'
import type { SpecificationLimits } from './spc/capability.ts'
import { individualsMethod, individualsMovingRange, xbarR, xbarRMethod } from './spc/charts.ts'
import type { ChartOptions } from './spc/charts.ts'
import { cusum, cusumMethod, ewma, ewmaMethod } from './spc/sequential.ts'
import type { CusumOptions, EwmaOptions } from './spc/sequential.ts'
import { gageMethod, gageRr, repeatabilityAndReproducibility, repeatabilityMethod } from './statistics/precision.ts'
import type { GageStudy } from './statistics/precision.ts'
import { compareMeans, statisticalAnalysis, statisticalMethod, welchMethod } from './statistics/statisticalAnalysis.ts'
import type { Method } from './statistics/quantity.ts'
import { insulationMethod, insulationResistance } from './stress/insulation.ts'
import type { InsulationInput } from './stress/insulation.ts'
import { stabilisation, stabilisationMethod } from './stress/stabilisation.ts'
import type { StabilisationPoint, StabilisationRule } from './stress/stabilisation.ts'
import { changePointMethod, changePoints } from './trend/changePoints.ts'
import type { ChangePointOptions } from './trend/changePoints.ts'
import { exponentialApproach, exponentialApproachMethod } from './trend/exponentialApproach.ts'
import { linearTrend, linearTrendMethod } from './trend/linear.ts'
import { mannKendall, mannKendallMethod, theilSen, theilSenMethod } from './trend/monotonic.ts'

/** A result with the method that made it, so that it can be stored and computed again. */
export interface Analysed<R> {
  readonly method: Method
  readonly result: R
}

interface Analysis<I, R> {
  readonly method: Method
  readonly run: (input: I) => R
}

const analysis = <I, R>(method: Method, run: (input: I) => R): Analysis<I, R> => ({ method, run })

interface Values {
  readonly values: readonly number[]
}

interface Pairs {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

const statisticalAnalyses = {
  describe: analysis(statisticalMethod, ({ values }: { values: ArrayLike<number | null> }) =>
    statisticalAnalysis(values),
  ),
  compareMeans: analysis(welchMethod, ({ a, b }: { a: ArrayLike<number>; b: ArrayLike<number> }) => compareMeans(a, b)),
  repeatability: analysis(repeatabilityMethod, ({ groups }: { groups: readonly (readonly number[])[] }) =>
    repeatabilityAndReproducibility(groups),
  ),
}

const qualityControls = {
  xbarR: analysis(xbarRMethod, (input: { subgroups: readonly (readonly number[])[]; options?: ChartOptions }) =>
    xbarR(input.subgroups, input.options),
  ),
  individuals: analysis(individualsMethod, (input: Values & { options?: ChartOptions }) =>
    individualsMovingRange(input.values, input.options),
  ),
  ewma: analysis(ewmaMethod, (input: Values & { options: EwmaOptions }) => ewma(input.values, input.options)),
  cusum: analysis(cusumMethod, (input: Values & { options: CusumOptions }) => cusum(input.values, input.options)),
  capability: analysis(capabilityMethod, (input: Values & { limits: SpecificationLimits }) =>
    capabilityOfValues(input.values, input.limits),
  ),
  gageRr: analysis(gageMethod, (study: GageStudy) => gageRr(study)),
}

const criteria = {
  gate1: analysis(gate1Method, (input: Gate1Input) => gate1(input)),
  gate2: analysis(gate2Method, (input: Gate2Input) => gate2(input)),
  decision: analysis(decisionMethod, (input: DecisionInput) => decide(input)),
  controlChart: analysis(controlChartMethod, (input: ControlChartInput) => controlChartVerdict(input)),
  deltaPmax: analysis(
    comparabilityMethod,
    (input: { before: MeasuredPower; after: MeasuredPower; options?: ComparabilityOptions }) =>
      deltaPmax(input.before, input.after, input.options),
  ),
  stabilisation: analysis(
    stabilisationMethod,
    (input: { points: readonly StabilisationPoint[]; rule: StabilisationRule }) =>
      stabilisation(input.points, input.rule),
  ),
  insulation: analysis(insulationMethod, (input: InsulationInput) => insulationResistance(input)),
}

const anomalyDetections = {
  robustZ: analysis(robustZMethod, (input: Values & { threshold?: number }) => robustZ(input.values, input.threshold)),
  hampel: analysis(hampelMethod, (input: Values & { halfWidth?: number; threshold?: number }) =>
    hampel(input.values, input),
  ),
  grubbs: analysis(grubbsMethod, (input: Values & { level?: number }) => grubbs(input.values, input.level)),
  tukey: analysis(tukeyMethod, (input: Values & { k?: number }) => tukeyFences(input.values, input.k)),
  curveShape: analysis(
    curveShapeMethod,
    (input: { baseline: CurveParameters; curve: CurveParameters; options?: ShapeOptions }) =>
      compareCurveShape(input.baseline, input.curve, input.options),
  ),
  curveIsolation: analysis(curveIsolationMethod, (input: { curves: readonly ShapeCurve[]; threshold?: number }) =>
    isolateByShape(input.curves, input.threshold),
  ),
}

const trendAnalyses = {
  linear: analysis(linearTrendMethod, ({ x, y }: Pairs) => linearTrend(x, y)),
  theilSen: analysis(theilSenMethod, ({ x, y }: Pairs) => theilSen(x, y)),
  mannKendall: analysis(mannKendallMethod, (input: Values & { level?: number }) =>
    mannKendall(input.values, input.level),
  ),
  changePoints: analysis(changePointMethod, (input: Values & { options?: ChangePointOptions }) =>
    changePoints(input.values, input.options),
  ),
  exponential: analysis(exponentialApproachMethod, ({ x, y }: Pairs) => exponentialApproach(x, y)),
}

type Table = Readonly<Record<string, Analysis<never, unknown>>>
type InputOf<A> = A extends { readonly run: (input: infer I) => unknown } ? I : never
type ResultOf<A> = A extends { readonly run: (input: never) => infer R } ? R : never

/** Runs one of a table's analyses by its name; the name decides the types of input and result. */
export type Front<T extends Table> = <K extends keyof T>(kind: K, input: InputOf<T[K]>) => Analysed<ResultOf<T[K]>>

const frontOf = <T extends Table>(table: T): Front<T> => {
  return (kind, input) => {
    const { method, run } = table[kind]!
    return { method, result: run(input as never) as ResultOf<T[typeof kind]> }
  }
}

/**
 * The analysis engine of the architecture document, its five operations by name. Each operation takes the kind of
 * analysis and its input, and gives the result with the method's id and version.
 * All of them are pure and throw StationError analysis.badInput for input that can't be analysed.
 */
export interface AnalysisEngine {
  readonly statisticalAnalysis: Front<typeof statisticalAnalyses>
  readonly qualityControl: Front<typeof qualityControls>
  readonly passFailCriteria: Front<typeof criteria>
  readonly anomalyDetection: Front<typeof anomalyDetections>
  readonly trendAnalysis: Front<typeof trendAnalyses>
}

export const createAnalysisEngine = (): AnalysisEngine => ({
  statisticalAnalysis: frontOf(statisticalAnalyses),
  qualityControl: frontOf(qualityControls),
  passFailCriteria: frontOf(criteria),
  anomalyDetection: frontOf(anomalyDetections),
  trendAnalysis: frontOf(trendAnalyses),
})
