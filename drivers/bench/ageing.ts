import type { DiodeParameters } from './singleDiode.ts'

/** Shares lost by 1000 h of damp heat at 85 °C and 85 %: contacts corrode, the encapsulant yellows. */
const seriesPer1000H = 0.12
const photocurrentPer1000H = 0.006
/** Change of temperature that the contacts feel: 200 cycles of 125 K one way and back are 50,000 K. */
const seriesPer50000K = 0.1
/** 96 h of 1000 V at 85 °C and 85 % add this shunt (S) to a module of 60 cells, and saturate with it. */
const shuntPer96000Vh = 1 / 90
const arrheniusK = 6200
const referenceK = 358.15

export interface Ageing {
  weather: (stretch: { ms: number; moduleC: number; humidityPercent: number }) => void
  stress: (stretch: { hours: number; voltageV: number; moduleC: number; humidityPercent: number }) => void
  /** The parameters of the module as it has become. */
  age: (parameters: DiodeParameters) => DiodeParameters
}

/** 1 at 85 °C and 85 %, after Arrhenius and with the square of the humidity. */
const severity = (at: { moduleC: number; humidityPercent: number }): number =>
  Math.exp(arrheniusK / referenceK - arrheniusK / (at.moduleC + 273.15)) * (at.humidityPercent / 85) ** 2

/**
 * What a module loses in damp heat, by temperature cycles and under high voltage. The figures are of our own making:
 * the losses of a sound module in a type test, well under 5 %.
 * @param pace 1 sound, 0 never ages, 5 fails
 */
export function createAgeing(pace: number): Ageing {
  let dampHours = 0
  let travelledK = 0
  let voltHours = 0
  let lastC: number | null = null
  return {
    weather: (stretch) => {
      dampHours += (stretch.ms / 3_600_000) * severity(stretch)
      travelledK += lastC === null ? 0 : Math.abs(stretch.moduleC - lastC)
      lastC = stretch.moduleC
    },
    // Only where the cells are negative to the frame do sodium ions move towards them (PID-s of p-type cells).
    stress: (stretch) => {
      voltHours += Math.max(0, -stretch.voltageV) * stretch.hours * severity(stretch)
    },
    age: (parameters) => ({
      ...parameters,
      photocurrentA: parameters.photocurrentA * (1 - (pace * photocurrentPer1000H * dampHours) / 1000),
      seriesOhm:
        parameters.seriesOhm *
        (1 + pace * ((seriesPer1000H * dampHours) / 1000 + (seriesPer50000K * travelledK) / 50_000)),
      shuntSiemens: parameters.shuntSiemens + (pace * shuntPer96000Vh * voltHours) / 96_000 / 30,
    }),
  }
}
