import type { AirTarget, SimulatedAir } from '../../src/contract/instrument.ts'

/** What the chamber can do, empty of anything but one module. */
const heatKPerMin = 4
const coolKPerMin = 3
/** The air follows what the controller is after with this lag. */
const airLagMs = 45_000
/** A glass module in moving air. */
const moduleLagMs = 200_000
const humidityLagMs = 240_000
/** Back to the room's air when idle. */
const idleLagMs = 1_800_000
/** Warming of a module in moving air by what it dissipates. */
const kelvinPerWatt = 0.012
const stepMs = 1000
/** Nearer than this nothing changes any more: the rest of the time is skipped. */
const settled = 1e-4

export interface Climate {
  readonly air: SimulatedAir
  /** The module's own temperature in the chamber; null before the chamber was first driven. */
  moduleC(): number | null
  /** What the module turns into heat (W), from now on. */
  heatW(watts: number): void
  /** Called for each stretch of time with what it was like: what ages a module. */
  onStretch(listener: (stretch: { ms: number; moduleC: number; humidityPercent: number }) => void): void
}

interface State {
  atMs: number
  airC: number
  workingC: number
  moduleC: number
  humidityPercent: number
}

const approach = (value: number, target: number, share: number): number => value + (target - value) * share

/** Share of the way that a first-order lag goes in `ms`. */
const shareOf = (ms: number, lagMs: number): number => -Math.expm1(-ms / lagMs)

/** Relative humidity can't be controlled below the dew point of the coil; the air is dry there. */
const humidityAt = (airC: number, target: number): number => (airC < 5 ? Math.min(target, 20) : target)

function advance(state: State, target: AirTarget | null, by: { ms: number; ambientC: number; heatW: number }): State {
  const { ms, ambientC, heatW } = by
  const wantedC = target?.temperatureC ?? ambientC
  const mostK = (rate: number): number => (Math.min(rate, target?.rampKPerMin ?? Infinity) * ms) / 60_000
  const awayK = wantedC - state.workingC
  const workingC = target
    ? state.workingC + Math.max(-mostK(coolKPerMin), Math.min(mostK(heatKPerMin), awayK))
    : state.airC
  const airC = target
    ? approach(state.airC, workingC, shareOf(ms, airLagMs))
    : approach(state.airC, ambientC, shareOf(ms, idleLagMs))
  const humidityTarget = target?.humidityPercent ?? (airC > 40 ? 10 : 45)
  return {
    atMs: state.atMs + ms,
    airC,
    workingC: target ? workingC : airC,
    moduleC: approach(state.moduleC, airC + heatW * kelvinPerWatt, shareOf(ms, moduleLagMs)),
    humidityPercent: approach(state.humidityPercent, humidityAt(airC, humidityTarget), shareOf(ms, humidityLagMs)),
  }
}

const isSettled = (before: State, after: State): boolean =>
  Math.abs(after.airC - before.airC) < settled * 0.01 &&
  Math.abs(after.moduleC - before.moduleC) < settled * 0.01 &&
  Math.abs(after.workingC - before.workingC) < settled &&
  Math.abs(after.humidityPercent - before.humidityPercent) < settled * 0.1

/**
 * A climate chamber's air and the module in it, as lags and rate limits. It is advanced when somebody looks, second by
 * second while anything changes and in one stride where nothing does; who looks, and how often, changes nothing.
 */
export function createClimate(deps: { nowMs: () => number; ambientC: () => number }): Climate {
  const listeners: ((stretch: { ms: number; moduleC: number; humidityPercent: number }) => void)[] = []
  let target: AirTarget | null = null
  let heat = 0
  let state: State | null = null

  const told = (ms: number, now: State): void => {
    for (const listener of listeners) listener({ ms, moduleC: now.moduleC, humidityPercent: now.humidityPercent })
  }
  const now = (): State => {
    const nowMs = deps.nowMs()
    let current = state ?? freshState(nowMs, deps.ambientC())
    while (nowMs - current.atMs > 0) {
      const ms = Math.min(stepMs, nowMs - current.atMs)
      const next = advance(current, target, { ms, ambientC: deps.ambientC(), heatW: heat })
      const isStill = ms === stepMs && isSettled(current, next)
      current = isStill ? { ...next, atMs: nowMs } : next
      told(isStill ? nowMs - (next.atMs - ms) : ms, current)
    }
    state = current
    return current
  }
  return {
    air: {
      temperatureC: () => now().airC,
      humidityPercent: () => now().humidityPercent,
      workingTemperatureC: () => (target ? now().workingC : null),
      drive: (wanted) => {
        const current = now()
        if (target === null && wanted !== null) state = { ...current, workingC: current.airC }
        target = wanted
      },
    },
    moduleC: () => (state === null ? null : now().moduleC),
    heatW: (watts) => {
      if (state !== null) now()
      heat = watts
    },
    onStretch: (listener) => void listeners.push(listener),
  }
}

const freshState = (atMs: number, ambientC: number): State => ({
  atMs,
  airC: ambientC,
  workingC: ambientC,
  moduleC: ambientC,
  humidityPercent: 45,
})
