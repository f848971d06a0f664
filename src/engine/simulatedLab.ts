import { createRandom } from '../base/random.ts'
import type { Clock } from '../base/clock.ts'
import type { StationInfo } from '../contract/api.ts'
import { messageOf, StationError } from '../contract/errors.ts'
import type { FaultBoard, SimulatorModule } from '../contract/instrument.ts'
import type { InstrumentConfig } from '../contract/run.ts'
import { createBench } from '../../drivers/bench/bench.ts'
import { checkFaults } from '../../drivers/bench/faults.ts'
import { simulatedModuleLabel } from '../../drivers/bench/modules.ts'
import { startSimulator } from '../../drivers/bench/startSimulator.ts'
import { hostSimulatorInMemory } from './transport/simulatorHost.ts'
import type { Wire } from './transport/wire.ts'

/** A fault of one simulated instrument, by its id without `sim-`, or of all of them. */
export interface SimulatedFault {
  instrument: string | null
  spec: string
}

export interface Simulate {
  seed: number
  faults?: readonly SimulatedFault[]
}

export interface SimulatedLab {
  instruments: readonly InstrumentConfig[]
  module: NonNullable<StationInfo['simulatedModule']>
  /** The wire to `sim:<name>`. */
  attach: (name: string) => Wire
  /** Pulls the cable of `sim:<name>`; the next attach plugs it in again. */
  unplug: (name: string) => void
}

const sensorUnits = ['1', '2', '3', '4'] as const

/** A door contact on a remote input: data alone, as a lab would set one up. */
const interlockDefinition = {
  title: 'Interlock loop on a remote input',
  manual: 'made up for the simulated lab',
  identification: {
    maker: 'PVTP simulated',
    model: 'interlock input',
    checks: [{ title: 'kind of device', functionCode: 4, address: 100, type: 'u16', equals: 77 }],
    version: { functionCode: 4, address: 101, type: 'u16', scale: 0.01 },
  },
  channels: [
    {
      ...{ channel: 'interlock', title: 'Door and emergency stop', unit: '', role: 'Interlock' },
      ...{ functionCode: 2, address: 0, type: 'bit', simulate: 'interlock' },
    },
  ],
}

/** The smallest of its kind: the current that watches the continuity is milliamperes. */
const smallSupply = { model: 'SM1500-CP-30' }

/** What is on the bench: each instrument's driver, and its wire. Several on one wire are units of one bus. */
const fleet: readonly (Pick<InstrumentConfig, 'id' | 'name' | 'driver' | 'link'> & {
  definition?: unknown
  deviations?: string[]
  options?: Record<string, string>
})[] = [
  { id: 'sim-smu', name: 'I-V tracer', driver: 'keithley-2460', link: 'sim:smu' },
  ...sensorUnits.map((unit) => ({
    ...{ id: `sim-cell-${unit}`, name: `Reference cell ${unit}`, driver: 'imt-si-rs485' },
    link: `sim:sensors?unit=${unit}`,
    // Switched on long ago: without the silence after power-on.
    options: { unit, sensor: String(Number(unit) - 1), startMs: '0' },
    // In a chamber it does get to 0.0 °C.
    deviations: ['zero-is-a-temperature'],
  })),
  { id: 'sim-chamber', name: 'Climate chamber', driver: 'espec-p300', link: 'sim:chamber' },
  { id: 'sim-supply', name: 'Current supply', driver: 'delta-sm15k', link: 'sim:supply', options: smallSupply },
  { id: 'sim-hv', name: 'High-voltage supply', driver: 'iseg-shr', link: 'sim:hv' },
  {
    id: 'sim-door',
    name: 'Interlock',
    driver: 'generic-modbus',
    link: 'sim:door?unit=1',
    definition: interlockDefinition,
  },
]

const instruments: readonly InstrumentConfig[] = fleet.map(({ options: _options, ...config }) => ({
  deviations: [],
  ...config,
  calibration: null,
}))

const wireOf = (link: string): string => /^sim:([^?]+)/.exec(link)?.[1] ?? link

/** The faults asked for this instrument, as its simulator takes them. */
function faultsOf(each: { id: string }, simulator: SimulatorModule, faults: readonly SimulatedFault[]): string {
  const own = faults.filter(({ instrument }) => instrument === null || `sim-${instrument}` === each.id)
  const text = own.map(({ spec }) => spec).join(';')
  try {
    checkFaults(text, simulator.faults)
  } catch (error) {
    throw new StationError('usage.badArgument', { detail: `${each.id}: ${messageOf(error)}` }, error)
  }
  return text
}

const joinBoards = (boards: readonly FaultBoard[]): FaultBoard => ({
  isActive: (name, request) => boards.some((each) => each.isActive(name, request)),
  detail: (name, key) => boards.map((each) => each.detail(name, key)).find((each) => each !== undefined),
  countAnswer: () => boards.forEach((each) => each.countAnswer()),
})

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
    ratedImpA: label.ratedImpA,
    moduleAreaM2: label.areaM2,
  },
})

/**
 * A lab on one bench: a source meter at the module, four reference cells on one RS-485 bus, each with its sensor at the
 * module's back, a climate chamber, a supply that drives current through the module, a high-voltage supply that measures
 * the leakage of up to four modules, and the interlock. The station talks to it in the instruments' own bytes; it can't tell.
 */
export function createSimulatedLab(given: {
  clock: Clock
  seed: number
  faults?: readonly SimulatedFault[]
  simulators: ReadonlyMap<string, SimulatorModule>
}): SimulatedLab {
  const random = createRandom(given.seed)
  const bench = createBench({ clock: given.clock, random: random.fork('bench') })
  const create = (each: (typeof fleet)[number]) => {
    const simulator = given.simulators.get(each.driver)
    if (!simulator) throw new StationError('usage.notFound', { what: 'Simulator', id: each.driver })
    const fault = faultsOf(each, simulator, given.faults ?? [])
    const options = { serial: 'SIM00001', hardware: '9.99', startMs: '0', fault, ...each.options }
    const { definition } = each
    return (send: (bytes: Uint8Array) => void) =>
      startSimulator(simulator, { clock: given.clock, random: random.fork(each.id), bench, send, options, definition })
  }
  const wires = [...new Set(fleet.map((each) => wireOf(each.link)))]
  const hosts = new Map(
    wires.map((wire) => {
      const makers = fleet.filter((each) => wireOf(each.link) === wire).map(create)
      const whole = (send: (bytes: Uint8Array) => void) => {
        const onTheWire = makers.map((make) => make(send))
        return {
          receive: (bytes: Uint8Array) => onTheWire.forEach(({ simulator }) => simulator.receive(bytes)),
          // Units of one bus have one cable: what befalls one of them there befalls all.
          faults: joinBoards(onTheWire.map(({ context }) => context.faults)),
        }
      }
      return [wire, hostSimulatorInMemory({ name: `sim:${wire}`, create: whole, clock: given.clock })]
    }),
  )
  const host = (name: string) => {
    const found = hosts.get(name)
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
