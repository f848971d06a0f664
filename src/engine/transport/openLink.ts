import type { Clock } from '../../base/clock.ts'
import { StationError } from '../../contract/errors.ts'
import type { FrameLink, FrameSettings, LineLink, LineSettings, RegisterLink } from '../../contract/link.ts'
import { createChannel, type Channel, type ChannelPort, type LinkStats, type Trace } from './channel.ts'
import { frameLinkOn } from './frameLink.ts'
import { lineLinkOn } from './lineLink.ts'
import { plainReason } from './linkReason.ts'
import { createModbusBus, type ModbusBus } from './registerLink.ts'
import { listSerialPorts, resolveUsb, type SerialPortInfo } from './serialPorts.ts'
import { openSerialWire } from './serialWire.ts'
import { openTcpWire } from './tcpWire.ts'
import { parseLinkUrl, physicalKey, portSettings, type LinkAddress } from './url.ts'
import type { Wire } from './wire.ts'

const defaultOpenTimeoutMs = 5000
/** Where the address doesn't say how fast the serial line behind it is: the slowest that is usual. */
const assumedBaudRate = 9600

export interface OpenedLink<T> {
  link: T
  stats: () => LinkStats
  /** As the trace names the wire, which units of one bus share. */
  wireName: string
  /** Called when the wire ends by itself or is closed. Returns the unsubscribe. */
  onClose: (listener: (reason: string) => void) => () => void
  /** Ends this user's queries; the last user of a physical port closes it. Idempotent. */
  close: () => Promise<void>
}

export interface LinkOpener {
  /** @param name the instrument's name, for messages; the URL where there is none */
  openLine(url: string, settings: LineSettings, name?: string): Promise<OpenedLink<LineLink>>
  openFrames(url: string, settings: FrameSettings, name?: string): Promise<OpenedLink<FrameLink>>
  openRegisters(url: string, name?: string): Promise<OpenedLink<RegisterLink>>
}

export interface LinkOpenerDeps {
  clock: Clock
  /** The wire to a simulator of this name; throws when there is none. */
  attachSimulated?: (name: string) => Wire
  trace?: Trace
  openTimeoutMs?: number
  /** The PC's serial ports; those of the system unless given. */
  listPorts?: () => Promise<SerialPortInfo[]>
}

/** A physical port and who uses it. */
interface SharedPort {
  settings: string
  users: number
  opened: Promise<{ wire: Wire; channel: Channel; bus: ModbusBus }>
}

const modbusOf = (address: LinkAddress): { framing: 'rtu' | 'tcp'; baudRate: number } => ({
  framing: address.kind === 'modbus-tcp' ? 'tcp' : 'rtu',
  baudRate: address.kind === 'modbus-rtu' ? address.serial.baudRate : assumedBaudRate,
})

type Place = Awaited<ReturnType<typeof resolveUsb>>

const openWire = async (address: Place, deps: LinkOpenerDeps): Promise<Wire> => {
  const deadline = { clock: deps.clock, timeoutMs: deps.openTimeoutMs ?? defaultOpenTimeoutMs }
  switch (address.kind) {
    case 'tcp':
    case 'modbus-tcp':
    case 'modbus-rtu-over-tcp':
      return openTcpWire(address, deadline)
    case 'serial':
    case 'modbus-rtu':
      return openSerialWire(address, deadline)
    case 'sim':
      if (!deps.attachSimulated) throw new Error('this station has no simulators')
      return deps.attachSimulated(address.name)
  }
}

