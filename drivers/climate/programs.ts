import type { Clock } from '../../src/base/clock.ts'
import { createProgramRunner } from '../bench/programRunner.ts'

/** A step of a simulated chamber's program: a ramp to the values within the time, or a jump to them and a hold. */
export interface ChamberStep {
  kind: 'ramp' | 'hold'
  temperatureC: number
  /** null: humidity isn't controlled. */
  humidityPercent: number | null
  minutes: number
}

const step = (
  kind: ChamberStep['kind'],
  minutes: number,
  [temperatureC, humidityPercent]: readonly [number, number | null],
): ChamberStep => ({ kind, minutes, temperatureC, humidityPercent })

/** What lies in each simulated chamber: a thermal cycle, damp heat, and a humidity-freeze cycle, all short. */
export const storedPrograms: readonly (readonly ChamberStep[])[] = [
  [
    step('ramp', 30, [85, null]),
    step('hold', 10, [85, null]),
    step('ramp', 75, [-40, null]),
    step('hold', 10, [-40, null]),
    step('ramp', 40, [25, null]),
  ],
  [step('ramp', 30, [85, 85]), step('hold', 60, [85, 85])],
  [
    step('ramp', 30, [85, 85]),
    step('hold', 120, [85, 85]),
    step('ramp', 75, [-40, null]),
    step('hold', 30, [-40, null]),
    step('ramp', 40, [25, null]),
  ],
]

export interface SimulatedProgram {
  state(): 'idle' | 'running' | 'paused'
  /** 1 is the first; of the last one that ran, and 0 before any. */
  number(): number
  /** 1 is the first; 0 when idle. */
  step(): number
  stepRemainingS(): number
  /** Of the whole program, its repetitions included. */
  remainingS(): number
  elapsedS(): number
  runs(): { done: number; wanted: number }
  /** @returns false where there is no such program or step */
  start(at: { program: number; step: number; runs: number }): boolean
  pause(): void
  resume(): void
  stop(): void
}

/** What the program wants of the air now. */
export interface ProgramDemand {
  temperatureC: number
  humidityPercent: number | null
  rampKPerMin: number | null
}

interface Running {
  program: number
  done: number
  wanted: number
  startedMs: number
}

const durationS = (steps: readonly ChamberStep[]): number => steps.reduce((sum, each) => sum + each.minutes * 60, 0)

/**
 * The programs of a simulated chamber.
 * @param deps.airC the air now, from which a ramp starts
 * @param deps.demand called with what the air shall be; null at the end
 */
export function createSimulatedProgram(deps: {
  clock: Clock
  programs: readonly (readonly ChamberStep[])[]
  airC: () => number
  demand: (wanted: ProgramDemand | null) => void
}): SimulatedProgram {
  const { clock, programs, airC, demand } = deps
  const runner = createProgramRunner(clock)
  let now: Running = { program: 0, done: 0, wanted: 0, startedMs: 0 }
  const stepsNow = (): readonly ChamberStep[] => programs[now.program - 1] ?? []

  const enter = (number: number, leftMs: number | null): { durationMs: number } => {
    const found = stepsNow()[number - 1]
    if (!found) return { durationMs: 0 }
    const minutes = leftMs === null ? found.minutes : leftMs / 60_000
    const isRamp = found.kind === 'ramp' && minutes > 0
    const rampKPerMin = isRamp ? Math.max(0.01, Math.abs(found.temperatureC - airC()) / minutes) : null
    demand({ temperatureC: found.temperatureC, humidityPercent: found.humidityPercent, rampKPerMin })
    return { durationMs: found.minutes * 60_000 }
  }
  const after = (number: number): number | null => {
    if (number < stepsNow().length) return number + 1
    now.done++
    return now.done < now.wanted ? 1 : null
  }
  const remainingS = (): number => {
    if (runner.state() === 'idle') return 0
    const rest = durationS(stepsNow().slice(runner.step()))
    return runner.remainingMs() / 1000 + rest + (now.wanted - now.done - 1) * durationS(stepsNow())
  }
  return {
    state: () => runner.state(),
    number: () => now.program,
    step: () => runner.step(),
    stepRemainingS: () => runner.remainingMs() / 1000,
    remainingS,
    elapsedS: () => (runner.state() === 'idle' ? 0 : (clock.monotonicMs() - now.startedMs) / 1000),
    runs: () => ({ done: now.done, wanted: now.wanted }),
    start: ({ program, step: first, runs }) => {
      if (!programs[program - 1]?.[first - 1] || runs < 1) return false
      now = { program, done: 0, wanted: runs, startedMs: clock.monotonicMs() }
      const paused = (): void => demand({ temperatureC: airC(), humidityPercent: null, rampKPerMin: null })
      runner.start({ enter, after, paused, ended: () => demand(null) }, first)
      return true
    },
    pause: () => runner.pause(),
    resume: () => runner.resume(),
    stop: () => {
      runner.stop()
      demand(null)
    },
  }
}
