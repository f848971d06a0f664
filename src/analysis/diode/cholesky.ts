/**
 * Replaces the lower triangle of a symmetric n × n matrix (by rows) by its Cholesky factor L, A = L Lᵀ.
 * @returns false, with the matrix spoilt, when it is not positive definite
 */
export const factorise = (matrix: Float64Array, n: number): boolean => {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!
      if (i > j) matrix[i * n + j] = sum / matrix[j * n + j]!
      else if (sum > 0 && sum < Infinity) matrix[i * n + i] = Math.sqrt(sum)
      else return false
    }
  }
  return true
}

/** Solves L Lᵀ x = b in place of b. */
export const solveFactored = (factor: Float64Array, b: Float64Array): void => {
  const n = b.length
  for (let i = 0; i < n; i++) {
    let sum = b[i]!
    for (let k = 0; k < i; k++) sum -= factor[i * n + k]! * b[k]!
    b[i] = sum / factor[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i]! * b[k]!
    b[i] = sum / factor[i * n + i]!
  }
}

/** The inverse, n × n by rows, of the matrix whose Cholesky factor is given. */
export const inverse = (factor: Float64Array, n: number): Float64Array => {
  const result = new Float64Array(n * n)
  const column = new Float64Array(n)
  for (let j = 0; j < n; j++) {
    column.fill(0)
    column[j] = 1
    solveFactored(factor, column)
    for (let i = 0; i < n; i++) result[i * n + j] = column[i]!
  }
  return result
}
