import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock, type VirtualClock } from '../../src/base/virtualClock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverModule, SimulatedBench, SimulatorModule } from '../../src/contract/instrument.ts'
import type { InstrumentConfig } from '../../src/contract/run.ts'
import { openInstrument, type OpenInstrument } from '../../src/engine/instruments/openInstrument.ts'
import { createLinkOpener } from '../../src/engine/transport/openLink.ts'
import { hostSimulatorInMemory } from '../../src/engine/transport/simulatorHost.ts'
import { createBench } from '../../drivers/bench/bench.ts'
import { startSimulator } from '../../drivers/bench/startSimulator.ts'

/** One part: a real driver and its simulator. */
export interface RigPart {
  id: string
  driver: DriverModule
  simulator: SimulatorModule
  definition?: unknown
  options?: Record<string, string>
}

export interface PartsRig {
  clock: VirtualClock
  bench: SimulatedBench
  opened: OpenInstrument
  /** Of each part's simulator, by its id; may be changed while the test runs. */
  options: Record<string, Record<string, string>>
  /** Everything sent to the parts, `<id> <text>`, in its order. */
  sent: string[]
  run: <T>(work: Promise<T>) => Promise<T>
  codeOf: (work: Promise<unknown>) => Promise<string>
}

const shown = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte.toString(16))).join('')

/** An instrument made of parts, each on its own wire in memory, all on one bench and in virtual time. */
export async function openPartsRig(
  whole: { driver: DriverModule; parts: Record<string, string[]>; definition?: unknown },
  parts: readonly RigPart[],
): Promise<PartsRig> {
  const clock = createVirtualClock(Date.UTC(2026, 0, 5, 9), () => new Promise<void>((turn) => setImmediate(turn)))
  const random = createRandom(7)
  const bench = createBench({ clock, random: random.fork('bench') })
  const options: Record<string, Record<string, string>> = {}
  const sent: string[] = []
  const hosts = new Map(
    parts.map(({ id, simulator, definition, options: given }) => {
      const host = hostSimulatorInMemory({
        name: `sim:${id}`,
        create: (send) => {
          const own = { serial: `SIM-${id}`, startMs: '0', ...given }
          const context = { clock, random: random.fork(id), bench, send, options: own, definition }
          const started = startSimulator(simulator, context)
          options[id] = started.context.options
          const receive = (bytes: Uint8Array): void => {
            sent.push(`${id} ${shown(bytes)}`)
            started.simulator.receive(bytes)
          }
          return { ...started.simulator, faults: started.context.faults, receive }
        },
      })
      return [id, host]
    }),
  )
  const opener = createLinkOpener({
    clock,
    attachSimulated: (name) => {
      const host = hosts.get(name)
      if (!host) throw new Error(`there is no part ${name}`)
      return host.attach()
    },
  })
  const blank = { deviations: [], calibration: null }
  const configs = new Map<string, InstrumentConfig>(
    parts.map(({ id, driver, definition }) => [
      id,
      { ...blank, id, name: id, driver: driver.profile.id, link: `sim:${id}?unit=1`, definition },
    ]),
  )
  const { driver, definition } = whole
  const config = {
    ...blank,
    id: 'whole',
    name: 'whole',
    driver: driver.profile.id,
    link: 'parts:',
    definition,
    parts: whole.parts,
  }
  const drivers = new Map([driver, ...parts.map((each) => each.driver)].map((each) => [each.profile.id, each]))
  const deps = { clock, opener, drivers, configOf: (id: string) => configs.get(id) }
  return {
    clock,
    bench,
    opened: await clock.run(openInstrument(config, deps)),
    options,
    sent,
    run: (work) => clock.run(work),
    codeOf: async (work) => {
      try {
        await clock.run(work)
        return 'none'
      } catch (error) {
        if (error instanceof StationError) return error.code
        throw error
      }
    },
  }
}
