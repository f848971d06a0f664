import type { Clock } from '../../base/clock.ts'
import type { FaultBoard, WireSimulator } from '../../contract/instrument.ts'
import { createConnectionFaults, type ConnectionFaults } from './connectionFaults.ts'
import { createMemoryWire, type FarEnd } from './memoryWire.ts'
import { openSerialWire } from './serialWire.ts'
import type { SerialSettings } from './url.ts'
import type { Wire } from './wire.ts'

/** A simulator, with the faults that are switched on: those of the connection are the host's to carry out. */
export type HostedSimulator = WireSimulator & { faults?: FaultBoard }
/** Makes the simulator; `send` is its way out. */
export type CreateSimulator = (send: (bytes: Uint8Array) => void) => HostedSimulator

/** A simulator on a real wire, and its cable. */
export interface ServedSimulator {
  /** Resolve when it is so. */
  unplug: () => Promise<void>
  plug: () => Promise<void>
  close: () => Promise<void>
}

const openTimeoutMs = 5000
/** How often a host looks whether a fault of the connection has come. */
export const watchMs = 50

/**
 * One simulator within the process, for `sim:` links. Its state outlives the wires that are attached to it, one at a time as
 * with a cable: a new wire unplugs the one before. Faults of the connection are looked at when something is attached or
 * sent: a simulated station asks often, and its time may jump.
 * @param deps.name of the wire, for messages, such as `sim:smu`
 */
export function hostSimulatorInMemory(deps: { name: string; create: CreateSimulator; clock?: Clock }): {
  attach: () => Wire
  /** Pulls the cable. The next attach plugs it in again, unless it was pulled for good. */
  unplug: (reason?: string) => void
  /** Pulls the cable until plug(): nothing can be attached meanwhile. */
  pull: () => void
  plug: () => void
} {
  const { clock } = deps
  let plugged: FarEnd | null = null
  /** Who asked last: an answer that is still under way when the cable is pulled comes to nobody. */
  let talker: FarEnd | null = null
  let lastMs = clock?.monotonicMs() ?? 0
  const simulator = deps.create((bytes) => {
    if (!faults?.isSilent()) talker?.send(bytes)
  })
  const faults = clock ? createConnectionFaults({ clock, board: simulator.faults }) : null
  const unplug = (reason?: string): void => plugged?.unplug(reason)

  const receive = (bytes: Uint8Array): void => {
    if (faults?.isUnplugged()) return unplug('unplugged')
    if (faults?.takeReset()) return unplug('the other side reset the connection')
    if (faults?.isIdleTooLong(lastMs)) return unplug('the other side closed the connection')
    lastMs = clock?.monotonicMs() ?? 0
    talker = plugged
    if (!faults?.isSilent()) simulator.receive(bytes)
  }
  const attach = (): Wire => {
    if (faults?.isUnplugged()) throw new Error('the cable is not plugged in')
    if (faults?.refusesSecond() && plugged?.isPlugged) throw new Error('it takes one connection only')
    unplug('another link was attached to this simulator')
    const { wire, far } = createMemoryWire(deps.name)
    lastMs = clock?.monotonicMs() ?? 0
    far.onData(receive)
    plugged = far
    return wire
  }
  const pull = (): void => {
    faults?.unplug()
    unplug('unplugged')
  }
  return { attach, unplug, pull, plug: () => faults?.plug() }
}

/** Looks at the faults again and again, until the wire or the host ends. */
export async function watchFaults(deps: { clock: Clock; isOpen: () => boolean; look: () => void }): Promise<void> {
  while (deps.isOpen()) {
    deps.look()
    await deps.clock.sleep(watchMs)
  }
}

/**
 * One simulator on a serial port, for example one end of a pair of ptys. A pulled cable is silence: a serial line doesn't
 * know who is at its other end. Rejects with the system's error when the port can't be opened.
 */
export async function serveSimulatorOnSerial(deps: {
  create: CreateSimulator
  path: string
  serial: SerialSettings
  clock: Clock
}): Promise<ServedSimulator> {
  const { path, serial, clock } = deps
  const wire = await openSerialWire({ path, serial }, { clock, timeoutMs: openTimeoutMs })
  const isMute = (faults: ConnectionFaults): boolean => faults.isUnplugged() || faults.isSilent()
  const simulator = deps.create((bytes) => {
    // Bytes for a port that ended are lost; the wire itself says that it ended.
    if (!isMute(faults)) void wire.write(bytes).catch(() => undefined)
  })
  const faults = createConnectionFaults({ clock, board: simulator.faults })
  wire.onData((bytes) => {
    if (!isMute(faults)) simulator.receive(bytes)
  })
  return { unplug: async () => faults.unplug(), plug: async () => faults.plug(), close: () => wire.close() }
}
