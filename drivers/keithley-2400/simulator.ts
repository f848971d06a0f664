// A Keithley 2400-series unit at the wire: SCPI in lines, ^C and ^X, trigger model and buffer in the time of the clock.
// Decides nothing about cables: what is connected is the bench. Follows the 2400 Series User's Manual 2400S-900-01;
// the bits of STATus and the speed of conversions are from general knowledge, not checked on a unit.
import { assert } from '../../src/base/assert.ts'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createLineDevice, lineEndOf } from '../bench/lineDevice.ts'
import { createScpiInterpreter } from '../bench/scpi.ts'
import { createScpiStatus, queueOverflow } from '../bench/scpiStatus.ts'
import { modelLimits } from '../scpi/smuLimits.ts'
import { acquisitionCommands } from './acquisitionCommands.ts'
import { profile } from './profile.ts'
import { createSourceMeter } from './sourceMeter.ts'
import { senseCommands, sourceCommands, systemCommands } from './sourceMeterCommands.ts'
import { createMeterSettings } from './sourceMeterSettings.ts'

/**
 * Options: `model` (2420), `serial`, `terminator` (CR as from the factory, LF, CRLF, LFCR), `fault` as in lineDevice,
 * and `over-range`, `clamp` (compliance 10 % below what was asked), `stuck-output` (the relay stays closed).
 */
export const simulator: SimulatorModule = {
  faults: [
    queueOverflow,
    { name: 'clamp', title: 'the current limit is taken 10 % lower than asked', effect: 'refused' },
    { name: 'over-range', title: 'readings are over range', effect: 'missing' },
    { name: 'stuck-output', title: 'the output relay sticks: it stays on', effect: 'notSafe' },
  ],
  createSimulator: (context) => {
    const { options } = context
    const model = options.model ?? '2420'
    const limits = modelLimits(profile, model)
    assert(limits !== null, `there is no simulated model ${model}`)
    const set = createMeterSettings(limits, context)
    const meter = createSourceMeter(context, set)
    const isStuck = (): boolean => hasFault(context, 'stuck-output')
    const reset = (): void => {
      meter.abort()
      set.reset()
      meter.state.output = meter.state.output && isStuck()
      meter.state.functions.clear()
      meter.state.functions.add('CURR')
    }
    const status = createScpiStatus({
      context,
      identity: `KEITHLEY INSTRUMENTS INC.,MODEL ${model},${options.serial ?? '1234567'},C30   Mar 17 2006 09:29:29/A02  /K/J`,
      capacity: 10,
      format: (code, text) => `${code > 0 ? '+' : ''}${code},"${text}"`,
      reset,
      snapshot: set.snapshot,
      idle: meter.idle,
    })
    const deps = { set, meter, status, isStuck }
    const interpreter = createScpiInterpreter(
      {
        ...status.commands,
        ...sourceCommands(deps),
        ...senseCommands(deps),
        ...acquisitionCommands(deps),
        ...systemCommands(deps),
        ...set.kept,
        ':SYSTem:PRESet': { set: reset },
      },
      (error) => status.push(error.code, error.message),
    )
    return createLineDevice({
      context,
      terminator: lineEndOf(options),
      execute: interpreter.execute,
      onDeviceClear: meter.abort,
      onInterrupted: () => {
        status.push(-410, 'Query INTERRUPTED')
        return true
      },
    })
  },
}
