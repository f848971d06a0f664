import type { Clock } from '../../src/base/clock.ts'
import { messageOf } from '../../src/contract/errors.ts'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { QueryOptions, RegisterLink } from '../../src/contract/link.ts'
import { orderOf, type ModbusDefinition } from './definition.ts'
import type { RegisterReader } from './reading.ts'
import { encodeRaw, fromRaw, toRaw, type WriteRegister } from './registers.ts'

const pollMs = 250

/** One write; of a bit in a register it is refused by the definition. */
export async function writeRaw(
  link: RegisterLink,
  given: { definition: ModbusDefinition; place: WriteRegister; raw: number },
  more: QueryOptions,
): Promise<void> {
  const { definition, place, raw } = given
  const options = { timeoutMs: definition.timeoutMs, ...more }
  if (place.functionCode === 5) return link.writeCoil(place.address, raw !== 0, options)
  const words = encodeRaw(place, raw, orderOf(definition))
  if (place.functionCode === 6) return link.writeRegister(place.address, words[0] ?? 0, options)
  return link.writeRegisters(place.address, words, options)
}

type ReadBack = NonNullable<ModbusDefinition['safeState']>['readBack'][number]

/** Every write whatever becomes of the others, then every read-back, each as long as the definition gives it. Never throws. */
export async function stopSafely(
  deps: { link: RegisterLink; reader: RegisterReader; clock: Clock; definition: ModbusDefinition },
  onSent?: () => void,
): Promise<SafeStateProof> {
  const { link, reader, clock, definition } = deps
  const { safeState } = definition
  if (safeState === null) return { safe: true, evidence: [], detail: 'measures only; nothing to switch off' }
  const options: QueryOptions = { priority: 'stop' }
  const evidence: SafeStateProof['evidence'] = []
  const problems: string[] = []
  const attempt = async (title: string, work: () => Promise<string | null>): Promise<void> => {
    try {
      evidence.push({ command: title, readBack: await work() })
    } catch (error) {
      evidence.push({ command: title, readBack: null })
      problems.push(`${title}: ${messageOf(error)}`)
    }
  }
  for (const each of safeState.writes)
    await attempt(each.title, async () => {
      await writeRaw(link, { definition, place: each, raw: toRaw(each, each.value) }, options)
      return null
    })
  if (problems.length === 0) onSent?.()

  const settle = async (each: ReadBack): Promise<string> => {
    const deadlineMs = clock.monotonicMs() + each.withinS * 1000
    for (;;) {
      const value = fromRaw(each, await reader.raw(each, options))
      if (Math.abs(value - each.equals) <= each.tolerance) return String(value)
      if (clock.monotonicMs() >= deadlineMs) {
        problems.push(`${each.title} reads ${value}, not ${each.equals}`)
        return String(value)
      }
      await clock.sleep(pollMs)
    }
  }
  for (const each of safeState.readBack) await attempt(`${each.title}?`, () => settle(each))
  return { safe: problems.length === 0, evidence, detail: problems.join('; ') || null }
}
