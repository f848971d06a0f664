/** Lanczos' approximation with g = 7 and nine terms: relative error below 1e-14 for x > 0. */
const lanczosG = 7
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x > 0. Source: Lanczos 1964. */
export const logGamma = (x: number): number => {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const y = x - 1
  let sum = lanczos[0]!
  for (let i = 1; i < lanczos.length; i++) sum += lanczos[i]! / (y + i)
  const t = y + lanczosG + 0.5
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum)
}

const tiny = 1e-300
const epsilon = 1e-16
const mostTerms = 100_000

/** A continued fraction b0 + a1/(b1 + a2/(b2 + …)) by the modified Lentz method. */
const continuedFraction = (b0: number, term: (index: number) => readonly [a: number, b: number]): number => {
  let value = b0 === 0 ? tiny : b0
  let c = value
  let d = 0
  for (let i = 1; i <= mostTerms; i++) {
    const [a, b] = term(i)
    d = b + a * d
    if (d === 0) d = tiny
    c = b + a / c
    if (c === 0) c = tiny
    d = 1 / d
    const step = c * d
    value *= step
    if (Math.abs(step - 1) < epsilon) break
  }
  return value
}

const gammaSeries = (shape: number, x: number): number => {
  let term = 1 / shape
  let sum = term
  for (let i = 1; i <= mostTerms && term > sum * epsilon; i++) {
    term *= x / (shape + i)
    sum += term
  }
  return sum * Math.exp(shape * Math.log(x) - x - logGamma(shape))
}

const gammaFraction = (shape: number, x: number): number =>
  Math.exp(shape * Math.log(x) - x - logGamma(shape)) /
  continuedFraction(x + 1 - shape, (i) => [-i * (i - shape), x + 2 * i + 1 - shape])

/** Regularised upper incomplete gamma function Q(shape, x), shape > 0, x ≥ 0. Source: DLMF 8.7.1, 8.9.2. */
export const upperGamma = (shape: number, x: number): number => {
  if (x <= 0) return 1
  if (x === Infinity) return 0
  return x < shape + 1 ? 1 - gammaSeries(shape, x) : gammaFraction(shape, x)
}

/** Regularised lower incomplete gamma function P(shape, x), shape > 0, x ≥ 0. */
export const lowerGamma = (shape: number, x: number): number => {
  if (x <= 0) return 0
  if (x === Infinity) return 1
  return x < shape + 1 ? gammaSeries(shape, x) : 1 - gammaFraction(shape, x)
}

const betaTerm = (a: number, b: number, x: number): ((i: number) => readonly [number, number]) => {
  return (i) => {
    const m = i >> 1
    if (i % 2 === 0) return [(m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)), 1]
    return [(-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)), 1]
  }
}

/**
 * Regularised incomplete beta function I_x(a, b). Source: DLMF 8.17.22.
 * @param x 0…1; give both x and its complement so that neither loses digits near 1
 * @param a above 0
 */
export const incompleteBeta = (x: { value: number; complement: number }, a: number, b: number): number => {
  if (x.value <= 0) return 0
  if (x.complement <= 0) return 1
  const swap = x.value > (a + 1) / (a + b + 2)
  const [p, q, u, v] = swap ? [b, a, x.complement, x.value] : [a, b, x.value, x.complement]
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + p * Math.log(u) + q * Math.log(v)
  // DLMF's fraction is 1/(1 + d1/(1 + d2/(1 + …))).
  const part = Math.exp(logFront) / p / continuedFraction(1, betaTerm(p, q, u))
  return swap ? 1 - part : part
}

/** Complementary error function, relative error below 1e-14 (as the incomplete gamma function of ½). */
export const erfc = (x: number): number => (x >= 0 ? upperGamma(0.5, x * x) : 1 + lowerGamma(0.5, x * x))
