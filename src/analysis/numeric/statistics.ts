/** Sum / n; null for an empty list. */
export const mean = (values: readonly number[]): number | null => {
  if (values.length === 0) return null
  let sum = 0
  for (const value of values) sum += value / values.length
  return sum
}

/** Sample standard deviation (n − 1); null below two values. */
export const sampleStandardDeviation = (values: readonly number[]): number | null => {
  const centre = mean(values)
  if (centre === null || values.length < 2) return null
  let sum = 0
  for (const value of values) sum += (value - centre) ** 2
  return Math.sqrt(sum / (values.length - 1))
}

/** Middle value (mean of the middle two for an even count); null for an empty list. */
export const median = (values: readonly number[]): number | null => {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? 0) / 2 + upper / 2
}

/** Smallest and largest value; [0, 0] for an empty list. Safe for lists too long to spread into Math.max. */
export const extent = (values: readonly number[]): [number, number] => {
  if (values.length === 0) return [0, 0]
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}

/** The value itself when finite, else null: the last gate before a number leaves a public function. */
export const finiteOrNull = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && Number.isFinite(value) ? value : null
