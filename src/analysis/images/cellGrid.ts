import { badInput } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'
import type { Box, GrayImage } from './grayImage.ts'

/** Finds the cells of a module in an image whose perspective is already corrected (edges parallel to the picture's). */
export const cellGridMethod: Method = { id: 'images/cellGrid', version: '1.0.0' }

export interface CellGrid {
  readonly method: Method
  /** Borders between columns, from the left edge of the first cell to the right edge of the last: columns + 1. */
  readonly columnEdges: readonly number[]
  readonly rowEdges: readonly number[]
  /** Row by row. */
  readonly cells: readonly { readonly row: number; readonly column: number; readonly box: Box }[]
  /**
   * How much darker the found gaps are than their cells, 0…1: median over the inner gaps of 1 − gap/brightness.
   * Near 0 the gaps weren't seen and the grid is the regular one.
   */
  readonly gapContrast: number
}

/** Mean over each column (axis x) or row (axis y). */
const projection = (image: GrayImage, axis: 'x' | 'y'): Float64Array => {
  const { width, height, pixels } = image
  const out = new Float64Array(axis === 'x' ? width : height)
  const other = axis === 'x' ? height : width
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[axis === 'x' ? x : y]! += pixels[y * width + x]! / other
  }
  return out
}

/** A gap is looked for within this share of a cell about its regular place. */
const searchShare = 0.2

interface Gaps {
  readonly edges: number[]
  readonly contrasts: number[]
}

const meanOver = (profile: Float64Array, from: number, to: number): number => {
  let sum = 0
  for (let i = from; i < to; i++) sum += profile[i]! / (to - from)
  return sum
}

/** The middle of the lowest stretch: a gap several pixels wide has many equal minima. */
const minimumAt = (profile: Float64Array, from: number, to: number): number => {
  let least = Infinity
  for (let i = from; i < to; i++) least = Math.min(least, profile[i]!)
  let [first, last] = [-1, -1]
  for (let i = from; i < to; i++) {
    if (profile[i]! > least) continue
    if (first < 0) first = i
    if (last < 0 || i === last + 1) last = i
  }
  return (first + last) >> 1
}

const gapsOf = (profile: Float64Array, count: number): Gaps => {
  const pitch = profile.length / count
  const reach = Math.max(1, Math.floor(searchShare * pitch))
  const edges = [0]
  const contrasts: number[] = []
  for (let k = 1; k < count; k++) {
    const regular = Math.round(k * pitch)
    const at = minimumAt(profile, regular - reach, Math.min(profile.length, regular + reach + 1))
    const bright = meanOver(profile, regular - reach, Math.min(profile.length, regular + reach + 1))
    const contrast = bright > 0 ? Math.max(0, 1 - profile[at]! / bright) : 0
    contrasts.push(Math.min(1, contrast))
    // Without any contrast a minimum is only noise: keep the regular place.
    edges.push(contrast > 0.02 ? at : regular)
  }
  edges.push(profile.length)
  return { edges, contrasts }
}

const medianOf = (values: readonly number[]): number => {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * Borders between cells from the minima of the picture's projections.
 * @param size rows and columns of cells in this picture; each cell at least 5 pixels
 * @throws StationError analysis.badInput when the picture is too small for them
 */
export const findCells = (image: GrayImage, size: { readonly rows: number; readonly columns: number }): CellGrid => {
  const { rows, columns } = size
  if (!(Number.isInteger(rows) && Number.isInteger(columns) && rows >= 1 && columns >= 1)) {
    throw badInput('cell grid', `${rows} × ${columns} is not a grid`)
  }
  if (image.width < 5 * columns || image.height < 5 * rows) throw badInput('cell grid', 'cells of less than 5 pixels')
  const x = gapsOf(projection(image, 'x'), columns)
  const y = gapsOf(projection(image, 'y'), rows)
  const cells = Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns]
    const box = { fromX: x.edges[column]!, toX: x.edges[column + 1]!, fromY: y.edges[row]!, toY: y.edges[row + 1]! }
    return { row, column, box }
  })
  return {
    method: cellGridMethod,
    columnEdges: x.edges,
    rowEdges: y.edges,
    cells,
    gapContrast: medianOf([...x.contrasts, ...y.contrasts]),
  }
}

/** A box less the share of its width and height at each side: the gap and the frame stay out of a cell's statistics. */
export const shrink = (box: Box, share: number): Box => {
  const dx = Math.floor(share * (box.toX - box.fromX))
  const dy = Math.floor(share * (box.toY - box.fromY))
  return { fromX: box.fromX + dx, toX: box.toX - dx, fromY: box.fromY + dy, toY: box.toY - dy }
}
