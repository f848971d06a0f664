import { wordsToFloat } from '../../src/base/words.ts'
import type { SimulatedAir } from '../../src/contract/instrument.ts'
import type { ProfilePlace, ProfileStep, SetPoint } from '../watlow/profileTrack.ts'
import { toCelsius, toKelvin } from '../watlow/temperature.ts'
import type { Fitting } from './simulatedChamber.ts'
import { code, profileLimits, stepRegister } from './registers.ts'

/** A profile as it lies in the controller: each step is the words of its registers. */
export interface StoredProfile {
  name: string
  logs: boolean
  /** Words of the four bands of guaranteed soak. */
  bands: number[]
  steps: number[][]
}

export type StoredProfiles = ReturnType<typeof createStoredProfiles>

const loopNumbers = [0, 1, 2, 3] as const
/** 1.5 as a float, low word first. */
const defaultBand = [0, 0x3fc0]

/** Nothing set: no guaranteed soak, events as they were, nothing waited for. */
function newStep(): number[] {
  const words = new Array<number>(stepRegister.length).fill(0)
  for (let i = 0; i < 4; i++) {
    words[stepRegister.guaranteedSoak + 2 * i] = code.off
    words[stepRegister.events + 2 * i] = code.noChange
    words[stepRegister.moreEvents + 2 * i] = code.noChange
    words[stepRegister.waits + 4 * i] = code.none
    words[stepRegister.endModes + 2 * i] = code.user
  }
  return words
}

const newProfile = (name: string): StoredProfile => ({
  name,
  logs: false,
  bands: loopNumbers.flatMap(() => defaultBand),
  steps: Array.from({ length: profileLimits.steps }, newStep),
})

/** Steps up to the one that ends the profile; without such a one, those that have a type. */
export function countSteps({ steps }: StoredProfile): number {
  const types = steps.map((each) => each[stepRegister.type] ?? 0)
  const end = types.indexOf(code.end)
  return end >= 0 ? end + 1 : types.filter((each) => each !== 0).length
}

const word = (step: readonly number[], at: number): number => step[at] ?? 0
const floatOf = (words: readonly number[], at: number): number =>
  wordsToFloat([words[at] ?? 0, words[at + 1] ?? 0], 'lowFirst')

const durationMs = (step: readonly number[]): number =>
  (word(step, stepRegister.hours) * 3600 + word(step, stepRegister.minutes) * 60 + word(step, stepRegister.seconds)) *
  1000

/** What a step register's word says about one event. */
const eventWord = (step: readonly number[], number: number): number =>
  word(step, number <= 4 ? stepRegister.events + 2 * (number - 1) : stepRegister.moreEvents + 2 * (number - 5))

interface Deps {
  fitting: Fitting
  air: SimulatedAir
  /** Whether the humidity's loop takes part: it is neither off nor disabled by its event. */
  isHumidityOn: () => boolean
  setEvent: (number: number, on: boolean) => void
}

/** Steps of the registers in the terms of the track. */
function createReader({ fitting, air, isHumidityOn, setEvent }: Deps) {
  const unit = fitting.isFahrenheit ? 'F' : 'C'
  const pair = (step: readonly number[], at: number): SetPoint => ({
    temperatureC: toCelsius(floatOf(step, at), unit),
    humidityPercent: isHumidityOn() ? floatOf(step, at + 2) : null,
  })
  const isSoaked = (profile: StoredProfile, step: readonly number[], now: SetPoint): boolean => {
    const isAsked = (i: number): boolean => word(step, stepRegister.guaranteedSoak + 2 * i) === code.on
    const isNear = (actual: number, wanted: number | null, band: number): boolean =>
      wanted === null || Math.abs(actual - wanted) <= band
    const bandK = toKelvin(floatOf(profile.bands, 0), unit)
    return (
      (!isAsked(0) || isNear(air.temperatureC(), now.temperatureC, bandK)) &&
      (!isAsked(1) || isNear(air.humidityPercent(), now.humidityPercent, floatOf(profile.bands, 2)))
    )
  }
  /** Analogue inputs 1 and 2 are the sensors of the chamber; digital ones have what is waited for. */
  const hasCome = (step: readonly number[]): boolean =>
    [air.temperatureC(), air.humidityPercent()].every((actual, i) => {
      const condition = word(step, stepRegister.waits + 4 * i)
      const raw = floatOf(step, stepRegister.waitValues + 4 * i)
      const value = i === 0 ? toCelsius(raw, unit) : raw
      if (condition === code.above) return actual >= value
      return condition === code.below ? actual <= value : true
    })
  const applyEvents = (step: readonly number[]) => (): void => {
    for (let number = 1; number <= 8; number++) {
      const wanted = eventWord(step, number)
      if (wanted === code.on || wanted === code.off) setEvent(number, wanted === code.on)
    }
  }
  return (profile: StoredProfile, step: readonly number[], { profile: number }: ProfilePlace): ProfileStep => {
    const common = {
      durationMs: durationMs(step),
      isReady: (now: SetPoint) => isSoaked(profile, step, now),
      onEnter: applyEvents(step),
    }
    const target = pair(step, stepRegister.targets)
    switch (word(step, stepRegister.type)) {
      case code.rampTime:
        return { ...common, kind: 'ramp', target }
      case code.instant:
        return { ...common, kind: 'instant', target }
      case code.rampRate: {
        const rates = {
          temperatureC: toKelvin(floatOf(step, stepRegister.rates), unit),
          humidityPercent: floatOf(step, stepRegister.rates + 2),
        }
        return { ...common, kind: 'rate', target, rate: rates }
      }
      case code.wait:
        return { ...common, kind: 'wait', target: {}, durationMs: 0, isReady: () => hasCome(step) }
      case code.jump: {
        const [to, count] = [word(step, stepRegister.jumpStep), word(step, stepRegister.jumpCount)]
        return { kind: 'jump', durationMs: 0, target: {}, jump: { profile: number, step: to, count } }
      }
      case code.end:
        return { kind: 'end', durationMs: 0, target: {}, onEnter: common.onEnter }
      default:
        return { ...common, kind: 'soak', target: {} }
    }
  }
}

/** The controller's forty profiles, and the one that the editor shows. */
export function createStoredProfiles(deps: Deps) {
  const profiles = new Map<number, StoredProfile>()
  const read = createReader(deps)
  const lie = (number: number): StoredProfile | null => profiles.get(number) ?? null
  const rawStep = ({ profile, step }: ProfilePlace): readonly number[] | null => {
    const found = lie(profile)
    return found && step >= 1 && step <= countSteps(found) ? (found.steps[step - 1] ?? null) : null
  }
  return {
    at: lie,
    add: (number: number, name = `Profile ${number}`): StoredProfile => {
      const added = newProfile(name)
      profiles.set(number, added)
      return added
    },
    remove: (number: number): void => void profiles.delete(number),
    stepAt: (place: ProfilePlace): ProfileStep | null => {
      const profile = lie(place.profile)
      const step = rawStep(place)
      return profile && step ? read(profile, step, place) : null
    },
    endModesAt: (place: ProfilePlace): number[] => {
      const step = rawStep(place) ?? []
      return loopNumbers.map((i) => word(step, stepRegister.endModes + 2 * i))
    },
    /** Time that the steps behind this one take, jumps left out. */
    restMs: ({ profile, step }: ProfilePlace): number => {
      const found = lie(profile)
      const rest = found?.steps.slice(step, countSteps(found)) ?? []
      return rest.reduce((sum, each) => sum + durationMs(each), 0)
    },
  }
}
