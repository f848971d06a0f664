import { StationError } from '../../contract/errors.ts'

const BRANCH_POINT = -1 / Math.E
/** 1 + e·(the double nearest −1/e): what the rounding of −1/e hides from 1 + e·x. */
const BRANCH_ROUNDING = -3.37848552591342e-17

/**
 * Solves w + ln w = y, that is w = W0(exp y), without forming exp y where it would overflow.
 * @param y any finite number, for instance 1e5; below −745 the answer is 0 (it underflows)
 * @returns W0(exp y), relative error a few 1e-16
 * @throws StationError analysis.badInput when y is not finite
 * Source: quartic iteration of Fritsch, Shafer and Crowley, Comm. ACM 16 (1973) 123, algorithm 443.
 */
export const lambertWOfExp = (y: number): number => {
  if (!Number.isFinite(y)) throw new StationError('analysis.badInput', { what: 'lambertWOfExp', detail: `y is ${y}` })
  // Below y = 1 the difference y − ln w would cancel, and exp y is harmless.
  if (y < 1) return y < -37 ? Math.exp(y) : smallArgument(Math.exp(y))
  if (y > 1e17) return y // ln y is below the last bit of y
  let w = y > 2.5 ? y - Math.log(y) : 1 + 0.5 * (y - 1)
  for (let i = 0; i < 4; i++) {
    const z = y - w - Math.log(w)
    const q = 2 * (1 + w) * (1 + w + (2 / 3) * z)
    const step = ((z / (1 + w)) * (q - z)) / (q - 2 * z)
    w *= 1 + step
    if (Math.abs(step) < 1e-5) break // quartic: the error left is of order step⁴
  }
  return w
}

/**
 * Principal branch W0 of Lambert's function: W exp W = x, W ≥ −1.
 * @param x finite, ≥ −1/e (1e-15 below counts as the branch point itself, where W = −1)
 * @returns W0(x), relative error a few 1e-16 (near the branch point: of the distance from −1/e)
 * @throws StationError analysis.badInput outside that range
 * Source: Corless et al., Adv. Comput. Math. 5 (1996) 329; branch-point series (4.22).
 */
export const lambertW0 = (x: number): number => {
  if (!Number.isFinite(x) || x < BRANCH_POINT - 1e-15)
    throw new StationError('analysis.badInput', { what: 'lambertW0', detail: `x is ${x}, below −1/e or not finite` })
  if (x > Math.E) return lambertWOfExp(Math.log(x))
  if (x > -0.25) return smallArgument(x)
  const p = Math.sqrt(Math.max(0, 2 * (Math.E * (x - BRANCH_POINT) + BRANCH_ROUNDING)))
  return p < 0.02 ? branchSeries(p) : halley(x, branchSeries(p))
}

const smallArgument = (x: number): number => {
  if (Math.abs(x) < 1e-8) return x * (1 - x) // the next term, 1.5 x³, is below the last bit
  return halley(x, x < 0.25 ? x * (1 - x * (1 - x)) : 0.3 * (1 + Math.log1p(x)))
}

/** Halley's iteration on w exp w = x. */
const halley = (x: number, start: number): number => {
  let w = start
  for (let i = 0; i < 10; i++) {
    const ew = Math.exp(w)
    const f = w * ew - x
    const step = f / (ew * (w + 1) - ((w + 2) * f) / (2 * w + 2))
    w -= step
    if (Math.abs(step) <= 1e-6 * Math.abs(w)) break // cubic: the error left is of order step³
  }
  return w
}

const branchCoefficients = [-1, 1, -1 / 3, 11 / 72, -43 / 540, 769 / 17280, -221 / 8505, 680863 / 43545600]

const branchSeries = (p: number): number => branchCoefficients.reduceRight((sum, c) => sum * p + c, 0)
