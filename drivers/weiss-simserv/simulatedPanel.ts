import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { createSimulatedChamber, type SimulatedChamber } from '../climate/simulatedChamber.ts'
import { chamber, statusBit } from './commands.ts'
import { createLag, withIndex, type Handler } from './handlers.ts'
import { inputsAndMessages } from './simulatedMessages.ts'
import { controlValues, digitalOutputs, measuredValues } from './simulatedOutputs.ts'
import { programCommands } from './simulatedPrograms.ts'
import { variables } from './simulatedVariables.ts'

/** Everything that the command groups share. */
export interface Panel {
  context: SimulatorContext
  air: SimulatedChamber
  /** A value that is seen by reading only after a while. */
  lag: <T>(initial: T) => { set: (value: T) => void; get: () => T }
  hasHumidity: boolean
}

function chamberCommands({ air, context }: Panel, standing: () => { alarms: number; warnings: number }) {
  const { options } = context
  const info = [
    options['model'] ?? 'ClimeEvent C/340/70/3',
    options['year'] ?? '2019',
    options['serial'] ?? '59226137100010',
  ]
  const status = (): number =>
    statusBit.present +
    (air.isRunning() ? statusBit.running : 0) +
    (standing().warnings > 0 ? statusBit.warning : 0) +
    (standing().alarms > 0 ? statusBit.alarm : 0)
  return new Map<string, Handler>([
    [chamber.info, withIndex(info.length, (i) => [info[i - 1] ?? ''])],
    [chamber.status, () => [String(status())]],
  ])
}

/** The commands of the whole panel, by number. */
export function createSimulatedPanel(context: SimulatorContext): {
  commands: ReadonlyMap<string, Handler>
  look: () => void
} {
  const air = createSimulatedChamber(context)
  const panel: Panel = {
    context,
    air,
    lag: createLag(context),
    hasHumidity: context.options['humidity'] !== 'off',
  }
  const messages = inputsAndMessages(panel)
  const commands = new Map<string, Handler>([
    ...chamberCommands(panel, messages.standing),
    ...variables(panel),
    ...controlValues(panel),
    ...measuredValues(panel),
    ...digitalOutputs(panel),
    ...messages.commands,
    ...programCommands(panel),
  ])
  return { commands, look: () => air.look() }
}
