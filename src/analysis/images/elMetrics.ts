import { describeValues, median } from '../statistics/descriptive.ts'
import { missing, quantity, requirePositive } from '../statistics/quantity.ts'
import type { Method, Quantity } from '../statistics/quantity.ts'
import { shrink } from './cellGrid.ts'
import type { CellGrid } from './cellGrid.ts'
import { grayImage, pixelsIn, requireSameSize } from './grayImage.ts'
import type { GrayImage } from './grayImage.ts'

/** Metrics of electroluminescence images (IEC TS 60904-13), dark frame taken off and flat corrected before. */
export const elMethod: Method = { id: 'images/elCells', version: '1.0.0' }
export const elSnrMethod: Method = { id: 'iec60904-13/snr', version: '1.0.0' }
export const elRatioMethod: Method = { id: 'images/elRatio', version: '1.0.0' }

export interface ElCell {
  readonly row: number
  readonly column: number
  readonly mean: number
  readonly median: number
  /** s/mean; null when the mean isn't above 0. */
  readonly coefficientOfVariation: Quantity
  /** Share of pixels below half the module's median. */
  readonly darkFraction: Quantity
  /** The cell's median over the module's median. */
  readonly ratioToModule: Quantity
}

export interface ElMetrics {
  readonly method: Method
  /** Median of all pixels within cells. */
  readonly moduleMedian: number
  readonly cells: readonly ElCell[]
  /** Of all pixels within cells. */
  readonly darkFraction: Quantity
}

const darkShare = 0.5
/** 4 % of a cell at each side: gap, frame and the blur between. */
const margin = 0.04

const countBelow = (values: Float64Array, threshold: number): number => {
  let count = 0
  for (const value of values) if (value < threshold) count++
  return count
}

/**
 * Statistics of each cell.
 * @throws StationError analysis.badInput when the grid doesn't belong to the image
 */
export const elCellMetrics = (image: GrayImage, grid: CellGrid): ElMetrics => {
  const inner = grid.cells.map(({ box }) => pixelsIn(image, shrink(box, margin)))
  const all = new Float64Array(inner.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of inner) {
    all.set(part, at)
    at += part.length
  }
  const moduleMedian = median(all)
  const dark = 'the module’s median is not above 0'
  const share = (values: Float64Array): Quantity =>
    moduleMedian > 0 ? { value: countBelow(values, darkShare * moduleMedian) / values.length } : missing(dark)
  const cells = grid.cells.map(({ row, column }, i) => {
    const part = inner[i]!
    const { mean, median: middle, standardDeviation: s } = describeValues(part)
    return {
      row,
      column,
      mean,
      median: middle,
      coefficientOfVariation:
        mean > 0 && s.value !== null
          ? quantity(s.value / mean, 'too large')
          : missing('the cell’s mean is not above 0'),
      darkFraction: share(part),
      ratioToModule: moduleMedian > 0 ? quantity(middle / moduleMedian, 'too large') : missing(dark),
    }
  })
  return { method: elMethod, moduleMedian, cells, darkFraction: share(all) }
}

export interface RatioInput {
  readonly image: GrayImage
  readonly exposureS: number
}

export interface RatioImage {
  readonly method: Method
  /** (after/t_after)/(before/t_before); 0 where `valid` is 0. */
  readonly image: GrayImage
  /** 1 where the ratio is defined: the denominator is at least 5 % of its median. */
  readonly valid: Uint8Array
  readonly medianRatio: Quantity
}

const leastShare = 0.05

/**
 * Ratio of two registered images: before and after a stress test, or 0.1·Isc over Isc (shunts show dark).
 * Where the denominator is nearly dark the ratio is noise; those pixels are marked as not valid.
 * @throws StationError analysis.badInput for unequal sizes or an exposure that isn't above 0
 */
export const ratioImage = (after: RatioInput, before: RatioInput): RatioImage => {
  requireSameSize(after.image, before.image)
  const factor = requirePositive(before.exposureS, 'exposure') / requirePositive(after.exposureS, 'exposure')
  const below = before.image.pixels
  const threshold = leastShare * median(below)
  const valid = new Uint8Array(below.length)
  const ratio = new Float64Array(below.length)
  const known: number[] = []
  for (let i = 0; i < below.length; i++) {
    const value = (factor * after.image.pixels[i]!) / below[i]!
    if (!(below[i]! > 0 && below[i]! >= threshold && Number.isFinite(value))) continue
    valid[i] = 1
    ratio[i] = value
    known.push(value)
  }
  return {
    method: elRatioMethod,
    image: grayImage(after.image.width, after.image.height, ratio),
    valid,
    medianRatio: known.length > 0 ? { value: median(known) } : missing('the earlier image is dark everywhere'),
  }
}

/** Mean |difference| of two equal normal noises is σ·√2·√(2/π). */
const noiseFactor = Math.SQRT2 * Math.sqrt(2 / Math.PI)

/**
 * Signal-to-noise ratio from two images with equal settings and a dark frame:
 * mean of (E1 + E2)/2 − BG over σ = mean|E1 − E2|/(√2·√(2/π)).
 * @returns null when the two images are identical (a copy, not a second exposure)
 * @see IEC TS 60904-13:2018
 */
export const elSnr = (first: GrayImage, second: GrayImage, dark: GrayImage): Quantity => {
  requireSameSize(first, second)
  requireSameSize(first, dark)
  const count = first.pixels.length
  let [signal, difference] = [0, 0]
  for (let i = 0; i < count; i++) {
    const [a, b] = [first.pixels[i]!, second.pixels[i]!]
    signal += ((a + b) / 2 - dark.pixels[i]!) / count
    difference += Math.abs(a - b) / count
  }
  if (difference === 0) return missing('the two images are identical: take a second exposure')
  return quantity((signal * noiseFactor) / difference, 'beyond the range of a double')
}
