import { requirePositive } from '../statistics/quantity.ts'
import type { Method } from '../statistics/quantity.ts'
import type { Box, GrayImage } from './grayImage.ts'

/**
 * A simple classing of dark features of one cell in an EL image, after the classes of Köntges et al.: A a crack without
 * a darker area, B a partly disconnected area, C an inactive area. It proposes; an inspector decides.
 *
 * Rules: pixels are compared with a reference brightness (the module's median). Connected pixels (8 neighbours) below
 * 0.2 of it that cover at least 1 % of the cell are an inactive area: C. Connected pixels below 0.7 that cover at least
 * 1 % and aren't a thin line are a darker area: B. Connected pixels below 0.7 at least a fifth of the cell long and at
 * least five times longer than wide are a line: A.
 */
export const crackMethod: Method = { id: 'images/crackClass', version: '1.0.0' }

export type CrackClass = 'none' | 'A' | 'B' | 'C'

export interface DarkFeature {
  readonly kind: 'line' | 'area' | 'inactive'
  readonly pixels: number
  readonly lengthPixels: number
  /** Pixels over length: the mean width. */
  readonly widthPixels: number
  readonly box: Box
}

export interface CrackResult {
  readonly method: Method
  readonly crackClass: CrackClass
  readonly features: readonly DarkFeature[]
  /** Share of the cell in inactive areas. */
  readonly inactiveShare: number
}

const rules = { inactive: 0.2, dark: 0.7, areaShare: 0.01, lineShare: 0.2, elongation: 5 } as const

interface Blob {
  readonly members: readonly number[]
  readonly box: Box
}

interface Mask {
  readonly width: number
  readonly height: number
  readonly set: Uint8Array
}

const maskOf = (image: GrayImage, box: Box, threshold: number): Mask => {
  const [width, height] = [box.toX - box.fromX, box.toY - box.fromY]
  const set = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = image.pixels[(box.fromY + y) * image.width + box.fromX + x]!
      set[y * width + x] = value < threshold ? 1 : 0
    }
  }
  return { width, height, set }
}

/** Takes one connected blob out of the mask, starting at `seed`. */
const takeBlob = (mask: Mask, seed: number): Blob => {
  const { width, height, set } = mask
  const members = [seed]
  set[seed] = 0
  let [fromX, toX, fromY, toY] = [width, 0, height, 0]
  for (let next = 0; next < members.length; next++) {
    const index = members[next]!
    const [x, y] = [index % width, Math.floor(index / width)]
    ;[fromX, toX] = [Math.min(fromX, x), Math.max(toX, x + 1)]
    ;[fromY, toY] = [Math.min(fromY, y), Math.max(toY, y + 1)]
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        const neighbour = v * width + u
        if (set[neighbour] === 0) continue
        set[neighbour] = 0
        members.push(neighbour)
      }
    }
  }
  return { members, box: { fromX, toX, fromY, toY } }
}

const blobsOf = (mask: Mask): Blob[] => {
  const blobs: Blob[] = []
  for (let i = 0; i < mask.set.length; i++) if (mask.set[i] === 1) blobs.push(takeBlob(mask, i))
  return blobs
}

/** Length as the diagonal of the blob's box: exact for straight lines, low for bent ones. */
const lengthOf = ({ box }: Blob): number => Math.hypot(box.toX - box.fromX, box.toY - box.fromY)

const featureOf = (blob: Blob, kind: DarkFeature['kind'], origin: Box): DarkFeature => {
  const length = lengthOf(blob)
  const { fromX, toX, fromY, toY } = blob.box
  return {
    kind,
    pixels: blob.members.length,
    lengthPixels: length,
    widthPixels: blob.members.length / length,
    box: { fromX: fromX + origin.fromX, toX: toX + origin.fromX, fromY: fromY + origin.fromY, toY: toY + origin.fromY },
  }
}

/**
 * Classes one cell.
 * @param cell its box without gap and frame; busbars and fingers wider than the blur have to be masked or they are lines
 * @param reference brightness of a healthy cell, above 0, for instance the module's median
 */
export const classifyCracks = (image: GrayImage, cell: Box, reference: number): CrackResult => {
  requirePositive(reference, 'reference brightness')
  const pixels = (cell.toX - cell.fromX) * (cell.toY - cell.fromY)
  const side = Math.sqrt(pixels)
  const isThin = (blob: Blob): boolean => lengthOf(blob) >= (rules.elongation * blob.members.length) / lengthOf(blob)
  const inactive = blobsOf(maskOf(image, cell, rules.inactive * reference)).filter(
    (blob) => blob.members.length >= rules.areaShare * pixels && !isThin(blob),
  )
  const dark = blobsOf(maskOf(image, cell, rules.dark * reference))
  const lines = dark.filter((blob) => isThin(blob) && lengthOf(blob) >= rules.lineShare * side)
  const areas = dark.filter((blob) => !isThin(blob) && blob.members.length >= rules.areaShare * pixels)
  const features = [
    ...inactive.map((blob) => featureOf(blob, 'inactive', cell)),
    ...areas.map((blob) => featureOf(blob, 'area', cell)),
    ...lines.map((blob) => featureOf(blob, 'line', cell)),
  ]
  const crackClass = inactive.length > 0 ? 'C' : areas.length > 0 ? 'B' : lines.length > 0 ? 'A' : 'none'
  const dead = inactive.reduce((sum, blob) => sum + blob.members.length, 0)
  return { method: crackMethod, crackClass, features, inactiveShare: pixels > 0 ? dead / pixels : 0 }
}
