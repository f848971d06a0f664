import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { rangeFor } from '../bench/meter.ts'
import { ScpiError } from '../bench/scpi.ts'
import { createSettings, type NumberLimits, type Setting, type Settings } from '../bench/scpiSettings.ts'
import type { SmuLimits } from '../scpi/smuLimits.ts'
import { keptCommands } from './keptCommands.ts'

export const formatNumber = (value: number): string => {
  if (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e7)) return String(value)
  return value.toExponential().replace('e', 'E')
}

const whole: Pick<NumberLimits, 'accept' | 'format'> = { accept: Math.round, format: String }
const voltageRangesV: Readonly<Record<string, readonly number[]>> = {
  '2450': [0.02, 0.2, 2, 20, 200],
  '2460': [0.2, 2, 7, 10, 20, 100],
  '2461': [0.2, 2, 7, 10, 20, 100],
}
const currentRangesA = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 4, 5, 7]

/** Largest values and the ranges of one model. */
interface Reach {
  rangesV: readonly number[]
  rangesA: readonly number[]
  volts: NumberLimits
  amperes: NumberLimits
  /** Most current that the source may give in a voltage range. */
  allowedA: (rangeV: number) => number
}

function reachOf(modelName: string, model: SmuLimits): Reach {
  // The profile has nominal currents; the instrument takes 5 % more (7.35 A of 7 A).
  const maxCurrentA = model.maxCurrentA * 1.05
  return {
    rangesV: voltageRangesV[modelName] ?? [],
    rangesA: currentRangesA.filter((each) => each <= maxCurrentA),
    volts: { min: -model.maxVoltageV, max: model.maxVoltageV, initial: 0 },
    amperes: { min: -maxCurrentA, max: maxCurrentA, initial: 0 },
    allowedA: (rangeV) => (rangeV * 1.05 > model.lowRangeMaxV ? model.highRangeMaxCurrentA * 1.05 : maxCurrentA),
  }
}

/** A range that switches its automatic off when it is set. */
const rangeSetting = (settings: Settings, ranges: readonly number[], limits: NumberLimits) => {
  const auto = settings.boolean(true)
  const range = settings.number({
    ...limits,
    accept: (value) => {
      auto.value = false
      return rangeFor(ranges, value)
    },
  })
  return { auto, range }
}

/** A source level: automatic ranges follow it, a fixed one limits it. */
const levelSetting = (
  settings: Settings,
  limits: NumberLimits,
  of: { auto: Setting<boolean>; range: Setting<number>; ranges: readonly number[] },
): Setting<number> =>
  settings.number({
    ...limits,
    accept: (value) => {
      if (of.auto.value) of.range.value = rangeFor(of.ranges, value)
      else if (Math.abs(value) > of.range.value * 1.0501) throw new ScpiError(-222, 'Parameter data out of range')
      return value
    },
  })

function sourceSettings(settings: Settings, reach: Reach, context: SimulatorContext) {
  const { rangesV, rangesA, volts, amperes, allowedA } = reach
  const limitA = settings.number({
    min: 1e-9,
    max: () => allowedA(0),
    initial: 1.05e-4,
    // The instrument adjusts the limit to its operating boundaries, with a warning only (manual, ILIMit details).
    accept: (value) => Math.min(value, allowedA(rangeV.value)) * (hasFault(context, 'clamp') ? 0.9 : 1),
  })
  const autoV = settings.boolean(true)
  const rangeV: Setting<number> = settings.number({
    ...volts,
    initial: 0.2,
    accept: (value) => {
      const range = rangeFor(rangesV, value)
      autoV.value = false
      limitA.value = Math.min(limitA.value, allowedA(range))
      return range
    },
  })
  const current = rangeSetting(settings, rangesA, { ...amperes, initial: 1e-8 })
  return {
    source: settings.keyword(['VOLTage', 'CURRent'], 'VOLT'),
    sourceRange: { VOLT: { auto: autoV, range: rangeV }, CURR: current },
    levelV: levelSetting(settings, volts, { auto: autoV, range: rangeV, ranges: rangesV }),
    levelA: levelSetting(settings, amperes, { ...current, ranges: rangesA }),
    limitA,
    limitV: settings.number({ min: 0.02, max: volts.max, initial: 21 }),
  }
}

/** Kept for each source function of its own. */
const perSource = (settings: Settings) => ({
  delayAuto: settings.boolean(true),
  delayS: settings.number({ min: 0, max: 10_000, initial: 0 }),
  readBack: settings.boolean(true),
  offState: settings.keyword(['NORMal', 'HIMPedance', 'ZERO', 'GUARd'], 'NORM'),
})

/** Kept for each measure function of its own. */
const perSense = (settings: Settings, ranges: readonly number[], limits: NumberLimits) => ({
  ...rangeSetting(settings, ranges, limits),
  nplc: settings.number({ min: 0.01, max: 10, initial: 1 }),
  remoteSense: settings.boolean(false),
  autoZero: settings.boolean(true),
  filter: settings.boolean(false),
  filterKind: settings.keyword(['REPeat', 'MOVing'], 'REP'),
  filterCount: settings.number({ min: 1, max: 100, initial: 10, ...whole }),
})

export type TouchSettings = ReturnType<typeof createTouchSettings>

/** All settings that *RST puts back. */
export function createTouchSettings(modelName: string, model: SmuLimits, context: SimulatorContext) {
  const settings = createSettings(formatNumber)
  const reach = reachOf(modelName, model)
  const ohms = [2, 20, 200, 2e3, 2e4, 2e5, 2e6, 2e7, 2e8]
  return {
    reset: settings.reset,
    snapshot: settings.snapshot,
    kept: settings.kept(keptCommands),
    rangesV: reach.rangesV,
    rangesA: reach.rangesA,
    ...sourceSettings(settings, reach, context),
    of: { VOLT: perSource(settings), CURR: perSource(settings) },
    sense: {
      VOLT: perSense(settings, reach.rangesV, { ...reach.volts, initial: 0.02 }),
      CURR: perSense(settings, reach.rangesA, { ...reach.amperes, initial: 1e-4 }),
      RES: perSense(settings, ohms, { min: 2, max: 2e8, initial: 2e5 }),
    },
    senseCount: settings.number({ min: 1, max: 300_000, initial: 1, ...whole }),
    terminals: settings.keyword(['FRONt', 'REAR'], 'FRON'),
  }
}
