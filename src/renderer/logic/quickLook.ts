import { extractIv, type IvParameters } from '../../analysis/iv/extract.ts'
import { partsOf, type ErrorParts } from './errors.ts'
import type { SweepTrace } from './trace.ts'

/** Below this a curve says nothing about its knee. */
const leastPoints = 10

export interface QuickLook {
  sweep: SweepTrace
  values: IvParameters
}

/** Preliminary values of one sweep, uncorrected; null while there is too little of it; a text where it can't be done. */
export function quickLook(sweep: SweepTrace): QuickLook | ErrorParts | null {
  if (sweep.voltageV.length < leastPoints) return null
  try {
    const values = extractIv({
      id: String(sweep.index),
      voltageV: sweep.voltageV,
      currentA: sweep.currentA,
      irradianceWPerM2: null,
      temperatureC: null,
    })
    return { sweep, values }
  } catch (error) {
    return partsOf(error)
  }
}

/** The last sweep that was finished: a later one has begun, or the station said that it is complete. */
export function lastFinished(sweeps: readonly SweepTrace[]): SweepTrace | null {
  const last = sweeps.at(-1)
  if (last === undefined) return null
  return last.complete ? last : (sweeps.at(-2) ?? null)
}
