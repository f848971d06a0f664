import { badInput, requireAllFinite } from '../statistics/quantity.ts'

/** A gray picture: rows from top to bottom, pixels[y·width + x], linear in the measured quantity. */
export interface GrayImage {
  readonly width: number
  readonly height: number
  readonly pixels: Float64Array
}

/**
 * @throws StationError analysis.badInput when the sizes don't fit or a pixel isn't finite
 */
export const grayImage = (width: number, height: number, pixels: Float64Array): GrayImage => {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw badInput('image', `${width} × ${height} is not a size`)
  }
  if (pixels.length !== width * height) throw badInput('image', `${pixels.length} pixels are not ${width} × ${height}`)
  requireAllFinite(pixels, 'image')
  return { width, height, pixels }
}

/** x and y from, inclusive; to, exclusive. */
export interface Box {
  readonly fromX: number
  readonly toX: number
  readonly fromY: number
  readonly toY: number
}

/** The pixels of a box, row by row. */
export const pixelsIn = (image: GrayImage, box: Box): Float64Array => {
  const width = box.toX - box.fromX
  const out = new Float64Array(Math.max(0, width * (box.toY - box.fromY)))
  for (let y = box.fromY; y < box.toY; y++) {
    const row = y * image.width
    out.set(image.pixels.subarray(row + box.fromX, row + box.toX), (y - box.fromY) * width)
  }
  return out
}

/** @throws StationError analysis.badInput unless both have the same size */
export const requireSameSize = (a: GrayImage, b: GrayImage): void => {
  if (a.width !== b.width || a.height !== b.height) {
    throw badInput('images', `${a.width} × ${a.height} and ${b.width} × ${b.height} differ: register them first`)
  }
}
