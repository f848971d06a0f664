import type { Cancellation } from '../base/cancellation.ts'

/** Higher goes first in a link's queue. */
export const linkPriority = { poll: 0, control: 10, stop: 100 } as const
export type LinkPriority = keyof typeof linkPriority

export interface QueryOptions {
  /** From the physics or the baud rate; each driver gives its own. */
  timeoutMs?: number
  priority?: LinkPriority
  signal?: Cancellation | undefined
  /** For instruments that need time between commands: at least this long after what came last (ms). */
  gapMs?: number
}

/** A line protocol (SCPI and the like): one query in flight, terminators handled by the link. */
export interface LineLink {
  /** Sends one line that has no answer. */
  write(line: string, options?: QueryOptions): Promise<void>
  /** Sends one line and resolves with the next line, without its terminator. Throws device.timeout, device.closed. */
  query(line: string, options?: QueryOptions): Promise<string>
  /**
   * The same for an instrument that answers in several lines (an echo first, a block): resolves with all of them once
   * `isLast` says so of those that came. The deadline holds for the whole.
   */
  queryLines(line: string, isLast: (lines: readonly string[]) => boolean, options?: QueryOptions): Promise<string[]>
  /**
   * Sends bytes at once, past the queue, and ends the query in flight with device.closed-like cancellation;
   * the link is then quiet until the line is. For ^C of a sweep that blocks.
   */
  interrupt(bytes: Uint8Array): Promise<void>
}

/** Modbus, over whatever wire. Addresses are zero based as on the wire. Throws device.timeout, device.badReply, device.refused. */
export interface RegisterLink {
  readInput(address: number, count: number, options?: QueryOptions): Promise<number[]>
  readHolding(address: number, count: number, options?: QueryOptions): Promise<number[]>
  readCoils(address: number, count: number, options?: QueryOptions): Promise<boolean[]>
  readDiscrete(address: number, count: number, options?: QueryOptions): Promise<boolean[]>
  writeRegister(address: number, value: number, options?: QueryOptions): Promise<void>
  writeRegisters(address: number, values: readonly number[], options?: QueryOptions): Promise<void>
  writeCoil(address: number, on: boolean, options?: QueryOptions): Promise<void>
  /** A vendor's own function code (65 to 72, 100 to 110): the bytes behind it, there and back. */
  custom(functionCode: number, data: Uint8Array, options?: QueryOptions & { answerBytes: number }): Promise<Uint8Array>
}

/** Frames between a start and an end byte, such as STX … ETX; checksums are the driver's. */
export interface FrameLink {
  /** Sends a whole frame and resolves with the next whole frame, start and end bytes included. */
  query(frame: Uint8Array, options?: QueryOptions): Promise<Uint8Array>
}

/** What a driver asks of its frame link. */
export interface FrameSettings {
  start: number
  end: number
  /** A frame that is longer has lost its end. */
  longestBytes: number
  quietMs: number
  defaultTimeoutMs: number
}

export type LinkKind = 'line' | 'registers' | 'frames' | 'parts'

/** What a driver asks of its line link. */
export interface LineSettings {
  /** Appended to each line sent. */
  sendTerminator: string
  /** An answer ends at any of these characters. */
  receiveTerminators: string
  /** How long the line has to be quiet after a time-out before the next query may go. */
  quietMs: number
  defaultTimeoutMs: number
}
