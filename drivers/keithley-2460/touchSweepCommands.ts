import type { ScpiCommand, ScpiCommands } from '../bench/scpi.ts'
import {
  booleanArgument,
  keywordArgument,
  numberArgument,
  quotedArgument,
  type NumberLimits,
} from '../bench/scpiSettings.ts'
import type { TouchMeter } from './touchMeter.ts'
import { formatNumber, type TouchSettings } from './touchSettings.ts'

/** Trigger models that are ready in the instrument; the others aren't simulated. */
const loadCommand = (meter: TouchMeter): ScpiCommand => ({
  set: ([name, count, delay = '0', buffer = '"defbuffer1"']: string[]) => {
    const model = keywordArgument(quotedArgument(name), ['SIMPLELOOP', 'EMPTY'])
    if (model === 'EMPTY') return void meter.setPlan(null)
    meter.buffers.get(quotedArgument(buffer))
    meter.setPlan({
      levels: Array<null>(numberArgument(count, { min: 1, max: 1e6, initial: 1 })).fill(null),
      delayS: numberArgument(delay, { min: 0, max: 10_000, initial: 0 }),
      failAbort: false,
      buffer: quotedArgument(buffer),
    })
  },
})

/** `:SOURce:SWEep:…` builds the trigger model; `:INITiate` runs it. */
export function sweepCommands(meter: TouchMeter, set: TouchSettings): ScpiCommands {
  const lists = { VOLT: [] as number[], CURR: [] as number[] }
  const build = (name: 'VOLT' | 'CURR', rising: number[], options: string[]): void => {
    const [delay = '-1', repeats = '1', range = 'BEST', failAbort = 'ON', dual = 'OFF', buffer] = options
    keywordArgument(range, ['AUTO', 'BEST', 'FIXed'])
    const once = booleanArgument(dual) ? [...rising, ...[...rising].reverse().slice(1)] : rising
    const bufferName = buffer === undefined ? 'defbuffer1' : quotedArgument(buffer)
    meter.buffers.get(bufferName)
    const times = numberArgument(repeats, { min: 1, max: 268_435_455, initial: 1 })
    // -1 asks for the automatic delay, which here is that of the source.
    const delayS = Math.max(0, numberArgument(delay, { min: -1, max: 10_000, initial: -1 }))
    set.source.value = name
    meter.setPlan({
      levels: Array.from({ length: times }, () => once).flat(),
      delayS,
      failAbort: booleanArgument(failAbort),
      buffer: bufferName,
    })
  }
  const limits = (name: 'VOLT' | 'CURR'): NumberLimits => {
    const most = (name === 'VOLT' ? set.rangesV : set.rangesA).at(-1) ?? 0
    return { min: -most * 1.0501, max: most * 1.0501, initial: 0 }
  }
  const evenly = (start: number, stop: number, points: number): number[] =>
    Array.from({ length: points }, (_each, i) => start + ((stop - start) * i) / (points - 1))
  const linear = (name: 'VOLT' | 'CURR', byStep: boolean) => ({
    set: (args: string[]) => {
      const start = numberArgument(args[0], limits(name))
      const stop = numberArgument(args[1], limits(name))
      const third = numberArgument(args[2], { min: byStep ? 1e-9 : 2, max: 1e6, initial: 2 })
      const points = byStep ? Math.floor(Math.abs(stop - start) / third + 1e-9) + 1 : Math.round(third)
      const last = byStep ? start + Math.sign(stop - start) * third * (points - 1) : stop
      build(name, evenly(start, last, points), args.slice(3))
    },
  })
  const list = (name: 'VOLT' | 'CURR', append: boolean) => ({
    set: (args: string[]) => {
      const values = args.map((each) => numberArgument(each, limits(name)))
      lists[name] = append ? [...lists[name], ...values] : values
    },
    get: () => lists[name].map(formatNumber).join(','),
  })
  // <start index>, <delay>, <count>, <fail abort>, <buffer>: the range stays that of the source.
  const listSweep = (name: 'VOLT' | 'CURR') => ({
    set: (args: string[]) => {
      const first = numberArgument(args[0] ?? '1', { min: 1, max: Math.max(1, lists[name].length), initial: 1 })
      const [, delay = '0', times = '1', failAbort = 'ON', buffer] = args
      build(name, lists[name].slice(first - 1), [delay, times, 'BEST', failAbort, 'OFF', ...(buffer ? [buffer] : [])])
    },
  })
  return {
    ':TRIGger:LOAD': loadCommand(meter),
    ':SOURce[1]:SWEep:VOLTage:LINear': linear('VOLT', false),
    ':SOURce[1]:SWEep:CURRent:LINear': linear('CURR', false),
    ':SOURce[1]:SWEep:VOLTage:LINear:STEP': linear('VOLT', true),
    ':SOURce[1]:SWEep:CURRent:LINear:STEP': linear('CURR', true),
    ':SOURce[1]:LIST:VOLTage': list('VOLT', false),
    ':SOURce[1]:LIST:CURRent': list('CURR', false),
    ':SOURce[1]:LIST:VOLTage:APPend': list('VOLT', true),
    ':SOURce[1]:LIST:CURRent:APPend': list('CURR', true),
    ':SOURce[1]:SWEep:VOLTage:LIST': listSweep('VOLT'),
    ':SOURce[1]:SWEep:CURRent:LIST': listSweep('CURR'),
  }
}
