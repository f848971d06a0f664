import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createProfileTrack, type SetPoint } from '../watlow/profileTrack.ts'
import { code, events, profileLimits } from './registers.ts'
import { createStoredProfiles, type StoredProfiles } from './storedProfiles.ts'

/** How a simulated chamber is fitted and wired. */
export interface Fitting {
  loops: number
  cascades: number
  hasProfiles: boolean
  hasHumidity: boolean
  isFahrenheit: boolean
  /** Number of the key or event that is “chamber on”; none where nothing switches it. */
  runKey: number | null
  runEvent: number | null
  keyHolds: boolean
  humidityEvent: number | null
  mostC: number
  leastC: number
}

export type LoopKind = 'temperature' | 'humidity' | 'other'

/** One loop as it is set: values in °C, or percent. */
export interface LoopState {
  kind: LoopKind
  mode: number
  setPoint: number
  minimum: number
  maximum: number
  manualPower: number
  /** Of a cascade: how far the air may go beyond the product. */
  deviation: { low: number; high: number }
  isCascadeOff: boolean
}

/** Humidity can't be controlled in freezing air. */
const leastHumidC = 0
const lineCount = 12

const newLoop = (kind: LoopKind, fitting: Fitting): LoopState => ({
  kind,
  mode: kind === 'humidity' ? code.off : code.auto,
  setPoint: kind === 'humidity' ? 50 : 23,
  minimum: kind === 'humidity' ? 0 : fitting.leastC,
  maximum: kind === 'humidity' ? 100 : fitting.mostC,
  manualPower: 0,
  deviation: { low: -15, high: 15 },
  isCascadeOff: false,
})

/** Cascades first, then loops: temperature, humidity where there is one, and what no sensor is connected to. */
function newLoops(fitting: Fitting): LoopState[] {
  const { loops, cascades, hasHumidity } = fitting
  const kinds: LoopKind[] = Array.from({ length: loops + cascades }, (_each, i) =>
    i === 0 ? 'temperature' : i === 1 && hasHumidity ? 'humidity' : 'other',
  )
  return kinds.map((kind) => newLoop(kind, fitting))
}

export type SimulatedF4t = ReturnType<typeof createSimulatedF4t>

/** Sensors of the chamber: an offset that stays, and a little noise. */
function createSensors(context: SimulatorContext) {
  const { bench, random } = context
  const offsetK = 0.05 * random.fork('offset').normal()
  const noise = random.fork('noise')
  const isBroken = (): boolean => hasFault(context, 'sensor-break')
  return {
    isBroken,
    temperatureC: (): number => {
      if (hasFault(context, 'sensor-nan')) return NaN
      return isBroken() ? 0 : bench.chamber.temperatureC() + offsetK + 0.01 * noise.normal()
    },
    humidityPercent: (): number => Math.min(100, Math.max(0, bench.chamber.humidityPercent() + 0.05 * noise.normal())),
    /** What is in the chamber follows its air; here it is the air. */
    productC: (): number => bench.chamber.temperatureC(),
  }
}

const newState = (fitting: Fitting) => ({
  loops: newLoops(fitting),
  /** Events 1 to 8, then keys 1 to 4. */
  lines: new Array<boolean>(lineCount).fill(false),
  /** The chamber's power circuit. */
  isOn: fitting.runKey === null && fitting.runEvent === null,
  profileState: code.notStarted as number,
  toStart: { profile: 1, step: 1 },
  atProfileStart: null as SetPoint | null,
})

type State = ReturnType<typeof newState>

/** The loops' own set-points, null where one is off. */
function constantOf({ loops, lines }: State, fitting: Fitting): SetPoint {
  const of = (kind: LoopKind): number | null => {
    const found = loops.find((each) => each.kind === kind)
    return found && found.mode !== code.off ? found.setPoint : null
  }
  const { humidityEvent } = fitting
  const isHumid = humidityEvent === null || lines[humidityEvent - 1] === true
  return { temperatureC: of('temperature'), humidityPercent: isHumid ? of('humidity') : null }
}

/** By hand a loop gives power, whatever comes of it. */
function driveByHand(context: SimulatorContext, { manualPower, minimum, maximum }: LoopState): void {
  const temperatureC = manualPower > 0 ? maximum : minimum
  const target = manualPower === 0 ? null : { temperatureC, rampKPerMin: null, humidityPercent: null }
  context.bench.chamber.drive(target)
}

/** The air of the bench behind a set-point. */
function createDrive(context: SimulatorContext, state: State) {
  return (to: SetPoint, rampKPerMin: number | null): void => {
    const { temperatureC, humidityPercent } = to
    const [first] = state.loops
    if (!state.isOn || temperatureC === null) context.bench.chamber.drive(null)
    else if (first?.mode === code.manual) driveByHand(context, first)
    else {
      const isHumid = temperatureC >= leastHumidC
      context.bench.chamber.drive({
        temperatureC,
        rampKPerMin,
        humidityPercent: isHumid ? humidityPercent : null,
      })
    }
  }
}

