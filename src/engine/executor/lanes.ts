import type { Cancellation } from '../../base/cancellation.ts'
import { createCanceller } from '../../base/clock.ts'
import { StationError } from '../../contract/errors.ts'
import type { Lane } from '../../contract/run.ts'

/** The modules of one run, each of which can leave without ending the others. */
export interface Lanes {
  /** Those still in. */
  in: () => readonly Lane[]
  all: () => readonly Lane[]
  get: (id: string | null) => Lane | undefined
  /** Cancelled when the lane leaves. */
  signal: (id: string) => Cancellation
  /** Takes a lane out; what runs for it alone ends. Throws usage.notFound, run.illegal. */
  leave: (id: string, as: { state: 'removed' | 'stopped'; reason: string }) => void
  judge: (id: string, verdict: Pick<Lane, 'verdict' | 'verdictReasons'>) => void
}

export function createLanes(initial: readonly Lane[], changed: () => void): Lanes {
  const lanes = new Map(initial.map((lane) => [lane.id, { lane, end: createCanceller() }]))
  const find = (id: string) => {
    const found = lanes.get(id)
    if (!found) throw new StationError('usage.notFound', { what: 'Lane', id })
    return found
  }
  const all = (): Lane[] => [...lanes.values()].map(({ lane }) => lane)
  return {
    all,
    in: () => all().filter((lane) => lane.state === 'in'),
    get: (id) => (id === null ? undefined : lanes.get(id)?.lane),
    signal: (id) => find(id).end.signal,
    leave: (id, { state, reason }) => {
      const found = find(id)
      if (found.lane.state !== 'in')
        throw new StationError('run.illegal', { status: `lane ${id} ${found.lane.state}`, action: 'take it out' })
      found.lane = { ...found.lane, state, reason }
      found.end.cancel(new StationError('run.laneLeft', { lane: id, reason }))
      changed()
    },
    judge: (id, { verdict, verdictReasons }) => {
      const found = find(id)
      const state = found.lane.state === 'in' ? 'done' : found.lane.state
      found.lane = { ...found.lane, state, verdict, verdictReasons }
    },
  }
}
