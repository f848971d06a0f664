import { messageOf, StationError } from '../../contract/errors.ts'
import type { SafeStateProof, SettingValue, SetResult, StopExtent } from '../../contract/instrument.ts'
import { createHands, type Hands } from './hands.ts'
import { createHandWatch } from './handWatch.ts'
import { isManual } from './idlePolls.ts'
import type { ManagerCore } from './manager.ts'
import { createStable } from './stable.ts'

/** An instrument in a person's hands: the same lock, the same limits and the same trail as in a run. */
/** Who acts, and at which window: while that is open, somebody answers for what is in hand. */
export interface AtWindow {
  who: string
  window?: string | undefined
}

export interface Manual {
  lock: (id: string, by: AtWindow) => Promise<void>
  /** Takes over what somebody left. Refused while that person's window is there. */
  takeOver: (id: string, by: AtWindow) => Promise<void>
  /** What energises is switched off and proved, unless it shall stay as it is. Null where nothing had to be. */
  unlock: (id: string, who: string, options?: { leaveOn?: boolean }) => Promise<SafeStateProof | null>
  set: (command: { id: string; name: string; value: SettingValue; who: string }) => Promise<SetResult>
  /** Never refused: whoever has the instrument, and whether or not it is connected. */
  safeStop: (id: string, who: string, extent?: StopExtent) => Promise<SafeStateProof>
  /** A run has these now: what was left on by hand is its to switch off. */
  handOver: (ids: readonly string[]) => Promise<void>
  /** What an earlier life of the station left on. */
  restoreHand: (id: string, who: string) => Promise<void>
  /** Everything in hands is switched off and given back. */
  endManual: () => Promise<void>
}

/** Refused before a byte is sent. */
const beforeSending: readonly string[] = ['device.limit', 'usage.invalidInput']

const ownerOf = (who: string): string => `manual: ${who}`

interface At {
  id: string
  who: string
  call: string
  asked: unknown
}

/** By hand everything is told, whatever the level for runs is. */
const createAudited =
  ({ deps }: ManagerCore) =>
  async <T>({ id, who, call, asked }: At, work: () => Promise<T>): Promise<T> => {
    try {
      const answer = await work()
      deps.onCommand?.({ call, asked, answer: answer ?? null, failed: false, id, who })
      return answer
    } catch (error) {
      deps.onCommand?.({ call, asked, answer: messageOf(error), failed: true, id, who })
      throw error
    }
  }

export function createManual(core: ManagerCore): Manual {
  const { entries, connections } = core
  const hands = createHands(core)
  const audited = createAudited(core)
  const giveBack = createGiveBack(core, hands)
  const watch = createHandWatch(core, { hands, giveBack: (id) => giveBack(id, 'station', { windowIsGone: true }) })

  const safeStop: Manual['safeStop'] = async (id, who, extent = 'all') => {
    entries.get(id)
    const asked = extent === 'all' ? null : extent
    const work = () => connections.of(id).safeStop(undefined, extent)
    const proof = await audited({ id, who, call: 'safeStop', asked }, work)
    if (proof.safe) await hands.off(id)
    return proof
  }
  const unlock: Manual['unlock'] = async (id, who, options = {}) => {
    refuseOthers(core, id, who)
    const profile = core.profileOf(id)
    const proof = profile.energises && options.leaveOn !== true ? await safeStop(id, who) : null
    await giveBack(id, who, options)
    return proof
  }
  const set: Manual['set'] = async ({ id, name, value, who }) => {
    refuseOthers(core, id, who)
    return audited({ id, who, call: 'set', asked: { name, value } }, async () => {
      const connection = connections.of(id)
      const instrument = createStable(connection, (await connection.ensure()).instrument)
      if (!instrument.set)
        throw new StationError('usage.invalidInput', { detail: `${entries.get(id).config.name} has no settings` })
      const undo = await hands.before(id, { name, value })
      const result = await instrument.set(name, value).catch(async (error: unknown) => {
        if (error instanceof StationError && beforeSending.includes(error.code)) await undo()
        throw error
      })
      await hands.after(id, { name, value: result.actual })
      return result
    })
  }
  return {
    ...createTaking(core, { hands, started: watch.start }),
    ...{ unlock, set, safeStop },
    handOver: async (ids) => {
      for (const id of ids) await hands.drop(id)
    },
    restoreHand: hands.restore,
    endManual: async () => {
      watch.stop()
      for (const id of hands.ids().filter((each) => isManual(entries.get(each).lockedBy)))
        await unlock(id, hands.get(id)!.who).catch(core.deps.onError)
    },
  }
}

function refuseOthers({ entries }: ManagerCore, id: string, who: string): void {
  const { lockedBy, config } = entries.get(id)
  if (lockedBy === ownerOf(who)) return
  if (lockedBy !== null) throw entries.lockedError(id, lockedBy)
  throw new StationError('usage.invalidInput', { detail: `take ${config.name} in hand first` })
}

/** Back to nobody, as it is. */
const createGiveBack = (core: ManagerCore, hands: Hands) => {
  const audited = createAudited(core)
  return async (id: string, who: string, asked: object): Promise<void> => {
    core.connections.of(id).pin(null)
    await audited({ id, who, call: 'unlock', asked }, () => core.leave(id))
    for (const each of core.withParts([id])) core.entries.update(each, { lockedBy: null })
    await hands.giveBack(id)
  }
}

function createTaking(
  core: ManagerCore,
  { hands, started }: { hands: Hands; started: () => void },
): Pick<Manual, 'lock' | 'takeOver'> {
  const { entries, connections } = core
  const audited = createAudited(core)
  const lockAll = (id: string, lockedBy: string | null): void => {
    for (const each of core.withParts([id])) entries.update(each, { lockedBy })
  }
  const take = (id: string, { who, window = null }: { who: string; window?: string | null | undefined }): void => {
    hands.take(id, { who, window })
    started()
  }
  const lock: Manual['lock'] = async (id, by) => {
    core.withParts([id]).forEach(entries.refuseLocked)
    lockAll(id, ownerOf(by.who))
    try {
      const { identity } = await audited({ id, who: by.who, call: 'lock', asked: null }, async () => {
        const opened = await core.fresh(id)
        return { identity: opened.identity }
      })
      connections.of(id).pin(identity)
      take(id, by)
    } catch (error) {
      lockAll(id, null)
      throw error
    }
  }
  const takeOver: Manual['takeOver'] = async (id, by) => {
    const { lockedBy } = entries.get(id)
    const hand = hands.get(id)
    if (!hand || lockedBy === null) return lock(id, by)
    if (hand.leftUtcMs === null && hand.who !== by.who) throw entries.lockedError(id, lockedBy)
    await audited({ id, who: by.who, call: 'takeOver', asked: { from: hand.who } }, async () => {
      lockAll(id, ownerOf(by.who))
      take(id, by)
    })
  }
  return { lock, takeOver }
}
