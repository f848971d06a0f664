import type { Clock } from '../../base/clock.ts'

/**
 * An answer comes at most this much after its deadline, or as much as the deadline itself: seconds after power-up, behind
 * a slow gateway, or while a chamber's controller saves its program.
 */
export const latestAnswerMs = 3000

interface OverdueAnswer {
  /** Whose answers look alike: a unit's on a Modbus bus, which bear its address; everybody's on a line. */
  party: number
  /** Gets what comes meanwhile; anything but null, or an error, says that it was the late answer. */
  receive: (chunk: Uint8Array) => unknown
}

/** The answers that may still come for requests that nobody waits for any more. Until then their party isn't asked again. */
export interface Overdue {
  expect(answer: OverdueAnswer, patienceMs: number): void
  /** A piece that nobody waits for. */
  heard(chunk: Uint8Array): void
  /** Of a party that was told to abort: no answer will come. */
  forget(party: number): void
  /** When this party may be asked again; -Infinity where nothing of it is overdue. */
  readyAtMs(party: number): number
}

export function createOverdue(clock: Clock): Overdue {
  let waiting: (OverdueAnswer & { untilMs: number })[] = []
  const isComplete = (receive: OverdueAnswer['receive'], chunk: Uint8Array): boolean => {
    try {
      return receive(chunk) !== null
    } catch {
      // What is no answer, and too long for one, is all that this request will ever bring.
      return true
    }
  }
  return {
    expect: ({ party, receive }, patienceMs) => {
      const untilMs = clock.monotonicMs() + patienceMs
      waiting = [...waiting.filter((each) => each.party !== party), { party, receive, untilMs }]
    },
    heard: (chunk) => {
      if (waiting.length > 0) waiting = waiting.filter((each) => !isComplete(each.receive, chunk))
    },
    forget: (party) => {
      waiting = waiting.filter((each) => each.party !== party)
    },
    readyAtMs: (party) => waiting.find((each) => each.party === party)?.untilMs ?? -Infinity,
  }
}
