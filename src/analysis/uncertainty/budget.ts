import { tQuantile } from '../statistics/distributions.ts'
import { badInput, missing, requireFinite, requireNotNegative, requirePositive } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'

/** Uncertainty budgets by the GUM (JCGM 100:2008). */
export const budgetMethod: Method = { id: 'jcgm100/budget', version: '1.0.0' }

export type InputDistribution = 'normal' | 'rectangular' | 'triangular' | 'ushaped'

/** One line of a budget. Give either `standardUncertainty`, or `halfWidth` with `distribution`. Plain JSON. */
export interface BudgetInput {
  readonly name: string
  /** Best estimate, for the table and for the Monte Carlo method; 0 unless stated. */
  readonly value?: number
  readonly unit?: string
  readonly standardUncertainty?: number
  /** normal: the expanded uncertainty (divided by `coverageFactor`); otherwise the half-width a of the distribution. */
  readonly halfWidth?: number
  /** Divisors: rectangular √3, triangular √6, U-shaped (arcsine) √2. */
  readonly distribution?: InputDistribution
  /** For a normal half-width; 2 unless stated. */
  readonly coverageFactor?: number
  /** c = ∂f/∂x; 1 unless stated. */
  readonly sensitivity?: number
  /** Above 0; null or absent says infinitely many. */
  readonly degreesOfFreedom?: number | null
  /** Where the number comes from: certificate, data sheet, repeat measurements. */
  readonly source: string
}

/** Correlation coefficient of two inputs, by name. */
export interface Correlation {
  readonly between: readonly [string, string]
  readonly coefficient: number
}

/** k: a fixed factor. t: Student's factor for the level of confidence and the effective degrees of freedom. */
export type CoverageRule =
  { readonly kind: 'k'; readonly factor: number } | { readonly kind: 't'; readonly level: number }

export interface Budget {
  readonly measurand: string
  readonly unit: string
  readonly inputs: readonly BudgetInput[]
  readonly correlations?: readonly Correlation[]
  /** k = 2 unless stated. */
  readonly coverage?: CoverageRule
}

export interface BudgetRow {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly distribution: InputDistribution
  readonly standardUncertainty: number
  readonly sensitivity: number
  /** c·u, signed, in the unit of the measurand. */
  readonly contribution: number
  /** (c·u)²/uc² in %; null when uc is 0. With correlations the rows and the correlation share add up to 100 %. */
  readonly sharePercent: number | null
  /** null: infinitely many. */
  readonly degreesOfFreedom: number | null
  readonly source: string
}

export interface BudgetResult {
  readonly method: Method
  readonly measurand: string
  readonly unit: string
  readonly rows: readonly BudgetRow[]
  /** Share of the covariance terms in %; 0 without correlations, null when uc is 0. */
  readonly correlationSharePercent: number | null
  readonly combinedStandardUncertainty: number
  /** Welch–Satterthwaite; null with a reason when infinite or not defined. */
  readonly effectiveDegreesOfFreedom: Quantity
  readonly coverageFactor: number
  readonly expandedUncertainty: number
  readonly coverageText: string
}

const divisors = { rectangular: Math.sqrt(3), triangular: Math.sqrt(6), ushaped: Math.SQRT2 } as const

/**
 * u(x) of one line.
 * @throws StationError analysis.badInput when neither or both forms are given, or a number is out of range
 * @see JCGM 100:2008, 4.3.3, 4.3.7, 4.3.9
 */
export const standardUncertaintyOf = (input: BudgetInput): number => {
  const { name, standardUncertainty, halfWidth } = input
  if ((standardUncertainty === undefined) === (halfWidth === undefined)) {
    throw badInput(`budget line ${name}`, 'give either a standard uncertainty or a half-width, and not both')
  }
  if (standardUncertainty !== undefined) return requireNotNegative(standardUncertainty, `${name}: standard uncertainty`)
  const width = requireNotNegative(halfWidth!, `${name}: half-width`)
  if (input.distribution === undefined) throw badInput(`budget line ${name}`, 'a half-width needs a distribution')
  if (input.distribution === 'normal')
    return width / requirePositive(input.coverageFactor ?? 2, `${name}: coverage factor`)
  return width / divisors[input.distribution]
}

