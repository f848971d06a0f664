import { createRandom } from '../../base/random.ts'
import type { Random } from '../../base/random.ts'
import { badInput, requireFinite, requireNotNegative, requirePositive } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'
import { choleskyFactor, correlationMatrix, standardUncertaintyOf } from './budget.ts'
import type { Budget, BudgetInput } from './budget.ts'

/** Propagation of distributions by JCGM 101:2008. */
export const monteCarloMethod: Method = { id: 'jcgm101/monteCarlo', version: '1.0.0' }

export interface MonteCarloInput {
  readonly mean: number
  /** u(x); ≥ 0. For `t` it is the scale s/√n, whose spread is larger: u = scale·√(ν/(ν−2)). */
  readonly standardUncertainty: number
  /** t: the scaled and shifted t-distribution of a type A input with few values (JCGM 101, 6.4.9). */
  readonly distribution: 'normal' | 'rectangular' | 'triangular' | 'ushaped' | 't'
  /** Needed for t, above 0. */
  readonly degreesOfFreedom?: number
}

export interface MonteCarloSettings {
  readonly inputs: readonly MonteCarloInput[]
  /** Correlation matrix; normal inputs only may be correlated (multivariate normal, JCGM 101, 6.4.8). */
  readonly correlation?: readonly (readonly number[])[]
  /** Pure function of the drawn inputs, in their order. The array is reused: don't keep it. */
  readonly model: (values: Float64Array) => number
  /** M; 1,000,000 unless stated; 1000 to 10,000,000. */
  readonly trials?: number
  /** Coverage probability; 0.95 unless stated. */
  readonly level?: number
  /** The same seed gives the same result on every machine. */
  readonly seed: number
}

export interface MonteCarloResult {
  readonly method: Method
  readonly trials: number
  readonly seed: number
  readonly mean: number
  readonly standardUncertainty: number
  readonly level: number
  /** The shortest coverage interval (JCGM 101, 5.3.4). */
  readonly shortestInterval: readonly [number, number]
  /** The probabilistically symmetric coverage interval. */
  readonly symmetricInterval: readonly [number, number]
  /** Standard error of `mean` that the number of trials leaves. */
  readonly meanStandardError: number
}

