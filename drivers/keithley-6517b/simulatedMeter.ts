import { createCanceller } from '../../src/base/clock.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createHvOutput } from '../bench/hvOutput.ts'
import { createMeter, rangeFor } from '../bench/meter.ts'
import { ScpiError } from '../bench/scpi.ts'
import { createSettings, type Settings } from '../bench/scpiSettings.ts'
import { keptCommands } from './keptCommands.ts'

/** `+1.234567E-09`, as the instrument prints numbers. */
export const formatValue = (value: number): string =>
  (value < 0 ? '' : '+') +
  value.toExponential(6).replace(/e([+-])(\d+)$/, (_all, sign: string, digits: string) => {
    return `E${sign}${digits.padStart(2, '0')}`
  })

export type SenseName = 'CURR' | 'VOLT' | 'RES' | 'CHAR'

/** One measurement; its status letter is N, Z or O. */
export interface SimulatedReading {
  value: number
  status: string
  unit: string
  atMs: number
  number: number
}

const overflow = 9.9e37
export const currentRangesA = [20e-12, 200e-12, 2e-9, 20e-9, 200e-9, 2e-6, 20e-6, 200e-6, 2e-3, 20e-3]
const units: Readonly<Record<SenseName, string>> = { CURR: 'ADC', VOLT: 'VDC', RES: 'OHM', CHAR: 'COU' }

const senseSettings = (settings: Settings, most: number, ranges: readonly number[] | null) => {
  const auto = settings.boolean(true)
  const range = settings.number({
    min: -most * 1.05,
    max: most * 1.05,
    initial: most,
    accept: (value) => {
      auto.value = false
      return ranges ? rangeFor(ranges, value) : Math.abs(value)
    },
  })
  return {
    auto,
    range,
    nplc: settings.number({ min: 0.01, max: 10, initial: 1 }),
    filter: settings.boolean(false),
    filterKind: settings.keyword(['REPeat', 'MOVing'], 'MOV'),
    filterCount: settings.number({ min: 1, max: 100, initial: 10, accept: Math.round, format: String }),
    median: settings.boolean(false),
    medianRank: settings.number({ min: 1, max: 5, initial: 1, accept: Math.round, format: String }),
    digits: settings.number({ min: 4, max: 7, initial: 6, accept: Math.round, format: String }),
  }
}

export type ElectrometerSettings = ReturnType<typeof createElectrometerSettings>

function createElectrometerSettings(context: SimulatorContext) {
  const settings = createSettings(formatValue)
  const sourceRangeV = settings.number({
    min: -1000,
    max: 1000,
    initial: 100,
    accept: (value) => (Math.abs(value) <= 100 ? 100 : 1000),
  })
  const limitOn = settings.boolean(false)
  const limitV = settings.number({ min: 0, max: 1000, initial: 1000 })
  return {
    reset: settings.reset,
    snapshot: settings.snapshot,
    kept: settings.kept(keptCommands),
    zeroCheck: settings.boolean(true),
    zeroCorrect: settings.boolean(false),
    continuous: settings.boolean(false),
    lineSync: settings.boolean(false),
    triggerCount: settings.number({ min: 1, max: 99_999, initial: 1, accept: Math.round, format: String }),
    triggerDelayS: settings.number({ min: 0, max: 999_999, initial: 0 }),
    sense: {
      CURR: senseSettings(settings, 20e-3, currentRangesA),
      VOLT: senseSettings(settings, 200, [2, 20, 200]),
      RES: senseSettings(settings, 1e18, null),
      CHAR: senseSettings(settings, 2e-6, [2e-9, 20e-9, 200e-9, 2e-6]),
    } satisfies Record<SenseName, unknown>,
    sourceRangeV,
    limitOn,
    limitV,
    seriesResistor: settings.boolean(false),
    meterConnect: settings.boolean(false),
    sourceRangeAuto: settings.boolean(false),
    levelV: settings.number({
      min: () => (limitOn.value ? -limitV.value : -sourceRangeV.value),
      max: () => (limitOn.value ? limitV.value : sourceRangeV.value),
      initial: 0,
      // Steps of 5 mV and 50 mV.
      accept: (value) => {
        const step = sourceRangeV.value / 20_000
        return Math.round((value * (hasFault(context, 'clamp') ? 0.9 : 1)) / step) * step
      },
    }),
  }
}

