import type { SweepPointsEvent } from '../../contract/api.ts'
import type { Provenance } from '../../contract/provenance.ts'
import type { RecordedSweep } from '../../contract/sample.ts'

/** One sweep as far as this window knows it. */
export interface SweepTrace {
  index: number
  direction: 'forward' | 'reverse' | null
  provenance: Provenance | null
  voltageV: readonly number[]
  currentA: readonly number[]
  complete: boolean
}

export interface TraceMerge {
  sweeps: readonly SweepTrace[]
  /** Points in between never arrived here: fetch the run again. */
  gap: boolean
}

const withSweep = (sweeps: readonly SweepTrace[], changed: SweepTrace): SweepTrace[] =>
  [...sweeps.filter((sweep) => sweep.index !== changed.index), changed].sort((a, b) => a.index - b.index)

/** Adds points that the station announced. Points that are already there are overwritten, never doubled. */
export function mergePoints(sweeps: readonly SweepTrace[], points: SweepPointsEvent): TraceMerge {
  const known = sweeps.find((sweep) => sweep.index === points.sweepIndex)
  const length = known?.voltageV.length ?? 0
  if (points.offset > length) return { sweeps, gap: true }
  const end = points.offset + points.voltageV.length
  const splice = (old: readonly number[], added: readonly number[]): number[] => [
    ...old.slice(0, points.offset),
    ...added,
    ...old.slice(end),
  ]
  const changed: SweepTrace = {
    index: points.sweepIndex,
    direction: points.direction,
    provenance: known?.provenance ?? null,
    voltageV: splice(known?.voltageV ?? [], points.voltageV),
    currentA: splice(known?.currentA ?? [], points.currentA),
    complete: known?.complete ?? false,
  }
  return { sweeps: withSweep(sweeps, changed), gap: false }
}

/** Brings recorded sweeps in; whichever side has more points of a sweep is kept. */
export function mergeRecorded(sweeps: readonly SweepTrace[], recorded: readonly RecordedSweep[]): SweepTrace[] {
  let merged: SweepTrace[] = [...sweeps]
  for (const sweep of recorded) {
    const known = merged.find((other) => other.index === sweep.index)
    const longer = known !== undefined && known.voltageV.length > sweep.voltageV.length
    merged = withSweep(merged, {
      index: sweep.index,
      direction: sweep.direction,
      provenance: sweep.provenance,
      voltageV: longer ? known.voltageV : sweep.voltageV,
      currentA: longer ? known.currentA : sweep.currentA,
      complete: sweep.complete,
    })
  }
  return merged
}