/** Gamma variate of the given shape and scale 1. Source: Marsaglia & Tsang 2000. */
const gammaVariate = (shape: number, random: Random): number => {
  if (shape < 1) return gammaVariate(shape + 1, random) * Math.pow(1 - random.uniform(), 1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = random.normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** A draw with mean 0 and standard deviation 1 (t: scale 1). */
const standardDraw = (input: MonteCarloInput, random: Random): (() => number) => {
  switch (input.distribution) {
    case 'normal':
      return () => random.normal()
    case 'rectangular':
      return () => Math.sqrt(12) * (random.uniform() - 0.5)
    case 'triangular':
      return () => Math.sqrt(6) * (random.uniform() - random.uniform())
    case 'ushaped':
      return () => Math.SQRT2 * Math.cos(Math.PI * random.uniform())
    case 't': {
      const dof = requirePositive(input.degreesOfFreedom ?? NaN, 'degrees of freedom of a t input')
      return () => random.normal() * Math.sqrt(dof / (2 * gammaVariate(dof / 2, random)))
    }
  }
}

const checkCorrelation = (settings: MonteCarloSettings): readonly (readonly number[])[] | null => {
  const { correlation, inputs } = settings
  if (correlation === undefined) return null
  if (correlation.length !== inputs.length || correlation.some((row) => row.length !== inputs.length)) {
    throw badInput('correlation', `the matrix is not ${inputs.length} × ${inputs.length}`)
  }
  correlation.forEach((row, i) => {
    const coupled = row.some((r, j) => j !== i && r !== 0)
    if (coupled && inputs[i]!.distribution !== 'normal') {
      throw badInput('correlation', `input ${i} is ${inputs[i]!.distribution}; only normal inputs may be correlated`)
    }
  })
  return choleskyFactor(correlation)
}

/** Fills `values` with one draw of all inputs. */
const sampler = (settings: MonteCarloSettings): ((values: Float64Array) => void) => {
  const { inputs } = settings
  const random = createRandom(settings.seed)
  const draws = inputs.map((input) => standardDraw(input, random))
  const factor = checkCorrelation(settings)
  const size = inputs.length
  const means = Float64Array.from(inputs, (input) => requireFinite(input.mean, 'mean of an input'))
  const scales = Float64Array.from(inputs, (input) => requireNotNegative(input.standardUncertainty, 'u of an input'))
  const raw = new Float64Array(size)
  return (values) => {
    for (let i = 0; i < size; i++) raw[i] = draws[i]!()
    for (let i = 0; i < size; i++) {
      let z = raw[i]!
      if (factor !== null) {
        z = 0
        for (let j = 0; j <= i; j++) z += factor[i]![j]! * raw[j]!
      }
      values[i] = means[i]! + scales[i]! * z
    }
  }
}

/**
 * The shortest interval that holds the share `level` of sorted values.
 * @see JCGM 101:2008, 5.3.4 and 7.7.2
 */
const shortest = (sorted: Float64Array, level: number): [number, number] => {
  const count = sorted.length
  const span = Math.min(count - 1, Math.max(1, Math.round(level * count)))
  let best = 0
  for (let i = 1; i + span < count; i++) {
    if (sorted[i + span]! - sorted[i]! < sorted[best + span]! - sorted[best]!) best = i
  }
  return [sorted[best]!, sorted[best + span]!]
}

const symmetric = (sorted: Float64Array, level: number): [number, number] => {
  const count = sorted.length
  const span = Math.min(count - 1, Math.max(1, Math.round(level * count)))
  const first = Math.floor((count - span) / 2)
  return [sorted[first]!, sorted[Math.min(count - 1, first + span)]!]
}

/**
 * Propagates distributions through a model.
 * @throws StationError analysis.badInput for inputs out of range, or when the model gives a number that isn't finite
 * @see JCGM 101:2008, 5.9 and 7
 */
export const monteCarlo = (settings: MonteCarloSettings): MonteCarloResult => {
  const trials = settings.trials ?? 1_000_000
  if (!(Number.isInteger(trials) && trials >= 1000 && trials <= 1e7))
    throw badInput('trials', `${trials} is not 1000 to 1e7`)
  const level = settings.level ?? 0.95
  if (!(level > 0 && level < 1)) throw badInput('level', `${level} is not between 0 and 1`)
  const draw = sampler(settings)
  const values = new Float64Array(settings.inputs.length)
  const outputs = new Float64Array(trials)
  let mean = 0
  let squares = 0
  for (let i = 0; i < trials; i++) {
    draw(values)
    const y = settings.model(values)
    if (!Number.isFinite(y)) throw badInput('model', `it gave ${y} in trial ${i}`)
    outputs[i] = y
    const step = y - mean
    mean += step / (i + 1)
    squares += step * (y - mean)
  }
  outputs.sort()
  const standardUncertainty = Math.sqrt(squares / (trials - 1))
  return {
    method: monteCarloMethod,
    trials,
    seed: settings.seed,
    mean,
    standardUncertainty,
    level,
    shortestInterval: shortest(outputs, level),
    symmetricInterval: symmetric(outputs, level),
    meanStandardError: standardUncertainty / Math.sqrt(trials),
  }
}

const inputOf = (line: BudgetInput): MonteCarloInput => {
  const dof = line.degreesOfFreedom ?? null
  const normal = line.distribution === undefined || line.distribution === 'normal'
  const common = { mean: line.value ?? 0, standardUncertainty: standardUncertaintyOf(line) }
  if (normal && dof !== null) return { ...common, distribution: 't', degreesOfFreedom: dof }
  return { ...common, distribution: line.distribution ?? 'normal' }
}

export interface BudgetMonteCarlo {
  readonly seed: number
  readonly trials?: number
  readonly level?: number
}

/**
 * The linear model y = Σ c·x of a budget by Monte Carlo: a check of U = k·uc that needs no normal result.
 * A normal line with finite degrees of freedom is drawn from the t-distribution, unless the budget has correlations:
 * then it is drawn as normal, because a correlated t isn't defined here.
 */
export const monteCarloBudget = (budget: Budget, options: BudgetMonteCarlo): MonteCarloResult => {
  const correlated = (budget.correlations ?? []).some(({ coefficient }) => coefficient !== 0)
  const sensitivities = budget.inputs.map((line) => requireFinite(line.sensitivity ?? 1, `${line.name}: sensitivity`))
  const inputs = budget.inputs
    .map(inputOf)
    .map((input) => (correlated && input.distribution === 't' ? { ...input, distribution: 'normal' as const } : input))
  return monteCarlo({
    ...options,
    inputs,
    ...(correlated ? { correlation: correlationMatrix(budget) } : {}),
    model: (values) => sensitivities.reduce((sum, c, i) => sum + c * values[i]!, 0),
  })
}
