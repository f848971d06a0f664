import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { ScpiError, type ScpiCommand, type ScpiCommands } from '../bench/scpi.ts'
import type { GptMode, GptReading, GptUnit, ModeSettings } from './gptUnit.ts'

interface Field {
  range: (mode: GptMode) => readonly [least: number, most: number]
  digits: number
  unit: string
  /** Digits before the decimal point that are always printed. */
  width: number
}

const voltage: Field = {
  range: (mode) => (mode === 'IR' ? [0.05, 1] : mode === 'ACW' ? [0.05, 5] : [0.05, 6]),
  digits: 3,
  unit: 'kV',
  width: 1,
}
const high: Field = { range: (mode) => [0.001, mode === 'DCW' ? 11 : 42], digits: 3, unit: 'mA', width: 1 }
const low: Field = { range: (mode) => [0, mode === 'DCW' ? 10.999 : 41.9], digits: 3, unit: 'mA', width: 1 }
const testTime: Field = { range: (mode) => [mode === 'IR' ? 1 : 0.5, 999.9], digits: 1, unit: ' S', width: 3 }
const rampTime: Field = { range: () => [0.1, 999.9], digits: 1, unit: ' S', width: 3 }
const megohm: Field = { range: () => [1, 9999], digits: 0, unit: 'M ohm', width: 4 }

const print = (value: number, { digits, width, unit }: Field): string =>
  `${value.toFixed(digits).padStart(width + (digits > 0 ? digits + 1 : 0), '0')}${unit}`

function numberOf(text: string | undefined, [least, most]: readonly [number, number]): number {
  const [, digits, prefix = ''] = /^(\d+(?:\.\d+)?) *([MG]?)$/i.exec(text ?? '') ?? []
  const value = Number(digits ?? Number.NaN) * (prefix.toUpperCase() === 'G' ? 1000 : 1)
  if (!(value >= least - 1e-9 && value <= most + 1e-9)) throw new ScpiError(21, 'Value Error')
  return value
}

/** Power that a direct voltage may have (W). */
const mostDcW = 50

export interface GptDeps {
  unit: GptUnit
  context: SimulatorContext
  /** End of the resistance range (Ω). */
  mostOhm: number
}

/** An edit is ignored while a test runs, and taken only in its own mode. */
function edits({ unit, context }: GptDeps) {
  const mayEdit = (): boolean => !unit.isTesting() && !hasFault(context, 'edit-ignored')
  const inMode = (mode: GptMode): void => {
    if (unit.state.mode !== mode) throw new ScpiError(24, 'Mode Error')
  }
  return {
    mayEdit,
    field: (mode: GptMode, key: 'kilovolts' | 'highMa' | 'lowMa' | 'testS', field: Field): ScpiCommand => ({
      set: ([text]) => {
        if (!mayEdit()) return
        inMode(mode)
        const value = numberOf(text, field.range(mode))
        const next: ModeSettings = { ...unit.settings[mode], [key]: value }
        if (mode === 'DCW' && next.kilovolts * next.highMa > mostDcW) throw new ScpiError(26, 'DC Over 50W')
        const share = hasFault(context, 'clamp') && key === 'kilovolts' ? 0.9 : 1
        unit.settings[mode][key] = Number((value * share).toFixed(field.digits))
        unit.forget()
      },
      get: () => print(unit.settings[mode][key], field),
    }),
    resistance: (key: 'highMohm' | 'lowMohm'): ScpiCommand => ({
      set: ([text]) => {
        if (!mayEdit()) return
        inMode('IR')
        const isNull = key === 'highMohm' && /^NULL$/i.test(text ?? '')
        const value = isNull ? null : Math.round(numberOf(text, megohm.range('IR')))
        Object.assign(unit.settings.IR, { [key]: value })
        unit.forget()
      },
      get: () => {
        const value = unit.settings.IR[key]
        return value === null ? 'NULL' : print(value, megohm)
      },
    }),
  }
}

const ohmText = (ohm: number, mostOhm: number): string => {
  if (ohm >= mostOhm) return mostOhm > 1e10 ? `>${(mostOhm / 1e9).toFixed(2)}G ohm` : `>${mostOhm / 1e6}M ohm`
  if (ohm >= 1e9) return `${(ohm / 1e9).toFixed(3)}G ohm`
  return `${(ohm / 1e6).toFixed(ohm < 1e8 ? 2 : 1)}M ohm`
}
const ampereText = (ampere: number): string => `${(ampere * 1000).toFixed(3)} mA`

