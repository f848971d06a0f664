// A Watlow F4 at the wire, Modbus RTU (and TCP, as a gateway makes it), on the bench's climate chamber.
// Decides nothing about cables. Functions 3, 4, 6, 16; exception 2 for what isn't fitted, 3 for a value beyond its limits.
// Follows the F4's register list and what ChamberConnectLibrary's watlowf4.py asks.
import type { SimulatorContext, SimulatorFault, SimulatorModule, WireSimulator } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createModbusSlave, modbusFaults } from '../bench/modbusSlave.ts'
import { createRegisters } from '../watlow/simulatedRegisters.ts'
import { controlBlocks, identityBlocks, surroundingBlocks, type Wire } from './controlRegisters.ts'
import { storeExamples } from './exampleProfiles.ts'
import { profileBlocks } from './profileRegisters.ts'
import { createSimulatedF4, type Fitting } from './simulatedChamber.ts'

const faults: readonly SimulatorFault[] = [
  ...modbusFaults,
  { name: 'restart', title: 'the controller restarts: silent, and its profile ended', effect: 'error' },
  { name: 'sensor-break', title: 'the temperature sensor is broken: its input reports an error', effect: 'missing' },
  { name: 'set-ignored', title: 'a set-point is acknowledged and not taken', effect: 'refused' },
  { name: 'alarm', title: 'alarm 1 is active, and cuts heating and cooling off', effect: 'harmless' },
  { name: 'door-open', title: 'the door is open: the air isn’t conditioned', effect: 'harmless' },
  { name: 'stop-ignored', title: 'all that ends operation is acknowledged and not done', effect: 'notSafe' },
  { name: 'profile-busy', title: 'a profile is being edited at the panel (exception 6)', effect: 'harmless' },
]

const defaultStartMs = 5000

function fittingOf({ options }: SimulatorContext): Fitting {
  const { runEvent } = options
  return {
    hasSecond: options['channels'] !== '1',
    hasCascade: options['cascade'] === 'yes',
    unit: options['unitOfTemperature'] === 'F' ? 'F' : 'C',
    decimals: [Number(options['decimals'] ?? 1), Number(options['humidityDecimals'] ?? 0)],
    runEvent: runEvent === undefined ? null : Number(runEvent),
    mostC: Number(options['mostC'] ?? 190),
    leastC: Number(options['leastC'] ?? -75),
  }
}

/**
 * Options: `unit` (1, Modbus address), `serial`, `hardware` (9.99; anything else is a date of manufacture that can be),
 * `channels` (2; 1 for an F4S), `cascade` (`yes`), `unitOfTemperature` (C, F), `decimals` (1), `humidityDecimals` (0), `runEvent` (none: the
 * event that switches the chamber on), `mostC` (190), `leastC` (-75), `startMs` (5000, silence after power-on), `answerMs` (40).
 */
function createF4Simulator(context: SimulatorContext): WireSimulator {
  const { clock, options } = context
  const chamber = createSimulatedF4(context, fittingOf(context))
  storeExamples(chamber.profiles, chamber.state.channels)
  const wire: Wire = { context, chamber }
  const blocks = [...identityBlocks(wire), ...controlBlocks(wire), ...surroundingBlocks(wire), ...profileBlocks(wire)]
  const slave = createModbusSlave({
    context,
    unit: Number(options['unit'] ?? 1),
    answerMs: Number(options['answerMs'] ?? 40),
    functions: [3, 4, 6, 16],
    device: createRegisters(blocks),
  })
  const poweredMs = clock.monotonicMs()
  return {
    receive: (bytes) => {
      chamber.refresh()
      const isUp = clock.monotonicMs() - poweredMs >= Number(options['startMs'] ?? defaultStartMs)
      if (isUp && !hasFault(context, 'restart')) slave.receive(bytes)
    },
  }
}

export const simulator: SimulatorModule = { faults, createSimulator: createF4Simulator }
