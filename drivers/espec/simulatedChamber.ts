import type { SimulatedAir, SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createProgramRunner, type ProgramRun, type ProgramRunner } from '../bench/programRunner.ts'
import { createCounters } from './counters.ts'
import type { EspecDialect } from './dialect.ts'
import { plainStep, type StoredProgram } from './storedProgram.ts'

/** What a simulated chamber is equipped with. */
export interface Fitting {
  dialect: EspecDialect
  hasHumidity: boolean
  hasPtc: boolean
  mostC: number
  leastC: number
}

interface SetPoint {
  temperatureC: number
  humidityPercent: number | null
}

/** The settings of constant operation. */
export interface Constant extends SetPoint {
  /** Kept while humidity is off. */
  lastPercent: number
  refrigeration: string
  relays: Set<number>
  ptc: boolean
  deviationC: readonly [plus: number, minus: number]
}

/** A program that the controller carries out, or the one step that `RUN PRGM` sends. */
export interface Running {
  kind: 'program' | 'remote'
  number: number
  program: StoredProgram
}

export type SimulatedChamber = ReturnType<typeof createSimulatedChamber>

/** Below this the coil is ice, and humidity isn't controlled. */
const leastHumidC = 0
/** A guaranteed soak begins this near to the set-point. */
const soakC = 1
const soakPercent = 5

const newConstant = (): Constant => ({
  temperatureC: 23,
  humidityPercent: null,
  lastPercent: 50,
  refrigeration: 'REF9',
  relays: new Set(),
  ptc: false,
  deviationC: [10, -10],
})

/** Kelvin a minute that a ramp of this height takes; null where there is nothing to ramp. */
const rateOf = (heightK: number, leftMs: number): number | null =>
  heightK === 0 || leftMs <= 0 ? null : Math.abs(heightK) / (leftMs / 60_000)

/** The step that a program is in, and the set-point on its way through it. */
function createStepTrack(air: SimulatedAir, runner: ProgramRunner, drive: Drive) {
  let from: SetPoint = { temperatureC: 23, humidityPercent: null }
  let step = plainStep({})

  const shareDone = (): number => (step.minutes === 0 ? 1 : 1 - runner.remainingMs() / (step.minutes * 60_000))
  const setPoint = (): SetPoint => {
    const share = shareDone()
    const along = (a: number, b: number): number => a + (b - a) * share
    const { temperatureC: toC, humidityPercent: toPercent } = step
    const fromPercent = from.humidityPercent
    const isHumidRamp = step.humidityRamp && toPercent !== null && fromPercent !== null
    return {
      temperatureC: step.ramp ? along(from.temperatureC, toC) : toC,
      humidityPercent: isHumidRamp ? along(fromPercent, toPercent) : toPercent,
    }
  }
  const isSoaked = (): boolean =>
    Math.abs(air.temperatureC() - step.temperatureC) <= soakC &&
    (step.humidityPercent === null || Math.abs(air.humidityPercent() - step.humidityPercent) <= soakPercent)
  const follow = (fromC: number, leftMs: number): void =>
    drive(step, step.ramp ? rateOf(step.temperatureC - fromC, leftMs) : null)
  return {
    setPoint,
    step: () => step,
    /** The air on its way again, after something kept it from it. */
    follow: () => follow(setPoint().temperatureC, runner.remainingMs()),
    /** @param start where the program's first ramp begins; null for a step behind another */
    begin: (wanted: typeof step, start: SetPoint | null): void => {
      from = start ?? { ...setPoint() }
      step = wanted
      follow(from.temperatureC, wanted.minutes * 60_000)
    },
    plan: () => ({
      durationMs: step.minutes * 60_000,
      pausesAtEnd: step.pause,
      ...(step.guaranteed ? { isReady: isSoaked } : {}),
    }),
  }
}

type Drive = (to: SetPoint, rampKPerMin: number | null) => void

