import type { Random } from '../../src/base/random.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createHvOutput } from '../bench/hvOutput.ts'

export interface ShqLimits {
  maxV: number
  maxA: number
  /** Potentiometer at the front, in percent of the nominal voltage. */
  limitPercent: number
  isPositive: boolean
  /** What one step of the trip means. */
  tripA: number
}

export type ShqChannel = ReturnType<typeof createShqChannel>

/** What stands against the unit: switches, inputs, and faults that a test switches on. */
const createSurroundings = (context: SimulatorContext) => ({
  isShorted: (): boolean => hasFault(context, 'trip'),
  isInhibited: (): boolean =>
    hasFault(context, 'inhibit') || hasFault(context, 'interlock-open') || !context.bench.interlock.isClosed(),
  isManual: (): boolean => hasFault(context, 'manual'),
  isSwitchedOff: (): boolean => hasFault(context, 'switch-off'),
  isStuck: (): boolean => hasFault(context, 'stuck-output'),
})

interface ShqState {
  setV: number
  rampVPerS: number
  tripSteps: number
  autostart: number
  hasTripped: boolean
  wasInhibited: boolean
}

function statusWord(
  state: ShqState,
  around: ReturnType<typeof createSurroundings>,
  point: { voltageV: number; isRamping: boolean },
): string {
  if (around.isManual()) return 'MAN'
  if (around.isSwitchedOff()) return 'OFF'
  if (state.wasInhibited) return 'INH'
  if (state.hasTripped) return 'TRP'
  if (!point.isRamping) return 'ON '
  return state.setV > Math.abs(point.voltageV) ? 'L2H' : 'H2L'
}

const statusByte = (state: ShqState, around: ReturnType<typeof createSurroundings>, isPositive: boolean): number =>
  (state.hasTripped ? 64 : 0) +
  (state.wasInhibited ? 32 : 0) +
  (around.isSwitchedOff() ? 8 : 0) +
  (isPositive ? 4 : 0) +
  (around.isManual() ? 2 : 0) +
  1

/** One channel of an SHQ on the module of its lane. */
export function createShqChannel(context: SimulatorContext, of: { lane: number; limits: ShqLimits; random: Random }) {
  const { clock, bench } = context
  const { limits, random } = of
  const around = createSurroundings(context)
  const state: ShqState = {
    setV: 0,
    rampVPerS: 100,
    tripSteps: 0,
    autostart: 0,
    hasTripped: false,
    wasInhibited: false,
  }
  const output = createHvOutput({
    clock,
    bench,
    lane: of.lane,
    limitA: () => limits.maxA,
    shortS: () => (around.isShorted() ? 1 : 0),
  })
  const offsetA = 1e-9 * random.normal()
  const sign = limits.isPositive ? 1 : -1
  const limitV = (): number => (limits.maxV * limits.limitPercent) / 100

  /** What happened by itself since the unit was last asked. */
  const watch = (): void => {
    const point = output.present()
    const trips = state.tripSteps > 0 && Math.abs(point.currentA) > state.tripSteps * limits.tripA
    if (trips || (point.isLimiting && around.isShorted())) {
      state.hasTripped = true
      if (!around.isStuck()) output.jump(0)
    }
    if (around.isInhibited()) {
      state.wasInhibited = true
      if (!around.isStuck()) output.jump(0)
    }
    if (around.isSwitchedOff() && !around.isStuck()) output.jump(0)
  }
  const word = (): string => statusWord(state, around, output.present())
  /** Reading the status forgets what is over (manual, 5.1). */
  const readStatus = (): string => {
    const before = word()
    state.hasTripped = false
    state.wasInhibited = around.isInhibited()
    return before
  }
  const start = (): void => {
    if (around.isManual() || around.isSwitchedOff() || around.isStuck() || state.hasTripped || state.wasInhibited)
      return
    output.goTo(sign * state.setV, state.rampVPerS)
    watch()
  }
  return {
    state,
    limits,
    limitV,
    watch,
    start,
    statusWord: word,
    readStatus,
    setVoltage: (magnitudeV: number): void => {
      if (around.isManual()) return
      state.setV = Math.round(magnitudeV * (hasFault(context, 'clamp') ? 9 : 10)) / 10
      if ((state.autostart & 8) !== 0) start()
    },
    measuredV: (): number => output.present().voltageV + 0.02 * random.normal(),
    measuredA: (): number => Math.abs(output.present().currentA + offsetA + 5e-10 * random.normal()),
    bits: (): number => statusByte(state, around, limits.isPositive),
  }
}
