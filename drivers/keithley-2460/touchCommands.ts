import type { Clock } from '../../src/base/clock.ts'
import { ScpiError, type ScpiCommands } from '../bench/scpi.ts'
import {
  booleanArgument,
  keywordArgument,
  numberArgument,
  quotedArgument,
  type NumberLimits,
} from '../bench/scpiSettings.ts'
import type { BufferReading, ReadingBuffer } from './touchBuffers.ts'
import { overflow, type TouchFunction, type TouchMeter } from './touchMeter.ts'
import type { TouchSettings } from './touchSettings.ts'
import { sweepCommands } from './touchSweepCommands.ts'

/** Readings come as `-1.234567E-03`. */
export const formatReading = (value: number): string =>
  value.toExponential(6).replace(/e([+-])(\d+)$/, (_all, sign: string, digits: string) => {
    return `E${sign}${digits.padStart(2, '0')}`
  })

export interface CommandDeps {
  set: TouchSettings
  meter: TouchMeter
}

const accepted = { set: () => undefined }
const defaultBuffer = 'defbuffer1'
const anyNumber: NumberLimits = { min: -1e12, max: 1e12, initial: 0 }

export function sourceCommands({ set, meter }: CommandDeps): ScpiCommands {
  const limited = { get: () => (meter.isLimiting() ? '1' : '0') }
  return {
    ':SOURce[1]:FUNCtion[:MODE]': set.source.command,
    ':SOURce[1]:VOLTage[:LEVel][:IMMediate][:AMPLitude]': set.levelV.command,
    ':SOURce[1]:CURRent[:LEVel][:IMMediate][:AMPLitude]': set.levelA.command,
    ':SOURce[1]:VOLTage:RANGe': set.sourceRange.VOLT.range.command,
    ':SOURce[1]:CURRent:RANGe': set.sourceRange.CURR.range.command,
    ':SOURce[1]:VOLTage:RANGe:AUTO': set.sourceRange.VOLT.auto.command,
    ':SOURce[1]:CURRent:RANGe:AUTO': set.sourceRange.CURR.auto.command,
    ':SOURce[1]:VOLTage:ILIMit[:LEVel]': set.limitA.command,
    ':SOURce[1]:CURRent:VLIMit[:LEVel]': set.limitV.command,
    ':SOURce[1]:VOLTage:ILIMit[:LEVel]:TRIPped': limited,
    ':SOURce[1]:CURRent:VLIMit[:LEVel]:TRIPped': limited,
    ':SOURce[1]:VOLTage:DELay': set.of.VOLT.delayS.command,
    ':SOURce[1]:CURRent:DELay': set.of.CURR.delayS.command,
    ':SOURce[1]:VOLTage:DELay:AUTO': set.of.VOLT.delayAuto.command,
    ':SOURce[1]:CURRent:DELay:AUTO': set.of.CURR.delayAuto.command,
    ':SOURce[1]:VOLTage:READ:BACK': set.of.VOLT.readBack.command,
    ':SOURce[1]:CURRent:READ:BACK': set.of.CURR.readBack.command,
    ':OUTPut[1][:STATe]': {
      set: (args) => meter.switchOutput(booleanArgument(args[0])),
      get: () => (meter.state.output ? '1' : '0'),
    },
    ':OUTPut[1]:VOLTage:SMODe': set.of.VOLT.offState.command,
    ':OUTPut[1]:CURRent:SMODe': set.of.CURR.offState.command,
    ':SOURce[1]:VOLTage:PROTection[:LEVel]:TRIPped': { get: () => '0' },
    ':OUTPut[1]:INTerlock:TRIPped': { get: () => (meter.interlockClosed() ? '1' : '0') },
    ':ROUTe:TERMinals': set.terminals.command,
    ...sweepCommands(meter, set),
  }
}

