// A Delta Elektronika SM15K at the wire: SCPI-like lines, registers, watchdog, ampere-hours, stored functions.
// Decides nothing about cables. Not there: sequencer (PROG:…), slot interfaces, logging: unknown headers, as errors.
// Follows “Ethernet & Sequencer Programming SM15K”, firmware P0150; error numbers are SCPI's, as the manual lists none.
import { assert } from '../../src/base/assert.ts'
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { atBeginOf, hasFault } from '../bench/faults.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { createScpiInterpreter } from '../bench/scpi.ts'
import { queueOverflow } from '../bench/scpiStatus.ts'
import { createAmpereHours } from './ampereHours.ts'
import { anyForm, questionFirst } from './anyForm.ts'
import { createDeviceWatchdog } from './deviceWatchdog.ts'
import { functionCommands } from './photovoltaicFunction.ts'
import { profile } from './profile.ts'
import { controlCommands, measureCommands, sourceCommands } from './supplyCommands.ts'
import { createSupplyDevice } from './supplyDevice.ts'
import type { SupplyRating } from './supplyState.ts'
import { systemCommands, type Terminator } from './systemCommands.ts'

/** The queue holds ten; further errors are ignored (manual, 5.6.7). */
const mostErrors = 10

/**
 * Options: `model` (SM500-CP-90), `serial`, `firmware` (H0_P0150), `source` (Ethernet, or Front: who programmes after power-on),
 * `light` (on: the module is lit, so it shows a voltage of its own and can be a source), `fault`.
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'clamp', title: 'the current is taken 10 % lower than asked', effect: 'refused' },
    { name: 'local', title: 'the front panel keeps the programming of voltage, current and power', effect: 'refused' },
    { name: 'interlock-open', title: 'the interlock at the rear is open', effect: 'refused' },
    { name: 'over-temperature', title: 'the supply is too hot: the output goes off', effect: 'refused' },
    { name: 'overload', title: 'register B tells that the measurements are overloaded', effect: 'missing' },
    { name: 'stale-errors', title: 'the error queue keeps filling with old errors', effect: 'harmless' },
    {
      name: 'watchdog-expiry',
      title: 'the device’s watchdog has expired: the output goes off and stays so',
      effect: 'refused',
    },
    { ...queueOverflow, title: 'the error queue is full of old errors' },
    { name: 'stuck-output', title: 'the output can’t be switched off', effect: 'notSafe' },
  ],
  createSimulator: (context) => {
    const { execute } = createSupplyAtTheWire(context)
    // The terminator can be changed by a command, so it is put behind each answer here.
    return createLineDevice({ context, terminator: '', execute })
  },
}

function ratingOf(model: string): SupplyRating {
  const limit = (name: string): number => {
    const value = profile.limits[name]
    assert(value !== undefined, `there is no simulated model ${model}`)
    return value
  }
  return {
    model,
    maxVoltageV: limit(`${model}.maxVoltageV`),
    maxCurrentA: limit(`${model}.maxCurrentA`),
    maxPowerW: limit('maxPowerW'),
  }
}

function createSupplyAtTheWire(context: SimulatorContext) {
  const { options } = context
  const rating = ratingOf(options['model'] ?? 'SM500-CP-90')
  const device = createSupplyDevice(context, rating)
  const watchdog = createDeviceWatchdog({ nowMs: device.nowMs, onExpiry: () => device.switchOutput(false) })
  const ampereHours = createAmpereHours(device)
  const terminator: Terminator = { text: '\n' }
  const serial = options['serial'] ?? '000010207248'
  const errors: string[] = []
  const pushError = (text: string): void => {
    if (errors.length < mostErrors) errors.push(text)
  }
  let isValid = true
  const interpreter = createScpiInterpreter(
    {
      ...systemCommands({
        identity: `DELTA ELEKTRONIKA BV,${rating.model},${serial},${options['firmware'] ?? 'H0_P0150'},0`,
        terminator,
        reset: device.reset,
      }),
      '*CLS': { set: () => void (errors.length = 0) },
      ...sourceCommands(device),
      ...controlCommands(device),
      ...measureCommands(device),
      ...functionCommands(device),
      [anyForm(':MEASure:INStrument')]: ampereHours.command,
      [anyForm(':SYSTem:COMmunicate:WATchdog')]: watchdog.command,
      [anyForm(':SYSTem:ERRor')]: { get: () => errors.shift() ?? '0,None' },
      [anyForm(':SYSTem:WARning')]: { get: () => '0,None' },
    },
    (error) => {
      isValid = false
      pushError(`${error.code},${error.message}`)
    },
  )
  const fill = atBeginOf(context, queueOverflow.name, () => {
    for (let i = 0; i < mostErrors; i++) pushError('-113,Undefined header')
  })
  const execute = async (line: string): Promise<string | null> => {
    if (hasFault(context, 'watchdog-expiry')) watchdog.expire()
    fill()
    watchdog.look()
    ampereHours.advance()
    // Old errors are there before a set; after *CLS only what the set itself brought.
    if (hasFault(context, 'stale-errors') && /^\*IDN\?|REG:B/i.test(line)) pushError('-113,Undefined header')
    isValid = true
    const answer = await interpreter.execute(questionFirst(line.trim()))
    if (isValid) watchdog.restart()
    return answer === null ? null : answer + terminator.text
  }
  return { execute }
}
