// A Chroma 19032 at the wire: steps in AC, DC and IR, results by their codes, reports when it was told to.
// Decides nothing about cables: it tests the module in the bench's lane 0. Follows the 19032 command sheet and the 19057's
// remote commands; ranges of the 19032, what it says without results, and the interlock's code are not checked on a unit.
import { latin1ToBytes } from '../../src/base/bytes.ts'
import type { SimulatorModule, WireSimulator } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { queueOverflow } from '../bench/scpiStatus.ts'
import { createScpiInterpreter } from '../bench/scpi.ts'
import { chromaCommands, reportOf } from './chromaCommands.ts'
import { createChromaUnit } from './chromaUnit.ts'

/** How soon a busy tester takes the next command. */
const gapMs = 250
const errorCapacity = 10

/** Options: `model` (19032), `serial`, `lane` (0). */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'typo', title: 'a running test is called RUNNINT', effect: 'harmless' },
    { name: 'needs-gap', title: 'commands within 250 ms of the last one are lost', effect: 'harmless' },
    queueOverflow,
    { name: 'breakdown', title: 'the insulation breaks down', effect: 'harmless' },
    { name: 'over-range', title: 'the insulation is beyond the range', effect: 'harmless' },
    { name: 'clamp', title: 'the voltage is taken 10 % lower than asked', effect: 'refused' },
    { name: 'interlock-open', title: 'the interlock is open: it can not test', effect: 'refused' },
    { name: 'stuck-output', title: 'it stays in its test, whatever it is told', effect: 'notSafe' },
  ],
  createSimulator: (context) => {
    const { clock, options, send } = context
    const unit = createChromaUnit(context, Number(options.lane ?? 0))
    const errors: string[] = []
    const note = (text: string): void => {
      if (errors.length < errorCapacity) errors.push(text)
      else errors[errorCapacity - 1] = '-350,"Queue overflow"'
    }
    /** Only where it was told to: the results at the end, unasked. */
    const report = (): void => {
      if (!unit.state.reports || !unit.isTesting()) return
      const tell = (): void => {
        if (!unit.isTesting()) send(latin1ToBytes(`${reportOf(unit)}\n`))
      }
      void clock.sleep(unit.lengthMs() + 1).then(tell)
    }
    const identity = `Chroma,${options.model ?? '19032'},${options.serial ?? '0'},4.20`
    const commands = chromaCommands({ unit, context, identity, report, errors })
    const interpreter = createScpiInterpreter(commands, ({ code, message }) => note(`${code},"${message}"`))
    const device = createLineDevice({
      context,
      terminator: '\n',
      execute: (line) => {
        if (hasFault(context, queueOverflow.name))
          while (errors.length <= errorCapacity - 1) note('-113,"Undefined header"')
        // The sheet writes `SAFE:STEP 1:IR`, others `STEP1`.
        return interpreter.execute(line.replace(/STEP\s+(\d+):/gi, 'STEP$1:'))
      },
    })
    return { receive: pace(device, () => (hasFault(context, 'needs-gap') ? gapMs : 0), clock) }
  },
}

/** Loses what comes too soon after the last line. */
function pace(
  device: WireSimulator,
  leastMs: () => number,
  clock: { monotonicMs(): number },
): WireSimulator['receive'] {
  let lastMs = -Infinity
  return (bytes) => {
    const nowMs = clock.monotonicMs()
    const isTooSoon = nowMs - lastMs < leastMs()
    lastMs = nowMs
    if (!isTooSoon) device.receive(bytes)
  }
}
