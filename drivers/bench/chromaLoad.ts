import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { initialLevels, type ElectronicLoad, type LoadMode, type LoadRating, type Trip } from './electronicLoad.ts'
import { hasFault } from './faults.ts'
import { ScpiError, type ScpiCommand, type ScpiCommands } from './scpi.ts'
import { booleanArgument, createSettings, keywordArgument, numberArgument, type Settings } from './scpiSettings.ts'
import type { ScpiStatus } from './scpiStatus.ts'
import { taking, withoutSuffix } from './scpiSuffix.ts'

/** What the two command sets of Chroma's loads differ in. */
export interface ChromaStyle {
  /** `VOLT:L1` and `RES:L1` of the 6310, or `VOLT:STAT:L1` and `RES:STAT:L1` of the later ones. */
  levels: 'plain' | 'static'
  /** Words of MODE, without the letter of the range. */
  modes: Readonly<Record<string, LoadMode>>
  /** Letters of the ranges with their share of the whole; CV of the 6310 has none. */
  ranges: Readonly<Record<string, number>>
  /** How `LOAD?` answers. */
  onOff: readonly [off: string, on: string]
  leastVoltageV: number
  channels: number
  /** `CHAN:ID?` */
  moduleIdentity: string
  modules: readonly string[]
}

export interface ChromaDeps {
  context: SimulatorContext
  load: ElectronicLoad
  rating: LoadRating
  style: ChromaStyle
  status: ScpiStatus
}

/** NR2 of the manual. */
const formatNumber = (value: number): string => String(Number(value.toFixed(4)))

const tripBits: Readonly<Record<Trip, number>> = {
  overCurrent: 1,
  overVoltage: 2,
  overPower: 4,
  reverse: 8,
  overTemperature: 16,
}

const accepted: ScpiCommand = { set: () => undefined }

/** A word that is kept and has no effect on what is measured. */
const switchSetting = (settings: Settings, initial: boolean): ScpiCommand => settings.boolean(initial).command

/** Mode and its range. `CV` without a letter is the 6310's. */
function modeCommand({ load, style }: ChromaDeps, range: { letter: string; word: string }): ScpiCommand {
  return {
    set: (args) => {
      const asked = (args[0] ?? '').toUpperCase()
      const letter = style.modes[asked] ? '' : asked.slice(-1)
      const mode = style.modes[asked] ?? style.modes[asked.slice(0, -1)]
      if (!mode || (letter !== '' && style.ranges[letter] === undefined))
        throw new ScpiError(-224, 'Illegal parameter value')
      Object.assign(range, { letter, word: asked })
      load.state.mode = mode
      // A change of mode drops the load.
      load.switchLoad(false)
      load.state.short = false
    },
    get: () => range.word,
  }
}

interface LevelOptions {
  unit: string
  max: () => number
  least: number
  initial: number
  put: (value: number) => void
}

/** L1, what the load follows, and L2, which is only kept. */
function levelPair(deps: ChromaDeps, settings: Settings, options: LevelOptions): { l1: ScpiCommand; l2: ScpiCommand } {
  const { context, rating, style } = deps
  const { unit, max, least, initial, put } = options
  // 12 bits of the whole range (6310), or 16.
  const steps = style.levels === 'plain' ? 4000 : 60_000
  const step = unit === 'V' ? rating.maxVoltageV / steps : unit === 'A' ? rating.maxCurrentA / steps : 1e-4
  const store = (value: number): number => {
    const taken = hasFault(context, 'clamp') ? value * 0.9 : value
    return Math.round(taken / step) * step
  }
  const l1 = settings.number({
    min: least,
    max,
    initial,
    format: formatNumber,
    accept: (value) => {
      const stored = store(value)
      put(stored)
      return stored
    },
  })
  const l2 = settings.number({ min: least, max, initial, format: formatNumber, accept: store })
  return { l1: taking(unit, l1.command), l2: taking(unit, l2.command) }
}

function slewCommands(settings: Settings, root: string): ScpiCommands {
  const slew = (): ScpiCommand =>
    taking('A/US', settings.number({ min: 1e-5, max: 10, initial: 0.1, format: String }).command)
  return { [`${root}:RISE`]: slew(), [`${root}:FALL`]: slew() }
}

