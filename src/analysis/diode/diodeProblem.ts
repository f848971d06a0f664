import type { LeastSquaresProblem } from './levenbergMarquardt.ts'

/**
 * Inner parameters of the fit, on a curve scaled to Isc = Voc = 1:
 * [IL, c, Rs, Gsh, b] with b = 1/a and c = ln I0 + b, the logarithm of the diode's current at Vd = Voc.
 * The exponent c + (Vd − 1) b is linear in c and b, and the two are far less correlated than ln I0 and a.
 */
export const FIT_PARAMETERS = 5

export const fitBounds = {
  lower: [0, -30, 0, 0, 1],
  upper: [10, 30, 5, 2, 200],
} as const

export interface DiodeProblem extends LeastSquaresProblem {
  /** Sets the weights from the slope of the model at these parameters (effective variance). */
  reweight(parameters: Float64Array): void
  /** Moves the model to these parameters; returns the sum of squares without weights, Infinity without a value. */
  moveTo(parameters: Float64Array): number
  /** Model currents where the model was last moved or evaluated. */
  readonly modelA: Float64Array
  /** Slope −dI/dV of the model there. */
  readonly slopeAt: (parameters: Float64Array, index: number) => number
  /** Weights, 1 where the curve is flat. */
  readonly weight: Float64Array
}

const MAX_ROUNDS = 20
/** Last step of the iteration, in units of a: cubic convergence leaves 1e-10 of it, and far less near the solution. */
const SMALL_STEP = 1e-3

/**
 * Single-diode residuals weight·(I − I(V)) of a scaled curve with analytic derivatives. I(V) is found by iteration on
 * the diode voltage, started from the last evaluation's. Nothing is allocated per evaluation.
 * @param noiseRatio (voltage noise/Voc)/(current noise/Isc); 0 leaves all weights 1
 */
export const createDiodeProblem = (v: Float64Array, i: Float64Array, noiseRatio: number): DiodeProblem => {
  const count = v.length
  // One block for all: many fits a second would otherwise keep the garbage collector busy.
  const block = new Float64Array(4 * count).fill(1)
  const column = (k: number): Float64Array => block.subarray(k * count, (k + 1) * count)
  const points: Points = { v, i, vd: column(0), modelA: column(1), slopeS: column(2), weight: column(3) }
  let cold = true
  const last = new Float64Array(FIT_PARAMETERS)
  /** Where there is no earlier solution near, the measured current gives a good first diode voltage. */
  const solve = (p: Float64Array): boolean => {
    if (!cold && last.every((x, k) => x === p[k])) return true
    last.set(p)
    if (cold) for (let k = 0; k < count; k++) points.vd[k] = v[k]! + p[2]! * i[k]!
    cold = !solveDiode(points, p)
    return !cold
  }
  const evaluate = (p: Float64Array, gradient: Float64Array, hessian: Float64Array): number =>
    solve(p) ? accumulate(points, p, { gradient, hessian }) : Infinity
  const slopeAt = (p: Float64Array, k: number): number => points.slopeS[k]! / (1 + p[2]! * points.slopeS[k]!)
  const reweight = (p: Float64Array): void => {
    if (noiseRatio === 0 || !solve(p)) return
    for (let k = 0; k < count; k++) {
      const slope = slopeAt(p, k) * noiseRatio
      points.weight[k] = 1 / Math.sqrt(1 + slope * slope)
    }
  }
  const { modelA, weight } = points
  const moveTo = (p: Float64Array): number => {
    if (!solve(p)) return Infinity
    let sum = 0
    for (let k = 0; k < count; k++) sum += (i[k]! - modelA[k]!) ** 2
    return sum
  }
  return { parameterCount: FIT_PARAMETERS, ...fitBounds, evaluate, reweight, moveTo, modelA, slopeAt, weight }
}

/** Where I < 0 the root lies below V, and where above saturation the diode takes at most IL + I0 + (V − Vsat)/Rs. */
const highestBeyondVoc = (
  voltage: number,
  saturatedV: number,
  { total, c, rs, b }: { total: number; c: number; rs: number; b: number },
): number => {
  if (voltage <= saturatedV || rs === 0) return voltage
  return Math.min(voltage, 1 + (Math.log(total + (voltage - saturatedV) / rs) - c) / b)
}

