import { createEmitter } from '../../base/emitter.ts'
import type { Wire } from './wire.ts'
import { createWireCore } from './wireCore.ts'

/** The instrument's end of a memory wire. */
export interface FarEnd {
  /** Bytes to the station; lost once the wire is closed, as on a cable that was pulled. */
  send(bytes: Uint8Array): void
  /** Bytes from the station. Returns the unsubscribe. */
  onData(listener: (bytes: Uint8Array) => void): () => void
  /** Pulls the cable. */
  unplug(reason?: string): void
  readonly isPlugged: boolean
}

/**
 * A wire within the process, for simulators and tests. Bytes arrive in order, in a later microtask, never within the
 * call that sent them: as with a real port, and so that a virtual clock can settle between.
 */
export function createMemoryWire(name: string): { wire: Wire; far: FarEnd } {
  const core = createWireCore({
    name,
    transmit: async (bytes) => {
      const copy = bytes.slice()
      queueMicrotask(() => toFar.emit(copy))
    },
    release: async () => undefined,
  })
  const toFar = createEmitter<Uint8Array>((error) => core.ended(`the simulator failed: ${String(error)}`))
  const far: FarEnd = {
    send: (bytes) => {
      const copy = bytes.slice()
      queueMicrotask(() => core.received(copy))
    },
    onData: (listener) => toFar.on(listener),
    unplug: (reason = 'unplugged') => core.ended(reason),
    get isPlugged() {
      return core.wire.isOpen
    },
  }
  return { wire: core.wire, far }
}
