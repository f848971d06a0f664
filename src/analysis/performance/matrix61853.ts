import { StationError } from '../../contract/errors.ts'
import { segmentOf } from '../numeric/interpolate.ts'
import { fitLine } from '../numeric/line.ts'

/** Version of the method; stored with each result. */
export const matrixVersion = 'G-T matrix 1.0 (IEC 61853-1; efficiency bilinear in G and T)'

const temperaturesAt: readonly [number, readonly number[]][] = [
  [100, [15, 25]],
  [200, [15, 25]],
  [400, [15, 25, 50]],
  [600, [15, 25, 50, 75]],
  [800, [15, 25, 50, 75]],
  [1000, [15, 25, 50, 75]],
  [1100, [25, 50, 75]],
]

export interface MatrixPlace {
  readonly irradianceWPerM2: number
  readonly temperatureC: number
}

/** The 22 combinations of irradiance and module temperature that IEC 61853-1 asks for. */
export const requiredPlaces: readonly MatrixPlace[] = temperaturesAt.flatMap(([irradianceWPerM2, temperatures]) =>
  temperatures.map((temperatureC) => ({ irradianceWPerM2, temperatureC })),
)

export interface PowerMatrix {
  /** Required places without a measurement within 2 % of the irradiance and 2 K. */
  readonly missing: readonly MatrixPlace[]
  /** Places of the full grid that were extrapolated along the temperature. */
  readonly extrapolated: readonly MatrixPlace[]
  /** Pmax in W at any G and T inside the grid; null outside it or beside a place that could not be filled. */
  powerAt(place: MatrixPlace): number | null
}

/**
 * Interpolates Pmax over a measured (G, T) matrix: Pmax/G is bilinear in G and T; empty places of the grid are filled
 * by the line through the values of the same irradiance (two or more) over the temperature.
 *
 * @param points irradiance in W/m², temperature in °C, Pmax in W; at nominal places (equal G and T along rows)
 * @throws StationError analysis.badInput for values not above 0, a place given twice, or fewer than 2 × 2 levels
 */
export const createPowerMatrix = (points: readonly (MatrixPlace & { pmaxW: number })[]): PowerMatrix => {
  checkPoints(points)
  const levels = (values: number[]): number[] => [...new Set(values)].sort((a, b) => a - b)
  const irradiances = levels(points.map((point) => point.irradianceWPerM2))
  const temperatures = levels(points.map((point) => point.temperatureC))
  if (irradiances.length < 2 || temperatures.length < 2) refuse('two or more irradiances and temperatures are needed')
  const extrapolated: MatrixPlace[] = []
  const grid = irradiances.map((irradianceWPerM2) => {
    const row = points.filter((point) => point.irradianceWPerM2 === irradianceWPerM2)
    const line = fitLine(
      row.map((point) => point.temperatureC),
      row.map((point) => point.pmaxW / irradianceWPerM2),
    )
    return temperatures.map((temperatureC) => {
      const measured = row.find((point) => point.temperatureC === temperatureC)
      if (measured) return measured.pmaxW / irradianceWPerM2
      if (line === null) return null
      extrapolated.push({ irradianceWPerM2, temperatureC })
      return line.intercept + line.slope * temperatureC
    })
  })
  return {
    missing: requiredPlaces.filter((place) => !points.some((point) => isAt(point, place))),
    extrapolated,
    powerAt: (place) => interpolated({ irradiances, temperatures, grid }, place),
  }
}

const refuse = (detail: string): never => {
  throw new StationError('analysis.badInput', { what: 'G-T matrix', detail })
}

const checkPoints = (points: readonly (MatrixPlace & { pmaxW: number })[]): void => {
  const seen = new Set<string>()
  for (const { irradianceWPerM2: g, temperatureC: t, pmaxW } of points) {
    if (!(g > 0 && pmaxW > 0 && [g, t, pmaxW].every(Number.isFinite)))
      refuse('every irradiance and Pmax must be above 0')
    if (seen.has(`${g} ${t}`)) refuse(`${g} W/m² and ${t} °C occurs twice`)
    seen.add(`${g} ${t}`)
  }
}

const isAt = (point: MatrixPlace, place: MatrixPlace): boolean =>
  Math.abs(point.irradianceWPerM2 / place.irradianceWPerM2 - 1) <= 0.02 &&
  Math.abs(point.temperatureC - place.temperatureC) <= 2

interface Grid {
  irradiances: readonly number[]
  temperatures: readonly number[]
  /** Pmax/G by irradiance and temperature. */
  grid: readonly (readonly (number | null)[])[]
}

const interpolated = ({ irradiances, temperatures, grid }: Grid, place: MatrixPlace): number | null => {
  const { irradianceWPerM2: g, temperatureC: t } = place
  const inside = (levels: readonly number[], x: number): boolean => x >= levels[0]! && x <= levels.at(-1)!
  if (!inside(irradiances, g) || !inside(temperatures, t)) return null
  const [i, j] = [segmentOf(irradiances, g), segmentOf(temperatures, t)]
  const a = (g - irradiances[i]!) / (irradiances[i + 1]! - irradiances[i]!)
  const b = (t - temperatures[j]!) / (temperatures[j + 1]! - temperatures[j]!)
  const corners: [number, number | null][] = [
    [(1 - a) * (1 - b), grid[i]![j]!],
    [(1 - a) * b, grid[i]![j + 1]!],
    [a * (1 - b), grid[i + 1]![j]!],
    [a * b, grid[i + 1]![j + 1]!],
  ]
  let sum = 0
  for (const [weight, value] of corners) {
    if (weight === 0) continue
    if (value === null) return null
    sum += weight * value
  }
  return sum * g
}
