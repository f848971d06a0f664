import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createProfileTrack, type ProfilePlace, type ProfileStep, type SetPoint } from '../watlow/profileTrack.ts'
import { fromCelsius, toCelsius, type TemperatureUnit } from '../watlow/temperature.ts'
import { code, endAction, stepWord } from './registers.ts'
import { createStoredProfiles } from './storedProfiles.ts'

/** How a simulated chamber is fitted and wired. */
export interface Fitting {
  hasSecond: boolean
  hasCascade: boolean
  unit: TemperatureUnit
  /** Of channel 1 and 2. */
  decimals: readonly [temperature: number, humidity: number]
  /** Number of the event that switches the chamber on; null where there is none. */
  runEvent: number | null
  mostC: number
  leastC: number
}

/** One channel as it is set, all in its own counts. */
export interface ChannelState {
  decimals: number
  unit: TemperatureUnit | null
  raw: number
  low: number
  high: number
}

/** Humidity can't be controlled in freezing air. */
const leastHumidC = 0

/** Counts of a channel as a value: °C, or percent. */
export const valueOf = (raw: number, { decimals, unit }: Pick<ChannelState, 'decimals' | 'unit'>): number => {
  const shown = raw / 10 ** decimals
  return unit === null ? shown : toCelsius(shown, unit)
}

export const rawOf = (value: number, { decimals, unit }: Pick<ChannelState, 'decimals' | 'unit'>): number =>
  Math.round((unit === null ? value : fromCelsius(value, unit)) * 10 ** decimals)

function newChannels({ decimals, unit, leastC, mostC }: Fitting): readonly [ChannelState, ChannelState] {
  const first = { decimals: decimals[0], unit }
  const second = { decimals: decimals[1], unit: null }
  const [low, least] = [rawOf(leastC, first), rawOf(0, second)]
  // Off until somebody sets them.
  return [
    { ...first, low, high: rawOf(mostC, first), raw: low - 1 },
    { ...second, low: least, high: rawOf(100, second), raw: least - 1 },
  ]
}

const newState = (fitting: Fitting) => ({
  channels: newChannels(fitting),
  events: new Array<boolean>(8).fill(false),
  isPaused: false,
  /** The air is left alone: an alarm, or an open door. */
  isBlocked: false,
})

type State = ReturnType<typeof newState>

const setPointOf = ({ channels }: State): SetPoint => {
  const [first, second] = channels
  return {
    temperatureC: first.raw < first.low ? null : valueOf(first.raw, first),
    humidityPercent: second.raw < second.low ? null : valueOf(second.raw, second),
  }
}

function createSensors(context: SimulatorContext) {
  const { bench, random } = context
  const offsetK = 0.05 * random.fork('offset').normal()
  const noise = random.fork('noise')
  return {
    temperatureC: (): number => bench.chamber.temperatureC() + offsetK + 0.01 * noise.normal(),
    humidityPercent: (): number => Math.min(100, Math.max(0, bench.chamber.humidityPercent() + 0.05 * noise.normal())),
  }
}

function createDrive(context: SimulatorContext, state: State, fitting: Fitting) {
  const isOn = (): boolean => fitting.runEvent === null || state.events[fitting.runEvent - 1] === true
  const drive = ({ temperatureC, humidityPercent }: SetPoint, rampKPerMin: number | null): void => {
    if (!isOn() || state.isBlocked || temperatureC === null) return context.bench.chamber.drive(null)
    const isHumid = fitting.hasSecond && temperatureC >= leastHumidC
    context.bench.chamber.drive({ temperatureC, rampKPerMin, humidityPercent: isHumid ? humidityPercent : null })
  }
  return { isOn, drive }
}

/** What the last step of a profile leaves behind: the set-points held, off, or those of the idle state. */
function applyEnd(state: State, words: readonly number[] | null, last: SetPoint): void {
  const [first, second] = state.channels
  const action = words?.[stepWord.endAction] ?? endAction.hold
  const off = (each: ChannelState): number => each.low - 1
  const signed = (word: number): number => (word > 0x7fff ? word - 0x10000 : word)
  const idle = (i: number): number => signed(words?.[stepWord.idleSetPoints + i] ?? 0)
  if (action === endAction.hold) {
    first.raw = last.temperatureC === null ? off(first) : rawOf(last.temperatureC, first)
    second.raw = last.humidityPercent === null ? off(second) : rawOf(last.humidityPercent, second)
  } else if (action === endAction.idle) [first.raw, second.raw] = [idle(0), idle(1)]
  else [first.raw, second.raw] = [off(first), off(second)]
  if (action === endAction.allOff) state.events.fill(false)
}

export type SimulatedF4 = ReturnType<typeof createSimulatedF4>

/** The chamber behind the registers: set-points, events, a profile under way, and the air of the bench. */
export function createSimulatedF4(context: SimulatorContext, fitting: Fitting) {
  const state = newState(fitting)
  const { isOn, drive } = createDrive(context, state, fitting)
  const profiles = createStoredProfiles({
    channels: state.channels,
    air: context.bench.chamber,
    setEvent: (number, on) => (state.events[number - 1] = on),
  })
  let lastPlace: ProfilePlace = { profile: 0, step: 0 }
  const track = createProfileTrack({
    clock: context.clock,
    stepAt: (place): ProfileStep | null => {
      lastPlace = place
      return profiles.stepAt(place)
    },
    drive,
    ended: (end) => {
      applyEnd(state, end ? profiles.wordsAt(lastPlace) : null, track.setPoint())
      apply()
    },
  })
  const isUnderWay = (): boolean => track.state() !== 'idle'
  const setPoint = (): SetPoint => (isUnderWay() ? track.setPoint() : setPointOf(state))
  const apply = (): void => drive(setPoint(), null)
  const ignoresStops = (): boolean => hasFault(context, 'stop-ignored')
  const terminate = (): void => {
    if (!isUnderWay()) return
    track.stop()
    apply()
  }
  return {
    state,
    fitting,
    profiles,
    track,
    sensors: createSensors(context),
    isOn,
    apply,
    setPoint,
    ignoresStops,
    mode: (): number =>
      track.state() === 'running' ? code.running : track.state() === 'paused' ? code.held : code.static,
    start: (place: ProfilePlace): boolean => {
      const { humidityPercent } = setPointOf(state)
      return track.start(place, { temperatureC: context.bench.chamber.temperatureC(), humidityPercent })
    },
    terminate: (): void => {
      if (!ignoresStops()) terminate()
    },
    setEvent: (number: number, on: boolean): void => {
      if (!on && ignoresStops()) return
      state.events[number - 1] = on
      apply()
    },
    /** Heating and cooling in percent, for show; both 0 where nothing is conditioned. */
    powerPercent: (): number => {
      const { temperatureC } = setPoint()
      if (temperatureC === null || !isOn()) return 0
      return Math.max(-100, Math.min(100, 10 * (temperatureC - context.bench.chamber.temperatureC()) + 5))
    },
    /** Faults come and go between requests. */
    refresh: (): void => {
      if (hasFault(context, 'restart')) terminate()
      const isBlocked = hasFault(context, 'alarm') || hasFault(context, 'door-open')
      if (isBlocked === state.isBlocked) return
      state.isBlocked = isBlocked
      apply()
    },
  }
}
