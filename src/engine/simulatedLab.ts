import { createRandom } from '../base/random.ts'
import type { Clock } from '../base/clock.ts'
import type { StationInfo } from '../contract/api.ts'
import { StationError } from '../contract/errors.ts'
import type { SimulatorModule } from '../contract/instrument.ts'
import type { InstrumentConfig } from '../contract/run.ts'
import { createBench } from '../../drivers/bench/bench.ts'
import { simulatedModuleLabel } from '../../drivers/bench/modules.ts'
import { startSimulator } from '../../drivers/bench/startSimulator.ts'
import { hostSimulatorInMemory } from './transport/simulatorHost.ts'
import type { Wire } from './transport/wire.ts'

export interface SimulatedLab {
  instruments: readonly InstrumentConfig[]
  module: NonNullable<StationInfo['simulatedModule']>
  /** The wire to `sim:<name>`. */
  attach: (name: string) => Wire
  /** Pulls the cable of `sim:<name>`; the next attach plugs it in again. */
  unplug: (name: string) => void
}

const sensorUnits = ['1', '2', '3', '4'] as const

const instruments: readonly InstrumentConfig[] = [
  { id: 'sim-smu', name: 'I-V tracer', driver: 'keithley-2460', link: 'sim:smu', deviations: [], calibration: null },
  ...sensorUnits.map((unit) => ({
    id: `sim-cell-${unit}`,
    name: `Reference cell ${unit}`,
    driver: 'imt-si-rs485',
    link: `sim:sensors?unit=${unit}`,
    deviations: [],
    calibration: null,
  })),
]

/** The label of the module on the simulated bench, as an operator would type it in. */
const labelOf = (label: typeof simulatedModuleLabel): SimulatedLab['module'] => ({
  module: { id: 'SIM-0001', maker: label.maker, model: label.model },
  parameters: {
    ratedPmaxW: label.ratedPmaxW,
    ratedVocV: label.ratedVocV,
    ratedIscA: label.ratedIscA,
    tolerancePmaxPercent: label.pmaxTolerancePercent,
    toleranceVocPercent: label.vocTolerancePercent,
    toleranceIscPercent: label.iscTolerancePercent,
    alphaPercentPerK: label.alphaIscPercentPerK,
    betaPercentPerK: label.betaVocPercentPerK,
    deltaPercentPerK: label.gammaPmaxPercentPerK,
    sweepStopV: Math.round(label.ratedVocV * 1.04 * 10) / 10,
    currentLimitA: Math.round(label.ratedIscA * 1.15 * 100) / 100,
  },
})

/**
 * A lab on one bench: a source meter at the module, and four reference cells on one RS-485 bus, each with its sensor at
 * the module's back. The station talks to it in the instruments' own bytes; it can't tell.
 */
export function createSimulatedLab(given: {
  clock: Clock
  seed: number
  simulators: ReadonlyMap<string, SimulatorModule>
}): SimulatedLab {
  const random = createRandom(given.seed)
  const bench = createBench({ clock: given.clock, random: random.fork('bench') })
  const create = (driver: string, name: string, options: Record<string, string>) => {
    const simulator = given.simulators.get(driver)
    if (!simulator) throw new StationError('usage.notFound', { what: 'Simulator', id: driver })
    return (send: (bytes: Uint8Array) => void) =>
      startSimulator(simulator, { clock: given.clock, random: random.fork(name), bench, send, options }).simulator
  }
  const smu = hostSimulatorInMemory({ name: 'sim:smu', create: create('keithley-2460', 'smu', { serial: 'SIM00001' }) })
  const cells = sensorUnits.map((unit) =>
    // Switched on long ago: without the silence after power-on.
    create('imt-si-rs485', `cell ${unit}`, { unit, sensor: String(Number(unit) - 1), startMs: '0' }),
  )
  const sensors = hostSimulatorInMemory({
    name: 'sim:sensors',
    create: (send) => {
      const onTheBus = cells.map((make) => make(send))
      return { receive: (bytes) => onTheBus.forEach((cell) => cell.receive(bytes)) }
    },
  })
  const hosts: Record<string, typeof smu> = { smu, sensors }
  const host = (name: string) => {
    const found = hosts[name]
    if (!found)
      throw new StationError('device.linkFailed', { link: `sim:${name}`, detail: 'the simulated lab has no such wire' })
    return found
  }
  return {
    instruments,
    module: labelOf(simulatedModuleLabel),
    attach: (name) => host(name).attach(),
    unplug: (name) => host(name).unplug('unplugged'),
  }
}