const rowOf = (input: BudgetInput, unit: string): Omit<BudgetRow, 'sharePercent'> => {
  const standardUncertainty = standardUncertaintyOf(input)
  const sensitivity = requireFinite(input.sensitivity ?? 1, `${input.name}: sensitivity`)
  const dof = input.degreesOfFreedom ?? null
  if (dof !== null) requirePositive(dof, `${input.name}: degrees of freedom`)
  return {
    name: input.name,
    value: requireFinite(input.value ?? 0, `${input.name}: value`),
    unit: input.unit ?? unit,
    distribution: input.distribution ?? 'normal',
    standardUncertainty,
    sensitivity,
    contribution: sensitivity * standardUncertainty,
    degreesOfFreedom: dof,
    source: input.source,
  }
}

/**
 * The correlation matrix of a budget, row by row in the order of its inputs.
 * @throws StationError analysis.badInput for unknown or repeated names, |r| > 1, or a pair given twice
 */
export const correlationMatrix = (budget: Budget): number[][] => {
  const index = new Map(budget.inputs.map((input, i) => [input.name, i]))
  if (index.size !== budget.inputs.length) throw badInput('budget', 'two lines have the same name')
  const matrix = budget.inputs.map((_, i) => budget.inputs.map((__, j): number => (i === j ? 1 : 0)))
  const seen = new Set<string>()
  for (const { between, coefficient } of budget.correlations ?? []) {
    const [i, j] = [index.get(between[0]), index.get(between[1])]
    const pair = between.join(' and ')
    if (i === undefined || j === undefined || i === j) throw badInput('correlation', `${pair} are not two lines`)
    if (!(Math.abs(coefficient) <= 1)) throw badInput('correlation', `r = ${coefficient} of ${pair} is beyond ±1`)
    const key = `${Math.min(i, j)}/${Math.max(i, j)}`
    if (seen.has(key)) throw badInput('correlation', `${pair} is given twice`)
    seen.add(key)
    matrix[i]![j] = coefficient
    matrix[j]![i] = coefficient
  }
  return matrix
}

/**
 * Lower triangular L with L·Lᵀ = matrix, for a symmetric positive semi-definite matrix.
 * @throws StationError analysis.badInput when the matrix isn't one (no such correlations can exist together)
 */
export const choleskyFactor = (matrix: readonly (readonly number[])[]): number[][] => {
  const size = matrix.length
  const factor = matrix.map(() => new Array<number>(size).fill(0))
  for (let j = 0; j < size; j++) {
    let rest = matrix[j]![j]!
    const tolerance = 1e-10 * Math.max(rest, 1e-300)
    for (let k = 0; k < j; k++) rest -= factor[j]![k]! ** 2
    if (rest < -tolerance) throw badInput('correlations', 'no such set of correlations can exist together')
    const pivot = rest <= tolerance ? 0 : Math.sqrt(rest)
    factor[j]![j] = pivot
    for (let i = j + 1; i < size; i++) {
      let sum = matrix[i]![j]!
      for (let k = 0; k < j; k++) sum -= factor[i]![k]! * factor[j]![k]!
      if (pivot > 0) factor[i]![j] = sum / pivot
      else if (Math.abs(sum) > 1e-5 * Math.sqrt(Math.abs(matrix[i]![i]! * matrix[j]![j]!))) {
        throw badInput('correlations', 'no such set of correlations can exist together')
      }
    }
  }
  return factor
}

interface Contribution {
  readonly contribution: number
  readonly degreesOfFreedom: number | null
}

/**
 * Effective degrees of freedom, uc⁴/Σ(u⁴/ν).
 * @see JCGM 100:2008, G.4.1, equation (G.2b)
 */
