import { z } from 'zod'
import { startRequestSchema } from './startRequest.ts'

/**
 * waiting: something that it needs is taken, or another is before it. ready: a person has to start it. starting: it is
 * being started. refused: it could not be started; a person has to look. started, removed: it has left the queue.
 */
export const queueStateSchema = z.enum(['waiting', 'ready', 'starting', 'refused', 'started', 'removed'])
export type QueueState = z.infer<typeof queueStateSchema>

const who = z.string().trim().min(1, 'say who you are').max(80)
const reason = z.string().trim().min(1, 'say why').max(500)

/** A run that is to begin when its instruments are free. */
export const queueEntrySchema = z.object({
  id: z.string(),
  /** Its place: entries that need the same instrument begin in this order. */
  position: z.number().int(),
  state: queueStateSchema,
  request: startRequestSchema,
  protocolTitle: z.string(),
  protocolVersion: z.string(),
  /** The template as it was when the run was queued; with another one it doesn't start. */
  templateSha256: z.string(),
  queuedBy: z.string(),
  queuedUtcMs: z.number(),
  /** Who allowed that it starts with nobody there, when, and the warnings that were seen then. null: a person starts it. */
  unattended: z.object({ who: z.string(), utcMs: z.number(), warnings: z.array(z.string()) }).nullable(),
  /** What it waits for, or why it doesn't start; one sentence each. */
  reasons: z.array(z.string()),
  /** Since when it is in this state. */
  sinceUtcMs: z.number(),
  /** The run that it is to become; chosen before the start, so that a crash in between leaves no doubt. */
  runId: z.string().nullable(),
  /** Who started or removed it. */
  endedBy: z.string().nullable(),
})
export type QueueEntry = z.infer<typeof queueEntrySchema>

export const enqueueSchema = z.strictObject({
  request: startRequestSchema,
  who,
  /** The operator's word that it may start with nobody there. */
  unattended: z.boolean().default(false),
})
export type Enqueue = z.input<typeof enqueueSchema>
export const editQueuedSchema = enqueueSchema.extend({ id: z.string() })
export type EditQueued = z.input<typeof editQueuedSchema>
/** @param before the entry that comes next then; null: to the end */
export const moveQueuedSchema = z.strictObject({ id: z.string(), before: z.string().nullable(), who })
export type MoveQueued = z.infer<typeof moveQueuedSchema>
export const removeQueuedSchema = z.strictObject({ id: z.string(), who, reason })
export type RemoveQueued = z.infer<typeof removeQueuedSchema>
export const startQueuedSchema = z.strictObject({ id: z.string(), who })
export type StartQueued = z.infer<typeof startQueuedSchema>

export type QueueAction = 'free' | 'block' | 'withdraw' | 'edit' | 'move' | 'start' | 'begin' | 'refuse' | 'remove'

interface QueueTransition {
  from: readonly QueueState[]
  to: QueueState | null
  meaning: string
}

/** What happens to a queued run in which state, and where it leads. What isn't here isn't possible. */
export const queueTransitions: Readonly<Record<QueueAction, QueueTransition>> = {
  free: { from: ['waiting'], to: 'ready', meaning: 'All that it needs is free, and nothing is before it.' },
  block: {
    from: ['ready'],
    to: 'waiting',
    meaning: 'Something that it needs was taken, or another was put before it.',
  },
  edit: { from: ['waiting', 'ready', 'refused'], to: 'waiting', meaning: 'It is asked for otherwise.' },
  move: { from: ['waiting', 'ready', 'refused'], to: null, meaning: 'Its place is another.' },
  withdraw: {
    from: ['waiting', 'ready'],
    to: null,
    meaning: 'The word that it may start with nobody there holds no longer: somebody was at its instruments.',
  },
  start: {
    from: ['ready', 'refused'],
    to: 'starting',
    meaning: 'The pre-flight is made, the instruments are taken.',
  },
  begin: { from: ['starting'], to: 'started', meaning: 'It is a run now.' },
  refuse: {
    from: ['starting'],
    to: 'refused',
    meaning: 'It did not start; the reasons are kept. A person has to look.',
  },
  remove: { from: ['waiting', 'ready', 'refused'], to: 'removed', meaning: 'It is not to be run any more.' },
}

export const isQueueActionLegal = (state: QueueState, action: QueueAction): boolean =>
  queueTransitions[action].from.includes(state)

/** It is still to come. */
export const isQueued = ({ state }: Pick<QueueEntry, 'state'>): boolean => state !== 'started' && state !== 'removed'
