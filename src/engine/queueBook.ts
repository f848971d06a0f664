import type { StationEvent } from '../contract/api.ts'
import { StationError } from '../contract/errors.ts'
import { isQueueActionLegal, isQueued, queueTransitions, type QueueAction, type QueueEntry } from '../contract/queue.ts'
import type { Store } from './storage/store.ts'

/** How many of those that left the queue are shown. */
const shownLeft = 20

/** The queue as the database has it: every change is legal, written down with its audit row, and only then told. */
export interface QueueBook {
  /** Still to come, in their order. */
  open: () => readonly QueueEntry[]
  /** Those, and the last that left. */
  all: () => QueueEntry[]
  /** @throws StationError usage.notFound */
  get: (id: string) => QueueEntry
  add: (entry: QueueEntry, who: string) => Promise<QueueEntry>
  /** @throws StationError run.queue */
  apply: (id: string, action: QueueAction, change: Change) => Promise<QueueEntry>
  /** Only what it waits for is another: no act, and so no audit row. */
  explain: (id: string, reasons: readonly string[]) => Promise<void>
  /** Puts it before another, or at the end. */
  move: (id: string, before: string | null, who: string) => Promise<QueueEntry>
}

export interface Change extends Partial<Omit<QueueEntry, 'id' | 'state' | 'sinceUtcMs'>> {
  /** For the audit row; what is kept of it there beside the entry. */
  who: string
  why?: string
}

interface Deps {
  store: Store
  utcMs: () => number
  publish: (event: StationEvent) => void
}

/** @throws StationError run.queue */
export function requireQueueLegal(entry: QueueEntry, action: QueueAction): void {
  if (!isQueueActionLegal(entry.state, action)) throw new StationError('run.queue', { state: entry.state, action })
}

export async function createQueueBook(deps: Deps): Promise<QueueBook> {
  const { store } = deps
  let open = await store.queueOpen()
  let left = await store.queueLeft(shownLeft)
  const all = (): QueueEntry[] => [...open, ...left]
  const take = (changed: readonly QueueEntry[]): void => {
    const byId = new Map([...open, ...changed].map((each) => [each.id, each]))
    const gone = [...byId.values()].filter((each) => !isQueued(each))
    open = [...byId.values()].filter(isQueued).sort((a, b) => a.position - b.position)
    left = [...gone, ...left].slice(0, shownLeft)
    deps.publish({ type: 'queue', queue: all() })
  }
  const get = (id: string): QueueEntry => {
    const found = all().find((each) => each.id === id)
    if (!found) throw new StationError('usage.notFound', { what: 'Queued run', id })
    return found
  }
  const write = async (
    entry: QueueEntry,
    act: { action: string; who: string; detail: unknown },
  ): Promise<QueueEntry> => {
    const { action, who: actor, detail } = act
    await store.saveQueue([entry], { actor, action, subject: entry.id, detail })
    take([entry])
    return entry
  }
  return {
    open: () => open,
    all,
    get,
    add: (entry, who) => write(entry, { action: 'queue.add', who, detail: entry }),
    apply: (id, action, { who, why, ...change }) => {
      const before = get(id)
      requireQueueLegal(before, action)
      const state = queueTransitions[action].to ?? before.state
      const since = state === before.state ? {} : { sinceUtcMs: deps.utcMs() }
      const entry = { ...before, ...change, ...since, state }
      return write(entry, { action: `queue.${action}`, who, detail: { from: before.state, to: state, why, ...change } })
    },
    explain: async (id, reasons) => {
      const entry = get(id)
      if (JSON.stringify(entry.reasons) === JSON.stringify(reasons)) return
      await store.saveQueue([{ ...entry, reasons: [...reasons] }], null)
      take([{ ...entry, reasons: [...reasons] }])
    },
    move: async (id, before, who) => {
      const moved = get(id)
      requireQueueLegal(moved, 'move')
      const others = open.filter((each) => each.id !== id)
      const at = before === null ? others.length : others.findIndex((each) => each.id === before)
      if (at < 0) throw new StationError('usage.notFound', { what: 'Queued run', id: before ?? '' })
      const order = [...others.slice(0, at), moved, ...others.slice(at)]
      const placed = order.map((each, i) => ({ ...each, position: i + 1 }))
      const detail = { before, order: placed.map((each) => each.id) }
      await store.saveQueue(placed, { actor: who, action: 'queue.move', subject: id, detail })
      take(placed)
      return get(id)
    },
  }
}
