import type { SimulatorContext } from '../../src/contract/instrument.ts'
import {
  initialLevels,
  type ElectronicLoad,
  type LoadMode,
  type LoadRating,
  type LoadState,
  type Trip,
} from '../bench/electronicLoad.ts'
import { hasFault } from '../bench/faults.ts'
import { ScpiError, type ScpiCommand, type ScpiCommands } from '../bench/scpi.ts'
import { booleanArgument, createSettings, keywordArgument } from '../bench/scpiSettings.ts'
import type { DialectName } from './dialects.ts'

export interface LoadCommandDeps {
  context: SimulatorContext
  load: ElectronicLoad
  rating: LoadRating
  dialect: DialectName
  remote: { on: boolean }
}

const formatLevel = (value: number): string => String(Number(value.toFixed(4)))

const modeWords: readonly { word: string; mode: LoadMode; letters: string }[] = [
  { word: 'CURRent', mode: 'cc', letters: 'CC' },
  { word: 'VOLTage', mode: 'cv', letters: 'CV' },
  { word: 'RESistance', mode: 'cr', letters: 'CR' },
  { word: 'POWer', mode: 'cp', letters: 'CP' },
]

/** How `FUNC?` is answered: CV by Rigol, VOLTAGE by ITECH and Siglent, VOLT by the others. */
const modeAnswer = (dialect: DialectName, { word, letters }: { word: string; letters: string }): string => {
  if (dialect === 'rigol') return letters
  return dialect === 'itech' || dialect === 'siglent' ? word.toUpperCase() : word.replace(/[a-z]/g, '')
}

function modeCommand({ load, dialect }: LoadCommandDeps): ScpiCommand {
  return {
    set: (args) => {
      const short = keywordArgument(
        args[0],
        modeWords.map((each) => each.word),
      )
      const found = modeWords.find((each) => each.word.startsWith(short))
      if (found) load.state.mode = found.mode
    },
    get: () => {
      const found = modeWords.find((each) => each.mode === load.state.mode)
      if (!found) throw new ScpiError(-300, 'Device error')
      return modeAnswer(dialect, found)
    },
  }
}

type LevelKey = 'currentA' | 'voltageV' | 'resistanceOhm' | 'powerW' | 'currentLimitA'

function levelCommands({ context, load, rating, dialect }: LoadCommandDeps): {
  commands: ScpiCommands
  reset: () => void
} {
  const settings = createSettings(formatLevel)
  const initial = initialLevels(rating)
  const level = (key: LevelKey, most: number, least = 0): ScpiCommand =>
    settings.number({
      min: least,
      max: most,
      initial: initial[key],
      format: formatLevel,
      accept: (value) => {
        const stored = Math.round(value * (hasFault(context, 'clamp') ? 0.9 : 1) * 1e4) / 1e4
        load.state[key] = stored
        return stored
      },
    }).command
  const tail = '[:LEVel][:IMMediate][:AMPLitude]'
  const limit = level('currentLimitA', rating.maxCurrentA)
  const limitPattern: Readonly<Record<DialectName, string | null>> = {
    plain: null,
    itech: '[:SOURce]:VOLTage:LIMit:CURRent',
    rigol: '[:SOURce]:VOLTage:ILIMt',
    siglent: null,
    keysight: '[:SOURce]:CURRent:LIMit',
  }
  const own = limitPattern[dialect]
  return {
    commands: {
      [`[:SOURce]:CURRent${tail}`]: level('currentA', rating.maxCurrentA),
      [`[:SOURce]:VOLTage${tail}`]: level('voltageV', rating.maxVoltageV),
      [`[:SOURce]:RESistance${tail}`]: level('resistanceOhm', 10_000, 0.01),
      [`[:SOURce]:POWer${tail}`]: level('powerW', rating.maxPowerW),
      ...(own === null ? {} : { [own]: limit }),
    },
    reset: () => {
      settings.reset()
      const levels: Partial<LoadState> = initial
      Object.assign(load.state, levels)
    },
  }
}

