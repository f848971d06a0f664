/** Places of a curve: u ascending and distinct, u and j in shares of full scale, and the samples averaged in each. */
export interface Places {
  readonly u: readonly number[]
  readonly j: readonly number[]
  readonly count: readonly number[]
}

/**
 * Where "at short circuit" begins, as a share of Voc. Left of it the bypass diodes begin to conduct and lift the current:
 * one Schottky diode across a module of 100 V carries current from about 0.3 V, which is 0.3 % of Voc.
 */
export const shortCircuitEdge = -0.002

/** The places between short circuit and a little past open circuit, where the shape says something about the module. */
export const quadrantOfPower = ({ u, j, count }: Places): Places => {
  const from = u.findIndex((value) => value >= shortCircuitEdge)
  const end = j.findLastIndex((value) => value >= -0.05) + 1
  if (from < 0) return { u: [], j: [], count: [] }
  return { u: u.slice(from, end), j: j.slice(from, end), count: count.slice(from, end) }
}

/**
 * Distance gone along the curve: the voltage passed plus the current lost, about 2 for a whole curve. The current is the
 * mean of its running minimum from the left and its running maximum from the right, which only falls; so noise, whose
 * ups and downs would add up in an arc length, doesn't lengthen the way.
 */
export const distanceAlong = ({ u, j }: Pick<Places, 'u' | 'j'>): Float64Array => {
  const distance = new Float64Array(u.length)
  let highest = -Infinity
  for (let k = u.length - 1; k >= 0; k--) {
    highest = Math.max(highest, j[k]!)
    distance[k] = u[k]! - highest / 2
  }
  let lowest = Infinity
  for (let k = 0; k < u.length; k++) {
    lowest = Math.min(lowest, j[k]!)
    distance[k]! -= lowest / 2
  }
  return distance
}

/** Means over cells of equal distance along the curve; a place alone in its cell stays as it is. */
export const averageCells = (places: Places, cell: number): Places => {
  const distance = distanceAlong(places)
  const [u, j, count]: [number[], number[], number[]] = [[], [], []]
  for (let from = 0; from < places.u.length;) {
    let to = from
    let [sumU, sumJ, samples] = [0, 0, 0]
    for (; to < places.u.length && distance[to]! - distance[from]! < cell; to++) {
      sumU += places.u[to]! * places.count[to]!
      sumJ += places.j[to]! * places.count[to]!
      samples += places.count[to]!
    }
    u.push(sumU / samples)
    j.push(sumJ / samples)
    count.push(samples)
    from = to
  }
  return { u, j, count }
}
