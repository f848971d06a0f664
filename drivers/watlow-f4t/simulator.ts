// A Watlow F4T at the wire, Modbus RTU and TCP, on the bench's climate chamber: loops, cascades, profiles, keys, events.
// Decides nothing about cables. Functions 3, 4, 6, 16; exception 2 for what isn't fitted, 4 for an output that isn't there.
// Follows the F4T's register list (data map 1) and what ChamberConnectLibrary's watlowf4t.py asks.
import type { WordOrder } from '../../src/base/words.ts'
import type { SimulatorContext, SimulatorFault, SimulatorModule, WireSimulator } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createModbusSlave, modbusFaults } from '../bench/modbusSlave.ts'
import { createRegisters } from '../watlow/simulatedRegisters.ts'
import {
  clockBlocks,
  identityBlocks,
  outputBlocks,
  outputProblem,
  surroundingBlocks,
  switchBlocks,
} from './deviceRegisters.ts'
import { storeExamples } from './exampleProfiles.ts'
import { controlBlocks, type Wire } from './loopRegisters.ts'
import { profileBlocks } from './profileRegisters.ts'
import { decodePartNumber } from './registers.ts'
import { createSimulatedF4t, type Fitting } from './simulatedChamber.ts'

const faults: readonly SimulatorFault[] = [
  ...modbusFaults,
  { name: 'word-order', title: 'numbers come with their words the other way round', effect: 'error' },
  { name: 'restart', title: 'the controller restarts: silent, profile and operation ended', effect: 'error' },
  { name: 'units-differ', title: 'Ethernet and RS-485 are set to different units', effect: 'error' },
  { name: 'sensor-break', title: 'the temperature sensor is open: its value reads 0', effect: 'missing' },
  { name: 'sensor-nan', title: 'the temperature sensor is open: its value is not a number', effect: 'missing' },
  { name: 'set-ignored', title: 'a set-point is acknowledged and not taken', effect: 'refused' },
  { name: 'alarm', title: 'the compressor’s alarm: limit tripped, the chamber stays off', effect: 'refused' },
  { name: 'door-open', title: 'the door is open: the chamber switches off and stays off', effect: 'refused' },
  { name: 'stop-ignored', title: 'all that ends operation is acknowledged and not done', effect: 'notSafe' },
  { name: 'profile-busy', title: 'a profile is being edited at the panel (exception 6)', effect: 'harmless' },
]

/** Two loops, profiles, eight alarms. */
const defaultPartNumber = 'F4T1L1EAA4D2AAA'
const defaultStartMs = 8000

const numberBehind = (text: string, prefix: string): number | null =>
  text.startsWith(prefix) ? Number(text.slice(prefix.length)) : null

function fittingOf({ options }: SimulatorContext, partNumber: string): Fitting {
  const { loops = 1, cascades = 0, hasProfiles = false } = decodePartNumber(partNumber) ?? {}
  const runSwitch = options['switch'] ?? 'key1'
  return {
    loops,
    cascades,
    hasProfiles,
    hasHumidity: options['humidity'] !== 'no' && loops + cascades > 1,
    isFahrenheit: options['unitOfTemperature'] === 'F',
    runKey: numberBehind(runSwitch, 'key'),
    runEvent: numberBehind(runSwitch, 'event'),
    keyHolds: options['keyHolds'] === 'yes',
    humidityEvent: options['humidityEvent'] === undefined ? null : Number(options['humidityEvent']),
    mostC: Number(options['mostC'] ?? 190),
    leastC: Number(options['leastC'] ?? -75),
  }
}

/**
 * Options: `unit` (1, Modbus address), `partNumber` (F4T1L1EAA4D2AAA: its 7th and 12th character say what is fitted), `serial`,
 * `hardware` (9.99; anything else is a date of manufacture that can be), `humidity` (`no`), `unitOfTemperature` (C, F), `switch`
 * (`key1` to `key4`, `event1` to `event8`, `none`: what switches the chamber on), `keyHolds` (`yes`), `humidityEvent` (none),
 * `runOutput` (1.1, module and number of the output “chamber runs”), `limits` (5: slots with limit controllers), `mostC` (190),
 * `leastC` (-75), `wordOrder` (`highFirst`), `startMs` (8000, silence after power-on), `answerMs` (20).
 */
function createF4tSimulator(context: SimulatorContext): WireSimulator {
  const { clock, options } = context
  const partNumber = options['partNumber'] ?? defaultPartNumber
  const chamber = createSimulatedF4t(context, fittingOf(context, partNumber))
  storeExamples(chamber.profiles, chamber.fitting)
  const ordered =
    options['wordOrder'] === 'highFirst' ? (['highFirst', 'lowFirst'] as const) : (['lowFirst', 'highFirst'] as const)
  const order = (): WordOrder => ordered[hasFault(context, 'word-order') ? 1 : 0]
  const wire: Wire = { context, chamber, order }
  const registers = createRegisters([
    ...identityBlocks(wire, partNumber),
    ...clockBlocks(wire),
    ...switchBlocks(wire),
    ...outputBlocks(wire),
    ...surroundingBlocks(wire, partNumber),
    ...controlBlocks(wire),
    ...profileBlocks(wire),
  ])
  const slave = createModbusSlave({
    context,
    unit: Number(options['unit'] ?? 1),
    answerMs: Number(options['answerMs'] ?? 20),
    functions: [3, 4, 6, 16],
    device: {
      readRegisters: (kind, address, count) =>
        outputProblem(address) ?? registers.readRegisters?.(kind, address, count) ?? [],
      writeRegisters: (address, values) => registers.writeRegisters?.(address, values) ?? null,
    },
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

export const simulator: SimulatorModule = { faults, createSimulator: createF4tSimulator }