/** `IR ,PASS ,0.500kV,1.234G ohm,T=020.0S`: words are padded to four characters. */
export function measurementText(reading: GptReading, of: { mostOhm: number; marked: boolean }): string {
  const { mode, judgement, kilovolts, ohm, ampere, isRamp, seconds } = reading
  const value = mode === 'IR' ? ohmText(ohm, of.mostOhm) : ampereText(ampere)
  const time = `${isRamp ? 'R' : 'T'}=${seconds.toFixed(1).padStart(5, '0')}S`
  return `${of.marked ? '>' : ''}${mode.padEnd(3)},${judgement.padEnd(5)},${kilovolts.toFixed(3)}kV,${value},${time}`
}

const modes: readonly GptMode[] = ['ACW', 'DCW', 'IR', 'GB']

function manualCommands(deps: GptDeps): ScpiCommands {
  const { unit } = deps
  const { field, resistance, mayEdit } = edits(deps)
  const withstand = (mode: 'ACW' | 'DCW'): ScpiCommands => ({
    [`:MANU:${mode}:VOLTage`]: field(mode, 'kilovolts', voltage),
    [`:MANU:${mode}:CHISet`]: field(mode, 'highMa', high),
    [`:MANU:${mode}:CLOSet`]: field(mode, 'lowMa', low),
    [`:MANU:${mode}:TTIMe`]: field(mode, 'testS', testTime),
    [`:MANU:${mode}:REF`]: { set: () => undefined, get: () => '0.000mA' },
  })
  return {
    ...withstand('ACW'),
    ...withstand('DCW'),
    ':MANU:IR:VOLTage': field('IR', 'kilovolts', voltage),
    ':MANU:IR:RHISet': resistance('highMohm'),
    ':MANU:IR:RLOSet': resistance('lowMohm'),
    ':MANU:IR:TTIMe': field('IR', 'testS', testTime),
    ':MANU:IR:REF': { set: () => undefined, get: () => '0000M ohm' },
    ':MANU:RTIMe': {
      set: ([text]) => {
        if (!mayEdit()) return
        unit.state.rampS = numberOf(text, rampTime.range('IR'))
        unit.forget()
      },
      get: () => print(unit.state.rampS, rampTime),
    },
    ':MANU:STEP': {
      set: ([text]) => {
        if (mayEdit()) unit.state.step = Math.round(numberOf(text, [0, 100]))
      },
      get: () => String(unit.state.step),
    },
    ':MANU:EDIT:MODE': {
      set: ([text]) => {
        const mode = modes.find((each) => each === text?.toUpperCase())
        if (!mode) throw new ScpiError(22, 'String Error')
        if (!mayEdit()) return
        unit.state.mode = mode
        unit.forget()
      },
      get: () => unit.state.mode,
    },
  }
}

export function gptCommands(deps: GptDeps & { identity: string; report: () => void; errors: string[] }): ScpiCommands {
  const { unit, context, mostOhm, errors } = deps
  const measure = (): string =>
    measurementText(unit.reading(), {
      mostOhm,
      marked: context.options['prefix'] === 'on' || hasFault(context, 'prefix'),
    })
  const onOff = (text: string | undefined): boolean => {
    if (!/^(ON|OFF)$/i.test(text ?? '')) throw new ScpiError(22, 'String Error')
    return text?.toUpperCase() === 'ON'
  }
  return {
    ...manualCommands(deps),
    '*IDN': { get: () => deps.identity },
    '*CLS': { set: () => void (errors.length = 0) },
    '*RMTOFF': { set: () => undefined },
    ':MAIN:FUNCtion': {
      set: ([text]) => {
        if (!unit.isTesting()) unit.state.isAuto = text?.toUpperCase() === 'AUTO'
      },
      get: () => (unit.state.isAuto ? 'AUTO' : 'MANU'),
    },
    ':FUNCtion:TEST': {
      set: ([text]) => {
        if (!onOff(text)) return unit.stop()
        unit.start()
        deps.report()
      },
      get: () => (unit.isTesting() ? 'TEST ON' : 'TEST OFF'),
    },
    ':TESTok|TEST:RETurn': {
      set: ([text]) => void (unit.state.reports = onOff(text)),
      get: () => (unit.state.reports ? 'ON' : 'OFF'),
    },
    ':MEASure[1]': { get: measure },
    ':SYSTem:ERRor': { get: () => errors.shift() ?? '0,No Error' },
  }
}
