import type { AirTarget, SimulatorContext, SimulatorFault } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createSimulatedProgram, storedPrograms, type ProgramDemand, type SimulatedProgram } from './programs.ts'

/** Faults that every simulated chamber of these makers has. */
export const chamberFaults = {
  alarm: { name: 'alarm', title: 'an alarm stands: the chamber stays off', effect: 'refused' },
  doorOpen: { name: 'door-open', title: 'the door is open: the air isn’t conditioned', effect: 'harmless' },
  temperatureSensor: { name: 'temperature-sensor', title: 'the temperature sensor is broken', effect: 'missing' },
  humiditySensor: { name: 'humidity-sensor', title: 'the humidity sensor is broken', effect: 'missing' },
  ignored: { name: 'setpoint-ignored', title: 'set-points are accepted and not taken', effect: 'refused' },
  stopIgnored: { name: 'stop-ignored', title: 'stop is accepted, and the chamber goes on', effect: 'notSafe' },
  slowStart: { name: 'slow-start', title: 'it says that it runs 8 s after it was started', effect: 'harmless' },
} as const satisfies Record<string, SimulatorFault>

const slowStartMs = 8000

/** What is set by hand, at the panel or by a client. */
export interface ManualSettings {
  temperatureC: number
  humidityPercent: number
  isHumidityOn: boolean
  /** null: as fast as it can. */
  rampUpKPerMin: number | null
  rampDownKPerMin: number | null
}

export interface SimulatedChamber {
  settings(): Readonly<ManualSettings>
  change(part: Partial<ManualSettings>): void
  /** Looks whether a fault came or went: before each request. */
  look(): void
  start(): void
  stop(): void
  /** As the controller reports it. */
  isRunning(): boolean
  hasAlarm(): boolean
  isDoorOpen(): boolean
  /** null where the sensor is broken. */
  measuredC(): number | null
  measuredPercent(): number | null
  /** The set-point that moves with a gradient or a program's ramp; the final one where there is none, or when idle. */
  workingC(): number
  workingPercent(): number
  isHumidityControlled(): boolean
  readonly program: SimulatedProgram
}

/** Sensors of a chamber: an offset that stays, and a little noise. */
function createSensors({ bench, random }: SimulatorContext) {
  const offsetK = 0.1 * random.fork('offset').normal()
  const offsetPercent = 0.5 * random.fork('humidity offset').normal()
  const noise = random.fork('sensor noise')
  return {
    temperatureC: () => bench.chamber.temperatureC() + offsetK + 0.01 * noise.normal(),
    humidityPercent: () =>
      Math.min(99.9, Math.max(0, bench.chamber.humidityPercent() + offsetPercent + 0.05 * noise.normal())),
  }
}

interface State extends ManualSettings {
  isOn: boolean
  onSinceMs: number
  demand: ProgramDemand | null
}

/** What the air is driven to by hand. */
function manualTarget(context: SimulatorContext, state: State): AirTarget {
  const { temperatureC, isHumidityOn, humidityPercent } = state
  const fromC = context.bench.chamber.workingTemperatureC() ?? context.bench.chamber.temperatureC()
  const rampKPerMin = temperatureC >= fromC ? state.rampUpKPerMin : state.rampDownKPerMin
  return { temperatureC, rampKPerMin, humidityPercent: isHumidityOn ? humidityPercent : null }
}

const atRest: ManualSettings = {
  temperatureC: 23,
  humidityPercent: 50,
  isHumidityOn: false,
  rampUpKPerMin: null,
  rampDownKPerMin: null,
}

/** What is on, and what it does to the air. */
function createDrive(context: SimulatorContext, initial: Partial<ManualSettings>) {
  const { bench, clock } = context
  const has = (fault: SimulatorFault): boolean => hasFault(context, fault.name)
  const state: State = { ...atRest, ...initial, isOn: false, onSinceMs: 0, demand: null }

  const apply = (): void => {
    if (has(chamberFaults.alarm) && !has(chamberFaults.stopIgnored)) {
      state.isOn = false
      state.demand = null
    }
    const target = state.demand ?? (state.isOn ? manualTarget(context, state) : null)
    bench.chamber.drive(has(chamberFaults.doorOpen) ? null : target)
  }
  const program = createSimulatedProgram({
    clock,
    programs: storedPrograms,
    airC: () => bench.chamber.workingTemperatureC() ?? bench.chamber.temperatureC(),
    demand: (wanted) => {
      state.demand = wanted
      apply()
    },
  })
  const guarded: SimulatedProgram = {
    ...program,
    start: (at) => {
      if (has(chamberFaults.alarm)) return false
      state.isOn = false
      return program.start(at)
    },
    stop: () => {
      if (!has(chamberFaults.stopIgnored)) program.stop()
    },
  }
  let seen = ''
  const look = (): void => {
    const now = [chamberFaults.alarm, chamberFaults.doorOpen].filter(has).map((each) => each.name)
    if (now.join() === seen) return
    seen = now.join()
    if (has(chamberFaults.alarm)) program.stop()
    apply()
  }
  return { state, has, apply, look, program: guarded, isActive: () => state.isOn || state.demand !== null }
}

/**
 * The chamber behind any of the protocols: set-points, start and stop, programs, sensors and faults, on the bench's air.
 * @param initial of what the panel was left at
 */
export function createSimulatedChamber(
  context: SimulatorContext,
  initial: Partial<ManualSettings> = {},
): SimulatedChamber {
  const { bench, clock } = context
  const sensors = createSensors(context)
  const { state, has, apply, look, program, isActive } = createDrive(context, initial)
  const isStarting = (): boolean => has(chamberFaults.slowStart) && clock.monotonicMs() - state.onSinceMs < slowStartMs

  return {
    settings: () => state,
    change: (part) => {
      if (has(chamberFaults.ignored)) return
      Object.assign(state, part)
      apply()
    },
    look,
    start: () => {
      if (!state.isOn) state.onSinceMs = clock.monotonicMs()
      state.isOn = true
      apply()
    },
    stop: () => {
      if (has(chamberFaults.stopIgnored)) return
      state.isOn = false
      apply()
    },
    isRunning: () => isActive() && !isStarting(),
    hasAlarm: () => has(chamberFaults.alarm),
    isDoorOpen: () => has(chamberFaults.doorOpen),
    measuredC: () => (has(chamberFaults.temperatureSensor) ? null : sensors.temperatureC()),
    measuredPercent: () => (has(chamberFaults.humiditySensor) ? null : sensors.humidityPercent()),
    workingC: () => {
      const target = state.demand ?? manualTarget(context, state)
      const isMoving = isActive() && target.rampKPerMin !== null
      return (isMoving ? bench.chamber.workingTemperatureC() : null) ?? target.temperatureC
    },
    workingPercent: () => state.demand?.humidityPercent ?? state.humidityPercent,
    isHumidityControlled: () => (state.demand ? state.demand.humidityPercent !== null : state.isHumidityOn),
    program,
  }
}
