import type { Clock } from '../../src/base/clock.ts'
import type { ScpiCommand, ScpiCommands } from '../bench/scpi.ts'
import { booleanArgument, keywordArgument } from '../bench/scpiSettings.ts'
import { formatReading, type CommandDeps } from './touchCommands.ts'
import type { BufferReading } from './touchBuffers.ts'
import type { TouchFunction } from './touchMeter.ts'

const accepted: ScpiCommand = { set: () => undefined }
const notMeasured = 9.91e37
const elementNames = ['VOLTage', 'CURRent', 'RESistance', 'TIME', 'STATus'] as const

/** In the old order, whatever order was asked for. */
function createOldPrinter({ set, meter }: CommandDeps, clock: Clock) {
  const kept = { elements: ['VOLT', 'CURR', 'RES', 'TIME', 'STAT'] }
  const startMs = clock.monotonicMs()
  const valueOf = (reading: BufferReading, element: string): number => {
    const source = set.source.value === 'CURR' ? 'CURR' : 'VOLT'
    if (element === 'TIME') return (reading.atMs - startMs) / 1000
    if (element === 'STAT') return reading.status
    if (element === meter.state.measure) return reading.reading
    return element === source ? reading.source : notMeasured
  }
  const print = (readings: readonly BufferReading[]): string =>
    readings
      .flatMap((each) => kept.elements.map((element) => formatReading(valueOf(each, element))))
      .map((text) => (text.startsWith('-') ? text : `+${text}`))
      .join(',')
  return { kept, print }
}

/**
 * The command set SCPI2400: that of the 2400 series where it differs from the instrument's own. As much of it as client
 * libraries of the 2400 send; pymeasure's Keithley2450 and basil's keithley_2450 and keithley_2460 need it.
 */
export function oldCommands(deps: CommandDeps, clock: Clock): ScpiCommands {
  const { set, meter } = deps
  const { kept, print } = createOldPrinter(deps, clock)
  const buffer = 'defbuffer1'
  const read = async (): Promise<string> => print(await meter.read(buffer))
  const measure = (name: TouchFunction): ScpiCommand => ({
    get: () => {
      meter.state.measure = name
      return read()
    },
  })
  const remoteSense: ScpiCommand = {
    set: (args) => {
      const on = booleanArgument(args[0])
      for (const each of Object.values(set.sense)) each.remoteSense.value = on
    },
    get: () => (set.sense.CURR.remoteSense.value ? '1' : '0'),
  }
  return {
    '[:SENSe[1]]:CURRent[:DC]:PROTection[:LEVel]': set.limitA.command,
    '[:SENSe[1]]:VOLTage[:DC]:PROTection[:LEVel]': set.limitV.command,
    '[:SENSe[1]]:CURRent[:DC]:PROTection:TRIPped': { get: () => (meter.isLimiting() ? '1' : '0') },
    '[:SENSe[1]]:VOLTage[:DC]:PROTection:TRIPped': { get: () => (meter.isLimiting() ? '1' : '0') },
    '[:SENSe[1]]:FUNCtion:CONCurrent': accepted,
    ':SYSTem:RSENse': remoteSense,
    ':FORMat:ELEMents': {
      set: (args) => {
        const asked = args.map((each) => keywordArgument(each, elementNames))
        kept.elements = elementNames.map((each) => each.replace(/[a-z]/g, '')).filter((each) => asked.includes(each))
      },
      get: () => kept.elements.join(','),
    },
    ':READ': { get: read },
    ':FETCh': { get: () => print(meter.buffers.get(buffer).readings.slice(-1)) },
    ':MEASure:VOLTage[:DC]': measure('VOLT'),
    ':MEASure:CURRent[:DC]': measure('CURR'),
    ':MEASure:RESistance': measure('RES'),
    ':TRACe:FEED': { ...accepted, get: () => 'SENS1' },
    ':TRACe:FEED:CONTrol': { ...accepted, get: () => 'NEV' },
    ':TRACe:DATA': { get: () => print(meter.buffers.get(buffer).readings) },
    ':OUTPut[1]:SMODe': set.of.VOLT.offState.command,
    ':TRIGger:SOURce': { ...accepted, get: () => 'IMM' },
    ':ARM:SOURce': { ...accepted, get: () => 'IMM' },
    ':ARM:COUNt': { ...accepted, get: () => '1' },
    ':TRIGger:COUNt': set.senseCount.command,
  }
}