export function senseCommands({ set, meter }: CommandDeps): ScpiCommands {
  const of = (pattern: string, name: TouchFunction): ScpiCommands => {
    const each = set.sense[name]
    const root = `[:SENSe[1]]:${pattern}`
    return {
      [`${root}:RANGe[:UPPer]`]: each.range.command,
      [`${root}:RANGe:AUTO`]: each.auto.command,
      [`${root}:NPLCycles`]: each.nplc.command,
      [`${root}:RSENse`]: each.remoteSense.command,
      [`${root}:AZERo[:STATe]`]: each.autoZero.command,
      [`${root}:AVERage[:STATe]`]: each.filter.command,
      [`${root}:AVERage:TCONtrol`]: each.filterKind.command,
      [`${root}:AVERage:COUNt`]: each.filterCount.command,
    }
  }
  return {
    ...of('VOLTage[:DC]', 'VOLT'),
    ...of('CURRent[:DC]', 'CURR'),
    ...of('RESistance', 'RES'),
    '[:SENSe[1]]:FUNCtion[:ON]': {
      set: (args) => {
        meter.state.measure = keywordArgument(quotedArgument(args[0]).replace(/:DC$/i, ''), [
          'VOLTage',
          'CURRent',
          'RESistance',
        ]) as TouchFunction
      },
      get: () => (meter.state.measure === 'RES' ? '"RES"' : `"${meter.state.measure}:DC"`),
    },
    '[:SENSe[1]]:COUNt': set.senseCount.command,
    '[:SENSe[1]]:AZERo:ONCE': accepted,
  }
}

const elementNames = [
  'DATE',
  'FORMatted',
  'FRACtional',
  'READing',
  'RELative',
  'SEConds',
  'SOURce',
  'SOURFORMatted',
  'SOURSTATus',
  'SOURUNIT',
  'STATus',
  'TIME',
  'TSTamp',
  'UNIT',
]

/** Prints buffer elements; times of day follow the context's clock. */
export function createElementPrinter(clock: Clock) {
  return (buffer: ReadingBuffer, each: BufferReading, element: string): string => {
    const utcMs = clock.utcMs() - clock.monotonicMs() + each.atMs
    const stamp = new Date(utcMs).toISOString()
    const firstMs = buffer.readings[0]?.atMs ?? each.atMs
    const print: Record<string, () => string> = {
      READ: () => formatReading(each.reading),
      SOUR: () => formatReading(each.source),
      REL: () => formatReading((each.atMs - firstMs) / 1000),
      STAT: () => String(each.status),
      SOURSTAT: () => String(each.sourceStatus),
      SEC: () => String(Math.floor(utcMs / 1000)),
      FRAC: () => formatReading((utcMs % 1000) / 1000),
      UNIT: () => each.unit,
      SOURUNIT: () => 'Volt DC',
      FORM: () => `${each.reading.toPrecision(6)} ${each.unit}`,
      SOURFORM: () => `${each.source.toPrecision(6)} V`,
      DATE: () => stamp.slice(0, 10),
      TIME: () => stamp.slice(11, 19),
      TST: () => stamp.replace('T', ' ').replace('Z', ''),
    }
    return print[element]?.() ?? ''
  }
}

type Printer = ReturnType<typeof createElementPrinter>

