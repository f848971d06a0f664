import { createCanceller } from '../../src/base/clock.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createMeter, rangeFor } from '../bench/meter.ts'
import { operatingPoint, type OperatingPoint } from '../bench/smuOutput.ts'
import { createSupplyTerminals } from '../bench/supplyTerminals.ts'
import type { SmuLimits } from '../scpi/smuLimits.ts'
import { createReadingBuffer, type BufferEntry, type ReadingBuffer } from './tspBuffers.ts'
import { choiceField, numberField, type NumberField } from './tspFields.ts'
import { TspError } from './tspLexer.ts'

export const overflow = 9.91e37
const rangesV = [0.1, 1, 10, 20, 40]
const highRangesV = [0.2, 2, 20, 200]
const rangesA = [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 1.5, 3, 5, 10, 20]

export interface SmuDeps {
  context: SimulatorContext
  limits: SmuLimits
  /** What is at its terminals: the bench, or nothing. */
  isConnected: boolean
}

/** The combinations of voltage and current that the instrument allows; error 5007 is its own. */
function requireArea(limits: SmuLimits, at: { voltageV: number; currentA: number }): void {
  const isHigh = Math.abs(at.voltageV) > limits.lowRangeMaxV * 1.01
  if (isHigh && Math.abs(at.currentA) > limits.highRangeMaxCurrentA * 1.01)
    throw new TspError(5007, 'Operation would exceed safe operating area of the instrument')
}

type Keep = <T extends NumberField>(field: T) => T

const autoRange = (keep: Keep, ranges: readonly number[], most: number) => {
  const auto = keep(choiceField(1, [0, 1]))
  const range = keep(
    numberField(most, {
      min: -most * 1.02,
      max: most * 1.02,
      accept: (value) => {
        auto.value = 0
        return rangeFor(ranges, value)
      },
    }),
  )
  return { auto, range }
}

export type SmuSettings = ReturnType<typeof createSmuSettings>

/** Everything that `smua.reset()` puts back. */
export function createSmuSettings({ context, limits }: Pick<SmuDeps, 'context' | 'limits'>) {
  const volts = limits.maxVoltageV > 50 ? highRangesV : rangesV
  const amperes = rangesA.filter((each) => each <= limits.maxCurrentA * 1.001)
  const [mostV, mostA] = [limits.maxVoltageV * 1.01, limits.maxCurrentA * 1.01]
  const resets: (() => void)[] = []
  const keep: Keep = (field) => {
    const initial = field.value
    resets.push(() => void (field.value = initial))
    return field
  }
  const number = (initial: number, min: number, max: number): NumberField => keep(numberField(initial, { min, max }))
  const choice = (initial: number, choices: readonly number[]): NumberField => keep(choiceField(initial, choices))
  const clamp = (value: number): number => value * (hasFault(context, 'clamp') ? 0.9 : 1)
  const limitI = keep(
    numberField(limits.highRangeMaxCurrentA, {
      min: 1e-9,
      max: mostA,
      accept: (value) => {
        requireArea(limits, { voltageV: levelV.value, currentA: value })
        return clamp(value)
      },
    }),
  )
  const levelV: NumberField = keep(
    numberField(0, {
      min: -mostV,
      max: mostV,
      accept: (value) => {
        requireArea(limits, { voltageV: value, currentA: limitI.value })
        return clamp(value)
      },
    }),
  )
  return {
    reset: () => resets.forEach((each) => each()),
    levelV,
    limitI,
    levelI: number(0, -mostA, mostA),
    limitV: number(limits.lowRangeMaxV, 0.001, mostV),
    sourceV: autoRange(keep, volts, limits.maxVoltageV),
    sourceI: autoRange(keep, amperes, limits.maxCurrentA),
    measureV: autoRange(keep, volts, limits.maxVoltageV),
    measureI: autoRange(keep, amperes, limits.maxCurrentA),
    func: choice(1, [0, 1]),
    offMode: choice(0, [0, 1, 2]),
    sense: choice(0, [0, 1, 3]),
    nplc: number(1, 0.001, 25),
    autoZero: choice(2, [0, 1, 2]),
    sourceDelayS: number(0, -1, 1e5),
    measureDelayS: number(0, -1, 1e5),
    count: number(1, 1, 1e5),
    amperes,
    volts,
  }
}

/** One point as the meters see it. */
export interface Taken {
  voltageV: number
  currentA: number
  compliance: boolean
}

export type Smu = ReturnType<typeof createSmu>

