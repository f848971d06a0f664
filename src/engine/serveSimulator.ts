import { createRandom } from '../base/random.ts'
import type { Clock } from '../base/clock.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import type { SimulatedBench, SimulatorModule } from '../contract/instrument.ts'
import { createBench, type BenchOptions } from '../../drivers/bench/bench.ts'
import { checkFaults } from '../../drivers/bench/faults.ts'
import { startSimulator } from '../../drivers/bench/startSimulator.ts'
import { serveSimulatorOnSerial, type CreateSimulator } from './transport/simulatorHost.ts'
import { plainReason } from './transport/linkReason.ts'
import { serveSimulatorOnTcp } from './transport/simulatorOnTcp.ts'
import type { SerialSettings } from './transport/url.ts'

interface SerialPlace extends Partial<SerialSettings> {
  path: string
  baudRate: number
}
export type SimulatorWire = { host: string; port: number } | SerialPlace

/** A serial number, and for sensors without one a hardware version, that a station knows as simulated; and an instrument that was switched on long ago. */
const defaults = { serial: 'SIM00001', startMs: '0', hardware: '9.99' }

/** A simulator says by an assertion what it can't be: a model that nobody made, a bench that isn't there. */
function createOf(create: CreateSimulator): CreateSimulator {
  return (send) => {
    try {
      return create(send)
    } catch (error) {
      throw new StationError('usage.badArgument', { detail: `${messageOf(error)}.` }, error)
    }
  }
}

/** What can be done to a simulator while it runs. */
export interface SimulatorControls {
  /** Takes the place of the faults before; '' for none. Throws usage.badArgument for one that it doesn't have. */
  setFault: (text: string) => void
  set: (name: string, value: string) => void
  setInterlock: (closed: boolean) => void
  /** Resolve when it is so. */
  unplug: () => Promise<void>
  plug: () => Promise<void>
}

export interface RunningSimulator extends SimulatorControls {
  address: string
  bench: SimulatedBench
  close: () => Promise<void>
}

/** @throws StationError usage.badArgument that names what there is */
export function checkSimulatorFaults(text: string, simulator: SimulatorModule): void {
  try {
    checkFaults(text, simulator.faults)
  } catch (error) {
    throw new StationError('usage.badArgument', { detail: `fault: ${messageOf(error)}` }, error)
  }
}

const serialOf = ({ baudRate, dataBits = 8, parity = 'none', stopBits = 1 }: SerialPlace): SerialSettings => ({
  baudRate,
  dataBits,
  parity,
  stopBits,
})

/** One simulated instrument with a bench of its own, on a real wire. */
export async function serveSimulator(given: {
  simulator: SimulatorModule
  /** Of the instrument and its bench; may be faster than the wire's. */
  clock: Clock
  wireClock?: Clock
  seed: number
  options: Readonly<Record<string, string>>
  /** Of a simulator that can be any instrument. */
  definition?: unknown
  bench?: Partial<BenchOptions>
  wire: SimulatorWire
}): Promise<RunningSimulator> {
  const { clock, wire, simulator, wireClock = clock } = given
  checkSimulatorFaults(given.options['fault'] ?? '', simulator)
  const random = createRandom(given.seed)
  const bench = createBench({ clock, random: random.fork('bench'), ...given.bench })
  const options: Record<string, string> = { ...defaults, wire: 'path' in wire ? 'serial' : 'tcp', ...given.options }
  let live: Record<string, string> = options
  const create = createOf((send) => {
    const own = random.fork('instrument')
    const { definition } = given
    const started = startSimulator(simulator, { clock, random: own, bench, send, options, definition })
    live = started.context.options
    return { receive: (bytes) => started.simulator.receive(bytes), faults: started.context.faults }
  })
  const controls = (): Omit<SimulatorControls, 'unplug' | 'plug'> => ({
    setFault: (text) => {
      checkSimulatorFaults(text, simulator)
      live['fault'] = text
    },
    set: (name, value) => void (live[name] = value),
    setInterlock: (closed) => bench.interlock.set(closed),
  })
  const address = 'path' in wire ? `serial://${wire.path}` : `tcp://${wire.host}:${wire.port}`
  try {
    if ('path' in wire) {
      const served = await serveSimulatorOnSerial({ create, clock: wireClock, path: wire.path, serial: serialOf(wire) })
      return { address, bench, ...controls(), ...served }
    }
    const { port, ...served } = await serveSimulatorOnTcp({ create, clock: wireClock, ...wire })
    return { address: `tcp://${wire.host}:${port}`, bench, ...controls(), ...served }
  } catch (error) {
    if (error instanceof StationError) throw error
    throw new StationError('device.linkFailed', { link: address, detail: plainReason(error) }, error)
  }
}
