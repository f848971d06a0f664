import { latin1ToBytes } from '../../src/base/bytes.ts'
import type { SimulatorContext, WireSimulator } from '../../src/contract/instrument.ts'

export interface LineDevice {
  context: SimulatorContext
  /** Ends each answer. */
  terminator: string
  execute: (line: string) => Promise<string | null>
  /** Device clear (^C on a serial line): ends what is running. */
  onDeviceClear?: () => void
  /** A line came before the answer to the last one was out; returns true where that answer is then lost. */
  onInterrupted?: () => boolean
}

const lineEnds: Readonly<Record<string, string>> = { CR: '\r', LF: '\n', CRLF: '\r\n', LFCR: '\n\r' }

/**
 * How an instrument whose terminator is chosen at its panel ends its answers: as the option `terminator` says, else CR as from
 * the factory on its own serial line, and CR LF behind a network, where clients wait for LF.
 */
export const lineEndOf = ({ terminator, wire }: Readonly<Record<string, string>>): string =>
  lineEnds[terminator ?? (wire === 'tcp' ? 'CRLF' : 'CR')] ?? '\r'

const controlC = 0x03
const controlX = 0x18
const xonXoff = [0x11, 0x13]

/**
 * The wire end of an instrument that speaks in lines: bytes to lines (CR, LF or both), one line at a time, answers with
 * a terminator. The faults of the wire are in front of it (startSimulator).
 */
export function createLineDevice(device: LineDevice): WireSimulator {
  const { context, terminator, execute } = device
  const { send } = context
  let input = ''
  let waiting: string[] = []
  let running: { line: string; dropped: boolean } | null = null

  const work = async (): Promise<void> => {
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      const own = { line, dropped: false }
      running = own
      const text = await execute(line)
      if (text !== null && !own.dropped) send(latin1ToBytes(text + terminator))
    }
    running = null
  }

  const take = (line: string): void => {
    if (line.trim() === '') return
    if (running) {
      if (!running.dropped && running.line.includes('?') && device.onInterrupted?.()) running.dropped = true
      waiting.push(line)
      return
    }
    waiting.push(line)
    void work()
  }

  const clear = (): void => {
    input = ''
    waiting = []
    if (running) running.dropped = true
    device.onDeviceClear?.()
  }

  return {
    receive: (bytes) => {
      for (const byte of bytes) {
        if (byte === controlC) clear()
        else if (byte === controlX) {
          if (running) running.dropped = true
        } else if (byte === 0x0a || byte === 0x0d) {
          const line = input
          input = ''
          take(line)
        } else if (!xonXoff.includes(byte)) input += String.fromCharCode(byte)
      }
    },
  }
}
