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
  /** It went off by itself some time ago, and is empty: nobody looked since. */
  drop(): void
}

interface Ramp {
  fromV: number
  targetV: number
  startMs: number
  rateVPerS: number | null
}

function voltageOf(ramp: Ramp, nowMs: number): number {
  const { fromV, targetV, rateVPerS } = ramp
  const ms = nowMs - ramp.startMs
  const wayV = targetV - fromV
  if (rateVPerS === null) {
    const restV = wayV * Math.exp(-ms / bleederMs)
    return Math.abs(restV) < settledV ? targetV : targetV - restV
  }
  const doneV = (rateVPerS * ms) / 1000
  return doneV >= Math.abs(wayV) ? targetV : fromV + Math.sign(wayV) * doneV
}

const lengthMs = ({ fromV, targetV, rateVPerS }: Ramp): number =>
  rateVPerS === null ? 12 * bleederMs : (Math.abs(targetV - fromV) / rateVPerS) * 1000

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
  let ramp: Ramp = { fromV: 0, targetV: 0, startMs: clock.monotonicMs(), rateVPerS: null }

  const loadA = (voltageV: number): number => {
    bench.stress.apply(lane, voltageV)
    return bench.stress.leakageA(lane) + voltageV * deps.shortS()
  }
  const present = (): HvPoint => {
    const setV = voltageOf(ramp, clock.monotonicMs())
    const wantedA = loadA(setV)
    const limitA = deps.limitA()
    const isLimiting = Math.abs(wantedA) > limitA
    const share = isLimiting ? limitA / Math.abs(wantedA) : 1
    const voltageV = setV * share
    return {
      voltageV,
      currentA: isLimiting ? loadA(voltageV) : wantedA,
      isLimiting,
      isRamping: setV !== ramp.targetV,
    }
  }
  return {
    present,
    goTo: (targetV, rateVPerS) => {
      const startMs = clock.monotonicMs()
      ramp = { fromV: voltageOf(ramp, startMs), targetV, startMs, rateVPerS }
      present()
      // Nobody may ask for hours: the module has to feel the end of the ramp all the same.
      void clock.sleep(lengthMs(ramp) + 1).then(present)
    },
    drop: () => {
      ramp = { fromV: 0, targetV: 0, startMs: clock.monotonicMs(), rateVPerS: null }
      present()
    },
  }
}