/** One channel: source, meters, buffers and what is at its terminals. */
export function createSmu(deps: SmuDeps) {
  const { context, limits } = deps
  const { clock, random } = context
  const set = createSmuSettings(deps)
  const voltmeter = createMeter(random.fork('voltmeter'))
  const ammeter = createMeter(random.fork('ammeter'))
  const state = { output: false, canceller: createCanceller(), sweeping: false }
  const buffers: readonly ReadingBuffer[] = [createReadingBuffer(140_000), createReadingBuffer(140_000)]
  const pointAt = createTerminals(deps, set, state)

  const measureNow = (level: number, sweepRateVPerS = 0): Taken => {
    const point = pointAt(level, sweepRateVPerS)
    const rangeA = set.measureI.auto.value === 1 ? rangeFor(set.amperes, point.currentA) : set.measureI.range.value
    const isOver = Math.abs(point.currentA) > rangeA * 1.02 || hasFault(context, 'over-range')
    return {
      voltageV: voltmeter.read(point.voltageV, rangeFor(set.volts, point.voltageV)),
      currentA: isOver ? overflow : ammeter.read(point.currentA, rangeA),
      compliance: point.limiting,
    }
  }
  /** Conversions of voltage and current, twice with auto zero. */
  const measureMs = (quantities: number): number =>
    (quantities * (set.autoZero.value === 2 ? 2 : 1) * set.nplc.value * 1000) / 50 +
    Math.max(0, set.measureDelayS.value) * 1000 +
    0.5
  const level = (): number => (set.func.value === 1 ? set.levelV.value : set.levelI.value)
  const statusOf = (taken: Taken): number => (taken.compliance ? 64 : 0) + (set.sense.value === 1 ? 16 : 0)
  const startMs = clock.monotonicMs()
  const entry = (reading: number, taken: Taken): BufferEntry => ({
    reading,
    source: level(),
    atS: (clock.monotonicMs() - startMs) / 1000,
    status: statusOf(taken),
  })
  return {
    set,
    limits,
    state,
    buffers,
    level,
    entry,
    measureNow,
    measureMs,
    /** One measurement, after its time. */
    measure: async (quantities: number): Promise<Taken> => {
      await clock.sleep(measureMs(quantities))
      return measureNow(level())
    },
    isLimiting: (): boolean => state.output && pointAt(level(), 0).limiting,
    switchOutput: (on: boolean): void => {
      const isBlocked = Math.abs(set.levelV.value) > 42 && !context.bench.interlock.isClosed()
      if (on && (isBlocked || hasFault(context, 'interlock-open')))
        throw new TspError(802, 'OUTPUT blocked by interlock')
      if (on || !hasFault(context, 'stuck-output')) state.output = on
      pointAt(level(), 0)
    },
  }
}

/** Where the source meets what is at its terminals. */
function createTerminals({ context, isConnected }: SmuDeps, set: SmuSettings, state: { output: boolean }) {
  const { bench, options } = context
  const dark = options.lit === 'false' ? createSupplyTerminals(bench, false) : null
  const open: OperatingPoint = { voltageV: 0, currentA: 0, limiting: false }
  const isVoltage = (): boolean => set.func.value === 1

  const inTheDark = (level: number): OperatingPoint => {
    if (!dark) return open
    if (!state.output) return dark.open() && open
    const [voltageV, sourceA] = isVoltage() ? [level, set.limitI.value] : [set.limitV.value, level]
    const at = dark.at({ voltageV, sourceA, sourceW: Infinity, sinkA: sourceA, sinkW: Infinity })
    return {
      voltageV: at.voltageV,
      currentA: at.currentA,
      limiting: at.regulation !== (isVoltage() ? 'CV' : 'CC'),
    }
  }
  return (level: number, sweepRateVPerS: number): OperatingPoint => {
    if (!isConnected) return state.output && isVoltage() ? { ...open, voltageV: level } : open
    if (dark) return inTheDark(level)
    const fourWire = set.sense.value === 1
    if (state.output) {
      const source = isVoltage() ? 'voltage' : 'current'
      const limit = isVoltage() ? set.limitI.value : set.limitV.value
      return operatingPoint(bench, { source, level, limit, fourWire, sweepRateVPerS })
    }
    // High impedance: the relay is open. Else 0 V with up to 1 mA.
    if (set.offMode.value === 2) return open
    return operatingPoint(bench, { source: 'voltage', level: 0, limit: 1e-3, fourWire, sweepRateVPerS: 0 })
  }
}
