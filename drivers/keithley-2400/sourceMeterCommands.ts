import { ScpiError, type ScpiCommands } from '../bench/scpi.ts'
import { atMost, booleanArgument, keywordArgument, numberArgument, quotedArgument } from '../bench/scpiSettings.ts'
import type { ScpiStatus } from '../bench/scpiStatus.ts'
import { formatReading, notMeasured, overflow, type MeterReading, type SourceMeter } from './sourceMeter.ts'
import { formatSetting, type MeterSettings } from './sourceMeterSettings.ts'

export interface CommandDeps {
  set: MeterSettings
  meter: SourceMeter
  status: ScpiStatus
  /** True where the output's relay is made to stick, as a fault. */
  isStuck: () => boolean
}

const elementNames = ['VOLTage', 'CURRent', 'RESistance', 'TIME', 'STATus'] as const
const elementValue: Record<string, (reading: MeterReading) => number> = {
  VOLT: (reading) => reading.voltage,
  CURR: (reading) => reading.current,
  RES: (reading) => reading.resistance,
  TIME: (reading) => reading.timeS,
  STAT: (reading) => reading.status,
}

const accepted = { set: () => undefined }

export function sourceCommands({ set, meter, isStuck }: CommandDeps): ScpiCommands {
  const step = (start: { value: number }, stop: { value: number }) => ({
    set: (args: string[]) => {
      const size = numberArgument(args[0], { min: -2200, max: 2200, initial: 0 })
      if (size === 0) throw new ScpiError(-222, 'Parameter data out of range')
      const points = Math.floor(Math.abs((stop.value - start.value) / size) + 1e-9) + 1
      if (points < 2 || points > 2500) throw new ScpiError(-222, 'Parameter data out of range')
      set.points.value = points
    },
    get: () => formatSetting((stop.value - start.value) / (set.points.value - 1)),
  })
  const toList = (args: string[]): number[] =>
    args.map((each) => numberArgument(each, { min: -1100, max: 1100, initial: 0 }))
  const output = {
    set: (args: string[]) => {
      atMost(args, 1)
      const on = booleanArgument(args[0])
      if (on || !isStuck()) meter.state.output = on
    },
    get: () => (meter.state.output ? '1' : '0'),
  }
  return {
    ':SOURce[1]:FUNCtion[:MODE]': set.source.command,
    ':SOURce[1]:VOLTage:MODE': set.voltageMode.command,
    ':SOURce[1]:CURRent:MODE': set.currentMode.command,
    ':SOURce[1]:VOLTage[:LEVel][:IMMediate][:AMPLitude]': set.levelV.command,
    ':SOURce[1]:CURRent[:LEVel][:IMMediate][:AMPLitude]': set.levelA.command,
    ':SOURce[1]:VOLTage:RANGe': set.voltageRangeV.command,
    ':SOURce[1]:VOLTage:RANGe:AUTO': set.voltageRangeAuto.command,
    ':SOURce[1]:CURRent:RANGe': set.sourceCurrentRangeA.command,
    ':SOURce[1]:CURRent:RANGe:AUTO': set.sourceCurrentRangeAuto.command,
    ':SOURce[1]:VOLTage:STARt': set.startV.command,
    ':SOURce[1]:VOLTage:STOP': set.stopV.command,
    ':SOURce[1]:VOLTage:STEP': step(set.startV, set.stopV),
    ':SOURce[1]:CURRent:STARt': set.startA.command,
    ':SOURce[1]:CURRent:STOP': set.stopA.command,
    ':SOURce[1]:CURRent:STEP': step(set.startA, set.stopA),
    ':SOURce[1]:SWEep:POINts': set.points.command,
    ':SOURce[1]:SWEep:DIRection': set.direction.command,
    ':SOURce[1]:SWEep:SPACing': set.spacing.command,
    ':SOURce[1]:SWEep:RANGing': set.ranging.command,
    ':SOURce[1]:SWEep:CABort': set.abortOnCompliance.command,
    ':SOURce[1]:LIST:VOLTage': {
      set: (args) => void (meter.state.listV = toList(args)),
      get: () => meter.state.listV.map(formatSetting).join(','),
    },
    ':SOURce[1]:LIST:VOLTage:APPend': { set: (args) => void meter.state.listV.push(...toList(args)) },
    ':SOURce[1]:LIST:VOLTage:POINts': { get: () => String(meter.state.listV.length) },
    ':SOURce[1]:DELay': set.delayS.command,
    ':SOURce[1]:DELay:AUTO': set.delayAuto.command,
    ':SOURce[1]:CLEar[:IMMediate]': { set: () => void (meter.state.output = isStuck()) },
    ':SOURce[1]:CLEar:AUTO': set.autoOff.command,
    ':OUTPut[1][:STATe]': output,
    ':OUTPut[1]:SMODe': set.offState.command,
    ':OUTPut[1]:INTerlock:STATe': accepted,
    ':OUTPut[1]:INTerlock:TRIPped': { get: () => '1' },
    ':ROUTe:TERMinals': set.terminals.command,
  }
}

