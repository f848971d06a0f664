// A GW Instek GPT-9800 at the wire: manual tests in IR, DCW and ACW, edits that are ignored or refused in silence.
// Decides nothing about cables: it tests the module in the bench's lane 0. Follows the GPT-9000/9000A user manual; the form
// of the resistance field, of read-backs and of errors is rebuilt from a production driver, not from a unit.
import { latin1ToBytes } from '../../src/base/bytes.ts'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { createScpiInterpreter } from '../bench/scpi.ts'
import { gptCommands, measurementText } from './gptCommands.ts'
import { createGptUnit } from './gptUnit.ts'

/**
 * Options: `model` (GPT-9803; those of the 9900 series reach 50 GΩ), `serial`, `lane` (0), `prefix` (on: `>` before each
 * measurement, as some firmware has it).
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'edit-ignored', title: 'edits are ignored', effect: 'refused' },
    { name: 'clamp', title: 'the voltage is taken 10 % lower than asked', effect: 'refused' },
    { name: 'interlock-open', title: 'the interlock is open: no test starts', effect: 'refused' },
    { name: 'breakdown', title: 'the insulation breaks down', effect: 'harmless' },
    { name: 'over-range', title: 'the insulation is beyond the range', effect: 'harmless' },
    { name: 'prefix', title: 'measurements begin with >', effect: 'harmless' },
    { name: 'stuck-output', title: 'a test can not be stopped', effect: 'notSafe' },
  ],
  createSimulator: (context) => {
    const { clock, options, send } = context
    const model = options.model ?? 'GPT-9803'
    const unit = createGptUnit(context, Number(options.lane ?? 0))
    const mostOhm = model.startsWith('GPT-99') ? 50e9 : 9.999e9
    const errors: string[] = []
    /** Only where it was told to: the result at the end, unasked. */
    const report = (): void => {
      if (!unit.state.reports || !unit.isTesting()) return
      const tell = (): void => {
        const reading = unit.reading()
        const marked = options.prefix === 'on'
        if (reading.judgement !== 'VIEW') send(latin1ToBytes(`${measurementText(reading, { mostOhm, marked })}\r\n`))
      }
      void clock.sleep(unit.lengthMs() + 1).then(tell)
    }
    const identity = `${model},${options.serial ?? 'GEQ123456789'},V1.00`
    const interpreter = createScpiInterpreter(
      gptCommands({ unit, context, mostOhm, identity, report, errors }),
      ({ code, message }) => {
        if (errors.length < 16) errors.push(code > 0 ? `${code},${message}` : '20,Command Error')
      },
    )
    return createLineDevice({ context, terminator: '\r\n', execute: interpreter.execute })
  },
}
