import { createCanceller } from '../../src/base/clock.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createMeter, rangeFor } from '../bench/meter.ts'
import { ScpiError } from '../bench/scpi.ts'
import { operatingPoint, type OperatingPoint } from '../bench/smuOutput.ts'
import { createBuffers, type BufferReading } from './touchBuffers.ts'
import type { TouchSettings } from './touchSettings.ts'

/** The value of a reading that overflowed its range. */
export const overflow = 9.9e37

/** A sweep as `:SOURce:SWEep` builds it into the trigger model, or a loop that `:TRIGger:LOAD` has ready. */
export interface SweepPlan {
  /** Null: the source stays as it is, its output, too. */
  levels: (number | null)[]
  delayS: number
  failAbort: boolean
  buffer: string
}

export type TriggerState = 'IDLE' | 'RUNNING' | 'EMPTY' | 'ABORTED' | 'FAILED'
export type TouchFunction = 'VOLT' | 'CURR' | 'RES'

/** Source status bits (2461 Reference Manual, bufferVar.sourcestatuses). */
const sourceStatusBit = { readBack: 8, limit: 32, sense: 64, output: 128 }
const frontTerminals = 8
const units = { VOLT: 'Volt DC', CURR: 'Amp DC', RES: 'Ohm' }

interface MeterState {
  output: boolean
  measure: TouchFunction
}

/** Source and meter: what the instrument does at its terminals and says about them. */
function createReader(context: SimulatorContext, set: TouchSettings, state: MeterState) {
  const { clock, bench } = context
  const voltmeter = createMeter(context.random.fork('voltmeter'))
  const ammeter = createMeter(context.random.fork('ammeter'))
  const sourceName = (): 'VOLT' | 'CURR' => (set.source.value === 'CURR' ? 'CURR' : 'VOLT')
  const level = (): number => (sourceName() === 'CURR' ? set.levelA.value : set.levelV.value)

  /** Off in high impedance, the relay is open: nothing reaches the terminals. */
  const pointAt = (at: number, sweepRateVPerS: number): OperatingPoint => {
    const fourWire = set.sense[state.measure].remoteSense.value
    const isCurrent = sourceName() === 'CURR'
    const limit = isCurrent ? set.limitV.value : set.limitA.value
    const source = isCurrent ? 'current' : 'voltage'
    if (state.output) return operatingPoint(bench, { source, level: at, limit, fourWire, sweepRateVPerS })
    if (set.of[sourceName()].offState.value === 'HIMP') return { voltageV: 0, currentA: 0, limiting: false }
    // Normal off state: 0 V with half a percent of the current range as the limit.
    const rest = 0.005 * rangeFor(set.rangesA, set.limitA.value)
    return operatingPoint(bench, { source: 'voltage', level: 0, limit: rest, fourWire, sweepRateVPerS: 0 })
  }

  const measure = (at: number, sweepRateVPerS: number): BufferReading => {
    const point = pointAt(at, sweepRateVPerS)
    const { range, auto, remoteSense } = set.sense[state.measure]
    const isFixed = state.measure === 'CURR' && !auto.value
    const rangeA = isFixed ? range.value : rangeFor(set.rangesA, point.currentA)
    const currentA = ammeter.read(point.currentA, rangeA)
    const voltageV = voltmeter.read(point.voltageV, rangeFor(set.rangesV, point.voltageV))
    const isOver = (isFixed && Math.abs(point.currentA) > rangeA * 1.06) || hasFault(context, 'over-range')
    const value = { VOLT: voltageV, CURR: currentA, RES: currentA === 0 ? overflow : voltageV / currentA }
    const isReadBack = set.of[sourceName()].readBack.value
    const sourced = sourceName() === 'CURR' ? currentA : voltageV
    return {
      reading: isOver ? overflow : value[state.measure],
      source: isReadBack ? sourced : at,
      atMs: clock.monotonicMs(),
      unit: units[state.measure],
      status: set.terminals.value === 'FRON' ? frontTerminals : 0,
      sourceStatus:
        (isReadBack ? sourceStatusBit.readBack : 0) +
        (point.limiting ? sourceStatusBit.limit : 0) +
        (remoteSense.value ? sourceStatusBit.sense : 0) +
        (state.output ? sourceStatusBit.output : 0),
    }
  }

  /** Conversions, twice with auto zero; one more for reading the source back. */
  const measureMs = (): number => {
    const { nplc, autoZero, filter, filterKind, filterCount } = set.sense[state.measure]
    const repeats = filter.value && filterKind.value === 'REP' ? filterCount.value : 1
    const quantities = set.of[sourceName()].readBack.value ? 2 : 1
    return (quantities * (autoZero.value ? 2 : 1) * repeats * nplc.value * 1000) / 50 + 0.5
  }
  const sourceDelayMs = (): number => {
    const { delayAuto, delayS } = set.of[sourceName()]
    return delayAuto.value ? 1 : delayS.value * 1000
  }
  return {
    sourceName,
    level,
    measure,
    measureMs,
    sourceDelayMs,
    isLimiting: () => state.output && pointAt(level(), 0).limiting,
  }
}

