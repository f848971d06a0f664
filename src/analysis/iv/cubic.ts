import { extent } from '../numeric/statistics.ts'

/**
 * Sum of the squared residuals of y about its least-squares cubic in x, by Householder reflections. What fitPolynomial
 * gives with order 3, without the coefficients and their covariance: a curve of 200 points takes some ten of these sums.
 *
 * @param x n values, at least four of them distinct
 * @returns 0 for n = 4; null when x determines no cubic
 */
export const squaresAboutCubic = (x: readonly number[], y: readonly number[]): number | null => {
  const n = x.length
  const [low, high] = extent(x)
  const halfWidth = (high - low) / 2
  if (n < 4 || !(halfWidth > 0)) return null
  const columns = columnsOf(x, y, { centre: low + halfWidth, halfWidth })
  for (let k = 0; k < 4; k++) {
    const [start, end] = [k * n, (k + 1) * n]
    const norm = Math.sqrt(squaresOf(columns, start + k, end))
    // Reflections keep the norm of the whole column.
    if (!(norm > 1e-12 * Math.sqrt(squaresOf(columns, start, end)))) return null
    const head = columns[start + k]!
    columns[start + k] = head + (head > 0 ? norm : -norm)
    const halfSquare = norm * (norm + Math.abs(head))
    for (let other = end + k; other < columns.length; other += n)
      reflect(columns, { direction: start + k, column: other, length: n - k, halfSquare })
  }
  return squaresOf(columns, 4 * n + 4, 5 * n)
}

/** 1, t, t², t³ and y, one column after the other, with t = (x − centre) / halfWidth. */
const columnsOf = (
  x: readonly number[],
  y: readonly number[],
  scale: { centre: number; halfWidth: number },
): Float64Array => {
  const n = x.length
  const columns = new Float64Array(5 * n)
  for (let i = 0; i < n; i++) {
    const t = (x[i]! - scale.centre) / scale.halfWidth
    columns[i] = 1
    columns[n + i] = t
    columns[2 * n + i] = t * t
    columns[3 * n + i] = t * t * t
    columns[4 * n + i] = y[i]!
  }
  return columns
}

const squaresOf = (values: Float64Array, from: number, end: number): number => {
  let sum = 0
  for (let i = from; i < end; i++) sum += values[i]! * values[i]!
  return sum
}

/** Takes from a column twice its part along the direction; halfSquare is half the square of the direction's length. */
const reflect = (
  values: Float64Array,
  plan: { direction: number; column: number; length: number; halfSquare: number },
): void => {
  const { direction, column, length, halfSquare } = plan
  let dot = 0
  for (let i = 0; i < length; i++) dot += values[direction + i]! * values[column + i]!
  const factor = dot / halfSquare
  for (let i = 0; i < length; i++) values[column + i]! -= factor * values[direction + i]!
}
