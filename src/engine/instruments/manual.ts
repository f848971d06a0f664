import { messageOf, StationError } from '../../contract/errors.ts'
import type { SafeStateProof, SettingValue, SetResult } from '../../contract/instrument.ts'
import type { ManagerCore } from './manager.ts'
import { createStable } from './stable.ts'

/** An instrument in a person's hands: the same lock, the same limits and the same trail as in a run. */
export interface Manual {
  lock: (id: string, who: string) => Promise<void>
  /** What energises is switched off and proved, unless it shall stay as it is. Null where nothing had to be. */
  unlock: (id: string, who: string, options?: { leaveOn?: boolean }) => Promise<SafeStateProof | null>
  set: (command: { id: string; name: string; value: SettingValue; who: string }) => Promise<SetResult>
  /** Never refused: whoever has the instrument, and whether or not it is connected. */
  safeStop: (id: string, who: string) => Promise<SafeStateProof>
  /** Everything in hands is switched off and given back. */
  endManual: () => Promise<void>
}

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
  const inHand = new Map<string, string>()
  const audited = createAudited(core)

  const refuseOthers = (id: string, who: string): void => {
    const { lockedBy, config } = entries.get(id)
    if (lockedBy === ownerOf(who)) return
    if (lockedBy !== null) throw new StationError('device.locked', { instrument: config.name, owner: lockedBy })
    throw new StationError('usage.invalidInput', { detail: `take ${config.name} in hand first` })
  }
  const safeStop: Manual['safeStop'] = async (id, who) => {
    entries.get(id)
    return audited({ id, who, call: 'safeStop', asked: null }, () => connections.of(id).safeStop())
  }
  const lock: Manual['lock'] = async (id, who) => {
    const all = core.withParts([id])
    all.forEach(entries.refuseLocked)
    for (const each of all) entries.update(each, { lockedBy: ownerOf(who) })
    try {
      const { identity } = await audited({ id, who, call: 'lock', asked: null }, async () => {
        const opened = await core.fresh(id)
        return { identity: opened.identity }
      })
      connections.of(id).pin(identity)
      inHand.set(id, who)
    } catch (error) {
      for (const each of all) entries.update(each, { lockedBy: null })
      throw error
    }
  }
  const unlock: Manual['unlock'] = async (id, who, options = {}) => {
    refuseOthers(id, who)
    const profile = core.profileOf(id)
    const proof = profile.energises && options.leaveOn !== true ? await safeStop(id, who) : null
    inHand.delete(id)
    connections.of(id).pin(null)
    await audited({ id, who, call: 'unlock', asked: options }, () => core.leave(id))
    for (const each of core.withParts([id])) entries.update(each, { lockedBy: null })
    return proof
  }
  const set: Manual['set'] = async ({ id, name, value, who }) => {
    refuseOthers(id, who)
    return audited({ id, who, call: 'set', asked: { name, value } }, async () => {
      const connection = connections.of(id)
      const instrument = createStable(connection, (await connection.ensure()).instrument)
      if (instrument.set) return instrument.set(name, value)
      throw new StationError('usage.invalidInput', { detail: `${entries.get(id).config.name} has no settings` })
    })
  }
  const endManual: Manual['endManual'] = async () => {
    for (const [id, who] of [...inHand]) await unlock(id, who).catch(core.deps.onError)
  }
  return { lock, unlock, set, safeStop, endManual }
}
