import { StationError } from '../../contract/errors.ts'
import { fitLine } from '../numeric/line.ts'

/** Version of the method; stored with each result. */
export const bifacialVersion = 'bifaciality 1.0 (IEC TS 60904-1-2)'

/** The edition decides which coefficient gives the equivalent irradiance. */
export type BifacialEdition = '2019' | '2024'

/** Rear irradiance of the bifacial nameplate irradiance (BNPI) in W/m², on 1000 W/m² at the front. */
export const nameplateRearWPerM2 = 135

export interface SideParameters {
  readonly iscA: number
  readonly vocV: number
  readonly pmaxW: number
}

export interface Bifaciality {
  readonly phiIsc: number
  readonly phiVoc: number
  readonly phiPmax: number
}

const refuse = (detail: string): never => {
  throw new StationError('analysis.badInput', { what: 'Bifaciality', detail })
}

/**
 * Bifaciality coefficients φ = rear / front of Isc, Voc and Pmax, both sides at 1000 W/m² and 25 °C, the other side dark.
 *
 * @throws StationError analysis.badInput for values that are not above 0
 */
export const bifaciality = (front: SideParameters, rear: SideParameters): Bifaciality => {
  const values = [front.iscA, front.vocV, front.pmaxW, rear.iscA, rear.vocV, rear.pmaxW]
  if (!values.every((value) => value > 0 && Number.isFinite(value))) refuse('all values of both sides must be above 0')
  return {
    phiIsc: rear.iscA / front.iscA,
    phiVoc: rear.vocV / front.vocV,
    phiPmax: rear.pmaxW / front.pmaxW,
  }
}

/** The coefficient that counts: min(φIsc, φPmax) in the edition of 2019, φIsc in that of 2024. */
export const governingPhi = (phi: Bifaciality, edition: BifacialEdition): number =>
  edition === '2019' ? Math.min(phi.phiIsc, phi.phiPmax) : phi.phiIsc

/** One-sided irradiance equivalent to 1000 W/m² front and G_R rear: G_E = 1000 + φ G_R. */
export const equivalentIrradiance = (
  phi: Bifaciality,
  rearWPerM2: number,
  edition: BifacialEdition,
): { irradianceWPerM2: number; phi: number } => {
  if (!(rearWPerM2 >= 0 && Number.isFinite(rearWPerM2))) refuse('the rear irradiance must be 0 or more')
  const governing = governingPhi(phi, edition)
  return { irradianceWPerM2: 1000 + governing * rearWPerM2, phi: governing }
}

export interface RearGain {
  /** BiFi: slope of Pmax on the rear irradiance in W per W/m², the line forced through Pmax at STC. */
  readonly bifiWPerWPerM2: number
  /** Pmax at BNPI: Pmax,STC + 135 · BiFi. */
  readonly pmaxBnpiW: number
  /** Bifacial gain of each point, Pmax(G_R) / Pmax,STC − 1, in percent. */
  readonly gains: readonly { rearWPerM2: number; gainPercent: number }[]
  readonly rSquaredOfFreeLine: number | null
}

/**
 * Yield from the rear by the slope method.
 *
 * @param points rear irradiance (W/m²) with Pmax (W), front at 1000 W/m² or at the equivalent irradiance; one or more
 *   above 0 (the standard asks for two)
 * @param pmaxStcW Pmax at STC without rear light
 * @throws StationError analysis.badInput without a rear irradiance above 0
 */
export const rearGain = (points: readonly { rearWPerM2: number; pmaxW: number }[], pmaxStcW: number): RearGain => {
  if (!(pmaxStcW > 0 && Number.isFinite(pmaxStcW))) refuse('Pmax at STC must be above 0')
  let [gg, gp] = [0, 0]
  for (const { rearWPerM2, pmaxW } of points) {
    if (!(rearWPerM2 >= 0 && Number.isFinite(rearWPerM2) && Number.isFinite(pmaxW))) refuse('a point is not usable')
    gg += rearWPerM2 * rearWPerM2
    gp += rearWPerM2 * (pmaxW - pmaxStcW)
  }
  if (!(gg > 0)) refuse('a point with rear irradiance above 0 is needed')
  const bifi = gp / gg
  return {
    bifiWPerWPerM2: bifi,
    pmaxBnpiW: pmaxStcW + nameplateRearWPerM2 * bifi,
    gains: points.map(({ rearWPerM2, pmaxW }) => ({ rearWPerM2, gainPercent: 100 * (pmaxW / pmaxStcW - 1) })),
    rSquaredOfFreeLine:
      fitLine(
        points.map((p) => p.rearWPerM2),
        points.map((p) => p.pmaxW),
      )?.rSquared ?? null,
  }
}
