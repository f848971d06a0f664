import { bytesToLatin1 } from '../../src/base/bytes.ts'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock, type VirtualClock } from '../../src/base/virtualClock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverModule, Instrument, SimulatedBench, SimulatorModule } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { createLinkOpener } from '../../src/engine/transport/openLink.ts'
import { hostSimulatorInMemory } from '../../src/engine/transport/simulatorHost.ts'
import { openOnLink } from '../../src/engine/instruments/openInstrument.ts'
import { createBench, type BenchOptions } from '../../drivers/bench/bench.ts'
import { startSimulator } from '../../drivers/bench/startSimulator.ts'

export interface DriverRig {
  clock: VirtualClock
  bench: SimulatedBench
  instrument: Instrument
  /** The simulator's settings; may be changed while the test runs, such as `fault`. */
  options: Record<string, string>
  /** Everything that went over the wire, in hexadecimal, `>` to the device and `<` from it. */
  wire: string[]
  /** Lets the time run until `work` settles. */
  run: <T>(work: Promise<T>) => Promise<T>
  /** The same, and how it ends: see codeOf(). */
  codeOf: (work: Promise<unknown>) => Promise<string>
  /** Pulls the cable; reopen() plugs it in again with a new instrument on it. */
  unplug: () => void
  reopen: () => Promise<Instrument>
  close: () => Promise<void>
}

export interface RigOptions {
  options?: Record<string, string>
  bench?: Partial<BenchOptions>
  deviations?: string[]
  /** Modbus unit in the link. */
  unit?: number
  seed?: number
  /** Of a driver that is made for any instrument; its example unless given. */
  definition?: unknown
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')

export const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(
    text.split(' ').filter((byte) => byte !== ''),
    (byte) => parseInt(byte, 16),
  )

/** A simulator that is sent bytes as they are, in hexadecimal, with neither its driver nor a link. */
export function openBytes(simulator: SimulatorModule, options: Record<string, string> = {}) {
  const { clock, bench, host } = hostInMemory(simulator, { options })
  const wire = host.attach()
  /** One for each piece that came. */
  const received: string[] = []
  wire.onData((bytes) => void received.push(hex(bytes)))
  const send = async (text: string, waitMs = 200): Promise<string> => {
    const before = received.length
    await clock.run(wire.write(fromHex(text)))
    await clock.run(clock.sleep(waitMs))
    return received.slice(before).join(' ')
  }
  return { clock, bench, received, send }
}

/** A simulator on a wire in memory, in virtual time. */
function hostInMemory(simulator: SimulatorModule, more: RigOptions & { trace?: (line: string) => void }) {
  const clock = createVirtualClock(Date.UTC(2026, 0, 5, 9), () => new Promise<void>((turn) => setImmediate(turn)))
  const random = createRandom(more.seed ?? 7)
  const bench = createBench({ clock, random: random.fork('bench'), ...more.bench })
  const held: { options: Record<string, string> } = { options: {} }
  const host = hostSimulatorInMemory({
    name: 'sim:device',
    clock,
    create: (send) => {
      const context = { clock, random: random.fork('instrument'), bench, send, options: more.options ?? {} }
      const started = startSimulator(simulator, { ...context, definition: more.definition })
      held.options = started.context.options
      return { receive: (bytes) => started.simulator.receive(bytes), faults: started.context.faults }
    },
  })
  const opener = createLinkOpener({
    clock,
    attachSimulated: () => host.attach(),
    trace: ({ direction, bytes }) => more.trace?.(`${direction === 'sent' ? '>' : '<'} ${hex(bytes)}`),
  })
  return { clock, bench, held, host, opener }
}

/** The code of the StationError that `work` ends with; 'none' when it ends well. Other errors are thrown. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'none'
  } catch (error) {
    if (error instanceof StationError) return error.code
    throw error
  }
}

/** The lines of text that went to the device. */
export const linesSent = (wire: readonly string[]): string[] =>
  bytesToLatin1(fromHex(framesSent(wire).join(' ')))
    .split(/[\r\n]/)
    .filter((line) => line !== '')

/** What went to the device, in hexadecimal. */
export const framesSent = (wire: readonly string[]): string[] =>
  wire.filter((each) => each.startsWith('>')).map((each) => each.slice(2))

export interface Line {
  clock: VirtualClock
  bench: SimulatedBench
  link: LineLink
  /** As of a DriverRig. */
  options: Record<string, string>
  wire: string[]
  ask: (line: string, timeoutMs?: number) => Promise<string>
  tell: (...lines: string[]) => Promise<void>
}

/** A simulator that is asked by lines of text as any client would ask, without its driver. */
export async function openLine(driver: DriverModule, simulator: SimulatorModule, more: RigOptions = {}): Promise<Line> {
  const wire: string[] = []
  const { clock, bench, held, opener } = hostInMemory(simulator, {
    ...{ ...more, bench: { disturbances: false, ...more.bench } },
    trace: (line) => void wire.push(line),
  })
  if (driver.link !== 'line') throw new Error('a line driver')
  const { link } = await clock.run(opener.openLine('sim:device', driver.lineSettings))
  return {
    ...{ clock, bench, link, wire, options: held.options },
    ask: (line, timeoutMs) => clock.run(link.query(line, timeoutMs === undefined ? {} : { timeoutMs })),
    tell: async (...lines) => {
      for (const line of lines) await clock.run(link.write(line))
    },
  }
}

/** A driver on its simulator: the real transport over a wire in memory, in virtual time. Nothing is a stand-in but the clock. */
export async function openRig(
  driver: DriverModule,
  simulator: SimulatorModule,
  more: RigOptions = {},
): Promise<DriverRig> {
  const wire: string[] = []
  const definition = more.definition ?? driver.exampleDefinition
  const { clock, bench, held, host, opener } = hostInMemory(simulator, {
    ...{ ...more, definition, options: { serial: 'SIM00001', startMs: '0', ...more.options } },
    trace: (line) => void wire.push(line),
  })
  const config = {
    id: 'device',
    name: 'device',
    driver: driver.profile.id,
    link: `sim:device?unit=${more.unit ?? 1}`,
    deviations: more.deviations ?? [],
    calibration: null,
    definition,
  }
  let opened = await clock.run(openOnLink(config, driver, { clock, opener }))
  const rig: DriverRig = {
    clock,
    bench,
    instrument: opened.instrument,
    options: held.options,
    wire,
    run: (work) => clock.run(work),
    codeOf: (work) => codeOf(clock.run(work)),
    unplug: () => host.unplug('unplugged'),
    reopen: async () => {
      await opened.close()
      opened = await clock.run(openOnLink(config, driver, { clock, opener }))
      rig.instrument = opened.instrument
      return opened.instrument
    },
    close: () => opened.close(),
  }
  return rig
}
