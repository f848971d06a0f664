import type { Clock } from '../../src/base/clock.ts'
import { createProgramRunner, type ProgramRun } from '../bench/programRunner.ts'

/** null: this loop is off. */
export interface SetPoint {
  temperatureC: number | null
  humidityPercent: number | null
}

/** A step of a profile, whatever the registers that it lies in. */
export interface ProfileStep {
  /** ramp: evenly over the time; rate: evenly at a rate; instant: at once; soak and wait: no change. */
  kind: 'instant' | 'ramp' | 'rate' | 'soak' | 'wait' | 'jump' | 'end'
  durationMs: number
  /** Where this step leads; what it doesn't name stays as it is. */
  target: Partial<SetPoint>
  /** Per minute, of a step at a rate. */
  rate?: { temperatureC: number; humidityPercent: number }
  /** The step's time counts only from when this was true: guaranteed soak, or what a wait step waits for. */
  isReady?: (setPoint: SetPoint) => boolean
  jump?: { profile: number; step: number; count: number }
  /** Called when the step begins. */
  onEnter?: () => void
}

export interface ProfilePlace {
  profile: number
  step: number
}

export interface ProfileTrack {
  state(): 'idle' | 'running' | 'paused'
  /** The present place, or the last one of a profile that ended. */
  place(): ProfilePlace
  remainingMs(): number
  setPoint(): SetPoint
  /** The jump that was made last, and how often since the profile came to it. */
  jump(): (ProfilePlace & { done: number }) | null
  /** @returns false where there is no such step */
  start(at: ProfilePlace, from: SetPoint): boolean
  pause(): void
  resume(): void
  stop(): void
}

/** Places of a profile as one number each. */
const stride = 1000
const encode = ({ profile, step }: ProfilePlace): number => profile * stride + step
const decode = (place: number): ProfilePlace => ({ profile: Math.floor(place / stride), step: place % stride })
/** Jumps one after the other; more of them go round in a circle. */
const mostJumps = 1000

interface Deps {
  clock: Clock
  stepAt: (place: ProfilePlace) => ProfileStep | null
  /** The air on its way: called when a step begins or goes on, and when the profile is paused. */
  drive: (setPoint: SetPoint, rampKPerMin: number | null) => void
  /** @param end the step that ended it; null where it just has no further step */
  ended: (end: ProfileStep | null) => void
}

/** Jumps that were made, each counted anew once it was passed. */
function createJumps(stepAt: Deps['stepAt']) {
  const done = new Map<number, number>()
  let latest: number | null = null
  return {
    clear: (): void => {
      done.clear()
      latest = null
    },
    latest: () => (latest === null ? null : { ...decode(latest), done: done.get(latest) ?? 0 }),
    /** The place to go to where this one is a jump; null where the profile has no such step. */
    follow: (from: number): number | null => {
      let place = from
      for (let i = 0; i < mostJumps; i++) {
        const step = stepAt(decode(place))
        if (!step?.jump) return step ? place : null
        const count = done.get(place) ?? 0
        if (count < step.jump.count) {
          done.set(place, count + 1)
          latest = place
          place = encode(step.jump)
        } else {
          done.delete(place)
          place++
        }
      }
      return null
    },
  }
}

/** What the set-point is within a step that began at `from`, with so much of its time still to go. */
function setPointWithin(step: ProfileStep, from: SetPoint, remainingMs: number): SetPoint {
  const { kind, durationMs } = step
  const to: SetPoint = { ...from, ...step.target }
  const share = durationMs === 0 ? 1 : 1 - remainingMs / durationMs
  const along = (name: 'temperatureC' | 'humidityPercent'): number | null => {
    const [a, b] = [from[name], to[name]]
    if (a === null || b === null) return b
    if (kind === 'ramp') return a + (b - a) * share
    if (kind !== 'rate') return b
    const moved = ((durationMs - remainingMs) / 60_000) * (step.rate?.[name] ?? 0)
    return a + Math.sign(b - a) * Math.min(Math.abs(b - a), moved)
  }
  return { temperatureC: along('temperatureC'), humidityPercent: along('humidityPercent') }
}

/** How long a step at a rate takes from here: as long as its slowest loop. */
function durationFrom(step: ProfileStep, from: SetPoint): number {
  if (step.kind !== 'rate') return step.durationMs
  const minutes = (['temperatureC', 'humidityPercent'] as const).map((name) => {
    const [a, b, rate] = [from[name], step.target[name] ?? null, step.rate?.[name] ?? 0]
    return a === null || b === null || rate <= 0 ? 0 : Math.abs(b - a) / rate
  })
  return Math.max(...minutes) * 60_000
}

/** Kelvin a minute that the air has to follow; null where it goes as fast as it can. */
function rampOf(step: ProfileStep, nowC: number | null, leftMs: number): number | null {
  const toC = step.target.temperatureC ?? null
  if (nowC === null || toC === null) return null
  if (step.kind === 'rate') return step.rate?.temperatureC ?? null
  if (step.kind !== 'ramp' || leftMs <= 0 || toC === nowC) return null
  return Math.abs(toC - nowC) / (leftMs / 60_000)
}

/** A profile that goes its way: set-points along ramps, soaks, jumps; and the air behind it. */
export function createProfileTrack({ clock, stepAt, drive, ended }: Deps): ProfileTrack {
  const runner = createProgramRunner(clock)
  const jumps = createJumps(stepAt)
  let from: SetPoint = { temperatureC: null, humidityPercent: null }
  let step: ProfileStep | null = null

  const setPoint = (): SetPoint => (step ? setPointWithin(step, from, runner.remainingMs()) : from)
  const begin = (wanted: ProfileStep): void => {
    from = setPoint()
    step = { ...wanted, durationMs: durationFrom(wanted, from) }
    wanted.onEnter?.()
  }
  const run: ProgramRun = {
    enter: (place, leftMs) => {
      const wanted = stepAt(decode(place))
      if (leftMs === null && wanted) begin(wanted)
      if (!step || step.kind === 'end') return { durationMs: 0 }
      const { durationMs, isReady } = step
      const now = leftMs === null ? from : setPoint()
      drive({ ...from, ...step.target }, rampOf(step, now.temperatureC, leftMs ?? durationMs))
      return { durationMs, ...(isReady ? { isReady: () => isReady(setPoint()) } : {}) }
    },
    after: (place) => (step?.kind === 'end' ? null : jumps.follow(place + 1)),
    paused: () => drive(setPoint(), null),
    ended: () => {
      const end = step?.kind === 'end' ? step : null
      from = setPoint()
      step = null
      ended(end)
    },
  }
  const stop = (): void => {
    runner.stop()
    from = setPoint()
    step = null
  }
  return {
    state: () => runner.state(),
    place: () => decode(runner.step()),
    remainingMs: () => runner.remainingMs(),
    setPoint,
    jump: jumps.latest,
    start: (at, start) => {
      if (!stepAt(at)) return false
      stop()
      jumps.clear()
      const first = jumps.follow(encode(at))
      if (first === null) return false
      from = { ...start }
      runner.start(run, first)
      return true
    },
    pause: () => runner.pause(),
    resume: () => runner.resume(),
    stop,
  }
}
