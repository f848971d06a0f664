import { describe, expect, it } from 'vitest'
import { createRandom } from '../../base/random.ts'
import { findCells } from './cellGrid.ts'
import { classifyCracks } from './cracks.ts'
import { elCellMetrics, elSnr, ratioImage } from './elMetrics.ts'
import { grayImage } from './grayImage.ts'
import type { GrayImage } from './grayImage.ts'
import { irCellMetrics } from './irMetrics.ts'

const paint = (width: number, height: number, value: (x: number, y: number) => number): GrayImage =>
  grayImage(
    width,
    height,
    Float64Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
  )

/** 4 × 3 cells of 40 pixels with gaps of 3 pixels about the borders, which are shifted by two pixels. */
const shift = 2
const cellValue = (x: number, y: number, of: (column: number, row: number) => number): number => {
  const inGap = (place: number) => {
    const rest = (((place - shift) % 40) + 40) % 40
    return place > 5 && place < 155 && (rest <= 1 || rest === 39)
  }
  if (inGap(x) || (inGap(y) && y < 115)) return 5
  return of(
    Math.min(3, Math.max(0, Math.floor((x - shift) / 40))),
    Math.min(2, Math.max(0, Math.floor((y - shift) / 40))),
  )
}
const moduleImage = (of: (column: number, row: number) => number) => paint(160, 120, (x, y) => cellValue(x, y, of))

describe('cell grid', () => {
  it('finds the gaps where they are, not where a regular grid would have them', () => {
    const grid = findCells(
      moduleImage(() => 100),
      { rows: 3, columns: 4 },
    )
    expect(grid.columnEdges).toEqual([0, 42, 82, 122, 160])
    expect(grid.rowEdges).toEqual([0, 42, 82, 120])
    expect(grid.cells).toHaveLength(12)
    expect(grid.gapContrast).toBeGreaterThan(0.5)
  })
  it('keeps the regular grid when no gap is seen, and says so by its contrast', () => {
    const grid = findCells(
      paint(160, 120, () => 7),
      { rows: 3, columns: 4 },
    )
    expect(grid.columnEdges).toEqual([0, 40, 80, 120, 160])
    expect(grid.gapContrast).toBe(0)
  })
  it('refuses a picture that is too small', () => {
    expect(() =>
      findCells(
        paint(10, 10, () => 1),
        { rows: 6, columns: 10 },
      ),
    ).toThrow('less than 5 pixels')
  })
})

describe('EL metrics', () => {
  it('gives ratio and dark fraction of a dark cell', () => {
    const image = moduleImage((column, row) => (column === 2 && row === 1 ? 30 : 100))
    const result = elCellMetrics(image, findCells(image, { rows: 3, columns: 4 }))
    const dark = result.cells.find((cell) => cell.column === 2 && cell.row === 1)!
    expect(result.moduleMedian).toBe(100)
    expect(dark.ratioToModule.value).toBeCloseTo(0.3, 12)
    expect(dark.darkFraction.value).toBe(1)
    const bright = result.cells.find((cell) => cell.column === 0 && cell.row === 0)!
    expect(bright.ratioToModule.value).toBe(1)
    expect(bright.darkFraction.value).toBeLessThan(0.06)
  })

  it('is independent of gain: doubling every pixel changes no ratio', () => {
    const of = (gain: number) => {
      const image = moduleImage((column, row) => gain * (80 + 5 * column + row))
      return elCellMetrics(image, findCells(image, { rows: 3, columns: 4 })).cells.map(
        (cell) => cell.ratioToModule.value,
      )
    }
    expect(of(2)).toEqual(of(1))
  })

  it('has reasons in the dark instead of NaN', () => {
    const image = paint(160, 120, () => 0)
    const result = elCellMetrics(image, findCells(image, { rows: 3, columns: 4 }))
    expect(result.darkFraction).toEqual({ value: null, reason: 'the module’s median is not above 0' })
    expect(result.cells[0]!.coefficientOfVariation.value).toBeNull()
  })

  it('ratio image corrects the exposure and marks what can’t be divided', () => {
    const before = paint(20, 20, (x) => (x < 2 ? 0 : 100))
    const after = paint(20, 20, () => 180)
    const ratio = ratioImage({ image: after, exposureS: 2 }, { image: before, exposureS: 1 })
    expect(ratio.medianRatio.value).toBeCloseTo(0.9, 12)
    expect([ratio.valid[0], ratio.valid[5]]).toEqual([0, 1])
  })

  it('SNR is mean over sigma for normal noise, to 1 %', () => {
    const random = createRandom(3)
    const noisy = () => paint(300, 300, () => 1000 + 20 * random.normal())
    const snr = elSnr(
      noisy(),
      noisy(),
      paint(300, 300, () => 100),
    )
    expect(Math.abs(snr.value! / 45 - 1)).toBeLessThan(0.01)
    const same = noisy()
    expect(
      elSnr(
        same,
        same,
        paint(300, 300, () => 0),
      ).value,
    ).toBeNull()
  })
})

describe('crack classes', () => {
  const cell = { fromX: 0, toX: 100, fromY: 0, toY: 100 }
  const classOf = (value: (x: number, y: number) => number) => classifyCracks(paint(100, 100, value), cell, 100)

  it('none, a line (A), a darker area (B), an inactive area (C)', () => {
    expect(classOf(() => 95).crackClass).toBe('none')
    expect(classOf((x, y) => (Math.abs(x - y) <= 1 && x > 20 && x < 80 ? 40 : 95)).crackClass).toBe('A')
    expect(classOf((x, y) => (x < 30 && y < 30 ? 50 : 95)).crackClass).toBe('B')
    const dead = classOf((x, y) => (x < 30 && y < 30 ? 5 : 95))
    expect(dead.crackClass).toBe('C')
    expect(dead.inactiveShare).toBeCloseTo(0.09, 12)
  })
  it('ignores specks', () => {
    expect(classOf((x, y) => (x === 50 && y === 50 ? 0 : 95)).crackClass).toBe('none')
  })
})

describe('IR metrics', () => {
  const warm = moduleImage((column, row) => 40 + (column >= 2 ? 4 : 0) + (column === 0 && row === 0 ? 12 : 0))
  const grid = findCells(warm, { rows: 3, columns: 4 })
  const substringOf = grid.cells.map(({ column }) => (column >= 2 ? 1 : 0))

  it('finds the hot cell, normalised to 1000 W/m², and the substring with a conducting diode', () => {
    const result = irCellMetrics(warm, grid, { irradianceWPerM2: 800, substringOf })
    const hot = result.cells.filter((cell) => cell.hot)
    expect(hot.map(({ row, column }) => [row, column])).toEqual([[0, 0]])
    expect(hot[0]!.maximumDeltaK).toBeCloseTo(12, 10)
    expect(hot[0]!.normalisedDeltaK.value).toBeCloseTo(15, 10)
    expect(result.substrings.filter((s) => s.diodePattern).map((s) => s.substring)).toEqual([1])
    expect(result.cautions).toEqual([])
  })
  it('cautions below 600 W/m², and has no normalised value in the dark', () => {
    expect(irCellMetrics(warm, grid, { irradianceWPerM2: 500 }).cautions).toHaveLength(1)
    expect(irCellMetrics(warm, grid, { irradianceWPerM2: null }).cells[0]!.normalisedDeltaK.value).toBeNull()
  })
})
