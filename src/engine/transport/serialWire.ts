import { stat } from 'node:fs/promises'
import { SerialPort } from 'serialport'
import { createCanceller, withDeadline, type Clock } from '../../base/clock.ts'
import { codeOf, plainReason } from './linkReason.ts'
import type { SerialSettings } from './url.ts'
import type { Wire } from './wire.ts'
import { createWireCore } from './wireCore.ts'

const watchIntervalMs = 1000
const lockPatienceMs = 300
const lockRetryMs = 30

const closePort = (port: SerialPort): Promise<void> =>
  new Promise((resolve) => {
    if (port.closing) port.once('close', () => resolve())
    else if (port.isOpen) port.close(() => resolve())
    else resolve()
  })

/**
 * serialport 13 may not notice on Linux that the device went away until something is written (it even spins on
 * reads of nothing), so the device's file is looked at, too. Ends when `gone` was called or the wire was closed.
 */
async function watchPath(path: string, wire: Wire, deps: { clock: Clock; gone: () => void }): Promise<void> {
  if (process.platform === 'win32') return
  const ended = createCanceller()
  const closed = new Error('the wire is closed')
  wire.onClose(() => ended.cancel(closed))
  try {
    for (;;) {
      await deps.clock.sleep(watchIntervalMs, ended.signal)
      await stat(path)
    }
  } catch (error) {
    if (error !== closed) deps.gone()
  }
}

type PortOptions = ConstructorParameters<typeof SerialPort>[0]

const tryPort = async (options: PortOptions, deadline: { clock: Clock; timeoutMs: number }): Promise<SerialPort> => {
  const port = new SerialPort(options)
  const opened = new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(error) : resolve()))
  })
  const late = (): Error => Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })
  try {
    await withDeadline(opened, deadline.clock, { timeoutMs: deadline.timeoutMs, late })
    return port
  } catch (error) {
    // The system may still open it after the deadline: then it is given back.
    port.once('open', () => port.close())
    throw error
  }
}

/** A port that this program has just closed can stay locked for some milliseconds more on a busy PC. */
const openPort = async (options: PortOptions, deadline: { clock: Clock; timeoutMs: number }): Promise<SerialPort> => {
  const { clock } = deadline
  const giveUpAtMs = clock.monotonicMs() + lockPatienceMs
  for (;;) {
    try {
      return await tryPort(options, deadline)
    } catch (error) {
      if (codeOf(error) !== 'EBUSY' || clock.monotonicMs() >= giveUpAtMs) throw error
      await clock.sleep(lockRetryMs)
    }
  }
}

/** Opens a serial port for this program alone. Rejects with the system's error. */
export async function openSerialWire(
  address: { path: string; serial: SerialSettings },
  deadline: { clock: Clock; timeoutMs: number },
): Promise<Wire> {
  const { path, serial } = address
  const port = await openPort({ path, ...serial, autoOpen: false, lock: true }, deadline)
  const core = createWireCore({
    name: `serial://${path}`,
    transmit: (bytes) =>
      new Promise((resolve, reject) => {
        port.write(Buffer.from(bytes), (error) => (error ? reject(new Error(plainReason(error))) : resolve()))
      }),
    release: () => closePort(port),
  })
  port.on('data', (chunk: Uint8Array) => core.received(chunk))
  port.on('error', (error) => core.ended(plainReason(error)))
  port.on('end', () => core.ended('the port ended'))
  port.on('close', (error: Error | null) => core.ended(error ? plainReason(error) : 'the port was closed'))
  void watchPath(path, core.wire, { clock: deadline.clock, gone: () => core.ended('the device is gone') })
  return core.wire
}
