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

const controlC = 0x03
const controlX = 0x18
const xonXoff = [0x11, 0x13]

/** Whether the named fault is switched on, for this line. Options are read each time, so a test can switch them. */
export function hasFault(context: SimulatorContext, fault: string, line = ''): boolean {
  const { fault: wanted = '', faultOn = '' } = context.options
  return wanted.split(',').includes(fault) && line.toUpperCase().includes(faultOn.toUpperCase())
}

/**
 * The wire end of an instrument that speaks in lines: bytes to lines (CR, LF or both), one line at a time, answers with
 * a terminator. Faults by option `fault` (comma separated), limited to lines that contain option `faultOn`:
 * `no-answer`, `late-answer` (after `faultDelayMs`, 3000), `partial` (half of it, no terminator), `split` (two parts).
 */
export function createLineDevice(device: LineDevice): WireSimulator {
  const { context, terminator, execute } = device
  const { clock, send, options } = context
  let input = ''
  let waiting: string[] = []
  let running: { line: string; dropped: boolean } | null = null

  const answer = async (line: string, text: string): Promise<void> => {
    if (hasFault(context, 'no-answer', line)) return
    if (hasFault(context, 'late-answer', line)) await clock.sleep(Number(options.faultDelayMs ?? 3000))
    const bytes = latin1ToBytes(text + terminator)
    const half = Math.floor(bytes.length / 2)
    if (hasFault(context, 'partial', line)) return send(bytes.subarray(0, half))
    if (hasFault(context, 'split', line)) {
      send(bytes.subarray(0, half))
      await clock.sleep(100)
      return send(bytes.subarray(half))
    }
    send(bytes)
  }

  const work = async (): Promise<void> => {
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      const own = { line, dropped: false }
      running = own
      const text = await execute(line)
      if (text !== null && !own.dropped) await answer(line, text)
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
