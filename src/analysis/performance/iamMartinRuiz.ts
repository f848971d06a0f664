import { StationError } from '../../contract/errors.ts'

/** Version of the method; stored with each result. */
export const iamVersion = 'incidence angle 1.0 (Martin and Ruiz 2001, IEC 61853-2/-3)'

const refuse = (detail: string): never => {
  throw new StationError('analysis.badInput', { what: 'Incidence-angle modifier', detail })
}

const checkLoss = (angularLoss: number): void => {
  if (!(angularLoss > 0 && Number.isFinite(angularLoss))) refuse('the angular-loss coefficient a_r must be above 0')
}

/**
 * Incidence-angle modifier of direct light, τ(θ)/τ(0) = [1 − exp(−cos θ / a_r)] / [1 − exp(−1 / a_r)]; 0 from 90° on.
 *
 * @param angleDeg angle of incidence in degrees, either sign
 * @param angularLoss a_r, about 0.16 for clean glass
 */
export const martinRuiz = (angleDeg: number, angularLoss: number): number => {
  checkLoss(angularLoss)
  if (!Number.isFinite(angleDeg)) refuse('the angle is not a finite number')
  if (Math.abs(angleDeg) >= 90) return 0
  const cosine = Math.cos((angleDeg * Math.PI) / 180)
  return Math.expm1(-cosine / angularLoss) / Math.expm1(-1 / angularLoss)
}

/**
 * Modifiers of isotropic diffuse light from the sky and of light from the ground, for a plane tilted by β:
 * 1 − exp[−(c1 + c2 x) x / a_r], c1 = 4/(3π), c2 = a_r/2 − 0.154, with
 * x = sin β + (π − β − sin β)/(1 + cos β) for the sky and x = sin β + (β − sin β)/(1 − cos β) for the ground.
 *
 * @param tiltDeg 0 (facing up) … 180; the ground seen from 0, and the sky from 180, count as 0
 */
export const martinRuizDiffuse = (tiltDeg: number, angularLoss: number): { sky: number; ground: number } => {
  checkLoss(angularLoss)
  if (!(tiltDeg >= 0 && tiltDeg <= 180)) refuse('the tilt must lie between 0 and 180 degrees')
  const tilt = (tiltDeg * Math.PI) / 180
  const [sine, cosine] = [Math.sin(tilt), Math.cos(tilt)]
  const modifier = (x: number): number =>
    -Math.expm1((-(4 / (3 * Math.PI) + (angularLoss / 2 - 0.154) * x) * x) / angularLoss)
  return {
    sky: tiltDeg === 180 ? 0 : modifier(sine + (Math.PI - tilt - sine) / (1 + cosine)),
    ground: tiltDeg === 0 ? 0 : modifier(sine + (tilt - sine) / (1 - cosine)),
  }
}

/**
 * a_r from measured relative transmittances, by least squares within 0.01 … 1 (golden section; one valley).
 *
 * @param points angle in degrees with τ(θ)/τ(0); one or more between 0 and 90 degrees exclusive
 * @returns a_r and the root mean square of the residuals; atLimit when a_r is an end of the range
 * @throws StationError analysis.badInput without a usable point
 */
export const fitMartinRuiz = (
  points: readonly { angleDeg: number; relative: number }[],
): { angularLoss: number; rms: number; atLimit: boolean } => {
  const used = points.filter(({ angleDeg }) => Math.abs(angleDeg) > 0 && Math.abs(angleDeg) < 90)
  if (used.length === 0 || !used.every(({ relative }) => Number.isFinite(relative)))
    refuse('no usable angle between 0 and 90 degrees')
  const squares = (loss: number): number =>
    used.reduce((sum, { angleDeg, relative }) => sum + (martinRuiz(angleDeg, loss) - relative) ** 2, 0)
  let [low, high] = [0.01, 1]
  const ratio = (Math.sqrt(5) - 1) / 2
  for (let k = 0; k < 80; k++) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)]
    if (squares(a) < squares(b)) high = b
    else low = a
  }
  const angularLoss = (low + high) / 2
  const atLimit = angularLoss < 0.0101 || angularLoss > 0.999
  return { angularLoss, rms: Math.sqrt(squares(angularLoss) / used.length), atLimit }
}