const tripBits: Readonly<Record<Trip, number>> = {
  overCurrent: 2,
  overPower: 8,
  overTemperature: 16,
  reverse: 2048,
  overVoltage: 4096,
}

/** Input, short, protection, ranges, sense. */
function inputCommands({ load, dialect, remote }: LoadCommandDeps): ScpiCommands {
  const input: ScpiCommand = {
    set: (args) => load.switchLoad(booleanArgument(args[0])),
    get: () => (load.isOn() ? '1' : '0'),
  }
  const short: ScpiCommand = {
    set: (args) => void (load.state.short = booleanArgument(args[0])),
    get: () => (load.state.short ? '1' : '0'),
  }
  const kept = { vrange: '150', irange: '30', range: '150' }
  const keep = (key: keyof typeof kept): ScpiCommand => ({
    set: (args) => void (kept[key] = args[0] ?? ''),
    get: () => kept[key],
  })
  const onOff: ScpiCommand = {
    set: (args) => void (load.state.remoteSense = booleanArgument(args[0])),
    get: () => (load.state.remoteSense ? '1' : '0'),
  }
  const status = (): string => String([...load.tripped()].reduce((bits, each) => bits | tripBits[each], 0))
  const common: ScpiCommands = {
    '[:SOURce]:INPut|OUTPut[:STATe]': input,
    '[:SOURce]:INPut|OUTPut:SHORt[:STATe]': short,
    '[:SOURce]:INPut|OUTPut:PROTection:CLEar': { set: load.clearTrips },
    ':STATus:QUEStionable:CONDition': { get: status },
    ':SYSTem:REMote': { set: () => void (remote.on = true) },
    ':SYSTem:LOCal': { set: () => void (remote.on = dialect !== 'itech') },
    ':SYSTem:RWLock': { set: () => void (remote.on = true) },
  }
  const ranges: Partial<Record<DialectName, ScpiCommands>> = {
    rigol: { '[:SOURce]:VOLTage:RANGe': keep('range'), '[:SOURce]:SENSe': onOff },
    siglent: {
      '[:SOURce]:VOLTage:VRANGe': keep('vrange'),
      '[:SOURce]:VOLTage:IRANGe': keep('irange'),
      '[:SOURce]:SHORt[:STATe]': short,
      ':SYSTem:SENSe[:STATe]': onOff,
    },
    keysight: {
      '[:SOURce]:VOLTage:SENSe[:SOURce]': {
        set: (args) => {
          load.state.remoteSense = keywordArgument(args[0], ['INTernal', 'EXTernal']) === 'EXT'
        },
        get: () => (load.state.remoteSense ? 'EXT' : 'INT'),
      },
    },
  }
  return { ...common, ...ranges[dialect] }
}

/** Everything but the common commands of IEEE 488.2. */
export function loadCommands(deps: LoadCommandDeps): { commands: ScpiCommands; reset: () => void } {
  const { load, context, dialect } = deps
  const levels = levelCommands(deps)
  const print = (value: number): string => {
    if (hasFault(context, 'over-range')) return '9.9E+37'
    return dialect === 'keysight' ? value.toExponential(5).replace('e', 'E') : formatLevel(value)
  }
  const voltage: ScpiCommand = { get: () => print(load.voltageV()) }
  const current: ScpiCommand = { get: () => print(load.currentA()) }
  const power: ScpiCommand = { get: () => print(load.voltageV() * load.currentA()) }
  return {
    commands: {
      ...levels.commands,
      ...inputCommands(deps),
      '[:SOURce]:FUNCtion[:MODE]': modeCommand(deps),
      ':MODE': modeCommand(deps),
      ':MEASure|FETCh[:SCALar]:VOLTage[:DC]': voltage,
      ':MEASure|FETCh[:SCALar]:CURRent[:DC]': current,
      ':MEASure|FETCh[:SCALar]:POWer[:DC]': power,
    },
    reset: levels.reset,
  }
}
