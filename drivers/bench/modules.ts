import type { DiodeReference } from './singleDiode.ts'

/** What is printed on the back of a simulated module. */
export interface ModuleLabel {
  maker: string
  model: string
  ratedPmaxW: number
  ratedVocV: number
  ratedIscA: number
  ratedVmpV: number
  ratedImpA: number
  /** Half-widths of the tolerances of the ratings. */
  pmaxTolerancePercent: number
  vocTolerancePercent: number
  iscTolerancePercent: number
  alphaIscPercentPerK: number
  betaVocPercentPerK: number
  gammaPmaxPercentPerK: number
  cellsInSeries: number
  areaM2: number
}

export interface ModuleSpec {
  label: ModuleLabel
  diode: DiodeReference
  /** Effective carrier lifetime: what makes a fast sweep see the module's charge. */
  carrierLifetimeS: number
  bypassDiodes: number
}

/** kT/q at 25 °C. */
const thermalV = 0.0256926

/**
 * Small crystalline module, sized so that the source-measure units of this folder really can sweep it:
 * 20.2 V and 3.2 A lie inside the 20 V ranges of a 2460 (100 W) and, just, of a 2420 (21 V, 3.15 A).
 */
export const fortyFiveWattModule: ModuleSpec = {
  label: {
    maker: 'PVTP simulated',
    model: 'SIM-45-30',
    ratedPmaxW: 45,
    ratedVocV: 19.2,
    ratedIscA: 3,
    ratedVmpV: 16.2,
    ratedImpA: 2.78,
    pmaxTolerancePercent: 3,
    vocTolerancePercent: 3,
    iscTolerancePercent: 4,
    alphaIscPercentPerK: 0.05,
    betaVocPercentPerK: -0.34,
    gammaPmaxPercentPerK: -0.39,
    cellsInSeries: 30,
    areaM2: 0.27,
  },
  diode: {
    photocurrentA: 3.003,
    saturationCurrentA: 4.56e-11,
    slopeV: 30 * thermalV,
    seriesOhm: 0.2,
    shuntSiemens: 1 / 260,
    alphaAPerK: 0.0015,
  },
  carrierLifetimeS: 200e-6,
  bypassDiodes: 2,
}

/** Full-size module of 60 half-cut cells in series. Beyond a 2460's 7 A and 100 W: for electronic loads. */
export const fourHundredWattModule: ModuleSpec = {
  label: {
    maker: 'PVTP simulated',
    model: 'SIM-400-60H',
    ratedPmaxW: 400,
    ratedVocV: 41,
    ratedIscA: 12.2,
    ratedVmpV: 34.5,
    ratedImpA: 11.6,
    pmaxTolerancePercent: 3,
    vocTolerancePercent: 3,
    iscTolerancePercent: 4,
    alphaIscPercentPerK: 0.05,
    betaVocPercentPerK: -0.3,
    gammaPmaxPercentPerK: -0.35,
    cellsInSeries: 60,
    areaM2: 1.92,
  },
  diode: {
    photocurrentA: 12.21,
    saturationCurrentA: 3.4e-11,
    slopeV: 60 * thermalV,
    seriesOhm: 0.135,
    shuntSiemens: 1 / 300,
    alphaAPerK: 0.0061,
  },
  carrierLifetimeS: 300e-6,
  bypassDiodes: 3,
}

/** Label of the module that createBench() holds unless told otherwise. */
export const simulatedModuleLabel: ModuleLabel = fortyFiveWattModule.label
