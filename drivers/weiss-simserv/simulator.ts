// A Weiss / Vötsch S!MPAC control at the wire: the command groups of SimServ, codes -4 to -8, set-points that read back late.
// Silent before `startMs`. Not simulated: user rights, more than one chamber, editing of programs.
// Follows “S!MPAC simserv” (2019.05) as quoted by SengerM/VotschTechnik and IzaakWN/ClimateChamberMonitor.
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { chamberFaults } from '../climate/simulatedChamber.ts'
import { ok, refusal, separator } from './commands.ts'
import { createSimulatedPanel } from './simulatedPanel.ts'

const answerMs = 15

/**
 * Options: `serial`, `model` (ClimeEvent C/340/70/3), `year` (2019), `humidity` (`off`: a chamber for temperature only),
 * `humidityOutput` (`none`: no digital output for humidity), `startMs` (0, silence after power-on), `lagMs` (1000).
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'code-4', title: 'every command is answered with -4, test system not available', effect: 'error' },
    { name: 'code-5', title: 'every command is answered with -5, unknown command', effect: 'error' },
    { name: 'code-6', title: 'every command is answered with -6, wrong parameters', effect: 'error' },
    { name: 'code-8', title: 'no actual value can be read (-8)', effect: 'missing' },
    { name: 'read-failed', title: 'actual values are answered with the words “read failed”', effect: 'missing' },
    { name: 'slow-readback', title: 'set-points read back 4 s after they were set', effect: 'harmless' },
    ...Object.values(chamberFaults),
  ],
  createSimulator: (context) => {
    const poweredMs = context.clock.monotonicMs()
    const startMs = Number(context.options['startMs'] ?? 0)
    const execute = createExecutor(context)
    return createLineDevice({
      context,
      terminator: '\r\n',
      execute: async (line) => {
        if (context.clock.monotonicMs() - poweredMs < startMs) return null
        await context.clock.sleep(answerMs)
        return execute(line)
      },
    })
  },
}

/** @returns the answer to one line, code and values */
function createExecutor(context: SimulatorContext): (line: string) => string {
  const { commands, look } = createSimulatedPanel(context)
  const forced = [refusal.notAvailable, refusal.unknownCommand, refusal.parameters]
  return (line) => {
    look()
    const always = forced.find((code) => hasFault(context, `code${code}`))
    if (always !== undefined) return String(always)
    const [number = '', index, ...args] = line.trim().split(separator)
    const handler = commands.get(number)
    if (!handler) return String(refusal.unknownCommand)
    if (index === undefined || !/^\d+$/.test(index) || args.length > 4) return String(refusal.parameters)
    const found = handler(args)
    return typeof found === 'number' ? String(found) : [ok, ...found].join(separator)
  }
}
