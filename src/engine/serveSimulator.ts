import { createRandom } from '../base/random.ts'
import type { Clock } from '../base/clock.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import type { SimulatorModule } from '../contract/instrument.ts'
import { createBench } from '../../drivers/bench/bench.ts'
import { startSimulator } from '../../drivers/bench/startSimulator.ts'
import { serveSimulatorOnSerial, serveSimulatorOnTcp } from './transport/simulatorHost.ts'

export type SimulatorWire = { host: string; port: number } | { path: string; baudRate: number }

/** A serial number, and for sensors without one a hardware version, that a station knows as simulated; and an instrument that was switched on long ago. */
const defaults = { serial: 'SIM00001', startMs: '0', hardware: '9.99' }

/** One simulated instrument with a bench of its own, on a real wire. */
export async function serveSimulator(given: {
  simulator: SimulatorModule
  clock: Clock
  seed: number
  options: Readonly<Record<string, string>>
  wire: SimulatorWire
}): Promise<{ address: string; close(): Promise<void> }> {
  const { clock, wire } = given
  const random = createRandom(given.seed)
  const bench = createBench({ clock, random: random.fork('bench') })
  const options = { ...defaults, ...given.options }
  const create = (send: (bytes: Uint8Array) => void) =>
    startSimulator(given.simulator, { clock, random: random.fork('instrument'), bench, send, options }).simulator
  const address = 'path' in wire ? `serial://${wire.path}` : `tcp://${wire.host}:${wire.port}`
  try {
    if ('path' in wire) return { address, ...(await serveSimulatorOnSerial({ create, clock, ...wire })) }
    const served = await serveSimulatorOnTcp({ create, ...wire })
    return { address: `tcp://${wire.host}:${served.port}`, close: served.close }
  } catch (error) {
    throw new StationError('device.linkFailed', { link: address, detail: messageOf(error) }, error)
  }
}