export const welchSatterthwaite = (contributions: readonly Contribution[]): Quantity => {
  // Relative to the largest, so that u⁴ neither overflows nor underflows.
  const largest = contributions.reduce((most, { contribution }) => Math.max(most, Math.abs(contribution)), 0)
  if (largest === 0) return missing('every contribution is 0')
  let variance = 0
  let sum = 0
  for (const { contribution, degreesOfFreedom } of contributions) {
    const square = (contribution / largest) ** 2
    variance += square
    if (degreesOfFreedom !== null) sum += (square * square) / degreesOfFreedom
  }
  return sum === 0 ? missing('infinitely many degrees of freedom') : { value: (variance * variance) / sum }
}

/** k and how it came about. With finite ν the next lower integer is used (JCGM 100, G.4.1, note 1). */
const coverageOf = (rule: CoverageRule, dof: Quantity): { factor: number; text: string } => {
  if (rule.kind === 'k') {
    const factor = requirePositive(rule.factor, 'coverage factor')
    return { factor, text: `k = ${factor}` }
  }
  if (!(rule.level > 0 && rule.level < 1)) throw badInput('level of confidence', `${rule.level} is not between 0 and 1`)
  const used = dof.value === null ? Infinity : dof.value < 1 ? dof.value : Math.floor(dof.value)
  const factor = tQuantile((1 + rule.level) / 2, used)
  const percent = `${(100 * rule.level).toFixed(2)} %`
  const degrees = used === Infinity ? `${dof.value === null ? dof.reason : ''}` : `ν = ${used}`
  return { factor, text: `k = ${factor.toPrecision(3)}, Student's t for ${percent} (${degrees})` }
}

/** Scale by the largest contribution, so that squares of very small or large numbers stay in range. */
const combine = (contributions: readonly number[], correlation: readonly (readonly number[])[]) => {
  const largest = contributions.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (largest === 0) return { uc: 0, own: 0, mixed: 0, largest }
  let own = 0
  let mixed = 0
  contributions.forEach((a, i) => {
    own += (a / largest) ** 2
    for (let j = 0; j < i; j++) mixed += 2 * (a / largest) * (contributions[j]! / largest) * correlation[i]![j]!
  })
  return { uc: largest * Math.sqrt(Math.max(0, own + mixed)), own, mixed, largest }
}

/**
 * Evaluates a budget: uc² = Σ(c·u)² + 2·ΣΣ ci·cj·ui·uj·rij, then U = k·uc.
 * The Welch–Satterthwaite formula needs independent inputs: with a correlation and finite degrees of freedom ν is null
 * with the reason, and a t rule falls back to infinitely many.
 * @throws StationError analysis.badInput for a budget without lines, numbers out of range, or impossible correlations
 * @see JCGM 100:2008, equations (10), (13), (16), (G.2b), clause 6
 */
export const evaluateBudget = (budget: Budget): BudgetResult => {
  if (budget.inputs.length === 0) throw badInput('budget', 'it has no lines')
  const rows = budget.inputs.map((input) => rowOf(input, budget.unit))
  const correlation = correlationMatrix(budget)
  choleskyFactor(correlation)
  const contributions = rows.map((row) => row.contribution)
  const { uc, mixed, largest } = combine(contributions, correlation)
  requireFinite(uc, 'combined standard uncertainty')
  const relative = uc === 0 ? 0 : (uc / largest) ** 2
  const share = (square: number): number | null => (relative === 0 ? null : (100 * square) / relative)
  const correlated = (budget.correlations ?? []).some(({ coefficient }) => coefficient !== 0)
  const finite = rows.some((row) => row.degreesOfFreedom !== null)
  const dof: Quantity =
    correlated && finite
      ? missing('ν is not defined for correlated inputs (JCGM 100, G.4.1)')
      : welchSatterthwaite(rows)
  const { factor, text } = coverageOf(budget.coverage ?? { kind: 'k', factor: 2 }, dof)
  return {
    method: budgetMethod,
    measurand: budget.measurand,
    unit: budget.unit,
    rows: rows.map((row) => ({
      ...row,
      sharePercent: largest === 0 ? null : share((row.contribution / largest) ** 2),
    })),
    correlationSharePercent: share(mixed),
    combinedStandardUncertainty: uc,
    effectiveDegreesOfFreedom: dof,
    coverageFactor: factor,
    expandedUncertainty: factor * uc,
    coverageText: text,
  }
}
