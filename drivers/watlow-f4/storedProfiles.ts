import { wordToInt16 } from '../../src/base/words.ts'
import type { SimulatedAir } from '../../src/contract/instrument.ts'
import type { ProfilePlace, ProfileStep, SetPoint } from '../watlow/profileTrack.ts'
import { toKelvin } from '../watlow/temperature.ts'
import { profileLimits, stepType, stepWord } from './registers.ts'
import { valueOf, type ChannelState } from './simulatedChamber.ts'

/** A profile as it lies in the controller: each step is the words of its registers. */
export interface StoredProfile {
  name: string
  steps: number[][]
}

export type StoredProfiles = ReturnType<typeof createStoredProfiles>

interface Deps {
  channels: readonly [ChannelState, ChannelState]
  air: SimulatedAir
  setEvent: (number: number, on: boolean) => void
}

export function newStep(type: number): number[] {
  const words = new Array<number>(stepWord.length).fill(0)
  words[stepWord.type] = type
  return words
}

const word = (step: readonly number[], at: number): number => step[at] ?? 0
const durationMs = (step: readonly number[]): number =>
  (word(step, stepWord.hours) * 3600 + word(step, stepWord.minutes) * 60 + word(step, stepWord.seconds)) * 1000

/** Steps of the registers in the terms of the track. */
function createReader({ channels, air, setEvent }: Deps, bands: readonly number[]) {
  const [first, second] = channels
  const target = (step: readonly number[]): SetPoint => {
    const [t = 0, h = 0] = [0, 1].map((i) => wordToInt16(word(step, stepWord.targets + i)))
    return {
      temperatureC: t < first.low ? null : valueOf(t, first),
      humidityPercent: h < second.low ? null : valueOf(h, second),
    }
  }
  const isSoaked = (step: readonly number[], now: SetPoint): boolean => {
    const [band = 0, bandPercent = 0] = bands
    const [isAsked, isHumidAsked] = [0, 1].map((i) => word(step, stepWord.guaranteedSoak + i) === 1)
    const isNear = (actual: number, wanted: number | null, most: number): boolean =>
      wanted === null || Math.abs(actual - wanted) <= most
    const bandK = toKelvin(band / 10 ** first.decimals, first.unit ?? 'C')
    return (
      (isAsked !== true || isNear(air.temperatureC(), now.temperatureC, bandK)) &&
      (isHumidAsked !== true || isNear(air.humidityPercent(), now.humidityPercent, bandPercent / 10 ** second.decimals))
    )
  }
  return (step: readonly number[], { profile }: ProfilePlace): ProfileStep => {
    const common = {
      durationMs: durationMs(step),
      isReady: (now: SetPoint) => isSoaked(step, now),
      onEnter: () => {
        for (let i = 0; i < 8; i++) setEvent(i + 1, word(step, stepWord.events + i) === 1)
      },
    }
    switch (word(step, stepWord.type)) {
      case stepType.rampTime:
        return { ...common, kind: 'ramp', target: target(step) }
      case stepType.rampRate: {
        const perMinute = word(step, stepWord.rate) / 10
        const rate = { temperatureC: toKelvin(perMinute, first.unit ?? 'C'), humidityPercent: perMinute }
        return { ...common, kind: 'rate', target: target(step), rate }
      }
      case stepType.soak:
        return { ...common, kind: 'soak', target: {} }
      case stepType.jump: {
        const to = word(step, stepWord.jumpProfile)
        const jump = {
          profile: to === 0 ? profile : to,
          step: word(step, stepWord.jumpStep),
          count: word(step, stepWord.jumpCount),
        }
        return { kind: 'jump', durationMs: 0, target: {}, jump }
      }
      case stepType.end:
        return { kind: 'end', durationMs: 0, target: {} }
      default:
        // An automatic start: its day and hour have come.
        return { kind: 'wait', durationMs: 0, target: {} }
    }
  }
}

/** The controller's forty profiles. */
export function createStoredProfiles(deps: Deps) {
  const profiles = new Map<number, StoredProfile>()
  /** Of guaranteed soak, in the channels' counts. */
  const bands = [30, 50]
  const read = createReader(deps, bands)
  const wordsAt = ({ profile, step }: ProfilePlace): number[] | null => profiles.get(profile)?.steps[step - 1] ?? null
  return {
    bands,
    wordsAt,
    at: (number: number): StoredProfile | null => profiles.get(number) ?? null,
    store: (number: number, profile: StoredProfile): void => void profiles.set(number, profile),
    remove: (number: number): boolean => profiles.delete(number),
    count: (): number => profiles.size,
    stepCount: (): number => [...profiles.values()].reduce((sum, each) => sum + each.steps.length, 0),
    /** The lowest number that is free; null where all are taken. */
    free: (): number | null => {
      for (let number = 1; number <= profileLimits.profiles; number++) if (!profiles.has(number)) return number
      return null
    },
    stepAt: (place: ProfilePlace): ProfileStep | null => {
      const step = wordsAt(place)
      return step ? read(step, place) : null
    },
  }
}
