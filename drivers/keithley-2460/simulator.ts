// A Keithley 2450/2460/2461 at the wire: SCPI command set in LF-ended lines, buffers, sweeps by the trigger model.
// Decides nothing about cables: what is connected is the bench. Follows the 2450 and 2461 Reference Manuals; the speed
// of conversions, the 2460's boundaries between 21 V and 105 V and event 5074's text are not checked on a unit.
import { assert } from '../../src/base/assert.ts'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { createScpiInterpreter, type ScpiCommands } from '../bench/scpi.ts'
import { createScpiStatus, queueOverflow } from '../bench/scpiStatus.ts'
import { modelLimits } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'
import {
  acquisitionCommands,
  bufferCommands,
  createElementPrinter,
  senseCommands,
  sourceCommands,
  systemCommands,
} from './touchCommands.ts'
import { createTouchMeter } from './touchMeter.ts'
import { oldCommands } from './touchOldCommands.ts'
import { createTouchSettings } from './touchSettings.ts'

/**
 * Options: `model` (2460), `serial`, `firmware`, `language` (SCPI; SCPI2400, as clients of the 2400 series need it; TSP: then
 * nothing but *IDN? and *LANG? is answered), `interlock` (closed, open), `fault` as in lineDevice, and `over-range`, `clamp` (current limit 10 % below
 * what was asked), `stuck-output` (the output can't be switched off).
 */
export const simulator: SimulatorModule = {
  faults: [
    queueOverflow,
    { name: 'clamp', title: 'the current limit is taken 10 % lower than asked', effect: 'refused' },
    { name: 'over-range', title: 'readings are over range', effect: 'missing' },
    { name: 'stuck-output', title: 'the output relay sticks: it stays on', effect: 'notSafe' },
  ],
  createSimulator: (context) => {
    const { clock, options } = context
    const model = options.model ?? '2460'
    const limits = modelLimits(profile, model)
    assert(limits !== null, `there is no simulated model ${model}`)
    const language = options.language ?? 'SCPI'
    const set = createTouchSettings(model, limits, context)
    const meter = createTouchMeter(context, set)
    const errorTime = (): string =>
      new Date(clock.utcMs()).toISOString().replace('T', ' ').replace(/-/g, '/').slice(0, 23)
    const status = createScpiStatus({
      context,
      identity: `KEITHLEY INSTRUMENTS,MODEL ${model},${options.serial ?? '04430000'},${options.firmware ?? '1.7.7b'}`,
      capacity: 1000,
      format: (code, text) => (code === 0 ? '0,"No error;0;0 0"' : `${code},"${text};1;${errorTime()}"`),
      reset: () => {
        meter.abort()
        set.reset()
        meter.switchOutput(false)
        meter.state.measure = 'CURR'
        meter.buffers.clearAll()
      },
      snapshot: set.snapshot,
      idle: meter.idle,
    })
    const deps = { set, meter }
    const common = { '*IDN': status.commands['*IDN'] ?? {}, ...systemCommands(language, clock) }
    const {
      ':SYSTem:ERRor[:NEXT]': next = {},
      ':SYSTem:ERRor:COUNt': count = {},
      ':SYSTem:CLEar': clear = {},
    } = status.commands
    const scpi = {
      ...status.commands,
      ...set.kept,
      ':STATus:CLEar': status.commands['*CLS'] ?? {},
      ':SYSTem:EVENtlog:NEXT': next,
      ':SYSTem:EVENtlog:COUNt': count,
      ':SYSTem:EVENtlog:CLEar': clear,
      ...sourceCommands(deps),
      ...senseCommands(deps),
      ...acquisitionCommands(deps, createElementPrinter(clock)),
      ...bufferCommands(deps),
    }
    const languages: Readonly<Record<string, ScpiCommands>> = {
      SCPI: { ...scpi, ...common },
      SCPI2400: { ...scpi, ...oldCommands(deps, clock), ...common },
    }
    const interpreter = createScpiInterpreter(languages[language] ?? common, (error) =>
      status.push(error.code, error.message),
    )
    return createLineDevice({ context, terminator: '\n', execute: interpreter.execute })
  },
}
