export interface Emitter<T> {
  emit: (value: T) => void
  /** Returns the unsubscribe. */
  on: (listener: (value: T) => void) => () => void
}

/** Listeners are called in the order in which they came; one that throws stops none of the others. */
export function createEmitter<T>(onListenerError: (error: unknown) => void): Emitter<T> {
  const listeners = new Set<(value: T) => void>()
  return {
    emit: (value) => {
      for (const listener of [...listeners]) {
        try {
          listener(value)
        } catch (error) {
          onListenerError(error)
        }
      }
    },
    on: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
