// A Chroma 63200A load, or a 63600 mainframe with one module, at the wire: SCPI in lines ended by LF.
// Decides nothing about cables: what is connected is the bench. PROGram, ADVance and the timing functions are not simulated.
// Follows the 63200A manual, chapter 4, and what PythonEquipmentDrivers sends; ranges and the least voltage are not confirmed.
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import {
  chromaControlCommands,
  chromaLevelCommands,
  chromaMeasureCommands,
  type ChromaStyle,
} from '../bench/chromaLoad.ts'
import { createElectronicLoad, loadFaults } from '../bench/electronicLoad.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { createScpiInterpreter, type ScpiCommands } from '../bench/scpi.ts'
import { createSettings } from '../bench/scpiSettings.ts'
import { createScpiStatus, queueOverflow } from '../bench/scpiStatus.ts'
import { limitsOf } from './models.ts'

const styleOf = (module: string, slots: number, firmware: string): ChromaStyle => ({
  levels: 'static',
  modes: { CC: 'cc', CCD: 'cc', CR: 'cr', CV: 'cv', CP: 'cp' },
  ranges: { L: 0.125, M: 0.5, H: 1 },
  onOff: ['OFF', 'ON'],
  leastVoltageV: 0,
  channels: slots,
  moduleIdentity: `CHROMA,${module},0,${firmware},0`,
  modules: [module, ...Array.from({ length: slots - 1 }, () => '0')],
})

/** Kept, without effect here; *RST leaves them. */
const keptCommands = {
  ':VOLTage:STATic:RESponse': 'FAST',
  ':CONFigure:WINDow': '0.02',
  ':CONFigure:MEASure:AVERage': '2',
  ':CONFigure:VOLTage:SIGN': 'MINUS',
}

/** What a 63600 answers besides; kept, without effect here. */
const frameCommands = (): ScpiCommands => {
  const kept = { parallel: 'OFF', mode: 'NONE' }
  const isOn = (args: string[]): string => (/^(1|ON)$/i.test(args[0] ?? '') ? 'ON' : 'OFF')
  return {
    ':CONFigure:PARAllel:INITial': { set: (args) => void (kept.parallel = isOn(args)), get: () => kept.parallel },
    ':CONFigure:PARAllel:MODE': { set: (args) => void (kept.mode = args[0] ?? ''), get: () => kept.mode },
    ':CONFigure:REMote': { set: () => undefined },
  }
}

/**
 * Options: `model` (63206A-1200-240; 63600-5 is a mainframe), `module` (63640-80-80, in a mainframe), `serial`, `firmware`
 * (01.10), `idn` (comma; space between maker and model, as the 6310 has it), `fault` as of every load and of the wire.
 */
export const simulator: SimulatorModule = {
  faults: [...loadFaults, queueOverflow],
  createSimulator: (context) => {
    const { options } = context
    const model = options.model ?? '63206A-1200-240'
    const slots = Number(/^63600-(\d)$/.exec(model)?.[1] ?? 0)
    const module = slots > 0 ? (options.module ?? '63640-80-80') : model
    const limits = limitsOf(module)
    // Fully on, about 4 V at the largest current of a 1200 V load and 1 V of an 80 V one.
    const onOhm = (0.8 + limits.maxVoltageV / 375) / limits.maxCurrentA
    const rating = { ...limits, onOhm }
    const load = createElectronicLoad(context, rating)
    const firmware = options.firmware ?? '01.10'
    // Modules of a mainframe have two addresses each.
    const style = styleOf(module, Math.max(1, slots * 2), firmware)
    const separator = options.idn === 'space' ? ' ' : ','
    const levels = { reset: (): void => undefined }
    const status = createScpiStatus({
      context,
      identity: `CHROMA${separator}${model},${options.serial ?? '632060001234'},${firmware}`,
      capacity: 10,
      format: (code, text) => `${code},"${text}"`,
      // ABORt, *CLS, LOAD:PROT:CLE and the factory's parameters (manual, page 4-7).
      reset: () => {
        load.switchLoad(false)
        load.clearTrips()
        levels.reset()
      },
      idle: () => Promise.resolve(),
    })
    const deps = { context, load, rating, style, status }
    const { commands, reset } = chromaLevelCommands(deps)
    levels.reset = reset
    const interpreter = createScpiInterpreter(
      {
        ...status.commands,
        ...commands,
        ...chromaControlCommands(deps),
        ...chromaMeasureCommands(deps),
        ...frameCommands(),
        ...createSettings(String).kept(keptCommands),
      },
      (error) => status.push(error.code, error.message),
    )
    return createLineDevice({ context, terminator: '\n', execute: interpreter.execute })
  },
}
