/** A pipe of bytes to one physical port: what serial ports, sockets and simulators have in common. */
export interface Wire {
  /** For messages, such as `tcp://10.0.0.5:5025`. */
  readonly name: string
  readonly isOpen: boolean
  /** Resolves when the bytes were handed to the operating system; rejects once the wire is closed. */
  write(bytes: Uint8Array): Promise<void>
  /** Returns the unsubscribe. */
  onData(listener: (bytes: Uint8Array) => void): () => void
  /** Called exactly once, however the wire ends. Returns the unsubscribe. */
  onClose(listener: (reason: string) => void): () => void
  /** Idempotent. */
  close(): Promise<void>
}