/** Physical ports by their key. A port that ended, or that nobody uses any more, makes room for a new one. */
const createPorts = (deps: LinkOpenerDeps) => {
  const ports = new Map<string, SharedPort>()
  /** Ports on their way back to the system, which lets nobody have them before. */
  const closing = new Map<string, Promise<void>>()

  const retire = (key: string, port: SharedPort, wire: Wire): Promise<void> => {
    if (ports.get(key) === port) ports.delete(key)
    const closed = wire.close().finally(() => {
      if (closing.get(key) === closed) closing.delete(key)
    })
    closing.set(key, closed)
    return closed
  }

  const open = (key: string, address: Place): SharedPort => {
    const opened = async () => {
      await closing.get(key)
      const wire = await openWire(address, deps)
      wire.onClose(() => void retire(key, port, wire))
      const channel = createChannel({ wire, clock: deps.clock, trace: deps.trace })
      return { wire, channel, bus: createModbusBus({ channel, ...modbusOf(address) }) }
    }
    const port: SharedPort = { settings: portSettings(address), users: 0, opened: opened() }
    ports.set(key, port)
    return port
  }

  const use = async (url: string, given: LinkAddress) => {
    const address = await resolveUsb(given, deps.listPorts ?? listSerialPorts).catch((error: unknown) => {
      throw new StationError('device.linkFailed', { link: url, detail: plainReason(error) }, error)
    })
    const key = physicalKey(address)
    const port = ports.get(key) ?? open(key, address)
    if (port.settings !== portSettings(address)) {
      const detail = `the port is in use with other settings (${port.settings})`
      throw new StationError('device.linkFailed', { link: url, detail })
    }
    port.users++
    try {
      const { wire, channel, bus } = await port.opened
      const leave = async (): Promise<void> => {
        port.users--
        if (port.users === 0) await retire(key, port, wire)
      }
      return { wire, channel, bus, leave }
    } catch (error) {
      if (ports.get(key) === port) ports.delete(key)
      if (error instanceof StationError) throw error
      throw new StationError('device.linkFailed', { link: url, detail: plainReason(error) }, error)
    }
  }
  return { use }
}

const onceOnly = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | null = null
  return () => (done ??= work())
}

/**
 * Opens links. Units of one physical port share its wire and its queue; when the wire dies, all of them see device.closed,
 * and the next open makes a new one. Throws usage.badArgument for a URL that doesn't fit, device.linkFailed with the reason.
 */
export function createLinkOpener(deps: LinkOpenerDeps): LinkOpener {
  const ports = createPorts(deps)

  const useBytes = (url: string, what: string) => {
    const address = parseLinkUrl(url)
    if (['tcp', 'serial', 'serial-usb', 'sim'].includes(address.kind)) return ports.use(url, address)
    const detail = `This instrument speaks ${what}: its link starts with tcp:, serial:, serial-usb: or sim:, not ${address.kind}:.`
    throw new StationError('usage.badArgument', { detail })
  }
  type Used = Awaited<ReturnType<typeof ports.use>>
  const opened = <T>(
    link: T,
    { stats, close: end }: Pick<ChannelPort, 'stats' | 'close'>,
    used: Used,
  ): OpenedLink<T> => {
    const { wire, leave } = used
    const close = onceOnly(() => {
      end()
      return leave()
    })
    return { link, stats, wireName: wire.name, onClose: (listener) => wire.onClose(listener), close }
  }

  const openLine: LinkOpener['openLine'] = async (url, settings, name = url) => {
    const used = await useBytes(url, 'lines of text')
    const { link, port } = lineLinkOn(used.channel, settings, name)
    return opened(link, port, used)
  }

  const openFrames: LinkOpener['openFrames'] = async (url, settings, name = url) => {
    const used = await useBytes(url, 'frames of bytes')
    const { link, port } = frameLinkOn(used.channel, settings, name)
    return opened(link, port, used)
  }

  const openRegisters: LinkOpener['openRegisters'] = async (url, name = url) => {
    const address = parseLinkUrl(url)
    if (address.kind === 'tcp' || address.kind === 'serial' || address.kind === 'serial-usb') {
      const detail = `This instrument speaks Modbus: its link starts with modbus-rtu:, modbus-rtu-usb:, modbus-rtu-over-tcp:, modbus-tcp: or sim:, not ${address.kind}:.`
      throw new StationError('usage.badArgument', { detail })
    }
    const used = await ports.use(url, address)
    const { stats, close, ...link } = used.bus.unit(address.unit, name)
    return opened(link, { stats, close }, used)
  }
  return { openLine, openFrames, openRegisters }
}
