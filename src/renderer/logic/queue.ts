import type { InstrumentState } from '../../contract/api.ts'
import { isQueued, type QueueEntry } from '../../contract/queue.ts'
import { moduleIdsOf } from '../../contract/runModules.ts'

/** Ids of the instruments that a queued run needs, without the channel. */
export const instrumentsOf = ({ request }: Pick<QueueEntry, 'request'>): string[] => [
  ...new Set(Object.values(request.roles).flatMap((ids) => ids.map((id) => id.split('#')[0] ?? id))),
]

export const waitingOf = (entries: readonly QueueEntry[]): QueueEntry[] => entries.filter(isQueued)

export interface InstrumentQueue {
  id: string
  name: string
  lockedBy: string | null
  entries: QueueEntry[]
}

/** Every instrument that somebody waits for, with those who wait, in their order. */
export function queuesByInstrument(
  entries: readonly QueueEntry[],
  instruments: readonly InstrumentState[],
): InstrumentQueue[] {
  const waiting = waitingOf(entries)
  const ids = [...new Set(waiting.flatMap(instrumentsOf))]
  return ids.map((id) => {
    const state = instruments.find(({ config }) => config.id === id)
    const own = waiting.filter((entry) => instrumentsOf(entry).includes(id))
    return {
      id,
      name: state?.config.name ?? `${id} (not in the list)`,
      lockedBy: state?.lockedBy ?? null,
      entries: own,
    }
  })
}

/**
 * Before which entry one has to be put to come one place earlier or later in the list that is shown; null: to the end,
 * undefined: it is at that end already.
 * @param all the whole queue in its order, of which the list shows a part
 */
export function placeFor(
  id: string,
  { shown, all, to }: { shown: readonly QueueEntry[]; all: readonly QueueEntry[]; to: 'earlier' | 'later' },
): string | null | undefined {
  const at = shown.findIndex((entry) => entry.id === id)
  if (to === 'earlier') return shown[at - 1]?.id
  const next = shown[at + 1]
  if (next === undefined) return undefined
  const waiting = waitingOf(all).filter((entry) => entry.id !== id)
  return waiting[waiting.findIndex((entry) => entry.id === next.id) + 1]?.id ?? null
}

export const modulesText = ({ request }: Pick<QueueEntry, 'request'>): string => moduleIdsOf(request).join(', ')