interface TriggerDeps {
  context: SimulatorContext
  state: MeterState
  reader: ReturnType<typeof createReader>
  store: (buffer: string, reading: BufferReading) => void
  switchOutput: (on: boolean) => void
  requireInterlock: (levels: readonly number[]) => void
}

/** The trigger model, as far as sweeps use it. */
function createTrigger({ context, state, reader, store, switchOutput, requireInterlock }: TriggerDeps) {
  const { clock } = context
  const model = { plan: null as SweepPlan | null, state: 'EMPTY' as TriggerState, block: 0 }
  let running: Promise<void> | null = null
  let canceller = createCanceller()

  const runPlan = async (plan: SweepPlan): Promise<void> => {
    const pointMs = plan.delayS * 1000 + reader.sourceDelayMs() + reader.measureMs()
    let dueMs = clock.monotonicMs()
    const isSweep = plan.levels.some((each) => each !== null)
    if (isSweep) state.output = true
    for (const [i, each] of plan.levels.entries()) {
      const level = each ?? reader.level()
      const before = plan.levels[i - 1] ?? level
      dueMs += pointMs
      // An abort ends the wait; the condition behind it ends the run, and the output stays as it is.
      await clock.sleep(dueMs - clock.monotonicMs(), canceller.signal).catch(() => undefined)
      if (canceller.signal.aborted) return
      const reading = reader.measure(level, ((level - before) * 1000) / pointMs)
      store(plan.buffer, reading)
      model.block = 6
      if (plan.failAbort && (reading.sourceStatus & sourceStatusBit.limit) !== 0) break
    }
    if (isSweep) switchOutput(false)
    model.state = 'IDLE'
  }

  const initiate = (): void => {
    const { plan } = model
    if (running) throw new ScpiError(-213, 'Init ignored')
    if (!plan) throw new ScpiError(-221, 'Settings conflict: the trigger model is empty')
    model.state = 'FAILED'
    requireInterlock(plan.levels.map((each) => each ?? 0))
    canceller = createCanceller()
    Object.assign(model, { state: 'RUNNING', block: 1 })
    running = runPlan(plan).finally(() => {
      running = null
    })
  }
  return {
    initiate,
    isRunning: () => running !== null,
    idle: async () => void (await running),
    abort: () => {
      canceller.cancel(new Error('aborted'))
      if (model.state === 'RUNNING') model.state = 'ABORTED'
    },
    triggerState: () => `${model.state};${model.state};${model.block}`,
    setPlan: (plan: SweepPlan | null) => Object.assign(model, { plan, state: plan ? 'IDLE' : 'EMPTY', block: 0 }),
  }
}

export type TouchMeter = ReturnType<typeof createTouchMeter>

/** The instrument itself: source, meter, buffers and trigger model, in the time of the context's clock. */
export function createTouchMeter(context: SimulatorContext, set: TouchSettings) {
  const { clock, options } = context
  const state: MeterState = { output: false, measure: 'CURR' }
  const reader = createReader(context, set, state)
  const buffers = createBuffers()

  const interlockClosed = (): boolean => options.interlock !== 'open'
  const requireInterlock = (levels: readonly number[]): void => {
    if (interlockClosed() || reader.sourceName() !== 'VOLT') return
    if (levels.some((level) => Math.abs(level) > 21)) throw new ScpiError(5074, 'Output voltage limited by interlock')
  }
  const switchOutput = (on: boolean): void => {
    if (on) requireInterlock([reader.level()])
    if (on || !hasFault(context, 'stuck-output')) state.output = on
  }
  const { isRunning, ...trigger } = createTrigger({
    context,
    state,
    reader,
    store: buffers.store,
    switchOutput,
    requireInterlock,
  })

  const read = async (buffer: string): Promise<BufferReading[]> => {
    if (isRunning()) throw new ScpiError(-221, 'Settings conflict: the trigger model is running')
    const taken: BufferReading[] = []
    for (let i = 0; i < set.senseCount.value; i++) {
      await clock.sleep(reader.measureMs())
      const reading = reader.measure(reader.level(), 0)
      buffers.store(buffer, reading)
      taken.push(reading)
    }
    return taken
  }
  return { state, buffers, read, switchOutput, interlockClosed, isLimiting: reader.isLimiting, ...trigger }
}
