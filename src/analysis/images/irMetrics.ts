import { median } from '../statistics/descriptive.ts'
import { badInput, missing, requireFinite, requirePositive } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'
import { shrink } from './cellGrid.ts'
import type { CellGrid } from './cellGrid.ts'
import { pixelsIn } from './grayImage.ts'
import type { GrayImage } from './grayImage.ts'

/** Temperature differences of cells in an infrared image (IEC TS 62446-3), pixels in °C, emissivity corrected. */
export const irMethod: Method = { id: 'images/irDelta', version: '1.0.0' }

export interface IrOptions {
  /** In-plane irradiance for the normalisation to 1000 W/m²; null in the laboratory, with current in the dark. */
  readonly irradianceWPerM2: number | null
  /** Substring (bypass diode) of each cell, in the order of the grid; one for all when absent. */
  readonly substringOf?: readonly number[]
  /** A cell that is warmer than its substring by more than this, normalised where possible, is hot; 10 K unless stated. */
  readonly hotCellK?: number
}

export interface IrCell {
  readonly row: number
  readonly column: number
  readonly substring: number
  /** Warmest pixel of the cell less the median of its substring. */
  readonly maximumDeltaK: number
  /** Median of the cell less the median of its substring. */
  readonly deltaK: number
  /** maximumDeltaK·1000/G. Linear normalisation is usual, though losses aren't linear. */
  readonly normalisedDeltaK: Quantity
  readonly hot: boolean
}

export interface IrSubstring {
  readonly substring: number
  readonly medianC: number
  /** Less the median of the other substrings; null with one substring. */
  readonly deltaK: Quantity
  /** 2 to 7 K warmer as a whole: the pattern of a conducting bypass diode. */
  readonly diodePattern: boolean
}

export interface IrMetrics {
  readonly method: Method
  readonly cells: readonly IrCell[]
  readonly substrings: readonly IrSubstring[]
  readonly cautions: readonly string[]
}

const margin = 0.1
const leastIrradiance = 600
const diodePatternK = [2, 7] as const

interface CellHeat {
  readonly median: number
  readonly maximum: number
}

const heatOf = (values: Float64Array): CellHeat => ({
  median: median(values),
  maximum: values.reduce((most, value) => Math.max(most, value), -Infinity),
})

const substringsOf = (medians: ReadonlyMap<number, number>): IrSubstring[] =>
  [...medians].map(([substring, medianC]) => {
    const others = [...medians].filter(([other]) => other !== substring).map(([, value]) => value)
    const deltaK: Quantity =
      others.length > 0 ? { value: medianC - median(others) } : missing('there is only one substring')
    const warm = deltaK.value ?? 0
    return { substring, medianC, deltaK, diodePattern: warm >= diodePatternK[0] && warm <= diodePatternK[1] }
  })

/**
 * ΔT of each cell against the median of its substring. Medians stand for the healthy cells: they hold as long as fewer
 * than half of a substring's cells are warm.
 * @throws StationError analysis.badInput for an irradiance that isn't above 0 or substrings that don't fit the grid
 */
export const irCellMetrics = (image: GrayImage, grid: CellGrid, options: IrOptions): IrMetrics => {
  const irradiance = options.irradianceWPerM2 === null ? null : requirePositive(options.irradianceWPerM2, 'irradiance')
  const substringOf = options.substringOf ?? grid.cells.map(() => 0)
  if (substringOf.length !== grid.cells.length) throw badInput('substrings', 'there is not one for each cell')
  const limitK = requireFinite(options.hotCellK ?? 10, 'limit')
  const heat = grid.cells.map(({ box }) => heatOf(pixelsIn(image, shrink(box, margin))))
  const medians = new Map<number, number>()
  for (const substring of new Set(substringOf)) {
    medians.set(substring, median(heat.filter((_, i) => substringOf[i] === substring).map((cell) => cell.median)))
  }
  const cells = grid.cells.map(({ row, column }, i) => {
    const substring = substringOf[i]!
    const reference = medians.get(substring)!
    const maximumDeltaK = heat[i]!.maximum - reference
    const normalisedDeltaK: Quantity =
      irradiance === null ? missing('no irradiance: dark image') : { value: (maximumDeltaK * 1000) / irradiance }
    const judged = normalisedDeltaK.value ?? maximumDeltaK
    return {
      row,
      column,
      substring,
      maximumDeltaK,
      deltaK: heat[i]!.median - reference,
      normalisedDeltaK,
      hot: judged > limitK,
    }
  })
  const low = irradiance !== null && irradiance < leastIrradiance
  return {
    method: irMethod,
    cells,
    substrings: substringsOf(medians),
    cautions: low ? [`${irradiance} W/m² is below the ${leastIrradiance} W/m² that IEC TS 62446-3 asks for`] : [],
  }
}
