import { badInput, requireFinite, requireNotNegative, requirePositive } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'

/**
 * The pass criteria of IEC 61215-1:2021, 7.2.2 (Gate No. 1) and 7.2.3 (Gate No. 2).
 *
 * The measurement uncertainty m1…m3 and the reproducibility r stand inside the standard's own inequalities, in the
 * manufacturer's favour: judge the gates by simple acceptance. A guard band on top would count the same uncertainty twice.
 */
export const gate1Method: Method = { id: 'iec61215-1:2021/gate1', version: '1.0.0' }
export const gate2Method: Method = { id: 'iec61215-1:2021/gate2', version: '1.0.0' }

export type GateVerdict = 'pass' | 'fail' | 'notMeasured'
export type GateQuantity = 'Pmax' | 'Voc' | 'Isc'

/** Either a measured number, or null with the reason why it is missing. */
export type LabValue = number | { readonly value: null; readonly reason: string }

export interface GateCondition {
  readonly id: 'pmaxEach' | 'pmaxAverage' | 'voc' | 'isc' | 'gate2'
  /** null for the condition on the average of all modules. */
  readonly moduleId: string | null
  readonly formula: string
  readonly quantity: GateQuantity
  readonly unit: 'W' | 'V' | 'A'
  readonly comparison: '>=' | '<='
  /** What the laboratory measured, before the uncertainty term. */
  readonly measuredValue: number | null
  /** The left side of the formula: the measured value with the uncertainty term. */
  readonly judgedValue: number | null
  /** The right side of the formula. */
  readonly limitValue: number | null
  /** How far the judged value is on the good side of the limit, in `unit`; negative when it fails. */
  readonly margin: number | null
  /** Of the limit; null as well where the limit is 0. */
  readonly marginPercent: number | null
  readonly verdict: GateVerdict
  /** Why there is no verdict; null when there is one. */
  readonly reason: string | null
}

export interface GateResult {
  readonly method: Method
  readonly clause: string
  /** fail as soon as one condition fails; otherwise notMeasured as soon as one wasn't measured. */
  readonly verdict: GateVerdict
  readonly conditions: readonly GateCondition[]
  /** Things the reader of a report has to know, such as an m1 above the limit of the technology part. */
  readonly cautions: readonly string[]
}

/** Half a unit in the thirteenth digit: 380 W × 0.99 and 376.2 W are the same limit, whatever their last bit. */
const rounding = 1e-12

interface Sides {
  readonly measuredValue: number | null
  readonly judgedValue: number | null
  readonly limitValue: number | null
}

type ConditionHead = Pick<GateCondition, 'id' | 'moduleId' | 'formula' | 'quantity' | 'comparison'>

const unitOf = { Pmax: 'W', Voc: 'V', Isc: 'A' } as const

const judge = (head: ConditionHead, sides: Sides, reason: string | null): GateCondition => {
  const { judgedValue, limitValue } = sides
  const unit = unitOf[head.quantity]
  if (judgedValue === null || limitValue === null) {
    const why = reason ?? `${head.quantity} is missing`
    return { ...head, unit, ...sides, margin: null, marginPercent: null, verdict: 'notMeasured', reason: why }
  }
  const margin = requireFinite(head.comparison === '>=' ? judgedValue - limitValue : limitValue - judgedValue, 'margin')
  const verdict = margin >= -rounding * Math.abs(limitValue) ? 'pass' : 'fail'
  const percent = (100 * margin) / Math.abs(limitValue)
  const marginPercent = Number.isFinite(percent) ? percent : null
  return { ...head, unit, ...sides, margin, marginPercent, verdict, reason: null }
}

const overall = (conditions: readonly GateCondition[]): GateVerdict => {
  if (conditions.some((condition) => condition.verdict === 'fail')) return 'fail'
  const all = conditions.length > 0 && conditions.every((condition) => condition.verdict === 'pass')
  return all ? 'pass' : 'notMeasured'
}

const numberOf = (value: LabValue, what: string): number | null => {
  if (typeof value !== 'number') return null
  return requireFinite(value, what)
}

const firstReason = (named: readonly (readonly [name: string, value: LabValue])[]): string | null => {
  for (const [name, value] of named) if (typeof value !== 'number') return `${name}: ${value.reason}`
  return null
}

/** One value for each of Pmax, Voc and Isc. */
export interface PerQuantity<T> {
  readonly pmax: T
  readonly voc: T
  readonly isc: T
}

export interface Gate1Module {
  readonly moduleId: string
  /** After initial stabilisation (MQT 19.1), at the rating condition. */
  readonly pmaxW: LabValue
  readonly vocV: LabValue
  readonly iscA: LabValue
}

export type ModuleTechnology = 'c-Si' | 'CdTe' | 'a-Si' | 'CIGS'