/** `"buffer"` and elements, both of which may be left out. */
function bufferAndElements(args: string[]): { buffer: string; elements: string[] } {
  const isNamed = /^["']/.test(args[0] ?? '')
  const elements = (isNamed ? args.slice(1) : args).map((each) => keywordArgument(each, elementNames))
  const buffer = isNamed ? quotedArgument(args[0]) : defaultBuffer
  return { buffer, elements: elements.length > 0 ? elements : ['READ'] }
}

/** Reading and trigger commands. */
export function acquisitionCommands({ meter }: CommandDeps, print: Printer): ScpiCommands {
  const format = (name: string, readings: BufferReading[], elements: string[]): string =>
    readings.flatMap((each) => elements.map((element) => print(meter.buffers.get(name), each, element))).join(',')
  const read = async (args: string[]): Promise<string> => {
    const { buffer, elements } = bufferAndElements(args)
    return format(buffer, (await meter.read(buffer)).slice(-1), elements)
  }
  const measure = (name: TouchFunction) => ({
    get: (args: string[]) => {
      meter.state.measure = name
      return read(args)
    },
  })
  const data = (args: string[]): string => {
    const { buffer, elements } = bufferAndElements(args.slice(2))
    const { readings } = meter.buffers.get(buffer)
    const whole = { min: 1, max: readings.length, initial: 1 }
    const [first, last] = [numberArgument(args[0], whole), numberArgument(args[1], whole)]
    if (last < first) throw new ScpiError(-222, 'Parameter data out of range')
    return format(buffer, readings.slice(first - 1, last), elements)
  }
  const fetch = (args: string[]): string => {
    const { buffer, elements } = bufferAndElements(args)
    return format(buffer, meter.buffers.get(buffer).readings.slice(-1), elements)
  }
  return {
    ':READ': { get: read },
    ':FETCh': { get: fetch },
    ':MEASure': { get: read },
    ':MEASure:VOLTage[:DC]': measure('VOLT'),
    ':MEASure:CURRent[:DC]': measure('CURR'),
    ':MEASure:RESistance': measure('RES'),
    ':INITiate[:IMMediate]': { set: meter.initiate },
    ':ABORt': { set: meter.abort },
    ':TRIGger:STATe': { get: meter.triggerState },
    '*TRG': accepted,
    ':TRACe:DATA': { get: data },
    ':TRACe:TRIGger': { set: async (args) => void (await meter.read(bufferAndElements(args).buffer)) },
    ':FORMat[:DATA]': { set: (args) => void keywordArgument(args[0], ['ASCii']), get: () => 'ASC' },
  }
}

/** Everything about buffers but their data. */
export function bufferCommands({ meter }: CommandDeps): ScpiCommands {
  const named = (args: string[]): ReadingBuffer =>
    meter.buffers.get(args[0] === undefined ? defaultBuffer : quotedArgument(args[0]))
  const capacity = { min: 10, max: 6_875_000, initial: 100_000 }
  return {
    ':TRACe:CLEar': { set: (args) => void (named(args).readings = []) },
    ':TRACe:ACTual': { get: (args) => String(named(args).readings.length) },
    ':TRACe:ACTual:STARt': { get: (args) => (named(args).readings.length > 0 ? '1' : '0') },
    ':TRACe:ACTual:END': { get: (args) => String(named(args).readings.length) },
    ':TRACe:POINts': {
      set: (args) =>
        void Object.assign(named(args.slice(1)), { capacity: numberArgument(args[0], capacity), readings: [] }),
      get: (args) => String(named(args).capacity),
    },
    ':TRACe:MAKE': {
      set: (args) => meter.buffers.make(quotedArgument(args[0]), numberArgument(args[1], capacity)),
    },
    ':TRACe:DELete': { set: (args) => meter.buffers.remove(quotedArgument(args[0])) },
    ...statisticsCommands(named),
  }
}

function statisticsCommands(named: (args: string[]) => ReadingBuffer): ScpiCommands {
  const over = (reduce: (values: number[]) => number) => ({
    get: (args: string[]) => {
      const values = named(args).readings.map((each) => each.reading)
      if (values.includes(overflow)) return formatReading(overflow)
      return formatReading(values.length > 0 ? reduce(values) : 0)
    },
  })
  const mean = (values: number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length
  return {
    ':TRACe:STATistics:AVERage': over(mean),
    ':TRACe:STATistics:MAXimum': over((values) => Math.max(...values)),
    ':TRACe:STATistics:MINimum': over((values) => Math.min(...values)),
    ':TRACe:STATistics:PK2Pk': over((values) => Math.max(...values) - Math.min(...values)),
    ':TRACe:STATistics:STDDev': over((values) => {
      const centre = mean(values)
      return Math.sqrt(values.reduce((sum, each) => sum + (each - centre) ** 2, 0) / Math.max(1, values.length - 1))
    }),
    ':TRACe:STATistics:CLEar': accepted,
  }
}

export function systemCommands(language: string, clock: Clock): ScpiCommands {
  const text = (args: string[]): number => numberArgument(args[0], anyNumber)
  return {
    // What is chosen holds from the next start on; the answer is the set in use (manual, *LANG).
    '*LANG': { set: (args) => void keywordArgument(args[0], ['SCPI', 'TSP', 'SCPI2400']), get: () => language },
    ':SYSTem:VERSion': { get: () => '1999.0' },
    ':SYSTem:TIME': { ...accepted, get: () => String(Math.floor(clock.utcMs() / 1000)) },
    ':SYSTem:LFRequency': { get: () => '50' },
    ':SYSTem:BEEPer[:IMMediate]': { set: (args) => void text(args) },
    ':SYSTem:LOCal': accepted,
    ':SYSTem:REMote': accepted,
    ':DISPlay:CLEar': accepted,
  }
}
