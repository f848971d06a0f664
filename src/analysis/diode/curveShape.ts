/** Running median of 5, shorter at the ends: a lone spike leaves no trace, a step stays where it is. */
export const runningMedian = (values: Float64Array): Float64Array => {
  const result = new Float64Array(values.length)
  for (let k = 0; k < values.length; k++) {
    const reach = Math.min(2, k, values.length - 1 - k)
    result[k] = reach === 2 ? medianOfFive(values, k - 2) : reach === 1 ? medianOfThree(values, k - 1) : values[k]!
  }
  return result
}

const medianOfThree = (x: Float64Array, at: number): number => {
  const a = x[at]!
  const b = x[at + 1]!
  const c = x[at + 2]!
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}

const medianOfFive = (x: Float64Array, at: number): number => {
  const a = x[at]!
  const b = x[at + 1]!
  const c = x[at + 2]!
  const d = x[at + 3]!
  const e = x[at + 4]!
  const low = Math.max(Math.min(a, b), Math.min(c, d))
  const high = Math.min(Math.max(a, b), Math.max(c, d))
  return Math.max(Math.min(low, high), Math.min(Math.max(low, high), e))
}

export interface Dent {
  /** Largest distance of the curve below its own concave hull, as a fraction of Isc and Voc. */
  depth: number
  /** Where that is, as a fraction of Voc. */
  voltage: number
}

/**
 * Model-free look at the shape of a curve scaled to Isc = Voc = 1, by rising voltage and median-filtered. The I-V curve
 * of evenly lit, like cells is concave; a conducting bypass diode, mismatch or a change of light in the sweep dents it.
 */
export const deepestDent = (v: Float64Array, i: Float64Array): Dent => {
  const { hull, size } = concaveHull(v, i)
  let [depth, voltage] = [0, 0]
  for (let edge = 1; edge < size; edge++) {
    const from = hull[edge - 1]!
    const to = hull[edge]!
    const dx = v[to]! - v[from]!
    const dy = i[to]! - i[from]!
    const length = Math.sqrt(dx * dx + dy * dy)
    for (let k = from + 1; k < to; k++) {
      const below = (dy * (v[k]! - v[from]!) - dx * (i[k]! - i[from]!)) / length
      if (below <= depth) continue
      depth = below
      voltage = v[k]!
    }
  }
  return { depth, voltage }
}

/** Upper hull by Andrew’s monotone chain: the indices of its corners. */
const concaveHull = (v: Float64Array, i: Float64Array): { hull: Uint32Array; size: number } => {
  const hull = new Uint32Array(v.length)
  let size = 0
  for (let k = 0; k < v.length; k++) {
    while (size > 1) {
      const a = hull[size - 2]!
      const b = hull[size - 1]!
      const turn = (v[b]! - v[a]!) * (i[k]! - i[a]!) - (i[b]! - i[a]!) * (v[k]! - v[a]!)
      if (turn < 0) break
      size--
    }
    hull[size++] = k
  }
  return { hull, size }
}

/** Scatter from how far points lie off the line through their neighbours; the median ignores knees and steps. */
export const scatterOf = (v: Float64Array, i: Float64Array): number => {
  const off = new Float64Array(v.length)
  let count = 0
  for (let k = 1; k < v.length - 1; k++) {
    const span = v[k + 1]! - v[k - 1]!
    if (!(span > 0)) continue
    const share = (v[k]! - v[k - 1]!) / span
    const spread = Math.sqrt(1 + share * share + (1 - share) * (1 - share))
    off[count++] = Math.abs(i[k]! - i[k - 1]! * (1 - share) - i[k + 1]! * share) / spread
  }
  return medianOf(off.subarray(0, count)) / 0.6745
}

/** Median of numbers; 0 of none. */
export const medianOf = (values: ArrayLike<number>): number => {
  if (values.length === 0) return 0
  const sorted = new Float64Array(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
