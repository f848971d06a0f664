import { cancellable } from '../../base/cancellation.ts'
import { createCanceller } from '../../base/clock.ts'
import { createEmitter } from '../../base/emitter.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { Wire } from './wire.ts'

export interface WireCore {
  wire: Wire
  /** The port received something. */
  received(bytes: Uint8Array): void
  /** The port ended by itself. Only the first call counts: serialport reports some ends twice. */
  ended(reason: string): void
}

/**
 * What all wires have in common: listeners, and one end, however many ways lead to it.
 * @param port.transmit resolves when the operating system has the bytes
 * @param port.release gives the port back to the operating system; called once
 */
export function createWireCore(port: {
  name: string
  transmit: (bytes: Uint8Array) => Promise<void>
  release: () => Promise<void>
}): WireCore {
  const { name } = port
  const end = createCanceller()
  let reason: string | null = null
  let released: Promise<void> = Promise.resolve()

  const ended = (why: string): void => {
    if (reason !== null) return
    reason = why
    released = port.release()
    end.cancel(new StationError('device.closed', { link: name, detail: why }))
    closeEmitter.emit(why)
  }
  // A listener that throws is a programmer error: nothing on this wire can be trusted any more.
  const distrust = (error: unknown): void => ended(`internal error: ${messageOf(error)}`)
  const dataEmitter = createEmitter<Uint8Array>(distrust)
  const closeEmitter = createEmitter<string>(distrust)

  const write = async (bytes: Uint8Array): Promise<void> => {
    if (end.signal.aborted) throw end.signal.reason
    try {
      await cancellable(port.transmit(bytes), end.signal)
    } catch (error) {
      ended(messageOf(error))
      throw end.signal.reason
    }
  }
  const onClose = (listener: (reason: string) => void): (() => void) => {
    const off = closeEmitter.on(listener)
    if (reason !== null) queueMicrotask(() => listener(reason ?? ''))
    return off
  }
  const wire: Wire = {
    name,
    get isOpen() {
      return reason === null
    },
    write,
    onData: (listener) => dataEmitter.on(listener),
    onClose,
    close: () => {
      ended('closed by the station')
      return released
    },
  }
  return { wire, received: (bytes) => (reason === null ? dataEmitter.emit(bytes) : undefined), ended }
}
