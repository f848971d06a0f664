import { ScpiError, type ScpiCommand, type ScpiCommands } from '../bench/scpi.ts'
import { keywordArgument, numberArgument } from '../bench/scpiSettings.ts'
import type { ScpiStatus } from '../bench/scpiStatus.ts'
import { formatReading, notMeasured, overflow, type MeterReading, type SourceMeter } from './sourceMeter.ts'
import { functionList, type CommandDeps } from './sourceMeterCommands.ts'
import type { MeterSettings } from './sourceMeterSettings.ts'

const elementNames = ['VOLTage', 'CURRent', 'RESistance', 'TIME', 'STATus'] as const
const elementValue: Record<string, (reading: MeterReading) => number> = {
  VOLT: (reading) => reading.voltage,
  CURR: (reading) => reading.current,
  RES: (reading) => reading.resistance,
  TIME: (reading) => reading.timeS,
  STAT: (reading) => reading.status,
}

/** What the buffer says of the room that a reading takes. */
const bytesPerReading = 24

const accepted = { set: () => undefined }

/** Trigger model, reading and buffer commands. */
export function acquisitionCommands({ set, meter, status }: CommandDeps): ScpiCommands {
  const trace = { readings: [] as MeterReading[], capacity: 100, filling: false }
  let elements: string[] = elementNames.map((each) => each.replace(/[a-z]/g, ''))

  const store = (reading: MeterReading): void => {
    if (!trace.filling) return
    trace.readings.push(reading)
    if (trace.readings.length < trace.capacity) return
    trace.filling = false
    status.measurementEvent(512)
  }
  const format = (readings: readonly MeterReading[]): string =>
    readings.flatMap((reading) => elements.map((each) => formatReading(elementValue[each]?.(reading) ?? 0))).join(',')
  const read = async (): Promise<string> => format(await meter.start(store))
  const latest = { get: () => format(meter.state.last.slice(-1)) }
  return {
    ':FORMat:ELEMents[:SENSe[1]]': {
      set: (args) => {
        const asked = args.map((each) => keywordArgument(each, elementNames))
        // The order is the instrument's, whatever order was asked for.
        elements = elementNames.map((each) => each.replace(/[a-z]/g, '')).filter((each) => asked.includes(each))
      },
      get: () => elements.join(','),
    },
    ':FORMat[:DATA]': {
      set: (args) => {
        if (keywordArgument(args[0], ['ASCii', 'REAL', 'SREal']) !== 'ASC')
          throw new ScpiError(701, 'ASCII only with RS-232')
      },
      get: () => 'ASC',
    },
    ':READ': { get: read },
    ...oneShotCommands({ set, meter }, read),
    ':FETCh': { get: () => format(meter.state.last) },
    ':SENSe[1]:DATA[:LATest]': latest,
    ':DATA[:LATest]': latest,
    ':INITiate[:IMMediate]': { set: () => startInBackground(meter, store, status) },
    ':ABORt': { set: () => meter.abort() },
    '*TRG': { set: () => startInBackground(meter, store, status) },
    ...triggerCommands(set),
    ':TRACe|DATA:CLEar': { set: () => void (trace.readings = []) },
    ':TRACe|DATA:POINts': {
      set: (args) => {
        trace.capacity = numberArgument(args[0], { min: 1, max: 2500, initial: 100 })
        trace.readings = []
      },
      get: () => String(trace.capacity),
    },
    ':TRACe|DATA:POINts:ACTual': { get: () => String(trace.readings.length) },
    ':TRACe|DATA:FEED': { ...accepted, get: () => 'SENS1' },
    ':TRACe|DATA:FEED:CONTrol': {
      set: (args) => void (trace.filling = keywordArgument(args[0], ['NEXT', 'NEVer']) === 'NEXT'),
      get: () => (trace.filling ? 'NEXT' : 'NEV'),
    },
    ':TRACe|DATA:DATA': { get: () => format(trace.readings) },
    ':TRACe|DATA:FREE': {
      get: () => `${(2500 - trace.readings.length) * bytesPerReading},${trace.readings.length * bytesPerReading}`,
    },
    ...statisticsCommands(() => trace.readings),
  }
}

