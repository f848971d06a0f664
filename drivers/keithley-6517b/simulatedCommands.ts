import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { ScpiError, type ScpiCommand, type ScpiCommands } from '../bench/scpi.ts'
import { booleanArgument, keywordArgument, numberArgument, quotedArgument } from '../bench/scpiSettings.ts'
import type { ScpiStatus } from '../bench/scpiStatus.ts'
import { formatValue, type SenseName, type SimulatedMeter, type SimulatedReading } from './simulatedMeter.ts'

export interface CommandDeps {
  context: SimulatorContext
  meter: SimulatedMeter
  status: ScpiStatus
}

const accepted: ScpiCommand = { set: () => undefined }
const functionNames = ['CURRent', 'VOLTage', 'RESistance', 'CHARge']

const functionOf = (text: string | undefined): SenseName => {
  const bare = /^["']/.test(text ?? '') ? quotedArgument(text) : text
  return keywordArgument(bare?.replace(/:DC$/i, ''), functionNames) as SenseName
}

export function senseCommands({ meter }: CommandDeps): ScpiCommands {
  const of = (pattern: string, name: SenseName): ScpiCommands => {
    const each = meter.set.sense[name]
    const root = `[:SENSe[1]]:${pattern}`
    return {
      [`${root}:RANGe[:UPPer]`]: each.range.command,
      [`${root}:RANGe:AUTO`]: each.auto.command,
      [`${root}:NPLCycles`]: each.nplc.command,
      [`${root}:AVERage[:STATe]`]: each.filter.command,
      [`${root}:AVERage:TCONtrol`]: each.filterKind.command,
      [`${root}:AVERage:COUNt`]: each.filterCount.command,
      [`${root}:MEDian[:STATe]`]: each.median.command,
      [`${root}:MEDian:RANK`]: each.medianRank.command,
      [`${root}:DIGits`]: each.digits.command,
    }
  }
  return {
    ...of('CURRent[:DC]', 'CURR'),
    ...of('VOLTage[:DC]', 'VOLT'),
    ...of('RESistance', 'RES'),
    ...of('CHARge', 'CHAR'),
    '[:SENSe[1]]:FUNCtion': {
      set: (args) => void (meter.state.measure = functionOf(args[0])),
      get: () =>
        `"${meter.state.measure === 'RES' || meter.state.measure === 'CHAR' ? meter.state.measure : `${meter.state.measure}:DC`}"`,
    },
  }
}

export function sourceCommands({ context, meter, status }: CommandDeps): ScpiCommands {
  const { set, source } = meter
  const level: ScpiCommand = {
    ...set.levelV.command,
    set: async (args) => {
      await set.levelV.command.set?.(args)
      source.follow()
    },
  }
  const range: ScpiCommand = {
    ...set.sourceRangeV.command,
    set: async (args) => {
      await set.sourceRangeV.command.set?.(args)
      // A range that is too small for the level takes it down with it.
      if (Math.abs(set.levelV.value) > set.sourceRangeV.value) set.levelV.value = 0
      source.follow()
    },
  }
  return {
    ':SOURce:VOLTage[:LEVel][:IMMediate][:AMPLitude]': level,
    ':SOURce:VOLTage:RANGe': range,
    // Not in the manual's table, but sent by pymeasure.
    ':SOURce:VOLTage:RANGe:AUTO': set.sourceRangeAuto.command,
    ':SOURce:VOLTage:LIMit[:AMPLitude]': set.limitV.command,
    ':SOURce:VOLTage:LIMit:STATe': set.limitOn.command,
    ':SOURce:VOLTage:MCONnect': set.meterConnect.command,
    ':SOURce:CURRent:RLIMit[:STATe]': set.seriesResistor.command,
    ':SOURce:CURRent:LIMit[:STATe]': { get: () => (source.isLimiting() ? '1' : '0') },
    ':OUTPut[1][:STATe]': {
      set: (args) => {
        const on = booleanArgument(args[0])
        source.switchOutput(on)
        if (on && !source.isClosed()) status.push(-221, 'Settings conflict; interlock open')
      },
      get: () => (source.isOn() ? '1' : '0'),
    },
    ':SYSTem:INTerlock': { get: () => (source.isClosed() && !hasFault(context, 'interlock-open') ? '1' : '0') },
  }
}

const elementNames = [
  'READing',
  'CHANnel',
  'RNUMber',
  'UNITs',
  'TSTamp',
  'STATus',
  'HUMidity',
  'ETEMperature',
  'VSOurce',
]

const defaultElements = ['READ', 'TST', 'RNUM', 'UNIT', 'STAT']

/** Elements in the instrument's own order; status letter and unit stand right behind the number. */
function createPrinter({ meter }: CommandDeps) {
  const kept = { elements: [...defaultElements] }
  const seconds = (reading: SimulatedReading): string => ((reading.atMs - meter.state.startMs) / 1000).toFixed(1)
  const print = (reading: SimulatedReading): string => {
    const has = (name: string): boolean => kept.elements.includes(name)
    const parts = [
      has('READ')
        ? `${formatValue(reading.value)}${has('STAT') ? reading.status : ''}${has('UNIT') ? reading.unit : ''}`
        : null,
      has('TST') ? `+${seconds(reading)}secs` : null,
      has('RNUM') ? `+${String(reading.number % 100_000).padStart(5, '0')}RDNG#` : null,
      has('CHAN') ? '00' : null,
      has('VSO') ? `${formatValue(meter.source.isOn() ? meter.set.levelV.value : 0)}Vsrc` : null,
    ]
    return parts.filter((part) => part !== null).join(',')
  }
  return { kept, print }
}

/** Readings and triggers; each reading also goes to the buffer where that is filling. */
export function acquisitionCommands(deps: CommandDeps): ScpiCommands {
  const { meter } = deps
  const { kept, print } = createPrinter(deps)
  const buffer = createBuffer(deps)
  const keep = (reading: SimulatedReading): void => {
    meter.state.last = print(reading)
    buffer.store(meter.state.last)
  }
  const read = async (): Promise<string> => {
    if (meter.set.continuous.value) throw new ScpiError(-213, 'Init ignored')
    // READ? begins with an abort of what is going on.
    meter.abort()
    await meter.idle()
    const taken: string[] = []
    await meter.start((reading) => {
      keep(reading)
      taken.push(print(reading))
    })
    return taken.join(',')
  }
  /** MEASure and CONFigure set the function, its automatic range and one reading. */
  const configure = (name: SenseName): void => {
    meter.state.measure = name
    meter.set.continuous.value = false
    meter.set.triggerCount.value = 1
  }
  const measure = (name: SenseName | null): ScpiCommand => ({
    get: () => {
      configure(name ?? meter.state.measure)
      return read()
    },
  })
  const byName = (verb: string, command: (name: SenseName) => ScpiCommand): ScpiCommands => ({
    [`:${verb}:CURRent[:DC]`]: command('CURR'),
    [`:${verb}:VOLTage[:DC]`]: command('VOLT'),
    [`:${verb}:RESistance`]: command('RES'),
    [`:${verb}:CHARge`]: command('CHAR'),
  })
  const latest: ScpiCommand = { get: () => meter.state.last ?? '' }
  return {
    ...buffer.commands,
    ':READ': { get: read },
    ':FETCh': latest,
    '[:SENSe[1]]:DATA[:LATest]': latest,
    '[:SENSe[1]]:DATA:FRESh': latest,
    ':MEASure': measure(null),
    ...byName('MEASure', measure),
    ...byName('CONFigure', (name) => ({ set: () => configure(name) })),
    ':CONFigure': { get: () => `"${meter.state.measure}"` },
    ':INITiate[:IMMediate]': { set: () => void meter.start(keep) },
    ':INITiate:CONTinuous': meter.set.continuous.command,
    ':ABORt': { set: meter.abort },
    '*TRG': { set: () => void meter.start(keep) },
    ':TRIGger[:SEQuence[1]]:COUNt': meter.set.triggerCount.command,
    ':TRIGger[:SEQuence[1]]:DELay': meter.set.triggerDelayS.command,
    ':FORMat[:DATA]': { ...accepted, get: () => 'ASC' },
    ':FORMat:ELEMents': {
      set: (args) => {
        const asked = args.map((each) => keywordArgument(each, [...elementNames, 'DEFault', 'NONE']))
        kept.elements = asked.includes('DEF') || asked.includes('NONE') ? [...defaultElements] : asked
      },
      get: () => kept.elements.join(','),
    },
  }
}

/** The buffer takes readings while it is filling; bit 9 of the measurement events says that it is full. */
function createBuffer({ status }: CommandDeps): { store: (text: string) => void; commands: ScpiCommands } {
  const trace = { readings: [] as string[], capacity: 100, filling: false }
  return {
    store: (text) => {
      if (!trace.filling) return
      trace.readings.push(text)
      if (trace.readings.length < trace.capacity) return
      trace.filling = false
      status.measurementEvent(512)
    },
    commands: {
      ':TRACe|DATA:CLEar': { set: () => void (trace.readings = []) },
      ':TRACe|DATA:POINts': {
        set: (args) => {
          trace.capacity = numberArgument(args[0], { min: 1, max: 50_000, initial: 100 })
          trace.readings = []
        },
        get: () => String(trace.capacity),
      },
      ':TRACe|DATA:POINts:ACTual': { get: () => String(trace.readings.length) },
      ':TRACe|DATA:FEED': { ...accepted, get: () => 'SENS' },
      ':TRACe|DATA:FEED:CONTrol': {
        set: (args) => void (trace.filling = keywordArgument(args[0], ['NEXT', 'NEVer', 'ALWays']) !== 'NEV'),
        get: () => (trace.filling ? 'NEXT' : 'NEV'),
      },
      ':TRACe|DATA:FREE': { get: () => `${(50_000 - trace.readings.length) * 16},${trace.readings.length * 16}` },
      ':TRACe|DATA:LAST': { get: () => trace.readings.at(-1) ?? '' },
      ':TRACe|DATA:DATA': { get: () => trace.readings.join(',') },
    },
  }
}

export function systemCommands({ meter }: CommandDeps): ScpiCommands {
  const { set } = meter
  return {
    ':SYSTem:ZCHeck[:STATe]': set.zeroCheck.command,
    ':SYSTem:ZCORrect[:STATe]': set.zeroCorrect.command,
    ':SYSTem:ZCORrect:ACQuire': accepted,
    ':SYSTem:LSYNc:STATe': set.lineSync.command,
    ':SYSTem:PRESet': { set: () => meter.reset() },
    ...set.kept,
    '*OPT': { get: () => '0' },
    ':SYSTem:KEY': accepted,
    ':SYSTem:VERSion': { get: () => '1996.0' },
    ':SYSTem:LFRequency': { get: () => '50' },
    ':SYSTem:LOCal': accepted,
    ':SYSTem:REMote': accepted,
    ':SYSTem:RWLock': accepted,
    ':SYSTem:TSTamp:RELative:RESet': { set: () => void (meter.state.startMs = meter.now()) },
    ':SYSTem:RNUMber:RESet': { set: () => void (meter.state.taken = 0) },
    ':DISPlay:CNDisplay': accepted,
  }
}
