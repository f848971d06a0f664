import type { SweepTrace } from '../logic/trace.ts'

export interface DrawnCurve {
  label: string
  direction: 'forward' | 'reverse' | null
  voltageV: readonly number[]
  currentA: readonly number[]
  /** Drawn strong, with markers and its power curve; others thin. */
  strong: boolean
}

const directionNames = { forward: 'forward', reverse: 'reverse' } as const

/** The newest sweep of each direction strong, earlier ones thin. */
export function drawnSweeps(
  sweeps: readonly Pick<SweepTrace, 'index' | 'direction' | 'voltageV' | 'currentA'>[],
): DrawnCurve[] {
  const newest = new Map(sweeps.map((sweep) => [sweep.direction, sweep.index]))
  return sweeps.map((sweep) => ({
    label: `Sweep ${sweep.index + 1}${sweep.direction === null ? '' : `, ${directionNames[sweep.direction]}`}`,
    direction: sweep.direction,
    voltageV: sweep.voltageV,
    currentA: sweep.currentA,
    strong: newest.get(sweep.direction) === sweep.index,
  }))
}

/** Column of voltages and one of values, in ascending voltage as the plot wants them. */
export type Columns = [number[], number[]]

export function sortedColumns(voltageV: readonly number[], value: readonly number[]): Columns {
  const order = voltageV.map((_v, i) => i).filter((i) => value[i] !== undefined)
  order.sort((a, b) => voltageV[a]! - voltageV[b]!)
  return [order.map((i) => voltageV[i]!), order.map((i) => value[i]!)]
}

export const powerOf = (curve: Pick<DrawnCurve, 'voltageV' | 'currentA'>): number[] =>
  curve.currentA.map((current, i) => current * (curve.voltageV[i] ?? 0))

/**
 * At most `wanted` of the indices that have a value, evenly spread: where markers are drawn.
 * @param phase 0 to 1: how far the first marker is shifted, so that those of two curves don't cover each other
 */
export function markerIndices(values: ArrayLike<number | null | undefined>, wanted: number, phase = 0): number[] {
  const present: number[] = []
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== null && values[i] !== undefined) present.push(i)
  }
  const step = Math.max(1, Math.ceil(present.length / wanted))
  const first = Math.min(step - 1, Math.floor(step * phase))
  return present.filter((_index, i) => i % step === first)
}

/** Range of an axis: from zero (or a little below) to a little above the largest value. */
export function axisRange(lowest: number | null, highest: number | null): [number, number] {
  const top = highest !== null && highest > 0 ? highest : 1
  const bottom = lowest !== null && lowest < 0 ? Math.max(lowest, -0.1 * top) : 0
  return [bottom, top * 1.06]
}
