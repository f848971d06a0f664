import { StationError } from '../../contract/errors.ts'

/** Version of the method; stored with each result. */
export const lowIrradianceVersion = 'low irradiance 1.0 (IEC 61853-1, relative efficiency)'

export interface RelativeEfficiency {
  readonly irradianceWPerM2: number
  /** (Pmax(G)/G) / (Pmax(1000)/1000). */
  readonly relative: number
}

/**
 * Efficiency relative to that at the reference irradiance, at one temperature.
 *
 * @param points irradiance in W/m² and Pmax in W, both above 0; one of them at the reference
 * @param referenceWPerM2 1000 W/m² unless given
 * @throws StationError analysis.badInput without a point within 0.1 % of the reference, or for values not above 0
 */
export const relativeEfficiency = (
  points: readonly { irradianceWPerM2: number; pmaxW: number }[],
  referenceWPerM2 = 1000,
): RelativeEfficiency[] => {
  const what = 'Relative efficiency'
  for (const { irradianceWPerM2: g, pmaxW } of points) {
    if (g > 0 && pmaxW > 0 && Number.isFinite(g) && Number.isFinite(pmaxW)) continue
    throw new StationError('analysis.badInput', { what, detail: 'every irradiance and Pmax must be above 0' })
  }
  const reference = points.find((point) => Math.abs(point.irradianceWPerM2 / referenceWPerM2 - 1) <= 0.001)
  if (reference === undefined) {
    throw new StationError('analysis.badInput', { what, detail: `there is no point at ${referenceWPerM2} W/m²` })
  }
  const best = reference.pmaxW / reference.irradianceWPerM2
  return points.map(({ irradianceWPerM2, pmaxW }) => ({ irradianceWPerM2, relative: pmaxW / irradianceWPerM2 / best }))
}