/** What the end of a profile does to each loop: its own set-point again, off, or the last set-point kept. */
function applyEnd(state: State, modes: readonly number[], last: SetPoint): void {
  state.loops.forEach((each, i) => {
    if (modes[i] === code.off) each.mode = code.off
    const held =
      each.kind === 'temperature' ? last.temperatureC : each.kind === 'humidity' ? last.humidityPercent : null
    if (modes[i] === code.hold && held !== null) each.setPoint = held
  })
}

/** Profiles under way. */
function createProfileDesk(context: SimulatorContext, fitting: Fitting, deps: { state: State; apply: () => void }) {
  const { state, apply } = deps
  const { bench, clock } = context
  const drive = createDrive(context, state)
  const profiles: StoredProfiles = createStoredProfiles({
    fitting,
    air: bench.chamber,
    isHumidityOn: () => constantOf(state, fitting).humidityPercent !== null,
    setEvent: (number, on) => {
      state.lines[number - 1] = on
      if (number === fitting.runEvent) state.isOn = on
    },
  })
  const endModes = { latest: [] as readonly number[] }
  const track = createProfileTrack({
    clock,
    stepAt: (place) => {
      const found = profiles.stepAt(place)
      if (found?.kind === 'end') endModes.latest = profiles.endModesAt(place)
      return found
    },
    drive,
    ended: (end) => {
      state.profileState = code.complete
      applyEnd(state, end ? endModes.latest : [], track.setPoint())
      apply()
    },
  })
  const isUnderWay = (): boolean => track.state() !== 'idle'
  return {
    profiles,
    track,
    isUnderWay,
    start: (): boolean => {
      const { profile, step } = state.toStart
      if (profile < 1 || profile > profileLimits.profiles || isUnderWay()) return false
      const constant = constantOf(state, fitting)
      const from = { temperatureC: bench.chamber.temperatureC(), humidityPercent: constant.humidityPercent }
      state.isOn = true
      state.profileState = code.running
      if (track.start({ profile, step }, from)) return true
      state.profileState = code.notStarted
      apply()
      return false
    },
    pause: (): void => {
      track.pause()
      if (track.state() === 'paused') state.profileState = code.pause
    },
    resume: (): void => {
      if (track.state() !== 'paused') return
      track.resume()
      state.profileState = code.running
    },
    terminate: (): void => {
      if (!isUnderWay()) return
      track.stop()
      state.profileState = code.terminated
      apply()
    },
  }
}

/** Keys, events and what trips the chamber. */
function createSwitches(
  context: SimulatorContext,
  fitting: Fitting,
  deps: { state: State; switchTo: (on: boolean) => void; apply: () => void },
) {
  const { state, switchTo, apply } = deps
  const isTripped = (): boolean => ['alarm', 'door-open'].some((each) => hasFault(context, each))
  const ignoresStops = (): boolean => hasFault(context, 'stop-ignored')
  const change = (on: boolean): void => {
    if (on ? !isTripped() : !ignoresStops()) switchTo(on)
  }
  return {
    isTripped,
    ignoresStops,
    setEvent: (number: number, on: boolean): void => {
      if (number === fitting.runEvent && !on && ignoresStops()) return
      state.lines[number - 1] = on
      if (number === fitting.runEvent) change(on)
      else apply()
    },
    pressKey: (number: number, down: boolean): void => {
      if (number !== fitting.runKey) {
        if (down) state.lines[events.length + number - 1] = state.lines[events.length + number - 1] !== true
      } else if (fitting.keyHolds) change(down)
      else if (down) change(!state.isOn)
    },
    /** Events 1 to 8, then keys 1 to 4. */
    isOn: (line: number): boolean =>
      line - events.length === fitting.runKey ? state.isOn : state.lines[line - 1] === true,
  }
}

/** The chamber behind the registers: loops, power circuit, profiles, and the air of the bench. */
export function createSimulatedF4t(context: SimulatorContext, fitting: Fitting) {
  const state = newState(fitting)
  const drive = createDrive(context, state)
  const apply = (): void => {
    if (desk.isUnderWay() && state.isOn) drive(desk.track.setPoint(), null)
    else drive(constantOf(state, fitting), null)
  }
  const desk = createProfileDesk(context, fitting, { state, apply })
  const switchTo = (on: boolean): void => {
    state.isOn = on
    if (!on) desk.terminate()
    apply()
  }
  const switches = createSwitches(context, fitting, { state, switchTo, apply })
  const setPoint = (): SetPoint => (desk.isUnderWay() ? desk.track.setPoint() : constantOf(state, fitting))
  const activeValue = ({ kind }: LoopState): number | null => {
    const now = setPoint()
    return kind === 'temperature' ? now.temperatureC : kind === 'humidity' ? now.humidityPercent : null
  }
  return {
    state,
    fitting,
    ...desk,
    ...switches,
    sensors: createSensors(context),
    apply,
    activeSetPoint: (of: LoopState): number => activeValue(of) ?? of.setPoint,
    activeMode: (of: LoopState): number =>
      !state.isOn || activeValue(of) === null ? code.off : desk.isUnderWay() ? code.auto : of.mode,
    /** Faults come and go between requests. */
    refresh: (): void => {
      const isRestart = hasFault(context, 'restart')
      if (!state.isOn || !(isRestart || switches.isTripped())) return
      desk.terminate()
      state.isOn = fitting.runKey === null && fitting.runEvent === null && !switches.isTripped()
      apply()
    },
  }
}
