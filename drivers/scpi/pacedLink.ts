import type { Clock } from '../../src/base/clock.ts'
import { createTurns } from '../../src/base/turns.ts'
import { linkPriority, type LineLink, type QueryOptions } from '../../src/contract/link.ts'

export interface Pace {
  clock: Clock
  /** Before anything else may be sent: after a command that has no answer, and after an answer. */
  afterWriteMs: number
  afterQueryMs: number
}

/**
 * The same link for an instrument that needs time between messages, whoever sends them. The higher priority still goes
 * first; nothing overtakes within the pause.
 */
export function createPacedLink(link: LineLink, { clock, afterWriteMs, afterQueryMs }: Pace): LineLink {
  const turns = createTurns()
  let readyAtMs = -Infinity

  const inPace = <T>(work: () => Promise<T>, pauseMs: number, options: QueryOptions): Promise<T> => {
    const alone = async (): Promise<T> => {
      const waitMs = readyAtMs - clock.monotonicMs()
      if (waitMs > 0) await clock.sleep(waitMs, options.signal)
      try {
        return await work()
      } finally {
        readyAtMs = clock.monotonicMs() + pauseMs
      }
    }
    return turns.take(alone, { priority: linkPriority[options.priority ?? 'control'], signal: options.signal })
  }
  return {
    write: (line, options = {}) => inPace(() => link.write(line, options), afterWriteMs, options),
    query: (line, options = {}) => inPace(() => link.query(line, options), afterQueryMs, options),
    queryLines: (line, isLast, options = {}) =>
      inPace(() => link.queryLines(line, isLast, options), afterQueryMs, options),
    interrupt: (bytes) => link.interrupt(bytes),
  }
}
