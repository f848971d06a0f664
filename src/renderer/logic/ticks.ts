export interface Ticks {
  domain: [number, number]
  ticks: number[]
}

const niceStep = (rough: number): number => {
  const power = 10 ** Math.floor(Math.log10(rough))
  const share = rough / power
  return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10)
}

/**
 * Round ticks over a range of values, and the range itself widened to whole ticks above.
 * @param values finite numbers; without any the range is 0 to 1
 * @param floor the range never starts below this: what lies below is cut off
 */
export function niceTicks(values: readonly number[], floor: number, wanted = 6): Ticks {
  const low = Math.max(
    floor,
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  )
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(low) || !Number.isFinite(high) || high <= low) return { domain: [0, 1], ticks: [0, 0.5, 1] }
  const step = niceStep((high - low) / wanted)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.ceil(high / step - 1e-9)
  const ticks = Array.from({ length: last - first + 1 }, (_none, i) => Number(((first + i) * step).toPrecision(12)))
  return { domain: [Math.min(low, ticks[0] ?? low), last * step], ticks }
}
