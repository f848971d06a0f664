import type { RunEvent } from '../../contract/run.ts'
import type { SettingValue } from '../../contract/instrument.ts'
import { energyOf, unknownEnergy } from './handEnergy.ts'
import type { ManagerCore } from './manager.ts'

/** What the station does about what a person switches on. */
export interface HandCare {
  /** Before the first command that can electrify something. Throws where nothing would switch it off in the station's place. */
  begin: (id: string, who: string) => Promise<void>
  /** It is off, or a run has it. */
  end: (id: string, who: string) => Promise<void>
  /** Whether this window follows the station now. */
  isPresent: (window: string) => boolean
  tell: (level: RunEvent['level'], text: string) => void
}

/** An instrument in somebody's hands, or left on by them. */
export interface Hand {
  who: string
  window: string | null
  /** When somebody last answered for it, monotonic. */
  seenMs: number
  given: Map<string, SettingValue | undefined>
  /** Since when nobody answers for it; null while somebody does. */
  leftUtcMs: number | null
}

/** Who has what in hand, and what may be on by it. Instruments that were left on stay here without a lock. */
export interface Hands {
  get: (id: string) => Hand | undefined
  ids: () => string[]
  /** What was switched on before stays known. */
  take: (id: string, by: { who: string; window: string | null }) => void
  mayBeOn: (id: string) => boolean
  /** Nobody answers for it from now on, or (null) somebody does again. */
  leave: (id: string, sinceUtcMs: number | null) => void
  /** What is asked may be so from now on. Gives what takes that back, where nothing was sent. */
  before: (id: string, asked: { name: string; value: SettingValue }) => Promise<() => Promise<void>>
  after: (id: string, found: { name: string; value: SettingValue }) => Promise<void>
  /** It was proved off. */
  off: (id: string) => Promise<void>
  /** Given back: what is electrical and may be on stays here as left. */
  giveBack: (id: string) => Promise<void>
  drop: (id: string) => Promise<void>
  /** What an earlier life of the station left on. */
  restore: (id: string, who: string) => Promise<void>
}

export function createHands({ deps, entries, profileOf }: ManagerCore): Hands {
  const { clock } = deps
  const hands = new Map<string, Hand>()
  const cared = new Map<string, string>()

  const energy = (id: string, given = hands.get(id)?.given ?? new Map<string, undefined>()) =>
    energyOf(profileOf(id), given)
  const show = (id: string): void => {
    const hand = hands.get(id)
    if (!hand) return entries.update(id, { hand: null })
    entries.update(id, { hand: { who: hand.who, leftUtcMs: hand.leftUtcMs, mayBeOn: energy(id).any } })
  }
  const begin = async (id: string, who: string): Promise<void> => {
    if (cared.has(id)) return
    await deps.hand?.begin(id, who)
    cared.set(id, who)
  }
  const settle = async (id: string): Promise<void> => {
    show(id)
    const who = cared.get(id)
    if (who === undefined || energy(id).electrical) return
    cared.delete(id)
    await deps.hand?.end(id, who)
  }
  const change = async (id: string, act: (hand: Hand) => void): Promise<void> => {
    const hand = hands.get(id)
    if (!hand) return
    act(hand)
    await settle(id)
  }
  const before: Hands['before'] = async (id, { name, value }) => {
    const hand = hands.get(id)
    if (hand) hand.seenMs = clock.monotonicMs()
    if (!hand || !profileOf(id).settings.find((each) => each.name === name)?.energises) return () => Promise.resolve()
    const was = new Map(hand.given)
    const next = new Map(hand.given).set(name, undefined)
    // Switching off is never kept waiting, or refused.
    if (value !== false && energy(id, next).electrical) await begin(id, hand.who)
    hand.given = next
    show(id)
    return () => change(id, (now) => (now.given = was))
  }
  const drop = async (id: string): Promise<void> => {
    if (hands.delete(id)) await settle(id)
  }
  return {
    get: (id) => hands.get(id),
    ids: () => [...hands.keys()],
    mayBeOn: (id) => energy(id).any,
    take: (id, by) => {
      const given = hands.get(id)?.given ?? new Map<string, SettingValue | undefined>()
      hands.set(id, { ...by, seenMs: clock.monotonicMs(), given, leftUtcMs: null })
      show(id)
    },
    leave: (id, sinceUtcMs) => void change(id, (hand) => (hand.leftUtcMs = sinceUtcMs)).catch(deps.onError),
    before,
    after: (id, { name, value }) => change(id, (hand) => void (hand.given.has(name) && hand.given.set(name, value))),
    off: (id) => change(id, (hand) => hand.given.clear()),
    giveBack: (id) => (energy(id).electrical ? change(id, (hand) => (hand.leftUtcMs ??= clock.utcMs())) : drop(id)),
    drop,
    restore: async (id, who) => {
      const given = unknownEnergy(profileOf(id))
      hands.set(id, { who, window: null, seenMs: clock.monotonicMs(), given, leftUtcMs: clock.utcMs() })
      show(id)
      await begin(id, who)
    },
  }
}
