import { badInput, requireAllFinite, requireFinite, requireNotNegative } from '../statistics/quantity.ts'

/** Law of propagation of uncertainty for models with several results, and type A evaluation of simultaneous readings. */

export interface MeansAndCovariance {
  readonly means: readonly number[]
  /** Standard uncertainties of the means, s/√n. */
  readonly standardUncertainties: readonly number[]
  /** Correlation coefficients of the means; null where a series has no spread. */
  readonly correlation: readonly (readonly (number | null)[])[]
  /** Covariance matrix of the means. */
  readonly covariance: readonly (readonly number[])[]
  readonly degreesOfFreedom: number
}

/**
 * Means of simultaneous readings with the covariances of the means.
 * @param series one array for each quantity, all of the same length n ≥ 2; readings pair up by index
 * @throws StationError analysis.badInput for unequal or too short series, or numbers that aren't finite
 * @see JCGM 100:2008, 4.2 and equation (17)
 */
export const typeAOfSeries = (series: readonly (readonly number[])[]): MeansAndCovariance => {
  const count = series[0]?.length ?? 0
  if (count < 2 || series.some((one) => one.length !== count)) {
    throw badInput('series', 'each needs the same number of readings, at least 2')
  }
  series.forEach((one, i) => requireAllFinite(one, `series ${i}`))
  const means = series.map((one) => one.reduce((sum, value) => sum + value, 0) / count)
  const covariance = series.map((a, i) =>
    series.map((b, j) => {
      let sum = 0
      for (let n = 0; n < count; n++) sum += (a[n]! - means[i]!) * (b[n]! - means[j]!)
      return sum / (count * (count - 1))
    }),
  )
  const standardUncertainties = covariance.map((row, i) => Math.sqrt(row[i]!))
  return {
    means,
    standardUncertainties,
    correlation: correlationOf(covariance),
    covariance,
    degreesOfFreedom: count - 1,
  }
}

const correlationOf = (covariance: readonly (readonly number[])[]): (number | null)[][] =>
  covariance.map((row, i) =>
    row.map((value, j) => {
      const scale = Math.sqrt(covariance[i]![i]!) * Math.sqrt(covariance[j]![j]!)
      return scale > 0 ? Math.min(1, Math.max(-1, value / scale)) : null
    }),
  )

export type VectorModel = (values: readonly number[]) => readonly number[]

/**
 * ∂f/∂x of every result by central differences of ± one standard uncertainty shrunk to 1/1000 (JCGM 100, 5.1.3, note 2,
 * uses ±u itself; the smaller step keeps the truncation error of smooth models below 1e-6 of the coefficient).
 * An input with u = 0 gets 0.
 * @throws StationError analysis.badInput when the model gives numbers that aren't finite
 */
export const sensitivities = (
  model: VectorModel,
  values: readonly number[],
  standardUncertainties: readonly number[],
): number[][] => {
  const center = model(values)
  requireAllFinite(center, 'model')
  const result = center.map(() => new Array<number>(values.length).fill(0))
  values.forEach((value, j) => {
    const u = requireNotNegative(standardUncertainties[j] ?? NaN, `standard uncertainty ${j}`)
    if (u === 0) return
    const step = Math.max(u / 1000, 1e-9 * Math.abs(value))
    const at = (x: number): readonly number[] => model(values.map((other, k) => (k === j ? x : other)))
    const [up, down] = [at(value + step), at(value - step)]
    const width = value + step - (value - step)
    result.forEach((row, i) => {
      row[j] = requireFinite((up[i]! - down[i]!) / width, 'sensitivity')
    })
  })
  return result
}

export interface Propagated {
  readonly values: readonly number[]
  readonly standardUncertainties: readonly number[]
  readonly correlation: readonly (readonly (number | null)[])[]
  readonly covariance: readonly (readonly number[])[]
  readonly sensitivities: readonly (readonly number[])[]
}

/**
 * Results of a model with their covariance, C·V·Cᵀ.
 * @param covariance of the inputs, symmetric, as many rows as values
 * @see JCGM 100:2008, equations (13) and (H.9); JCGM 102:2011, 6.2.1
 */
export const propagate = (
  model: VectorModel,
  values: readonly number[],
  covariance: readonly (readonly number[])[],
): Propagated => {
  if (covariance.length !== values.length || covariance.some((row) => row.length !== values.length)) {
    throw badInput('covariance', `the matrix is not ${values.length} × ${values.length}`)
  }
  requireAllFinite(values, 'values')
  covariance.forEach((row) => requireAllFinite(row, 'covariance'))
  const u = covariance.map((row, i) => Math.sqrt(requireNotNegative(row[i]!, `variance ${i}`)))
  const c = sensitivities(model, values, u)
  const out = c.map((a) =>
    c.map((b) => {
      let sum = 0
      a.forEach((ai, i) => b.forEach((bj, j) => (sum += ai * covariance[i]![j]! * bj)))
      return sum
    }),
  )
  return {
    values: model(values),
    standardUncertainties: out.map((row, i) => Math.sqrt(Math.max(0, row[i]!))),
    correlation: correlationOf(out.map((row, i) => row.map((value, j) => (i === j ? Math.max(0, value) : value)))),
    covariance: out,
    sensitivities: c,
  }
}
