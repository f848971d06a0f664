import { ScpiError, type ScpiCommands } from '../bench/scpi.ts'
import { atMost, booleanArgument, keywordArgument, numberArgument, quotedArgument } from '../bench/scpiSettings.ts'
import type { ScpiStatus } from '../bench/scpiStatus.ts'
import type { SourceMeter } from './sourceMeter.ts'
import { formatSetting, type MeterSettings } from './sourceMeterSettings.ts'

export interface CommandDeps {
  set: MeterSettings
  meter: SourceMeter
  status: ScpiStatus
  /** True where the output's relay is made to stick, as a fault. */
  isStuck: () => boolean
}

const accepted = { set: () => undefined }

/** As queries give the functions that are measured. */
export const functionList = (functions: ReadonlySet<string>): string =>
  ['VOLT', 'CURR', 'RES']
    .filter((each) => functions.has(each))
    .map((each) => (each === 'RES' ? '"RES"' : `"${each}:DC"`))
    .join(',')

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
  const list = (name: 'listV' | 'listA', most: number) => {
    const toList = (args: string[]): number[] =>
      args.map((each) => numberArgument(each, { min: -most, max: most, initial: 0 }))
    const root = `:SOURce[1]:LIST:${name === 'listV' ? 'VOLTage' : 'CURRent'}`
    return {
      [root]: {
        set: (args: string[]) => void (meter.state[name] = toList(args)),
        get: () => meter.state[name].map(formatSetting).join(','),
      },
      [`${root}:APPend`]: { set: (args: string[]) => void meter.state[name].push(...toList(args)) },
      [`${root}:POINts`]: { get: () => String(meter.state[name].length) },
    }
  }
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
    ...list('listV', 1100),
    ...list('listA', 10.5),
    ':SOURce[1]:DELay': set.delayS.command,
    ':SOURce[1]:DELay:AUTO': set.delayAuto.command,
    ':SOURce[1]:CLEar[:IMMediate]': { set: () => void (meter.state.output = isStuck()) },
    ':SOURce[1]:CLEar:AUTO': set.autoOff.command,
    ':OUTPut[1][:STATe]': output,
    ':OUTPut[1]:SMODe': set.offState.command,
    ':OUTPut[1]:INTerlock:TRIPped': { get: () => '1' },
    ':OUTPut[1]:ENABle:TRIPped': { get: () => '1' },
    ':SOURce2:TTL:ACTual': { get: () => '15' },
    ':SOURce2:CLEar[:IMMediate]': accepted,
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
  const integration = {
    ':SENSe[1]:CURRent[:DC]:NPLCycles': set.nplc.command,
    ':SENSe[1]:VOLTage[:DC]:NPLCycles': set.nplc.command,
    ':SENSe[1]:RESistance:NPLCycles': set.nplc.command,
  }
  return {
    ...integration,
    ':SENSe[1]:FUNCtion[:ON]': { set: on, get: () => functionList(functions) },
    ':SENSe[1]:FUNCtion[:ON]:ALL': { set: () => on(['VOLT', 'CURR', 'RES']) },
    ':SENSe[1]:FUNCtion[:ON]:COUNt': { get: () => String(functions.size) },
    ':SENSe[1]:FUNCtion:OFF:COUNt': { get: () => String(3 - functions.size) },
    ':SENSe[1]:FUNCtion:STATe': { get: (args) => (functions.has(functionName(args[0] ?? '')) ? '1' : '0') },
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

export function systemCommands({ set, meter }: CommandDeps): ScpiCommands {
  const zero = { ...set.autoZero.command }
  return {
    ':SYSTem:RSENse': set.remoteSense.command,
    ':SYSTem:AZERo[:STATe]': {
      set: (args) => void zero.set?.(args.map((each) => (each === '1' ? 'ON' : each === '0' ? 'OFF' : each))),
      get: () => (set.autoZero.value === 'OFF' ? '0' : '1'),
    },
    ':SYSTem:TIME': { get: () => formatSetting(meter.timeS()) },
    ':SYSTem:TIME:RESet': { set: meter.resetTime },
    ':SYSTem:AZERo:CACHing:RESet': accepted,
    ':SYSTem:AZERo:CACHing:REFResh': accepted,
    ':SYSTem:MEMory:INITialize': accepted,
    ':SYSTem:VERSion': { get: () => '1996.0' },
    ':SYSTem:LFRequency': set.lineFrequencyHz.command,
    ':SYSTem:LFRequency:AUTO': set.lineFrequencyAuto.command,
    '*OPT': { get: () => '0' },
    ':SYSTem:BEEPer[:IMMediate]': accepted,
    ':SYSTem:LOCal': accepted,
    ':SYSTem:REMote': accepted,
    ':SYSTem:RWLock': accepted,
    ':SYSTem:KEY': accepted,
    ':DISPlay:ENABle': set.displayOn.command,
    ':DISPlay:CNDisplay': accepted,
  }
}