function createDrive(air: SimulatedAir, fitting: Fitting, isBlocked: () => boolean): Drive {
  return (to, rampKPerMin) => {
    const isHumid = fitting.hasHumidity && to.temperatureC >= leastHumidC
    const humidityPercent = isHumid ? to.humidityPercent : null
    air.drive(isBlocked() ? null : { temperatureC: to.temperatureC, rampKPerMin, humidityPercent })
  }
}

/** Where a program's first ramp begins (PRE MODE). */
const startOf = ({ preTemperature: t, preHumidity: h }: StoredProgram, air: SimulatedAir): SetPoint => ({
  temperatureC: t.mode === 'SV' ? t.value : air.temperatureC(),
  humidityPercent: h.mode === 'SV' ? h.value : h.mode === 'PV' ? air.humidityPercent() : null,
})

const newState = () => ({
  mode: 'STANDBY' as 'OFF' | 'STANDBY' | 'CONSTANT' | 'RUN',
  running: null as Running | null,
  /** A program that ended by holding its last set-point. */
  holds: false,
  /** Flags of SRQ. */
  srq: { alarm: false, stepDone: false, change: false },
  /** The door is open. */
  isBlocked: false,
})

/** The chamber behind the commands: its modes, its set-points, its program, and the air of the bench. */
export function createSimulatedChamber(context: SimulatorContext, fitting: Fitting) {
  const air = context.bench.chamber
  const runner = createProgramRunner(context.clock)
  const counters = createCounters()
  const constant = newConstant()
  const state = newState()
  const drive = createDrive(air, fitting, () => state.isBlocked)
  const track = createStepTrack(air, runner, drive)

  const isConditioning = (): boolean => state.mode === 'CONSTANT' || state.mode === 'RUN'
  const setPoint = (): SetPoint => (state.mode === 'RUN' ? track.setPoint() : constant)
  const apply = (): void => {
    if (!isConditioning()) air.drive(null)
    else if (state.mode === 'RUN' && runner.state() === 'running') track.follow()
    else drive(setPoint(), null)
  }
  const setMode = (mode: typeof state.mode): void => {
    state.srq.change ||= state.mode !== mode
    state.mode = mode
    if (mode !== 'RUN') {
      runner.stop()
      Object.assign(state, { running: null, holds: false })
    }
    apply()
  }
  const finish = ({ kind, program: { end } }: Running): void => {
    state.srq.stepDone ||= kind === 'remote'
    state.holds = end === 'HOLD' || kind === 'remote'
    if (state.holds) apply()
    else setMode(end === 'OFF' || end === 'CONSTANT' ? end : 'STANDBY')
  }
  const courseOf = (running: Running): ProgramRun => ({
    enter: (number, leftMs) => {
      const isFirst = number === counters.firstStep()
      counters.enter(number)
      if (leftMs !== null) track.follow()
      else
        track.begin(running.program.steps[number - 1] ?? plainStep({}), isFirst ? startOf(running.program, air) : null)
      return track.plan()
    },
    after: counters.after,
    paused: () => drive(setPoint(), null),
    ended: () => finish(running),
  })
  const run = (running: Running, first: number): void => {
    runner.stop()
    state.srq.change ||= state.mode !== 'RUN'
    Object.assign(state, { running, holds: false, mode: 'RUN' })
    counters.reset(running.program, first)
    runner.start(courseOf(running), first)
  }
  /** Faults come and go between commands; the air has to follow. */
  const refresh = (): void => {
    const hasAlarm = hasFault(context, 'alarm')
    state.srq.alarm ||= hasAlarm
    if (hasFault(context, 'restart') && state.mode !== 'OFF') setMode('OFF')
    if (hasAlarm && isConditioning()) setMode('STANDBY')
    const isBlocked = hasFault(context, 'door-open')
    if (isBlocked === state.isBlocked) return
    state.isBlocked = isBlocked
    apply()
  }
  return { state, constant, runner, counters, setPoint, isConditioning, setMode, apply, run, refresh, step: track.step }
}