/**
 * CONFigure and MEASure: one reading of one function. Both switch the output on, and it stays on without automatic
 * output-off (User's Manual, pages 17-2 and 17-5).
 */
function oneShotCommands(
  { set, meter }: Pick<CommandDeps, 'set' | 'meter'>,
  read: () => Promise<string>,
): ScpiCommands {
  const { functions } = meter.state
  const configure = (name: string | null): void => {
    meter.abort()
    if (name !== null) {
      functions.clear()
      functions.add(name)
    }
    set.armSource.value = set.triggerSource.value = 'IMM'
    set.armCount.value = set.triggerCount.value = 1
    set.triggerDelayS.value = 0
    if (!set.autoOff.value) meter.state.output = true
  }
  const measure = (name: string | null) => ({
    get: () => {
      configure(name)
      return read()
    },
  })
  const ofEach = (command: (name: string) => ScpiCommand, verb: string): ScpiCommands => ({
    [`:${verb}:CURRent[:DC]`]: command('CURR'),
    [`:${verb}:VOLTage[:DC]`]: command('VOLT'),
    [`:${verb}:RESistance`]: command('RES'),
  })
  return {
    ':MEASure': measure(null),
    ...ofEach(measure, 'MEASure'),
    ...ofEach((name) => ({ set: () => configure(name) }), 'CONFigure'),
    ':CONFigure': { get: () => functionList(functions) },
  }
}

function triggerCommands(set: MeterSettings): ScpiCommands {
  const trigger = ':TRIGger[:SEQuence[1]]'
  const arm = ':ARM[:SEQuence[1]][:LAYer[1]]'
  return {
    [`${trigger}:COUNt`]: set.triggerCount.command,
    [`${trigger}:DELay`]: set.triggerDelayS.command,
    [`${trigger}:SOURce`]: set.triggerSource.command,
    [`${trigger}[:TCONfigure]:OUTPut`]: set.triggerOutput.command,
    [`${trigger}[:TCONfigure]:ILINe`]: set.triggerInputLine.command,
    [`${trigger}[:TCONfigure]:OLINe`]: set.triggerOutputLine.command,
    ':TRIGger:CLEar': accepted,
    [`${arm}:COUNt`]: set.armCount.command,
    [`${arm}:SOURce`]: set.armSource.command,
    [`${arm}:TIMer`]: set.armTimerS.command,
    [`${arm}[:TCONfigure]:OUTPut`]: set.armOutput.command,
    [`${arm}[:TCONfigure]:ILINe`]: set.armInputLine.command,
    [`${arm}[:TCONfigure]:OLINe`]: set.armOutputLine.command,
  }
}

function startInBackground(meter: SourceMeter, store: (reading: MeterReading) => void, status: ScpiStatus): void {
  meter.start(store).catch((error: unknown) => {
    if (!(error instanceof ScpiError)) throw error
    status.push(error.code, error.message)
  })
}

/** CALC3: statistics of what is in the buffer; elements that were not measured stay so. */
function statisticsCommands(readings: () => readonly MeterReading[]): ScpiCommands {
  let kind = 'MEAN'
  const of = (values: number[]): number => {
    if (values.length === 0 || values.some((each) => each === notMeasured || each === overflow)) return notMeasured
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length
    const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0)
    const [least, most] = [Math.min(...values), Math.max(...values)]
    if (kind === 'MAX') return most
    if (kind === 'MIN') return least
    if (kind === 'PKPK') return most - least
    return kind === 'SDEV' ? Math.sqrt(squares / Math.max(1, values.length - 1)) : mean
  }
  const each = ['VOLT', 'CURR', 'RES'] as const
  return {
    ':CALCulate3:FORMat': {
      set: (args) => void (kind = keywordArgument(args[0], ['MEAN', 'SDEViation', 'MAXimum', 'MINimum', 'PKPK'])),
      get: () => kind,
    },
    ':CALCulate3:DATA': {
      get: () =>
        each.map((name) => formatReading(of(readings().map((r) => elementValue[name]?.(r) ?? notMeasured)))).join(','),
    },
  }
}
