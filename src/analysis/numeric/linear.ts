import { assert } from '../../base/assert.ts'

/**
 * Solves A x = b by Gaussian elimination with scaled partial pivoting.
 *
 * @param matrix n rows of n numbers; left unchanged
 * @param right n numbers
 * @returns x, or null when the matrix is singular to working precision or x is not finite
 */
export const solveLinear = (matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null => {
  const n = right.length
  assert(matrix.length === n, 'solveLinear: the matrix must have as many rows as the right side')
  const a = matrix.map((row, i) => [...row, right[i]!])
  const scale = matrix.map((row) => Math.max(...row.map(Math.abs)))
  for (let column = 0; column < n; column++) {
    const pivot = pivotRow(a, scale, column)
    if (pivot === null) return null
    ;[a[column], a[pivot]] = [a[pivot]!, a[column]!]
    ;[scale[column], scale[pivot]] = [scale[pivot]!, scale[column]!]
    for (let row = column + 1; row < n; row++) eliminate(a[row]!, a[column]!, column)
  }
  return substituteBack(a)
}

const pivotRow = (a: number[][], scale: readonly number[], column: number): number | null => {
  let best = -1
  let largest = 0
  for (let row = column; row < a.length; row++) {
    const size = Math.abs(a[row]![column]!) / (scale[row]! > 0 ? scale[row]! : 1)
    if (size > largest) [best, largest] = [row, size]
  }
  return largest > 1e-14 ? best : null
}

const eliminate = (target: number[], source: readonly number[], column: number): void => {
  const factor = target[column]! / source[column]!
  for (let k = column; k < target.length; k++) target[k]! -= factor * source[k]!
}

const substituteBack = (a: readonly (readonly number[])[]): number[] | null => {
  const n = a.length
  const x = new Array<number>(n).fill(0)
  for (let row = n - 1; row >= 0; row--) {
    let sum = a[row]![n]!
    for (let k = row + 1; k < n; k++) sum -= a[row]![k]! * x[k]!
    x[row] = sum / a[row]![row]!
  }
  return x.every(Number.isFinite) ? x : null
}

export interface LeastSquares {
  /** The p coefficients. */
  readonly coefficients: readonly number[]
  /** (X′WX)⁻¹, p × p; times the variance of a unit weight it is the covariance. */
  readonly inverseNormal: readonly (readonly number[])[]
  /** Sum of the weighted squared residuals. */
  readonly residualSquares: number
}

/**
 * Linear least squares by Householder QR: minimises Σ w (y − X c)².
 *
 * @param rows n rows of p regressors, n ≥ p; scale the regressors to order one first
 * @param y n values
 * @param weights n non-negative weights; all one when left out
 * @returns null when n < p or the columns are linearly dependent
 */
export const leastSquares = (
  rows: readonly (readonly number[])[],
  y: readonly number[],
  weights?: readonly number[],
): LeastSquares | null => {
  const p = rows[0]?.length ?? 0
  assert(rows.length === y.length, 'leastSquares: as many rows as values')
  if (p === 0 || rows.length < p) return null
  const a = rows.map((row, i) => {
    const root = weights === undefined ? 1 : Math.sqrt(weights[i]!)
    return [...row.map((value) => value * root), y[i]! * root]
  })
  if (!triangulate(a, p)) return null
  const triangle = a.slice(0, p)
  const coefficients = substituteBack(triangle)
  if (coefficients === null) return null
  let residualSquares = 0
  for (let i = p; i < a.length; i++) residualSquares += a[i]![p]! ** 2
  return { coefficients, inverseNormal: inverseOfNormal(triangle, p), residualSquares }
}

/** Householder reflections in place on the n × (p + 1) array; false when a column depends on the earlier ones. */
const triangulate = (a: number[][], p: number): boolean => {
  const columnNorm = (k: number, from: number): number => {
    let sum = 0
    for (let i = from; i < a.length; i++) sum += a[i]![k]! ** 2
    return Math.sqrt(sum)
  }
  const original = Array.from({ length: p }, (_, k) => columnNorm(k, 0))
  for (let k = 0; k < p; k++) {
    const norm = columnNorm(k, k)
    if (!(norm > 1e-12 * original[k]!)) return false
    const alpha = a[k]![k]! > 0 ? -norm : norm
    const head = a[k]![k]! - alpha
    for (let j = k + 1; j <= p; j++) reflect(a, { k, j, head, normSquare: norm * (norm + Math.abs(a[k]![k]!)) })
    a[k]![k] = alpha
  }
  return true
}

const reflect = (a: number[][], step: { k: number; j: number; head: number; normSquare: number }): void => {
  const { k, j, head, normSquare } = step
  let dot = head * a[k]![j]!
  for (let i = k + 1; i < a.length; i++) dot += a[i]![k]! * a[i]![j]!
  const factor = dot / normSquare
  a[k]![j]! -= factor * head
  for (let i = k + 1; i < a.length; i++) a[i]![j]! -= factor * a[i]![k]!
}

/** (R′R)⁻¹ = R⁻¹ R⁻ᵀ from the p × p upper triangle. */
const inverseOfNormal = (triangle: readonly (readonly number[])[], p: number): number[][] => {
  const inverse: number[][] = Array.from({ length: p }, () => new Array<number>(p).fill(0))
  for (let column = 0; column < p; column++) {
    for (let row = column; row >= 0; row--) {
      let sum = row === column ? 1 : 0
      for (let k = row + 1; k <= column; k++) sum -= triangle[row]![k]! * inverse[k]![column]!
      inverse[row]![column] = sum / triangle[row]![row]!
    }
  }
  return inverse.map((rowI) => inverse.map((rowJ) => rowI.reduce((sum, value, k) => sum + value * rowJ[k]!, 0)))
}