export function senseCommands({ set, meter }: CommandDeps): ScpiCommands {
  const { functions } = meter.state
  const names = ['VOLTage', 'CURRent', 'RESistance']
  const functionName = (text: string): string => {
    const bare = /^["']/.test(text) ? quotedArgument(text) : text
    return keywordArgument(bare.replace(/:DC$/i, ''), names)
  }
  const on = (args: string[]): void => {
    if (args.length === 0) throw new ScpiError(-109, 'Missing parameter')
    const asked = args.map(functionName)
    if (!set.concurrent.value) functions.clear()
    for (const each of asked) functions.add(each)
  }
  const listed = (): string =>
    ['VOLT', 'CURR', 'RES']
      .filter((each) => functions.has(each))
      .map((each) => (each === 'RES' ? '"RES"' : `"${each}:DC"`))
      .join(',')
  const integration = {
    ':SENSe[1]:CURRent[:DC]:NPLCycles': set.nplc.command,
    ':SENSe[1]:VOLTage[:DC]:NPLCycles': set.nplc.command,
    ':SENSe[1]:RESistance:NPLCycles': set.nplc.command,
  }
  return {
    ...integration,
    ':SENSe[1]:FUNCtion[:ON]': { set: on, get: listed },
    ':SENSe[1]:FUNCtion:ALL': { set: () => on(['VOLT', 'CURR', 'RES']) },
    ':SENSe[1]:FUNCtion:OFF': {
      set: (args) => {
        for (const each of args.map(functionName)) functions.delete(each)
      },
    },
    ':SENSe[1]:FUNCtion:OFF:ALL': { set: () => functions.clear() },
    ':SENSe[1]:FUNCtion:CONCurrent': set.concurrent.command,
    ':SENSe[1]:CURRent[:DC]:RANGe[:UPPer]': set.currentRangeA.command,
    ':SENSe[1]:CURRent[:DC]:RANGe:AUTO': set.currentRangeAuto.command,
    ':SENSe[1]:VOLTage[:DC]:RANGe[:UPPer]': set.senseVoltageRangeV.command,
    ':SENSe[1]:VOLTage[:DC]:RANGe:AUTO': set.senseVoltageRangeAuto.command,
    ':SENSe[1]:RESistance:MODE': set.ohmsMode.command,
    ':SENSe[1]:RESistance:RANGe[:UPPer]': set.ohmsRange.command,
    ':SENSe[1]:RESistance:RANGe:AUTO': set.ohmsRangeAuto.command,
    ':SENSe[1]:CURRent[:DC]:PROTection[:LEVel]': set.complianceA.command,
    ':SENSe[1]:CURRent[:DC]:PROTection:TRIPped': { get: () => (meter.isLimiting() ? '1' : '0') },
    ':SENSe[1]:VOLTage[:DC]:PROTection[:LEVel]': set.complianceV.command,
    ':SENSe[1]:VOLTage[:DC]:PROTection:TRIPped': { get: () => (meter.isLimiting() ? '1' : '0') },
    ':SENSe[1]:AVERage[:STATe]': set.filter.command,
    ':SENSe[1]:AVERage:TCONtrol': set.filterKind.command,
    ':SENSe[1]:AVERage:COUNt': set.filterCount.command,
  }
}

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
  const pick = (names: string[]) => ({
    get: () => {
      meter.state.functions.clear()
      for (const each of names) meter.state.functions.add(each)
      return read()
    },
  })
  return {
    ':FORMat:ELEMents': {
      set: (args) => {
        const asked = args.map((each) => keywordArgument(each, elementNames))
        // The order is the instrument's, whatever order was asked for.
        elements = elementNames.map((each) => each.replace(/[a-z]/g, '')).filter((each) => asked.includes(each))
      },
      get: () => elements.join(','),
    },
    ':FORMat[:DATA]': { ...accepted, get: () => 'ASC' },
    ':READ': { get: read },
    ':MEASure': { get: read },
    ':MEASure:CURRent[:DC]': pick(['CURR']),
    ':MEASure:VOLTage[:DC]': pick(['VOLT']),
    ':MEASure:RESistance': pick(['RES']),
    ':FETCh': { get: () => format(meter.state.last) },
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
    ':TRACe|DATA:TSTamp:FORMat': accepted,
    ...statisticsCommands(() => trace.readings),
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
    [`${trigger}:INPut`]: accepted,
    ':TRIGger:CLEar': accepted,
    [`${arm}:COUNt`]: set.armCount.command,
    [`${arm}:SOURce`]: set.armSource.command,
    [`${arm}:TIMer`]: set.armTimerS.command,
    [`${arm}[:TCONfigure]:OUTPut`]: set.armOutput.command,
    [`${arm}[:TCONfigure]:ILINe`]: set.armInputLine.command,
    [`${arm}[:TCONfigure]:OLINe`]: set.armOutputLine.command,
    [`${arm}[:TCONfigure]:DIRection`]: accepted,
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

export function systemCommands({ set, meter }: CommandDeps): ScpiCommands {
  const zero = { ...set.autoZero.command }
  return {
    ':SYSTem:RSENse': set.remoteSense.command,
    ':SYSTem:AZERo[:STATe]': {
      set: (args) => void zero.set?.(args.map((each) => (each === '1' ? 'ON' : each === '0' ? 'OFF' : each))),
      get: () => (set.autoZero.value === 'OFF' ? '0' : '1'),
    },
    ':SYSTem:TIME:RESet': { set: meter.resetTime },
    ':SYSTem:VERSion': { get: () => '1996.0' },
    ':SYSTem:LFRequency': set.lineFrequencyHz.command,
    ':SYSTem:LFRequency:AUTO': set.lineFrequencyAuto.command,
    '*OPT': { get: () => '0' },
    ':SYSTem:BEEPer[:IMMediate]': accepted,
    ':SYSTem:BEEPer:STATe': accepted,
    ':SYSTem:LOCal': accepted,
    ':SYSTem:REMote': accepted,
    ':SYSTem:RWLock': accepted,
    ':SYSTem:KEY': accepted,
    ':DISPlay:ENABle': set.displayOn.command,
    ':DISPlay:DIGits': accepted,
    ':DISPlay:CNDisplay': accepted,
    ':DISPlay[:WINDow[1]]:TEXT:DATA': accepted,
    ':DISPlay[:WINDow[1]]:TEXT:STATe': accepted,
  }
}
