/** The five parameters of the single-diode equation for a whole module at one irradiance and temperature. */
export interface DiodeParameters {
  photocurrentA: number
  saturationCurrentA: number
  /** a = ideality × cells in series × kT/q. */
  slopeV: number
  seriesOhm: number
  shuntSiemens: number
}

/** Parameters at 1000 W/m², 25 °C. */
export interface DiodeReference extends DiodeParameters {
  /** Change of the photocurrent with temperature. */
  alphaAPerK: number
}

const referenceK = 298.15
const boltzmannEvPerK = 8.617333262e-5
const bandGapEv = 1.121
const bandGapPerK = -0.0002677

/**
 * Translates reference parameters to another irradiance (≥ 0 W/m²) and cell temperature.
 * Source: De Soto, Klein, Beckman, Solar Energy 80 (2006) 78–88, equations 16–23, crystalline silicon.
 */
export function parametersAt(
  reference: DiodeReference,
  irradianceWPerM2: number,
  temperatureC: number,
): DiodeParameters {
  const temperatureK = temperatureC + 273.15
  const suns = irradianceWPerM2 / 1000
  const gapEv = bandGapEv * (1 + bandGapPerK * (temperatureK - referenceK))
  const exponent = (bandGapEv / referenceK - gapEv / temperatureK) / boltzmannEvPerK
  return {
    photocurrentA: suns * (reference.photocurrentA + reference.alphaAPerK * (temperatureK - referenceK)),
    saturationCurrentA: reference.saturationCurrentA * (temperatureK / referenceK) ** 3 * Math.exp(exponent),
    slopeV: (reference.slopeV * temperatureK) / referenceK,
    seriesOhm: reference.seriesOhm,
    shuntSiemens: suns * reference.shuntSiemens,
  }
}

/**
 * Voltage across the junctions (V + I·Rs) at a terminal voltage.
 * Newton's method on a concave, falling function, started at an upper bound of the root: it can't overshoot.
 */
export function junctionVoltageV(p: DiodeParameters, terminalV: number): number {
  const byLeads = terminalV + p.seriesOhm * (p.photocurrentA + p.saturationCurrentA)
  const mostCurrentA = p.photocurrentA + Math.max(terminalV, 0) / p.seriesOhm
  let junctionV = Math.min(byLeads, p.slopeV * Math.log1p(mostCurrentA / p.saturationCurrentA))
  for (let i = 0; i < 100; i++) {
    const exponential = p.saturationCurrentA * Math.exp(junctionV / p.slopeV)
    const excessA =
      p.photocurrentA -
      (exponential - p.saturationCurrentA) -
      junctionV * p.shuntSiemens -
      (junctionV - terminalV) / p.seriesOhm
    const step = excessA / (exponential / p.slopeV + p.shuntSiemens + 1 / p.seriesOhm)
    junctionV += step
    if (Math.abs(step) <= 1e-12 * (1 + Math.abs(junctionV))) break
  }
  return junctionV
}

/** Terminal current, positive where the module delivers power. */
export const terminalCurrentA = (p: DiodeParameters, terminalV: number): number =>
  (junctionVoltageV(p, terminalV) - terminalV) / p.seriesOhm

/** Terminal voltage at which no current flows; 0 in the dark. */
export function openCircuitV(p: DiodeParameters): number {
  let voltageV = p.slopeV * Math.log1p(p.photocurrentA / p.saturationCurrentA)
  for (let i = 0; i < 50; i++) {
    const exponential = p.saturationCurrentA * Math.exp(voltageV / p.slopeV)
    const excessA = p.photocurrentA - (exponential - p.saturationCurrentA) - voltageV * p.shuntSiemens
    const step = excessA / (exponential / p.slopeV + p.shuntSiemens)
    voltageV += step
    if (Math.abs(step) <= 1e-12 * (1 + Math.abs(voltageV))) break
  }
  return voltageV
}

/** Terminal voltage when a current is pushed forward through the module (A, 0 or more): what a supply sees. */
export function forwardVoltageV(p: DiodeParameters, currentA: number): number {
  if (currentA <= 0) return openCircuitV(p)
  const throughA = currentA + p.photocurrentA
  let junctionV = p.slopeV * Math.log1p(throughA / p.saturationCurrentA)
  for (let i = 0; i < 50; i++) {
    const exponential = p.saturationCurrentA * Math.exp(junctionV / p.slopeV)
    const excessA = exponential - p.saturationCurrentA + junctionV * p.shuntSiemens - throughA
    const step = excessA / (exponential / p.slopeV + p.shuntSiemens)
    junctionV -= step
    if (Math.abs(step) <= 1e-12 * (1 + Math.abs(junctionV))) break
  }
  return junctionV + currentA * p.seriesOhm
}
