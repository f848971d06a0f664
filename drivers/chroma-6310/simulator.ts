// A Chroma 6314 mainframe with one load module at the wire: SCPI in lines ended by LF, deaf over RS-232 until CONF:REM ON.
// Decides nothing about cables: what is connected to channel 1 is the bench. PROGram and SPECification are not simulated.
// Follows the 6310 Series Operation & Programming Manual (A11 000078); resistance of the transistors from chapter 1.
import { assert } from '../../src/base/assert.ts'
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
import { keywordArgument } from '../bench/scpiSettings.ts'
import { createScpiStatus, queueOverflow } from '../bench/scpiStatus.ts'
import { profile } from './profile.ts'

const styleOf = (module: string, leastVoltageV: number, firmware: string): ChromaStyle => ({
  levels: 'plain',
  modes: { CC: 'cc', CCD: 'cc', CR: 'cr', CV: 'cv' },
  ranges: { L: 0.1, H: 1 },
  onOff: ['0', '1'],
  leastVoltageV,
  channels: 8,
  moduleIdentity: `CHROMA,${module},0,${firmware},0`,
  modules: [module, '0', '0', '0', '0', '0', '0', '0'],
})

/** FAST/1 and SLOW/0 of the constant-voltage mode: on the bench both are quick enough. */
const responseCommand = (): ScpiCommands => {
  const kept = { word: 'FAST' }
  return {
    ':VOLTage:MODE': {
      set: (args) => {
        const [word = ''] = args
        kept.word = word === '1' ? 'FAST' : word === '0' ? 'SLOW' : keywordArgument(word, ['FAST', 'SLOW'])
      },
      get: () => (kept.word === 'FAST' ? '1' : '0'),
    },
  }
}

/**
 * Options: `module` (63103), `frame` (6314), `serial` (0: the instrument has none), `firmware` (01.00), `interface`
 * (rs232, or gpib: then CONF:REM isn't needed; on TCP it is gpib, the frame having no network of its own), `idn` (space, or comma between maker and model, as some firmware has it),
 * `fault` as of every load and of the wire.
 */
export const simulator: SimulatorModule = {
  faults: [...loadFaults, queueOverflow],
  createSimulator: (context) => {
    const { options } = context
    const module = options.module ?? '63103'
    const limit = (name: string): number => profile.limits[`${module}.${name}`] ?? 0
    assert(limit('maxVoltageV') > 0, `there is no simulated module ${module}`)
    const [maxVoltageV, maxCurrentA] = [limit('maxVoltageV'), limit('maxCurrentA')]
    const onOhm = limit('leastVoltageV') / maxCurrentA
    const rating = { maxVoltageV, maxCurrentA, maxPowerW: limit('maxPowerW'), onOhm }
    const load = createElectronicLoad(context, rating)
    const firmware = options.firmware ?? '01.00'
    const style = styleOf(module, limit('leastVoltageV'), firmware)
    const separator = options.idn === 'comma' ? ',' : ' '
    const status = createScpiStatus({
      context,
      identity: `CHROMA${separator}${options.frame ?? '6314'},${options.serial ?? '0'},${firmware},0`,
      capacity: 10,
      format: (code, text) => `${code},"${text}"`,
      // ABORt, *CLS and LOAD:PROT:CLE; levels stay (manual, *RST).
      reset: () => {
        load.switchLoad(false)
        load.clearTrips()
      },
      idle: () => Promise.resolve(),
    })
    const common = Object.entries(status.commands).filter(([pattern]) => pattern.startsWith('*'))
    const deps = { context, load, rating, style, status }
    // Without a serial cable there is nobody to be deaf to.
    const isGpib = (options.interface ?? (options.wire === 'tcp' ? 'gpib' : 'rs232')) === 'gpib'
    const remote = { on: isGpib }
    const interpreter = createScpiInterpreter(
      {
        ...Object.fromEntries(common),
        ...chromaLevelCommands(deps).commands,
        ...chromaControlCommands(deps),
        ...chromaMeasureCommands(deps),
        ...responseCommand(),
        ':CONFigure:REMote': {
          set: (args) => void (remote.on = /^(1|ON)$/i.test(args[0] ?? '') || isGpib),
        },
        ':SHOW:DISPlay': { set: () => undefined },
      },
      (error) => status.push(error.code, error.message),
    )
    const isRemoteCommand = (line: string): boolean => /^\s*:?CONF(IGURE)?\s*:\s*REM(OTE)?\s/i.test(line)
    return createLineDevice({
      context,
      terminator: '\n',
      execute: async (line) => (remote.on || isRemoteCommand(line) ? interpreter.execute(line) : null),
    })
  },
}
