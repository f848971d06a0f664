/**
 * Model-free look at the shape of a curve scaled to Isc = Voc = 1, by rising voltage. An I-V curve of evenly lit,
 * like cells is concave; a conducting bypass diode, mismatch or a change of light during the sweep dents it.
 */
export interface CurveShape {
  /** Largest distance of the median-filtered curve below its own concave hull, as a fraction of Isc and Voc. */
  dentDepth: number
  /** Voltage of that place, as a fraction of Voc. */
  dentVoltage: number
  /** Standard deviation of the point-to-point scatter, as a fraction of Isc. */
  scatter: number
}

export const describeShape = (v: Float64Array, i: Float64Array): CurveShape => {
  const smooth = runningMedian(i)
  const dent = deepestDent(v, smooth)
  return { dentDepth: dent.depth, dentVoltage: dent.voltage, scatter: scatterOf(v, i) }
}

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
  const [a, b, c] = [x[at]!, x[at + 1]!, x[at + 2]!]
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}

const medianOfFive = (x: Float64Array, at: number): number => {
  const [a, b, c, d, e] = [x[at]!, x[at + 1]!, x[at + 2]!, x[at + 3]!, x[at + 4]!]
  const low = Math.max(Math.min(a, b), Math.min(c, d))
  const high = Math.min(Math.max(a, b), Math.max(c, d))
  return Math.max(Math.min(low, high), Math.min(Math.max(low, high), e))
}

/** Upper hull by the monotone chain, then the largest perpendicular distance of a point below its hull edge. */
const deepestDent = (v: Float64Array, i: Float64Array): { depth: number; voltage: number } => {
  const hull = new Uint32Array(v.length)
  let size = 0
  for (let k = 0; k < v.length; k++) {
    while (size > 1 && turnsLeft(v, i, [hull[size - 2]!, hull[size - 1]!, k])) size--
    hull[size++] = k
  }
  let [depth, voltage] = [0, 0]
  for (let edge = 1; edge < size; edge++) {
    const from = hull[edge - 1]!
    const to = hull[edge]!
    const dx = v[to]! - v[from]!
    const dy = i[to]! - i[from]!
    const length = Math.hypot(dx, dy)
    for (let k = from + 1; k < to; k++) {
      const below = (dy * (v[k]! - v[from]!) - dx * (i[k]! - i[from]!)) / length
      if (below > depth) [depth, voltage] = [below, v[k]!]
    }
  }
  return { depth, voltage }
}

const turnsLeft = (v: Float64Array, i: Float64Array, [a, b, c]: [number, number, number]): boolean =>
  (v[b]! - v[a]!) * (i[c]! - i[a]!) - (i[b]! - i[a]!) * (v[c]! - v[a]!) >= 0

/** Scatter from how far points lie off the line through their neighbours; the median ignores knees and steps. */
export const scatterOf = (v: Float64Array, i: Float64Array): number => {
  const off: number[] = []
  for (let k = 1; k < v.length - 1; k++) {
    const span = v[k + 1]! - v[k - 1]!
    if (!(span > 0)) continue
    const share = (v[k]! - v[k - 1]!) / span
    const spread = Math.sqrt(1 + share * share + (1 - share) * (1 - share))
    off.push(Math.abs(i[k]! - i[k - 1]! * (1 - share) - i[k + 1]! * share) / spread)
  }
  return medianOf(off) / 0.6745
}

/** Median of numbers, reordering them; 0 of none. */
export const medianOf = (values: number[]): number => {
  if (values.length === 0) return 0
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
