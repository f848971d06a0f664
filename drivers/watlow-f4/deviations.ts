import type { Profile } from '../../src/contract/instrument.ts'
import { eventStride, register } from './registers.ts'

const prefix = 'run-by-event-'
const eventCount = 8

/** How the chamber's maker wired “chamber on”; without an event the set-point alone decides. */
export const deviations: Profile['deviations'] = Array.from({ length: eventCount }, (_each, i) => ({
  name: `${prefix}${i + 1}`,
  title: `Event output ${i + 1} switches the chamber on (usual: the set-point alone does)`,
}))

/** Register of the event that switches the chamber on; null where there is none. */
export function runEventOf(names: readonly string[]): number | null {
  const found = names.find((each) => each.startsWith(prefix))
  return found === undefined ? null : register.events + (Number(found.slice(prefix.length)) - 1) * eventStride
}
