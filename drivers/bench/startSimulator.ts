import { bytesToLatin1, concatBytes } from '../../src/base/bytes.ts'
import type { SimulatorContext, SimulatorModule, WireSimulator } from '../../src/contract/instrument.ts'
import { createFaultBoard } from './faults.ts'

const defaultDelayMs = 3000
const splitMs = 100

/** One changed bit, the highest of a byte in the middle: no letter or digit of any protocol stays one. */
function corrupted(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice()
  const middle = Math.floor(bytes.length / 2)
  changed[middle] = (changed[middle] ?? 0) ^ 0x80
  return changed
}

const rubbish = Uint8Array.of(0xff, 0x00, 0xa5, 0x13, 0x80, 0x0a, 0x7f, 0x0d, 0xfe)

/**
 * Starts a simulator with the faults of the wire in front of it. Answers leave in the order in which the device gave
 * them, the late ones included.
 */
export function startSimulator(
  module: SimulatorModule,
  given: Omit<SimulatorContext, 'faults'>,
): { simulator: WireSimulator; context: SimulatorContext } {
  const { clock } = given
  const options = { ...given.options }
  const faults = createFaultBoard(clock, options)
  let request = ''
  let queue: Promise<void> = Promise.resolve()
  let waiting = 0

  const later = (work: () => Promise<void>): void => {
    waiting++
    queue = queue.then(work).finally(() => waiting--)
  }
  const sendNow = (bytes: Uint8Array): void => {
    if (waiting === 0) return given.send(bytes)
    later(async () => given.send(bytes))
  }
  const send = (bytes: Uint8Array): void => {
    const isActive = (name: string): boolean => faults.isActive(name, request)
    const half = Math.floor(bytes.length / 2)
    if (isActive('no-answer')) return faults.countAnswer()
    if (isActive('late-answer')) {
      const delayMs = Number(
        faults.detail('late-answer', 'delay')?.replace('ms', '') ?? options['faultDelayMs'] ?? defaultDelayMs,
      )
      later(() => clock.sleep(delayMs).then(() => given.send(bytes)))
    } else if (isActive('partial')) sendNow(bytes.subarray(0, half))
    else if (isActive('split')) {
      sendNow(bytes.subarray(0, half))
      later(() => clock.sleep(splitMs).then(() => given.send(bytes.subarray(half))))
    } else if (isActive('twice')) sendNow(concatBytes(bytes, bytes))
    else if (isActive('corrupt')) sendNow(corrupted(bytes))
    else if (isActive('rubbish')) sendNow(rubbish)
    else sendNow(bytes)
    faults.countAnswer()
  }
  const context: SimulatorContext = { ...given, options, faults, send }
  const device = module.createSimulator(context)
  const simulator: WireSimulator = {
    receive: (bytes) => {
      request = bytesToLatin1(bytes)
      device.receive(bytes)
    },
  }
  return { simulator, context }
}