export interface Gate1Input {
  readonly modules: readonly Gate1Module[]
  /** Nameplate Pmax in W, Voc in V, Isc in A, each above 0. */
  readonly nameplate: PerQuantity<LabValue>
  /** t1, t2, t3: production tolerances of Pmax, Voc, Isc in %; the sign doesn't count. */
  readonly tolerancePercent: PerQuantity<LabValue>
  /** m1, m2, m3: the laboratory's measurement uncertainties (k = 2) of Pmax, Voc, Isc in %; the sign doesn't count. */
  readonly uncertaintyPercent: PerQuantity<LabValue>
  /** When given, m1 is compared with the limit of that technology part and a caution is added. */
  readonly technology?: ModuleTechnology
}

const formulas = {
  pmaxEach: 'Pmax(Lab)·(1+|m1|/100) ≥ Pmax(NP)·(1−|t1|/100)',
  pmaxAverage: 'mean Pmax(Lab)·(1+|m1|/100) ≥ Pmax(NP)',
  voc: 'Voc(Lab)·(1−|m2|/100) ≤ Voc(NP)·(1+|t2|/100)',
  isc: 'Isc(Lab)·(1−|m3|/100) ≤ Isc(NP)·(1+|t3|/100)',
  gate2: 'Pmax(Lab, Gate 2) ≥ 0.95·Pmax(Lab, Gate 1)·(1−r/100)',
} as const

interface SidesInput {
  readonly lab: LabValue
  readonly nameplate: LabValue
  readonly uncertainty: LabValue
  readonly tolerance: LabValue
}

/** @param sign +1 where the uncertainty raises the measured value (Pmax), −1 where it lowers it (Voc, Isc) */
const sidesOf = (input: SidesInput, names: readonly [string, string, string], sign: 1 | -1): [Sides, string | null] => {
  const [name, m, t] = names
  const lab = numberOf(input.lab, `${name} of the laboratory`)
  const nameplate = numberOf(input.nameplate, `${name} of the nameplate`)
  if (nameplate !== null) requirePositive(nameplate, `${name} of the nameplate`)
  const uncertainty = numberOf(input.uncertainty, m)
  const tolerance = numberOf(input.tolerance, t)
  const judgedValue = lab === null || uncertainty === null ? null : lab * (1 + (sign * Math.abs(uncertainty)) / 100)
  const limitValue =
    nameplate === null || tolerance === null ? null : nameplate * (1 - (sign * Math.abs(tolerance)) / 100)
  const reason = firstReason([
    [`${name}(Lab)`, input.lab],
    [m, input.uncertainty],
    [`${name}(NP)`, input.nameplate],
    [t, input.tolerance],
  ])
  return [{ measuredValue: lab, judgedValue, limitValue }, reason]
}

const moduleConditions = (module: Gate1Module, input: Gate1Input): GateCondition[] => {
  const { nameplate, tolerancePercent: t, uncertaintyPercent: m } = input
  const { moduleId } = module
  const pmax = { lab: module.pmaxW, nameplate: nameplate.pmax, uncertainty: m.pmax, tolerance: t.pmax }
  const voc = { lab: module.vocV, nameplate: nameplate.voc, uncertainty: m.voc, tolerance: t.voc }
  const isc = { lab: module.iscA, nameplate: nameplate.isc, uncertainty: m.isc, tolerance: t.isc }
  const head = (id: 'pmaxEach' | 'voc' | 'isc', quantity: GateQuantity, comparison: '>=' | '<='): ConditionHead => ({
    id,
    moduleId,
    formula: formulas[id],
    quantity,
    comparison,
  })
  return [
    judge(head('pmaxEach', 'Pmax', '>='), ...sidesOf(pmax, ['Pmax', 'm1', 't1'], 1)),
    judge(head('voc', 'Voc', '<='), ...sidesOf(voc, ['Voc', 'm2', 't2'], -1)),
    judge(head('isc', 'Isc', '<='), ...sidesOf(isc, ['Isc', 'm3', 't3'], -1)),
  ]
}

/** The average is judged against the nameplate itself, without tolerance, and only when every module was measured. */
const averageCondition = (input: Gate1Input): GateCondition => {
  const powers = input.modules.map(({ pmaxW, moduleId }) => numberOf(pmaxW, `Pmax of ${moduleId}`))
  const known = powers.filter((power) => power !== null)
  const lacking = input.modules.find(({ pmaxW }) => typeof pmaxW !== 'number')
  const complete = known.length > 0 && lacking === undefined
  const reason = lacking ? `Pmax of ${lacking.moduleId} is missing` : 'there is no module'
  const lab: LabValue = complete ? known.reduce((sum, power) => sum + power, 0) / known.length : { value: null, reason }
  const { nameplate, uncertaintyPercent } = input
  const value = { lab, nameplate: nameplate.pmax, uncertainty: uncertaintyPercent.pmax, tolerance: 0 }
  const head = { id: 'pmaxAverage', moduleId: null, formula: formulas.pmaxAverage } as const
  return judge({ ...head, quantity: 'Pmax', comparison: '>=' }, ...sidesOf(value, ['Pmax', 'm1', 't1'], 1))
}

interface TechnologyLimit {
  readonly m1Percent: number
  readonly rPercent: number
}