/** What the load follows in each mode, as pairs of L1 and L2. */
function levelPairs(deps: ChromaDeps, settings: Settings, share: (mode: LoadMode) => number) {
  const { load, rating, style } = deps
  const { state } = load
  const pair = (options: Omit<LevelOptions, 'least' | 'initial'> & Partial<LevelOptions>) =>
    levelPair(deps, settings, { least: 0, initial: 0, ...options })
  return {
    current: pair({
      unit: 'A',
      max: () => rating.maxCurrentA * share('cc'),
      put: (value) => void (state.currentA = value),
    }),
    voltage: pair({
      unit: 'V',
      max: () => rating.maxVoltageV * share('cv'),
      least: style.leastVoltageV,
      initial: rating.maxVoltageV,
      put: (value) => void (state.voltageV = value),
    }),
    resistance: pair({
      unit: 'OHM',
      max: () => 20_000,
      least: 0.001,
      initial: 1000,
      put: (value) => void (state.resistanceOhm = value),
    }),
    power: pair({ unit: 'W', max: () => rating.maxPowerW, put: (value) => void (state.powerW = value) }),
    limit: pair({
      unit: 'A',
      max: () => rating.maxCurrentA,
      initial: rating.maxCurrentA,
      put: (value) => void (state.currentLimitA = value),
    }),
  }
}

/** Levels of all modes; `*RST` of the 6310 leaves them as they are. */
export function chromaLevelCommands(deps: ChromaDeps): { commands: ScpiCommands; reset: () => void } {
  const { load, rating, style } = deps
  const settings = createSettings(formatNumber)
  const range = { letter: 'H', word: 'CCH' }
  const share = (mode: LoadMode): number => (load.state.mode === mode ? (style.ranges[range.letter] ?? 1) : 1)
  const { current, voltage, resistance, power, limit } = levelPairs(deps, settings, share)
  const at = style.levels === 'plain' ? '' : ':STATic'
  const commands: ScpiCommands = {
    ':MODE': modeCommand(deps, range),
    ':CURRent:STATic:L1': current.l1,
    ':CURRent:STATic:L2': current.l2,
    [`:VOLTage${at}:L1`]: voltage.l1,
    [`:VOLTage${at}:L2`]: voltage.l2,
    [style.levels === 'plain' ? ':VOLTage:CURRent' : ':VOLTage:STATic:ILIMit']: limit.l1,
    [`:RESistance${at}:L1`]: resistance.l1,
    [`:RESistance${at}:L2`]: resistance.l2,
    ...slewCommands(settings, ':CURRent:STATic'),
    ...slewCommands(settings, `:RESistance${at}`),
    ...dynamicCommands(settings, rating),
  }
  const later: ScpiCommands = {
    ':POWer:STATic:L1': power.l1,
    ':POWer:STATic:L2': power.l2,
    ...slewCommands(settings, ':POWer:STATic'),
  }
  const reset = (): void => {
    settings.reset()
    Object.assign(range, { letter: 'H', word: 'CCH' })
    Object.assign(load.state, initialLevels(rating))
  }
  return { commands: style.levels === 'static' ? { ...commands, ...later } : commands, reset }
}

/** The dynamic mode is kept and answered, but not carried out: on the bench nothing is that quick. */
function dynamicCommands(settings: Settings, rating: LoadRating): ScpiCommands {
  const amperes = (): ScpiCommand =>
    taking('A', settings.number({ min: 0, max: rating.maxCurrentA, initial: 0 }).command)
  const seconds = (): ScpiCommand =>
    taking('S', settings.number({ min: 2.5e-5, max: 50, initial: 1, format: String }).command)
  return {
    ':CURRent:DYNamic:L1': amperes(),
    ':CURRent:DYNamic:L2': amperes(),
    ':CURRent:DYNamic:T1': seconds(),
    ':CURRent:DYNamic:T2': seconds(),
    ':CURRent:DYNamic:REPeat': settings.number({ min: 0, max: 65_535, initial: 0, accept: Math.round }).command,
    ...slewCommands(settings, ':CURRent:DYNamic'),
  }
}

