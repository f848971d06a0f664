/** Steps of 1, 2 or 5 times a power of ten: about `wanted` ticks between low and high. */
export const niceTicks = (low: number, high: number, wanted: number): { ticks: number[]; decimals: number } => {
  const span = high - low
  if (!(span > 0)) return { ticks: [low], decimals: 2 }
  const rough = span / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.999) ?? 10 * power
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  return { ticks: Array.from({ length: last - first + 1 }, (_, k) => (first + k) * step), decimals }
}
