import { StationError } from '../../contract/errors.ts'

/** Version of the method; stored with each result. */
export const linearityVersion = 'linearity 1.0 (IEC 60904-10:2020, deviation of Isc from proportionality)'

export interface Linearity {
  /** 100 · [(Isc(G)/G) / (Isc(Gref)/Gref) − 1] of each point. */
  readonly deviations: readonly { irradianceWPerM2: number; percent: number }[]
  readonly largestPercent: number
  readonly limitPercent: number
  /** True when every deviation lies within ± the limit over the irradiances given, and over no others. */
  readonly linear: boolean
}

const refuse = (detail: string): never => {
  throw new StationError('analysis.badInput', { what: 'Linearity', detail })
}

/**
 * Linearity of the short-circuit current in irradiance.
 *
 * @param points irradiance in W/m² and Isc in A, both above 0; two or more, one at the reference
 * @param options reference irradiance (1000 W/m²) and limit (2 %)
 * @throws StationError analysis.badInput without a point within 0.1 % of the reference, or for values not above 0
 */
export const iscLinearity = (
  points: readonly { irradianceWPerM2: number; iscA: number }[],
  options: { referenceWPerM2?: number; limitPercent?: number } = {},
): Linearity => {
  const { referenceWPerM2 = 1000, limitPercent = 2 } = options
  if (points.length < 2) refuse('two or more irradiances are needed')
  for (const { irradianceWPerM2: g, iscA } of points) {
    if (!(g > 0 && iscA > 0 && Number.isFinite(g) && Number.isFinite(iscA)))
      refuse('every irradiance and Isc must be above 0')
  }
  const reference =
    points.find((point) => Math.abs(point.irradianceWPerM2 / referenceWPerM2 - 1) <= 0.001) ??
    refuse(`there is no point at ${referenceWPerM2} W/m²`)
  const responsivity = reference.iscA / reference.irradianceWPerM2
  const deviations = points.map(({ irradianceWPerM2, iscA }) => ({
    irradianceWPerM2,
    percent: 100 * (iscA / irradianceWPerM2 / responsivity - 1),
  }))
  const largestPercent = Math.max(...deviations.map((deviation) => Math.abs(deviation.percent)))
  return { deviations, largestPercent, limitPercent, linear: largestPercent <= limitPercent }
}

/**
 * Two-lamp method: N = [I(A+B) − I0] / [I(A) + I(B) − 2 I0]; 1 for a linear device.
 *
 * @param currents in one unit; with both lamps, with each, and without light
 * @throws StationError analysis.badInput when the lamps give no current
 */
export const twoLampRatio = (currents: { both: number; lampA: number; lampB: number; dark: number }): number => {
  const ratio = (currents.both - currents.dark) / (currents.lampA + currents.lampB - 2 * currents.dark)
  return Number.isFinite(ratio) ? ratio : refuse('the two lamps give no current above the dark one')
}
