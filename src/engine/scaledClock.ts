import type { Clock } from '../base/clock.ts'

/** The same clock, faster: an hour of a chamber passes in a minute with a factor of 60. */
export function createScaledClock(clock: Clock, factor: number): Clock {
  const startMs = clock.monotonicMs()
  const startUtcMs = clock.utcMs()
  const passedMs = (): number => (clock.monotonicMs() - startMs) * factor
  return {
    utcMs: () => startUtcMs + passedMs(),
    monotonicMs: () => startMs + passedMs(),
    sleep: (ms, signal) => clock.sleep(ms / factor, signal),
    outside: (work) => clock.outside(work),
  }
}
