/** No sign of life for so long, and the engine hangs. It gives one each half second. */
export const silenceLimitMs = 1_500
export const beatEveryMs = 500
export const tickMs = 50
/** A tick later than this counts for no more: whoever kept the watchdog waiting kept the engine waiting, too. */
const mostOfATickMs = 200

export interface Silence {
  beat: () => void
  tick: (monotonicMs: number) => void
  ms: () => number
}

/**
 * How long the engine has been silent while somebody listened. A PC that slept, or was so busy that the watchdog itself
 * didn't come to run, says nothing about the engine: such time isn't counted.
 */
export function createSilence(nowMs: number): Silence {
  let lastMs = nowMs
  let silentMs = 0
  return {
    beat: () => {
      silentMs = 0
    },
    tick: (monotonicMs) => {
      silentMs += Math.min(monotonicMs - lastMs, mostOfATickMs)
      lastMs = monotonicMs
    },
    ms: () => silentMs,
  }
}