interface Points {
  v: Float64Array
  i: Float64Array
  /** Diode voltages. */
  vd: Float64Array
  modelA: Float64Array
  /** −dI/dVd. */
  slopeS: Float64Array
  weight: Float64Array
}

/**
 * Halley's iteration on h(Vd) = Vd − Rs I(Vd) − V for every point, never above the highest voltage the root can have.
 * From the last evaluation's voltages one step is mostly enough, and one exponential is all it costs.
 * @returns false where a point has no value that a double can hold
 */
const solveDiode = ({ v, vd, modelA, slopeS }: Points, p: Float64Array): boolean => {
  const il = p[0]!
  const c = p[1]!
  const rs = p[2]!
  const g = p[3]!
  const b = p[4]!
  const total = il + Math.exp(c - b)
  // Where I ≥ 0 the diode takes at most IL + I0.
  const saturatedV = 1 + (Math.log(total) - c) / b
  const count = v.length
  for (let k = 0; k < count; k++) {
    const voltage = v[k]!
    let highest = voltage + rs * total
    if (saturatedV < highest) highest = saturatedV
    if (voltage > highest) highest = highestBeyondVoc(voltage, saturatedV, { total, c, rs, b })
    let x = vd[k]!
    if (!(x < highest)) x = highest
    let e = 0
    let s = 0
    let rounds = 0
    do {
      e = Math.exp(c + (x - 1) * b)
      const slope = 1 + rs * (e * b + g)
      const newton = (x - voltage - rs * (total - e - g * x)) / slope
      // The step times h″/h′; held back where Halley's denominator would vanish.
      const bend = (newton * rs * e * b * b) / slope
      s = newton / (bend < 1 ? 1 - 0.5 * bend : 0.5)
      x -= s
      if (x > highest) x = highest
      s *= b
      rounds++
    } while (Math.abs(s) > SMALL_STEP && rounds < MAX_ROUNDS)
    if (rounds === MAX_ROUNDS || !(e < 1e300)) return false
    e *= 1 - s * (1 - s * (0.5 - s / 6)) // exp(−s): what the last, small step changed
    vd[k] = x
    modelA[k] = total - e - g * x
    slopeS[k] = e * b + g
  }
  return true
}

/** Sums r², Jᵀr and JᵀJ in local variables: the inner loop of every fit, hence its unrolled form. */
const accumulate = (
  points: Points,
  p: Float64Array,
  out: { gradient: Float64Array; hessian: Float64Array },
): number => {
  const { i, vd, modelA, slopeS, weight } = points
  const i0 = Math.exp(p[1]! - p[4]!)
  const total = p[0]! + i0
  const rs = p[2]!
  const g = p[3]!
  let cost = 0
  let [g0, g1, g2, g3, g4] = [0, 0, 0, 0, 0]
  let [h00, h10, h11, h20, h21, h22, h30, h31, h32, h33] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  let [h40, h41, h42, h43, h44] = [0, 0, 0, 0, 0]
  const count = i.length
  for (let k = 0; k < count; k++) {
    const x = vd[k]!
    const current = modelA[k]!
    const s = slopeS[k]!
    const w = weight[k]!
    const r = w * (i[k]! - current)
    // Derivatives of the residual; all share the factor −w/(1 + Rs·slope) of the implicit I(V).
    const q = -w / (1 + rs * s)
    const e = total - g * x - current
    const d1 = -q * (e - i0)
    const d2 = -q * current * s
    const d3 = -q * x
    const d4 = -q * ((x - 1) * e + i0)
    cost += r * r
    g0 += q * r
    g1 += d1 * r
    g2 += d2 * r
    g3 += d3 * r
    g4 += d4 * r
    h00 += q * q
    h10 += d1 * q
    h11 += d1 * d1
    h20 += d2 * q
    h21 += d2 * d1
    h22 += d2 * d2
    h30 += d3 * q
    h31 += d3 * d1
    h32 += d3 * d2
    h33 += d3 * d3
    h40 += d4 * q
    h41 += d4 * d1
    h42 += d4 * d2
    h43 += d4 * d3
    h44 += d4 * d4
  }
  out.gradient.set([g0, g1, g2, g3, g4])
  out.hessian.set([h00, 0, 0, 0, 0, h10, h11, 0, 0, 0, h20, h21, h22, 0, 0])
  out.hessian.set([h30, h31, h32, h33, 0, h40, h41, h42, h43, h44], 15)
  return cost
}
