import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { ScpiError, type ScpiCommand, type ScpiCommands } from '../bench/scpi.ts'
import { notMeasured, type ChromaMode, type ChromaResult, type ChromaStep, type ChromaUnit } from './chromaUnit.ts'

const mostSteps = 20

/** `+5.000000E+02` */
export const scientific = (value: number): string => {
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential(6).split('e')
  const sign = exponent.startsWith('-') ? '-' : '+'
  return `${value < 0 ? '-' : '+'}${mantissa}E${sign}${exponent.replace(/[+-]/, '').padStart(2, '0')}`
}

function numberOf(text: string | undefined, [least, most]: readonly [number, number]): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?$/i.test(text ?? '')) throw new ScpiError(-104, 'Data type error')
  const value = Number(text)
  if (value < least || value > most) throw new ScpiError(-222, 'Data out of range')
  return value
}

type Key = 'volts' | 'high' | 'low' | 'rampS' | 'testS'

const ranges: Readonly<Record<ChromaMode, Readonly<Record<Key, readonly [number, number]>>>> = {
  AC: { volts: [50, 5000], high: [1e-6, 0.04], low: [0, 0.04], rampS: [0, 999], testS: [0, 999] },
  DC: { volts: [50, 6000], high: [1e-7, 0.012], low: [0, 0.012], rampS: [0, 999], testS: [0, 999] },
  IR: { volts: [50, 1000], high: [0, 5e10], low: [1e5, 5e10], rampS: [0, 999], testS: [0, 999] },
}
const fresh = (mode: ChromaMode): ChromaStep => ({
  mode,
  volts: ranges[mode].volts[0],
  high: mode === 'IR' ? 0 : 0.0005,
  low: mode === 'IR' ? 1e6 : 0,
  rampS: 0,
  testS: 3,
})

export interface ChromaDeps {
  unit: ChromaUnit
  context: SimulatorContext
}

/** `SAFEty:STEP<n>:<mode>…`: the level makes the step, or changes its mode. */
function stepCommands({ unit, context }: ChromaDeps, number: number): ScpiCommands {
  const mayEdit = (): void => {
    if (unit.isTesting()) throw new ScpiError(-221, 'Setting conflicts')
    unit.forget()
  }
  const stepOf = (mode: ChromaMode): ChromaStep => {
    const step = unit.steps[number - 1]
    if (step?.mode !== mode) throw new ScpiError(-221, 'Setting conflicts')
    return step
  }
  const value = (mode: ChromaMode, key: Key): ScpiCommand => ({
    set: ([text]) => {
      mayEdit()
      stepOf(mode)[key] = numberOf(text, ranges[mode][key])
    },
    get: () => scientific(stepOf(mode)[key]),
  })
  const level = (mode: ChromaMode): ScpiCommand => ({
    set: ([text]) => {
      mayEdit()
      const volts = numberOf(text, ranges[mode].volts) * (hasFault(context, 'clamp') ? 0.9 : 1)
      if (number > unit.steps.length + 1) throw new ScpiError(-221, 'Setting conflicts')
      const step = unit.steps[number - 1]
      if (step?.mode === mode) step.volts = volts
      else unit.steps[number - 1] = { ...fresh(mode), volts }
    },
    get: () => scientific(stepOf(mode).volts),
  })
  const root = `[:SOURce]:SAFEty:STEP${number}`
  const modes = (['AC', 'DC', 'IR'] as const).flatMap((mode): [string, ScpiCommand][] => [
    [`${root}:${mode}[:LEVel]`, level(mode)],
    [`${root}:${mode}:LIMit${mode === 'IR' ? '[:LOW]' : '[:HIGH]'}`, value(mode, mode === 'IR' ? 'low' : 'high')],
    [`${root}:${mode}:LIMit:${mode === 'IR' ? 'HIGH' : 'LOW'}`, value(mode, mode === 'IR' ? 'high' : 'low')],
    [`${root}:${mode}:TIME[:TEST]`, value(mode, 'testS')],
    [`${root}:${mode}:TIME:RAMP`, value(mode, 'rampS')],
    [`${root}:${mode}:TIME:FALL`, { set: () => undefined, get: () => scientific(0) }],
  ])
  const remove: ScpiCommand = {
    set: () => {
      mayEdit()
      if (number > unit.steps.length) throw new ScpiError(-221, 'Setting conflicts')
      unit.steps.splice(number - 1, 1)
    },
  }
  return { ...Object.fromEntries(modes), [`${root}:DELete`]: remove }
}

