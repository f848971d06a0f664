const tickMs = 10
/** Later than this a tick was kept waiting. */
const lateMs = 30

/**
 * Measures a time that is promised, on a machine that may stand still: what this process itself was kept waiting, with
 * everything in it, is not counted.
 */
export function startStopwatch(): { elapsedMs: () => number; end: () => void } {
  const startMs = performance.now()
  let lastMs = startMs
  let stalledMs = 0
  const look = (): void => {
    const nowMs = performance.now()
    const overdueMs = nowMs - lastMs - tickMs
    if (overdueMs > lateMs) stalledMs += overdueMs
    lastMs = nowMs
  }
  const timer = setInterval(look, tickMs)
  return {
    elapsedMs: () => {
      look()
      return performance.now() - startMs - stalledMs
    },
    end: () => clearInterval(timer),
  }
}