/** The source: what it is told, what it does, and whether its output is on. */
function createSource(context: SimulatorContext, set: ElectrometerSettings) {
  const { clock, bench, options } = context
  const lane = Number(options.lane ?? 0)
  const output = createHvOutput({
    clock,
    bench,
    lane,
    // 10 mA in the 100 V range, 1 mA in the 1000 V range.
    limitA: () => (set.sourceRangeV.value > 100 ? 1e-3 : 10e-3),
    shortS: () => (hasFault(context, 'in-limit') ? 1e-4 : 0),
  })
  const state = { on: false, wasUsed: false }
  const isClosed = (): boolean => bench.interlock.isClosed() && !hasFault(context, 'interlock-open')
  const follow = (): void => {
    if (state.on && !isClosed() && !hasFault(context, 'stuck-output')) state.on = false
    state.wasUsed ||= state.on
    // Never switched on, the source isn't there: another supply may be on the module.
    if (state.wasUsed) output.goTo(state.on ? set.levelV.value : 0, null)
  }
  return {
    follow,
    isClosed,
    isOn: (): boolean => {
      if (state.on && !isClosed()) follow()
      return state.on
    },
    switchOutput: (on: boolean): void => {
      if (on || !hasFault(context, 'stuck-output')) state.on = on && isClosed()
      follow()
    },
    isLimiting: (): boolean => state.on && output.present().isLimiting,
    voltageV: (): number => (state.wasUsed ? output.present().voltageV : bench.stress.voltageV(lane)),
    currentA: (): number => (state.wasUsed ? output.present().currentA : bench.stress.leakageA(lane)),
  }
}

export type SimulatedMeter = ReturnType<typeof createSimulatedMeter>

/** The instrument itself, in the time of the context's clock. */
export function createSimulatedMeter(context: SimulatorContext) {
  const { clock, random } = context
  const set = createElectrometerSettings(context)
  const source = createSource(context, set)
  const ammeter = createMeter(random.fork('ammeter'))
  /** Its own offset, which zero correction takes away. */
  const offsetA = 2e-13
  const state = { measure: 'VOLT' as SenseName, taken: 0, startMs: clock.monotonicMs(), last: null as string | null }
  let running: Promise<void> | null = null
  let canceller = createCanceller()

  const ampere = (): { value: number; status: string } => {
    const { auto, range } = set.sense.CURR
    if (set.zeroCheck.value || hasFault(context, 'zero-check-sticks'))
      return { value: (set.zeroCorrect.value ? 0 : offsetA) + 1e-15, status: 'Z' }
    const trueA = source.currentA() + (set.zeroCorrect.value ? 0 : offsetA)
    const rangeA = auto.value ? rangeFor(currentRangesA, trueA) : range.value
    if (Math.abs(trueA) > rangeA * 1.05 || hasFault(context, 'over-range')) return { value: overflow, status: 'O' }
    return { value: ammeter.read(trueA, rangeA), status: 'N' }
  }
  const measureOf: Readonly<Record<SenseName, () => { value: number; status: string }>> = {
    CURR: ampere,
    VOLT: () => ({ value: 1e-5, status: set.zeroCheck.value ? 'Z' : 'N' }),
    RES: () => {
      const { value, status } = ampere()
      if (status !== 'N' || value === 0) return { value: overflow, status: status === 'N' ? 'O' : status }
      return { value: Math.abs(set.levelV.value / value), status }
    },
    CHAR: () => ({ value: 1e-12, status: set.zeroCheck.value ? 'Z' : 'N' }),
  }
  const take = (): SimulatedReading => ({
    ...measureOf[state.measure](),
    unit: units[state.measure],
    atMs: clock.monotonicMs(),
    number: state.taken++,
  })
  /** Integration, repeated by a repeating filter, and the steps of the range. */
  const readMs = (): number => {
    const { nplc, filter, filterKind, filterCount } = set.sense[state.measure]
    const times = filter.value && filterKind.value === 'REP' ? filterCount.value : 1
    return (nplc.value * times * 1000) / 50 + 20 + set.triggerDelayS.value * 1000
  }
  const trigger = async (onReading: (reading: SimulatedReading) => void): Promise<void> => {
    const { signal } = canceller
    for (let i = 0; i < set.triggerCount.value; i++) {
      // An abort ends the wait; the condition behind it ends the run.
      await clock.sleep(readMs(), signal).catch(() => undefined)
      if (signal.aborted) return
      onReading(take())
    }
  }
  const abort = (): void => canceller.cancel(new Error('aborted'))
  return {
    set,
    state,
    source,
    now: (): number => clock.monotonicMs(),
    abort,
    start: (onReading: (reading: SimulatedReading) => void): Promise<void> => {
      if (running) throw new ScpiError(-213, 'Init ignored')
      canceller = createCanceller()
      running = trigger(onReading).finally(() => (running = null))
      return running
    },
    idle: async (): Promise<void> => void (await running),
    reset: (): void => {
      abort()
      source.switchOutput(false)
      set.reset()
      state.measure = 'VOLT'
    },
  }
}
