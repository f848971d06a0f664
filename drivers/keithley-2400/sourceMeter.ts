import { createCanceller } from '../../src/base/clock.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createMeter, rangeFor } from '../bench/meter.ts'
import { ScpiError } from '../bench/scpi.ts'
import { operatingPoint, type OperatingPoint } from '../bench/smuOutput.ts'
import { currentRangesA, formatSetting, type MeterSettings } from './sourceMeterSettings.ts'

/** `+9.910000E+37`: not measured; `+9.900000E+37`: overflow. */
export const notMeasured = 9.91e37
export const overflow = 9.9e37

/** One source-measure operation. */
export interface MeterReading {
  voltage: number
  current: number
  resistance: number
  timeS: number
  status: number
}

/** Bits of the STATus element (User's Manual, FORMat:ELEMents). */
const statusBit = {
  overflow: 0,
  filter: 1,
  front: 2,
  compliance: 3,
  voltage: 11,
  current: 12,
  sourceV: 14,
  sourceI: 15,
  remoteSense: 22,
}

/** `+1.050000E-04`, as the instrument prints readings. */
export const formatReading = (value: number): string => (value < 0 ? '' : '+') + formatSetting(value)

interface MeterState {
  output: boolean
  functions: Set<string>
  listV: number[]
  listA: number[]
  timeZeroMs: number
  last: MeterReading[]
}

/** Source levels in the order in which they are put out; one in fixed mode. */
function sourceLevels(set: MeterSettings, { listV, listA }: MeterState): readonly number[] {
  const isVoltage = set.source.value === 'VOLT'
  const list = isVoltage ? listV : listA
  const mode = isVoltage ? set.voltageMode.value : set.currentMode.value
  if (mode === 'FIX') return [isVoltage ? set.levelV.value : set.levelA.value]
  if (mode === 'LIST') return list.length > 0 ? list : [0]
  const [start, stop] = isVoltage ? [set.startV.value, set.stopV.value] : [set.startA.value, set.stopA.value]
  const share = (i: number): number => i / (set.points.value - 1)
  const rising = Array.from({ length: set.points.value }, (_each, i) =>
    set.spacing.value === 'LIN' ? start + (stop - start) * share(i) : start * (stop / start) ** share(i),
  )
  return set.direction.value === 'UP' ? rising : rising.reverse()
}

/** Source delay, conversions (each done twice with auto zero) and overhead of one point. */
function operationMs(set: MeterSettings, functions: number): number {
  const delayS = set.delayAuto.value ? 0.001 : set.delayS.value
  const conversions = Math.max(1, functions) * (set.autoZero.value === 'ON' ? 2 : 1)
  const filtered = set.filter.value && set.filterKind.value === 'REP' ? set.filterCount.value : 1
  return (set.triggerDelayS.value + delayS + (conversions * filtered * set.nplc.value) / 50) * 1000 + 2
}

/** The meters: what the instrument says about the present point. */
function createReader(context: SimulatorContext, set: MeterSettings, state: MeterState) {
  const { clock, bench } = context
  const voltmeter = createMeter(context.random.fork('voltmeter'))
  const ammeter = createMeter(context.random.fork('ammeter'))

  const pointAt = (level: number, sweepRateVPerS: number): OperatingPoint => {
    const source = set.source.value === 'CURR' ? 'current' : 'voltage'
    const limit = source === 'current' ? set.complianceV.value : set.complianceA.value
    return operatingPoint(bench, { source, level, limit, fourWire: set.remoteSense.value, sweepRateVPerS })
  }
  const statusOf = (flags: Partial<Record<keyof typeof statusBit, boolean>>): number =>
    Object.entries(statusBit).reduce(
      (word, [name, bit]) => (flags[name as keyof typeof statusBit] ? word + 2 ** bit : word),
      0,
    )

  const readAt = (level: number, sweepRateVPerS: number): MeterReading => {
    const point = pointAt(level, sweepRateVPerS)
    const rangeA = set.currentRangeAuto.value ? rangeFor(currentRangesA, point.currentA) : set.currentRangeA.value
    const isOver = Math.abs(point.currentA) > rangeA * 1.06 || hasFault(context, 'over-range')
    const amperes = isOver ? overflow : ammeter.read(point.currentA, rangeA)
    const volts = voltmeter.read(point.voltageV, set.voltageRangeV.value)
    const has = (name: string): boolean => state.functions.has(name)
    const isVoltageSource = set.source.value === 'VOLT'
    return {
      // A quantity that is sourced but not measured is given as programmed.
      voltage: has('VOLT') ? volts : isVoltageSource ? level : notMeasured,
      current: has('CURR') ? amperes : isVoltageSource ? notMeasured : level,
      resistance: has('RES') && amperes !== 0 ? volts / amperes : notMeasured,
      timeS: (clock.monotonicMs() - state.timeZeroMs) / 1000,
      status: statusOf({
        overflow: isOver,
        filter: set.filter.value,
        front: set.terminals.value === 'FRON',
        compliance: point.limiting,
        voltage: has('VOLT'),
        current: has('CURR'),
        sourceV: isVoltageSource,
        sourceI: !isVoltageSource,
        remoteSense: set.remoteSense.value,
      }),
    }
  }
  return { pointAt, readAt }
}

export type SourceMeter = ReturnType<typeof createSourceMeter>

/** The instrument itself: source, meters and trigger model, in the time of the context's clock. */
export function createSourceMeter(context: SimulatorContext, set: MeterSettings) {
  const { clock } = context
  const state: MeterState = {
    output: false,
    functions: new Set(['CURR']),
    listV: [],
    listA: [],
    timeZeroMs: clock.monotonicMs(),
    last: [],
  }
  const { pointAt, readAt } = createReader(context, set, state)
  let running: Promise<MeterReading[]> | null = null
  let canceller = createCanceller()

  const operate = async (onReading: (reading: MeterReading) => void): Promise<MeterReading[]> => {
    const levels = sourceLevels(set, state)
    const count = set.armCount.value * set.triggerCount.value
    const eachMs = operationMs(set, state.functions.size)
    const readings: MeterReading[] = []
    let dueMs = clock.monotonicMs()
    for (let i = 0; i < count; i++) {
      const level = levels[i % levels.length] ?? 0
      const before = i % levels.length === 0 ? level : (levels[(i - 1) % levels.length] ?? level)
      dueMs += eachMs
      // A device clear ends the wait; the condition behind it ends the run.
      await clock.sleep(dueMs - clock.monotonicMs(), canceller.signal).catch(() => undefined)
      if (canceller.signal.aborted) break
      const reading = readAt(level, ((level - before) * 1000) / eachMs)
      readings.push(reading)
      onReading(reading)
    }
    if (set.autoOff.value) state.output = false
    return readings
  }

  const start = async (onReading: (reading: MeterReading) => void): Promise<MeterReading[]> => {
    if (running) throw new ScpiError(-213, 'Init ignored')
    if (!state.output && !set.autoOff.value) throw new ScpiError(803, 'Not permitted with OUTPUT off')
    state.output = true
    canceller = createCanceller()
    running = operate(onReading)
    state.last = await running
    running = null
    return state.last
  }

  return {
    state,
    start,
    idle: async () => void (await running),
    abort: () => canceller.cancel(new Error('aborted')),
    isLimiting: () => state.output && pointAt(sourceLevels(set, state)[0] ?? 0, 0).limiting,
    timeS: () => (clock.monotonicMs() - state.timeZeroMs) / 1000,
    resetTime: () => void (state.timeZeroMs = clock.monotonicMs()),
  }
}