type Item = 'MODE' | 'OMET' | 'MMET' | 'TELA' | 'STAT'
const itemText: Readonly<Record<Item, (result: ChromaResult) => string>> = {
  MODE: (result) => result.mode,
  OMET: (result) => scientific(result.volts),
  MMET: (result) => scientific(result.measured),
  TELA: (result) => scientific(result.seconds),
  STAT: (result) => String(result.code),
}
const items = Object.keys(itemText) as Item[]
const itemOf = (text: string): Item => {
  const found = items.find((each) => text.toUpperCase().startsWith(each))
  if (!found) throw new ScpiError(-224, 'Illegal parameter value')
  return found
}

/** The automatic report: in the manual's order, whatever order was asked for. */
export const reportOf = (unit: ChromaUnit): string =>
  unit
    .results()
    .flatMap((result) => items.filter((each) => unit.state.items.includes(each)).map((each) => itemText[each](result)))
    .join(',')

function resultCommands({ unit }: ChromaDeps): ScpiCommands {
  const all = (get: (result: ChromaResult) => string, none: string): ScpiCommand => ({
    get: () => {
      const results = unit.results()
      const count = Math.max(1, unit.steps.length)
      return Array.from({ length: results.length > 0 ? results.length : count }, (_each, i) => {
        const result = results[i]
        return result ? get(result) : none
      }).join(',')
    },
  })
  const root = '[:SOURce]:SAFEty:RESult'
  return {
    [`${root}:ALL[:JUDGment]`]: all((result) => String(result.code), '112'),
    [`${root}:ALL:OMETerage`]: all((result) => scientific(result.volts), scientific(notMeasured)),
    [`${root}:ALL:MMETerage[:NORMal]`]: all((result) => scientific(result.measured), scientific(notMeasured)),
    [`${root}:ALL:TIME[:ELAPsed][:TEST]`]: all((result) => scientific(result.seconds), scientific(notMeasured)),
    [`${root}:ALL:MODE`]: { get: () => unit.steps.map((step) => step.mode).join(',') || 'AC' },
    [`${root}[:LAST][:JUDGment]`]: { get: () => String(unit.results().at(-1)?.code ?? 112) },
    [`${root}:COMPleted`]: { get: () => (unit.isTesting() ? '0' : '1') },
    [`${root}:AREPort`]: {
      set: ([text]) => void (unit.state.reports = /^(ON|1)$/i.test(text ?? '')),
      get: () => (unit.state.reports ? '1' : '0'),
    },
    [`${root}:AREPort:ITEM`]: {
      set: (args) => void (unit.state.items = args.map(itemOf)),
      get: () => items.filter((each) => unit.state.items.includes(each)).join(','),
    },
    [`${root}:ASAVe`]: { set: () => undefined, get: () => '0' },
  }
}

export function chromaCommands(
  deps: ChromaDeps & { identity: string; report: () => void; errors: string[] },
): ScpiCommands {
  const { unit, context, errors } = deps
  const steps = Array.from({ length: mostSteps }, (_each, i) => stepCommands(deps, i + 1))
  const root = '[:SOURce]:SAFEty'
  return {
    ...Object.fromEntries(steps.flatMap((each) => Object.entries(each))),
    ...resultCommands(deps),
    '*IDN': { get: () => deps.identity },
    '*CLS': { set: () => void (errors.length = 0) },
    '*RST': { set: () => unit.stop() },
    [`${root}:STARt[:ONCE]`]: {
      set: () => {
        unit.start()
        deps.report()
      },
    },
    [`${root}:STOP`]: { set: () => unit.stop() },
    [`${root}:STATus`]: {
      get: () => (unit.isTesting() ? (hasFault(context, 'typo') ? 'RUNNINT' : 'RUNNING') : 'STOPPED'),
    },
    [`${root}:SNUMber`]: { get: () => `+${unit.steps.length}` },
    [`${root}:FETCh`]: {
      get: (args) => {
        const result = unit.results().at(-1)
        return args.map((each) => (result ? itemText[itemOf(each)](result) : scientific(notMeasured))).join(',')
      },
    },
    [`${root}:PRESet:TIME:STEP`]: {
      set: ([text]) => void (unit.state.pauseS = numberOf(text, [0, 99.9])),
      get: () => scientific(unit.state.pauseS),
    },
    ':SYSTem:ERRor[:NEXT]': { get: () => errors.shift() ?? '+0,"No error"' },
    ':SYSTem:KLOCk': { set: () => undefined, get: () => '0' },
  }
}
