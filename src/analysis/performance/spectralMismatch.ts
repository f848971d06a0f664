import { StationError } from '../../contract/errors.ts'
import { interpolateLinear, trapezoid } from '../numeric/interpolate.ts'

/** Name of the method with its grid rule; stored with each result, since the grid alone moves MM by 1e-3. */
export const spectralMismatchVersion =
  'spectral mismatch 1.0 (IEC 60904-7:2019; trapezoid on the union of all wavelengths within both spectra)'

/** Values over ascending wavelengths in nm: a spectral irradiance or a responsivity, in any one unit. */
export interface Spectrum {
  readonly wavelengthNm: readonly number[]
  readonly value: readonly number[]
}

export interface SpectralMismatch {
  /** MM; Isc under the reference spectrum = measured Isc / MM, effective irradiance = measured irradiance · MM. */
  readonly mismatch: number
  readonly rangeNm: readonly [number, number]
  /** True when a responsivity reaches beyond the spectra, so that a part of it is left out. */
  readonly truncated: boolean
}

const refuse = (detail: string): never => {
  throw new StationError('analysis.badInput', { what: 'Spectral mismatch', detail })
}

const checkSpectrum = (name: string, { wavelengthNm, value }: Spectrum): void => {
  if (wavelengthNm.length !== value.length || wavelengthNm.length < 2)
    refuse(`${name} needs two or more pairs of values`)
  if (![...wavelengthNm, ...value].every(Number.isFinite)) refuse(`${name} holds a value that is not finite`)
  if (wavelengthNm.some((wavelength, k) => k > 0 && wavelength <= wavelengthNm[k - 1]!)) {
    refuse(`the wavelengths of ${name} do not ascend`)
  }
}

/**
 * Spectral mismatch factor of IEC 60904-7:2019:
 *
 *     MM = [∫ Eref Sref dλ · ∫ Emeas Sdut dλ] / [∫ Emeas Sref dλ · ∫ Eref Sdut dλ]
 *
 * Grid rule: every quantity is interpolated linearly onto the union of all wavelengths, over the range that both spectra
 * cover, and integrated by the trapezoid rule. A responsivity is 0 beyond its own data.
 *
 * @param spectra reference and measured spectral irradiance, responsivity of the DUT, and of the reference device, or
 *   null for a broadband one (pyranometer, S = 1)
 * @throws StationError analysis.badInput for unusable spectra or an integral that is not above 0
 */
export const spectralMismatch = (spectra: {
  referenceSpectrum: Spectrum
  measuredSpectrum: Spectrum
  dutResponse: Spectrum
  referenceResponse: Spectrum | null
}): SpectralMismatch => {
  const { referenceSpectrum, measuredSpectrum, dutResponse, referenceResponse } = spectra
  checkSpectrum('the reference spectrum', referenceSpectrum)
  checkSpectrum('the measured spectrum', measuredSpectrum)
  checkSpectrum('the responsivity of the DUT', dutResponse)
  if (referenceResponse) checkSpectrum('the responsivity of the reference device', referenceResponse)
  const low = Math.max(referenceSpectrum.wavelengthNm[0]!, measuredSpectrum.wavelengthNm[0]!)
  const high = Math.min(referenceSpectrum.wavelengthNm.at(-1)!, measuredSpectrum.wavelengthNm.at(-1)!)
  if (!(high > low)) refuse('the two spectra have no wavelengths in common')
  const responses = referenceResponse ? [dutResponse, referenceResponse] : [dutResponse]
  const all = [referenceSpectrum, measuredSpectrum, ...responses].flatMap((spectrum) => spectrum.wavelengthNm)
  const grid = [...new Set(all)].filter((w) => w >= low && w <= high).sort((a, b) => a - b)
  const integral = (light: Spectrum, response: Spectrum | null): number => {
    const sum = trapezoid(
      grid,
      grid.map((w) => at(light, w) * (response === null ? 1 : at(response, w))),
    )
    return sum > 0 ? sum : refuse('a spectrum and a responsivity have nothing in common')
  }
  const mismatch =
    (integral(referenceSpectrum, referenceResponse) / integral(measuredSpectrum, referenceResponse)) *
    (integral(measuredSpectrum, dutResponse) / integral(referenceSpectrum, dutResponse))
  const truncated = responses.some((response) => reachesBeyond(response, low, high))
  return { mismatch, rangeNm: [low, high], truncated }
}

const at = (spectrum: Spectrum, wavelengthNm: number): number =>
  interpolateLinear(spectrum.wavelengthNm, spectrum.value, wavelengthNm) ?? 0

const reachesBeyond = (response: Spectrum, low: number, high: number): boolean =>
  response.wavelengthNm.some((w, k) => (w < low || w > high) && response.value[k]! !== 0)
