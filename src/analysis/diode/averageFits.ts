import type { SingleDiodeFit } from './fitSingleDiode.ts'

export interface MeanAndSpread {
  mean: number
  /** Standard deviation of the single fits; null of one fit. */
  standardDeviation: number | null
}

export interface AverageFit {
  /** Fits that had parameters, and fits that had none. */
  used: number
  without: number
  photocurrentA: MeanAndSpread
  saturationCurrentA: MeanAndSpread
  seriesResistanceOhm: MeanAndSpread
  shuntConductanceS: MeanAndSpread
  modifiedIdealityV: MeanAndSpread
  /** null when not every fit used has one. */
  idealityFactor: MeanAndSpread | null
  /** 1/mean conductance; null where that is 0. */
  shuntResistanceOhm: number | null
}

/**
 * Average of repeated fits of one device at like conditions. The shunt is averaged as a conductance: a curve that shows no
 * shunt has Gsh = 0 and an infinite Rsh, and a mean of resistances hangs on the few curves nearest to that.
 * @returns null when no fit has parameters
 */
export const averageFits = (fits: readonly SingleDiodeFit[]): AverageFit | null => {
  const used = fits.filter((fit) => fit.photocurrentA !== null)
  if (used.length === 0) return null
  const of = (name: keyof SingleDiodeFit): MeanAndSpread => meanAndSpread(used.map((fit) => fit[name] as number))
  const shuntConductanceS = of('shuntConductanceS')
  return {
    used: used.length,
    without: fits.length - used.length,
    photocurrentA: of('photocurrentA'),
    saturationCurrentA: of('saturationCurrentA'),
    seriesResistanceOhm: of('seriesResistanceOhm'),
    shuntConductanceS,
    modifiedIdealityV: of('modifiedIdealityV'),
    idealityFactor: used.every((fit) => fit.idealityFactor !== null) ? of('idealityFactor') : null,
    shuntResistanceOhm: shuntConductanceS.mean > 0 ? 1 / shuntConductanceS.mean : null,
  }
}

const meanAndSpread = (values: number[]): MeanAndSpread => {
  const mean = values.reduce((sum, x) => sum + x / values.length, 0)
  if (values.length < 2) return { mean, standardDeviation: null }
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  return { mean, standardDeviation: Math.sqrt(squares / (values.length - 1)) }
}
