// A Keithley 6517B at the wire: SCPI in lines, ammeter with zero check and ranges, voltage source on the bench's high voltage.
// Decides nothing about cables: source HI is at the module's leads, the frame at the ammeter. Charge and humidity aren't simulated.
// Follows the 6517A/B SCPI tables and what pymeasure, basil and SweepMe send; error numbers of the interlock aren't confirmed.
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { createLineDevice, lineEndOf } from '../bench/lineDevice.ts'
import { createScpiInterpreter } from '../bench/scpi.ts'
import { createScpiStatus, queueOverflow } from '../bench/scpiStatus.ts'
import { createSimulatedMeter } from './simulatedMeter.ts'
import { acquisitionCommands, senseCommands, sourceCommands, systemCommands } from './simulatedCommands.ts'

/**
 * Options: `model` (6517B, 6517A), `serial`, `firmware` (A13/700x), `terminator` (CR, LF, CRLF, LFCR), `lane` (0: which
 * module of the bench), `fault` as listed here and of the wire.
 */
export const simulator: SimulatorModule = {
  faults: [
    queueOverflow,
    { name: 'over-range', title: 'the ammeter overflows', effect: 'missing' },
    { name: 'zero-check-sticks', title: 'zero check can’t be left: readings have the letter Z', effect: 'missing' },
    { name: 'in-limit', title: 'a short in the laminate: the source limits at 1 mA', effect: 'error' },
    { name: 'clamp', title: 'the source takes 10 % less voltage than asked', effect: 'refused' },
    { name: 'interlock-open', title: 'the interlock is open: the source stays off', effect: 'refused' },
    { name: 'stuck-output', title: 'the source can’t be switched off', effect: 'notSafe' },
  ],
  createSimulator: (context) => {
    const { options } = context
    const meter = createSimulatedMeter(context)
    const status = createScpiStatus({
      context,
      identity: `KEITHLEY INSTRUMENTS INC.,MODEL ${options.model ?? '6517B'},${options.serial ?? '1234567'},${options.firmware ?? 'A13/700x'}`,
      capacity: 10,
      format: (code, text) => `${code > 0 ? '+' : ''}${code},"${code === 0 ? 'No Error' : text}"`,
      reset: meter.reset,
      snapshot: meter.set.snapshot,
      idle: meter.idle,
    })
    const deps = { context, meter, status }
    const interpreter = createScpiInterpreter(
      {
        ...status.commands,
        ...senseCommands(deps),
        ...sourceCommands(deps),
        ...acquisitionCommands(deps),
        ...systemCommands(deps),
      },
      (error) => status.push(error.code, error.message),
    )
    return createLineDevice({
      context,
      terminator: lineEndOf(options),
      execute: interpreter.execute,
    })
  },
}
