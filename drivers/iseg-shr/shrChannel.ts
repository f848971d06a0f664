import type { Random } from '../../src/base/random.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createHvOutput, type HvOutput, type HvPoint } from '../bench/hvOutput.ts'
import { statusBit, type StatusBit } from './commands.ts'

/** One output mode of a unit: what it can give. */
export interface OutputMode {
  nominalV: number
  nominalA: number
}

/** Below this a unit doesn't say that it regulates the voltage (SweepMe's driver, `reach`). */
const leastRegulatedV = 6
/** Polarity and mode can be changed below this. */
const dischargedV = 10
/** The unit's ramps end at a fifth of the nominal voltage each second. */
const steepestShare = 0.2

export interface ChannelState {
  isPositive: boolean
  isOn: boolean
  isEmergency: boolean
  /** Magnitude: the polarity gives the sign. */
  setV: number
  setA: number
  boundsV: number
  boundsA: number
  upVPerS: number
  downVPerS: number
  rampAPerS: number
  mode: number
  tripMs: number
  tripAction: number
  inhibitAction: number
  events: number
  mask: number
  hasTripped: boolean
  isInhibited: boolean
  /** After a change of polarity it doesn't switch on before the events are cleared. */
  needsClearing: boolean
}

const startState = (mode: number, modes: readonly OutputMode[]): ChannelState => ({
  isPositive: true,
  isOn: false,
  isEmergency: false,
  setV: 0,
  setA: modes[mode - 1]?.nominalA ?? 0,
  boundsV: 0,
  boundsA: 0,
  upVPerS: 100,
  downVPerS: 100,
  rampAPerS: 0.001,
  mode,
  tripMs: 100,
  tripAction: 0,
  inhibitAction: 2,
  events: 0,
  mask: 0,
  hasTripped: false,
  isInhibited: false,
  needsClearing: false,
})

export type ShrChannel = ReturnType<typeof createShrChannel>

/** What stands against a channel: faults that a test switches on, and the bench's interlock. */
const createSurroundings = (context: SimulatorContext) => ({
  isShorted: (): boolean => hasFault(context, 'trip'),
  isInhibited: (): boolean =>
    hasFault(context, 'inhibit') || hasFault(context, 'interlock-open') || !context.bench.interlock.isClosed(),
  isStuck: (): boolean => hasFault(context, 'stuck-output'),
  arcs: (): boolean => hasFault(context, 'arc'),
  slowness: (): number => (hasFault(context, 'slow-ramp') ? 0.05 : 1),
})

/** One channel on the module of its lane. */
export function createShrChannel(
  context: SimulatorContext,
  of: { lane: number; mode: number; modes: readonly OutputMode[]; random: Random },
) {
  const { clock, bench } = context
  const { random, modes, lane } = of
  const around = createSurroundings(context)
  const state = startState(of.mode, modes)
  // A short takes more than any limit.
  const shortS = (): number => (around.isShorted() && state.isOn ? 1 : 0)
  const output = createHvOutput({ clock, bench, lane, limitA: () => state.setA, shortS })
  const nominal = (): OutputMode => modes[state.mode - 1] ?? { nominalV: 0, nominalA: 0 }
  const event = (bit: StatusBit): void => void (state.events |= 1 << statusBit[bit])
  const sign = (): number => (state.isPositive ? 1 : -1)
  const go = (): void => {
    if (!state.isOn) return
    const rises = state.setV > Math.abs(output.present().voltageV)
    output.goTo(sign() * state.setV, (rises ? state.upVPerS : state.downVPerS) * around.slowness())
  }
  const { watch, switchOff } = createSwitch({ state, output, around, event })
  return {
    state,
    nominal,
    sign,
    event,
    watch,
    go,
    switchOff,
    steepest: (): number => steepestShare * nominal().nominalV,
    switchOn: (): void => {
      watch()
      if (state.isEmergency || state.isInhibited || isBlocked(state)) return event('inputError')
      Object.assign(state, { isOn: true, hasTripped: false })
      go()
      watch()
    },
    emergencyOff: (): void => {
      if (around.isStuck()) return
      state.isEmergency = true
      event('emergencyOff')
      switchOff(false)
    },
    /** Off and empty: what polarity and mode need. */
    isIdle: (): boolean => !state.isOn && Math.abs(output.present().voltageV) < dischargedV,
    clearEvents: (): void => void Object.assign(state, { events: 0, hasTripped: false, needsClearing: false }),
    limitV: (): number => nominal().nominalV * (hasFault(context, 'clamp') ? 0.1 : 1),
    status: (): number => statusOf(state, output.present(), around.arcs()),
    ...createMeters(output, random),
  }
}

function createMeters(output: HvOutput, random: Random) {
  const offsetA = 1e-9 * random.normal()
  return {
    measuredV: (): number => output.present().voltageV + 0.01 * random.normal(),
    measuredA: (): number => {
      const readA = output.present().currentA * (1 + 1e-4 * random.normal()) + offsetA + 3e-10 * random.normal()
      return Math.round(readA * 1e10) / 1e10
    },
  }
}

/** How a channel goes off: by command, or by itself. */
function createSwitch(of: {
  state: ChannelState
  output: HvOutput
  around: ReturnType<typeof createSurroundings>
  event: (bit: StatusBit) => void
}) {
  const { state, output, around, event } = of
  const markOff = (): void => {
    if (state.isOn) event('on')
    state.isOn = false
  }
  const shutDown = (): void => {
    if (around.isStuck()) return
    markOff()
    output.jump(0)
  }
  return {
    switchOff: (ramped: boolean): void => {
      if (around.isStuck()) return
      markOff()
      output.goTo(0, ramped ? state.downVPerS * around.slowness() : null)
    },
    /** What happened since the unit was last asked: it would have seen it at once. */
    watch: (): void => {
      state.isInhibited = around.isInhibited()
      if (state.isInhibited) {
        event('externalInhibit')
        if (state.isOn && state.inhibitAction !== 0 && state.inhibitAction !== 4) shutDown()
      }
      if (around.isShorted() && state.isOn) {
        state.hasTripped = true
        event('currentTrip')
        shutDown()
      }
      if (around.arcs()) event('arc')
    },
  }
}

/** The guide has a mask for it; these count whatever the mask says. */
const blockingEvents = (1 << statusBit.currentTrip) | (1 << statusBit.externalInhibit) | (1 << statusBit.emergencyOff)

const isBlocked = (state: ChannelState): boolean =>
  state.needsClearing || (state.events & (state.mask | blockingEvents)) !== 0

function statusOf(state: ChannelState, point: HvPoint, arcs: boolean): number {
  const rises = state.isOn && state.setV > Math.abs(point.voltageV)
  const isRegulated = state.isOn && !point.isRamping && !point.isLimiting
  const bits: Readonly<Partial<Record<StatusBit, boolean>>> = {
    positive: state.isPositive,
    arc: arcs,
    on: state.isOn,
    voltageRamp: point.isRamping,
    emergencyOff: state.isEmergency,
    constantCurrent: state.isOn && point.isLimiting,
    constantVoltage: isRegulated && Math.abs(point.voltageV) >= leastRegulatedV,
    externalInhibit: state.isInhibited,
    currentTrip: state.hasTripped,
    voltageRampUp: point.isRamping && rises,
    voltageRampDown: point.isRamping && !rises,
  }
  return Object.entries(bits).reduce((sum, [bit, set]) => (set ? sum + 2 ** statusBit[bit as StatusBit] : sum), 0)
}
