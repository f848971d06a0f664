import { badInput } from '../statistics/quantity.ts'

/** Factors of control charts for subgroups of n (Montgomery, Introduction to Statistical Quality Control, appendix VI). */
export interface ChartConstants {
  readonly A2: number
  readonly d2: number
  readonly c4: number
  readonly D3: number
  readonly D4: number
}

const row = (A2: number, ...[d2, c4, D3, D4]: readonly [number, number, number, number]): ChartConstants => ({
  A2,
  d2,
  c4,
  D3,
  D4,
})

const table: Readonly<Record<number, ChartConstants>> = {
  2: row(1.88, 1.128, 0.7979, 0, 3.267),
  3: row(1.023, 1.693, 0.8862, 0, 2.574),
  4: row(0.729, 2.059, 0.9213, 0, 2.282),
  5: row(0.577, 2.326, 0.94, 0, 2.114),
  6: row(0.483, 2.534, 0.9515, 0, 2.004),
  7: row(0.419, 2.704, 0.9594, 0.076, 1.924),
  8: row(0.373, 2.847, 0.965, 0.136, 1.864),
  9: row(0.337, 2.97, 0.9693, 0.184, 1.816),
  10: row(0.308, 3.078, 0.9727, 0.223, 1.777),
}

/**
 * @param size of the subgroups, 2…10 (a range wastes the data of larger ones)
 * @throws StationError analysis.badInput outside 2…10
 */
export const chartConstants = (size: number): ChartConstants => {
  const found = table[size]
  if (found === undefined) throw badInput('subgroup size', `${size} is not 2 to 10`)
  return found
}
