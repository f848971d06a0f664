const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls back at Ctrl+C, when the process is asked to end, and when its terminal is closed. Until it is taken back no such
 * signal ends the process by itself, however often it comes: what is energised is switched off first.
 * @returns takes it back
 */
export function onStopSignal(listener: (signal: string) => void): () => void {
  for (const signal of signals) process.on(signal, listener)
  return () => {
    for (const signal of signals) process.off(signal, listener)
  }
}

/** Resolves at the first of these signals; later ones change nothing until `release` is called. */
export function untilStopped(): { stopped: Promise<void>; release: () => void } {
  let release = (): void => undefined
  const stopped = new Promise<void>((resolve) => {
    release = onStopSignal(() => resolve())
  })
  return { stopped, release }
}