/**
 * Limits of m1 and r in the technology parts, in %. Well known, but to be checked in a bought copy of
 * IEC 61215-1-1…-1-4:2021, most of all for bifacial modules; therefore they caution and never change a verdict.
 */
export const technologyLimits: Readonly<Record<ModuleTechnology, TechnologyLimit>> = {
  'c-Si': { m1Percent: 3, rPercent: 1 },
  CdTe: { m1Percent: 4, rPercent: 2 },
  'a-Si': { m1Percent: 4, rPercent: 2 },
  CIGS: { m1Percent: 4, rPercent: 2 },
}

const caution = (name: 'm1' | 'r', value: LabValue, technology: ModuleTechnology | undefined): string[] => {
  if (technology === undefined || typeof value !== 'number') return []
  const limit = technologyLimits[technology][name === 'm1' ? 'm1Percent' : 'rPercent']
  if (Math.abs(value) <= limit) return []
  return [`${name} = ${value} % is above the ${limit} % that the technology part allows for ${technology}`]
}

/**
 * Gate No. 1: verification of the rated label values after initial stabilisation.
 * Bifacial modules are rated at STC and at BNPI: judge each condition on its own, with that condition's nameplate.
 * @throws StationError analysis.badInput for a number that isn't finite or a nameplate value that isn't above 0
 * @see IEC 61215-1:2021, 7.2.2
 */
export const gate1 = (input: Gate1Input): GateResult => {
  const conditions = [...input.modules.flatMap((module) => moduleConditions(module, input)), averageCondition(input)]
  const cautions = caution('m1', input.uncertaintyPercent.pmax, input.technology)
  return {
    method: gate1Method,
    clause: 'IEC 61215-1:2021, 7.2.2 (Gate No. 1)',
    verdict: overall(conditions),
    conditions,
    cautions,
  }
}

export interface Gate2Module {
  readonly moduleId: string
  /** At Gate No. 1, after initial stabilisation; above 0. */
  readonly initialPmaxW: LabValue
  /** After the test sequence and final stabilisation (MQT 19.2). */
  readonly finalPmaxW: LabValue
}

export interface Gate2Input {
  readonly modules: readonly Gate2Module[]
  /** r: the reproducibility of the laboratory's Pmax in %, 0 ≤ r < 100. */
  readonly reproducibilityPercent: LabValue
  readonly technology?: ModuleTechnology
}

export interface Gate2Result extends GateResult {
  /** For each module in order: 100·(final/initial − 1), or null where a power is missing. */
  readonly deltaPmaxPercent: readonly (number | null)[]
  /** The change at the limit, −100·(1 − 0.95·(1 − r/100)); null without r. */
  readonly limitDeltaPercent: number | null
}

const gate2Condition = (module: Gate2Module, r: LabValue): GateCondition => {
  const { moduleId } = module
  const initial = numberOf(module.initialPmaxW, `initial Pmax of ${moduleId}`)
  if (initial !== null) requirePositive(initial, `initial Pmax of ${moduleId}`)
  const final = numberOf(module.finalPmaxW, `final Pmax of ${moduleId}`)
  const limitValue = initial === null || typeof r !== 'number' ? null : 0.95 * initial * (1 - r / 100)
  const reason = firstReason([
    ['Pmax(Lab, Gate 2)', module.finalPmaxW],
    ['Pmax(Lab, Gate 1)', module.initialPmaxW],
    ['r', r],
  ])
  const head = { id: 'gate2', moduleId, formula: formulas.gate2, quantity: 'Pmax', comparison: '>=' } as const
  return judge(head, { measuredValue: final, judgedValue: final, limitValue }, reason)
}

const deltaPercent = ({ initialPmaxW: initial, finalPmaxW: final }: Gate2Module): number | null =>
  typeof initial === 'number' && typeof final === 'number' ? requireFinite(100 * (final / initial - 1), 'ΔPmax') : null

/**
 * Gate No. 2: the loss of power over a test sequence. With r = 1 % and 400 W before, the limit is 376.2 W, not 380 W.
 * @throws StationError analysis.badInput for a number that isn't finite, an initial power that isn't above 0,
 *   or r outside 0 ≤ r < 100
 * @see IEC 61215-1:2021, 7.2.3
 */
export const gate2 = (input: Gate2Input): Gate2Result => {
  const r = input.reproducibilityPercent
  if (typeof r === 'number' && requireNotNegative(r, 'r') >= 100) throw badInput('r', `${r} % is not below 100 %`)
  const conditions = input.modules.map((module) => gate2Condition(module, r))
  return {
    method: gate2Method,
    clause: 'IEC 61215-1:2021, 7.2.3 (Gate No. 2)',
    verdict: overall(conditions),
    conditions,
    cautions: caution('r', r, input.technology),
    deltaPmaxPercent: input.modules.map(deltaPercent),
    limitDeltaPercent: typeof r === 'number' ? -100 * (1 - 0.95 * (1 - r / 100)) : null,
  }
}
