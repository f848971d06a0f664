import { describe, expect, it } from 'vitest'
import { isQueueActionLegal, queueStateSchema, queueTransitions, type QueueAction } from './queue.ts'

const states = queueStateSchema.options
const actions = Object.keys(queueTransitions) as QueueAction[]

describe('the table of the queue', () => {
  it('lets nothing be done with what has left it', () => {
    for (const action of actions)
      expect([isQueueActionLegal('started', action), isQueueActionLegal('removed', action)], action).toEqual([
        false,
        false,
      ])
  })

  it('has a way into and out of each state that is still to come', () => {
    for (const state of states.filter((each) => each !== 'started' && each !== 'removed')) {
      const out = actions.filter((action) => queueTransitions[action].from.includes(state))
      expect(out.length, state).toBeGreaterThan(0)
    }
    const reached = new Set(actions.map((action) => queueTransitions[action].to))
    expect(states.filter((state) => !reached.has(state))).toEqual([])
  })

  it('keeps what is being started from every hand', () => {
    for (const action of ['edit', 'move', 'start', 'remove', 'free', 'block'] as const)
      expect(isQueueActionLegal('starting', action), action).toBe(false)
  })
})