/** Load on and off, short, protection, channels and configuration. */
export function chromaControlCommands(deps: ChromaDeps): ScpiCommands {
  const { load, style } = deps
  const settings = createSettings(formatNumber)
  const [off, on] = style.onOff
  const status = (): string => String([...load.tripped()].reduce((bits, each) => bits | tripBits[each], 0))
  const von = settings.number({
    min: 0,
    max: 1000,
    initial: 0,
    accept: (value) => (load.state.vonV = value),
  })
  const short = {
    set: (args: string[]) => {
      const wanted = booleanArgument(args[0])
      load.state.short = wanted
      if (wanted) load.switchLoad(true)
    },
    get: () => (load.state.short ? '1' : '0'),
  }
  return {
    ':LOAD[:STATe]': {
      set: (args) => load.switchLoad(booleanArgument(args[0])),
      get: () => (load.isOn() ? on : off),
    },
    ':LOAD:SHORt[:STATe]': short,
    ':LOAD:SHORt:KEY': { ...accepted, get: () => '1' },
    ':LOAD:PROTection': { get: status },
    ':LOAD:PROTection:CLEar': { set: load.clearTrips, get: status },
    ':LOAD:CLEar': accepted,
    ':LOAD:SAVe': accepted,
    ':ABORt': { set: () => load.switchLoad(false) },
    ':RUN': { set: () => load.switchLoad(true) },
    ':CONFigure:VOLTage:ON': taking('V', von.command),
    ':CONFigure:VOLTage:RANGe': { set: (args) => void withoutSuffix(args[0] ?? '', 'V'), get: () => 'H' },
    ':CONFigure:VOLTage:LATCh': switchSetting(settings, false),
    ':CONFigure:AUTO:LOAD': switchSetting(settings, false),
    ':CONFigure:AUTO:MODE': { ...accepted, get: () => '1' },
    ':CONFigure:SOUNd': switchSetting(settings, true),
    ':CONFigure:SAVE': accepted,
    ':CONFigure:LOAD': { ...accepted, get: () => '0' },
    ':FETCh:STATus': { get: status },
    ':STATus:CHANnel:CONDition': { get: status },
    ':STATus:CHANnel[:EVENt]': { get: status },
    ':STATus:CHANnel:ENABle': settings.number({ min: 0, max: 65_535, initial: 0 }).command,
    ':STATus:CHANnel:PTRansition': settings.number({ min: 0, max: 65_535, initial: 65_535 }).command,
    ':STATus:CHANnel:NTRansition': settings.number({ min: 0, max: 65_535, initial: 0 }).command,
    ':STATus:CSUMmary:ENABle': settings.number({ min: 0, max: 255, initial: 0 }).command,
    ':STATus:CSUMmary[:EVENt]': { get: () => (load.tripped().size > 0 ? '1' : '0') },
    ':STATus:QUEStionable:CONDition': { get: status },
    ...channelCommands(deps),
  }
}

/** The first channel holds the module; the others' slots are empty. */
function channelCommands({ style }: ChromaDeps): ScpiCommands {
  const active = createSettings(formatNumber).boolean(true)
  return {
    ':CHANnel[:LOAD]': {
      set: (args) => {
        const channel = Math.round(numberArgument(args[0], { min: 1, max: style.channels, initial: 1 }))
        if (style.modules[channel - 1] === '0') throw new ScpiError(-241, 'Hardware missing')
      },
      get: (args) => (args[0] ? String(numberArgument(args[0], { min: 1, max: style.channels, initial: 1 })) : '1'),
    },
    ':CHANnel:ID': { get: () => style.moduleIdentity },
    ':CHANnel:ACTive': { ...active.command, get: () => (active.value ? style.onOff[1] : style.onOff[0]) },
    ':CHANnel:SYNCon': { ...accepted, get: () => '0' },
    '*RDT': { get: () => style.modules.join(',') },
    '*SAV': accepted,
    '*RCL': accepted,
  }
}

/** Readings; MEAS and FETC alike. */
export function chromaMeasureCommands({ load, style, context }: ChromaDeps): ScpiCommands {
  const print = (value: number): string => (hasFault(context, 'over-range') ? '9.9E+37' : formatNumber(value))
  const voltage = (): string => print(load.voltageV())
  const current = (): string => print(load.currentA())
  const power = (): string => print(load.voltageV() * load.currentA())
  const all = (own: () => string) => ({
    get: () => Array.from({ length: style.channels }, (_each, i) => (i === 0 ? own() : '0')).join(','),
  })
  return {
    ':MEASure|FETCh:VOLTage': { get: voltage },
    ':MEASure|FETCh:CURRent': { get: current },
    ':MEASure|FETCh:POWer': { get: power },
    ':MEASure|FETCh:ALLVoltage': all(voltage),
    ':MEASure|FETCh:ALLCurrent': all(current),
    ':MEASure|FETCh:ALLPower': all(power),
    ':MEASure:INPut': {
      set: (args) => {
        const word = args[0] === '1' ? 'UUT' : args[0] === '0' ? 'LOAD' : keywordArgument(args[0], ['UUT', 'LOAD'])
        load.state.remoteSense = word === 'UUT'
      },
      get: () => (load.state.remoteSense ? '1' : '0'),
    },
    ':MEASure:SCAN': { ...accepted, get: () => '1' },
  }
}
