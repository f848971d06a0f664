import type { Clock } from '../../src/base/clock.ts'
import type { SimulatedBench } from '../../src/contract/instrument.ts'

/** Without a ramp the output capacitor empties over the bleeder with this time constant. */
const bleederMs = 300
/** Nearer than this it has arrived. */
const settledV = 0.5

/** What is at the terminals now. */
export interface HvPoint {
  voltageV: number
  currentA: number
  /** The load takes all that is allowed: the voltage is below its set-point. */
  isLimiting: boolean
  isRamping: boolean
}

export interface HvOutput {
  /** The present point; the module in the lane feels it. */
  present(): HvPoint
  /** @param rateVPerS null: at once, over the bleeder */
  goTo(targetV: number, rateVPerS: number | null): void
  /** There is this voltage all at once; 0 where it went off by itself before anybody looked. */
  jump(voltageV: number): void
}

/** A set-point that moves. */
export interface SetPoint {
  value(): number
  isMoving(): boolean
  goTo(target: number, ratePerS: number | null): void
  jump(value: number): void
  /** How long it takes to its target from where it was told. */
  lengthMs(): number
}

interface Ramp {
  from: number
  target: number
  startMs: number
  ratePerS: number | null
}

function valueOf(ramp: Ramp, nowMs: number): number {
  const { from, target, ratePerS } = ramp
  const ms = nowMs - ramp.startMs
  const way = target - from
  if (ratePerS === null) {
    const rest = way * Math.exp(-ms / bleederMs)
    return Math.abs(rest) < settledV ? target : target - rest
  }
  const done = (ratePerS * ms) / 1000
  return done >= Math.abs(way) ? target : from + Math.sign(way) * done
}

/** A set-point that ramps by the clock, at a rate or (null) as a capacitor over its bleeder. */
export function createSetPoint(clock: Clock): SetPoint {
  let ramp: Ramp = { from: 0, target: 0, startMs: clock.monotonicMs(), ratePerS: null }
  const value = (): number => valueOf(ramp, clock.monotonicMs())
  return {
    value,
    isMoving: () => value() !== ramp.target,
    goTo: (target, ratePerS) => void (ramp = { from: value(), target, startMs: clock.monotonicMs(), ratePerS }),
    jump: (to) => void (ramp = { from: to, target: to, startMs: clock.monotonicMs(), ratePerS: null }),
    lengthMs: () =>
      ramp.ratePerS === null ? 12 * bleederMs : (Math.abs(ramp.target - ramp.from) / ramp.ratePerS) * 1000,
  }
}

/**
 * One output of a simulated high-voltage supply on the module of a lane: ramps, limits the current, and follows the clock
 * only when asked or when a ramp ends.
 * @param deps.limitA most current that it gives
 * @param deps.shortS conductance of a fault across the module; 0 for none
 */
export function createHvOutput(deps: {
  clock: Clock
  bench: SimulatedBench
  lane: number
  limitA: () => number
  shortS: () => number
}): HvOutput {
  const { clock, bench, lane } = deps
  const setPoint = createSetPoint(clock)

  const loadA = (voltageV: number): number => {
    bench.stress.apply(lane, voltageV)
    return bench.stress.leakageA(lane) + voltageV * deps.shortS()
  }
  const present = (): HvPoint => {
    const setV = setPoint.value()
    const wantedA = loadA(setV)
    const limitA = deps.limitA()
    const isLimiting = Math.abs(wantedA) > limitA
    const share = isLimiting ? limitA / Math.abs(wantedA) : 1
    const voltageV = setV * share
    return {
      voltageV,
      currentA: isLimiting ? loadA(voltageV) : wantedA,
      isLimiting,
      isRamping: setPoint.isMoving(),
    }
  }
  return {
    present,
    goTo: (targetV, rateVPerS) => {
      setPoint.goTo(targetV, rateVPerS)
      present()
      // Nobody may ask for hours: the module has to feel the end of the ramp all the same.
      void clock.sleep(setPoint.lengthMs() + 1).then(present)
    },
    jump: (voltageV) => {
      setPoint.jump(voltageV)
      present()
    },
  }
}
