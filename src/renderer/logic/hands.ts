import type { InstrumentState } from '../../contract/api.ts'
import { formatClock } from './format.ts'

/** Instruments that may be on by hand while nobody at a window answers for them. */
export const leftByHand = (instruments: readonly InstrumentState[]): InstrumentState[] =>
  instruments.filter(({ hand }) => hand?.mayBeOn === true && hand.leftUtcMs !== null)

/** How it came that nobody answers for an instrument. */
export function sayLeft({ config, hand, lockedBy }: Pick<InstrumentState, 'config' | 'hand' | 'lockedBy'>): string {
  const since = formatClock(hand?.leftUtcMs ?? 0)
  const how =
    lockedBy === null
      ? `${hand?.who} left it on at ${since}`
      : `${hand?.who} set it by hand, and that window is gone since ${since}`
  return `${config.name} may still be on: ${how}. Nobody answers for it.`
}
