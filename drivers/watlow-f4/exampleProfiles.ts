import { int16ToWord } from '../../src/base/words.ts'
import { endAction, stepType, stepWord } from './registers.ts'
import { rawOf, type ChannelState } from './simulatedChamber.ts'
import { newStep, type StoredProfiles } from './storedProfiles.ts'

type Words = Readonly<Partial<Record<keyof typeof stepWord, number>>> & { targets2?: number }

/** Thermal cycling and humidity freeze, as a module laboratory would have them. */
export function storeExamples(profiles: StoredProfiles, channels: readonly [ChannelState, ChannelState]): void {
  const [first, second] = channels
  const step = (words: Words): number[] => {
    const made = newStep(words.type ?? stepType.end)
    for (const name of Object.keys(stepWord) as (keyof typeof stepWord)[]) made[stepWord[name]] ??= 0
    for (const [name, value] of Object.entries(words))
      if (name in stepWord) made[stepWord[name as keyof typeof stepWord]] = value
    if (words.targets2 !== undefined) made[stepWord.targets + 1] = words.targets2
    return made.slice(0, stepWord.length)
  }
  const ramp = (toC: number, minutes: number, percent: number | null = null): number[] =>
    step({
      type: stepType.rampTime,
      hours: Math.floor(minutes / 60),
      minutes: minutes % 60,
      targets: int16ToWord(rawOf(toC, first)),
      targets2: int16ToWord(percent === null ? second.low - 1 : rawOf(percent, second)),
    })
  const soak = (minutes: number): number[] =>
    step({ type: stepType.soak, hours: Math.floor(minutes / 60), minutes: minutes % 60, guaranteedSoak: 1 })
  const jump = (profile: number, count: number): number[] =>
    step({ type: stepType.jump, jumpProfile: profile, jumpStep: 1, jumpCount: count })
  const end = step({ type: stepType.end, endAction: endAction.allOff })
  profiles.store(1, {
    name: 'TC 200',
    steps: [ramp(85, 60), soak(15), ramp(-40, 125), soak(15), ramp(25, 65), jump(1, 199), end],
  })
  profiles.store(2, {
    name: 'HF 10',
    steps: [ramp(85, 60, 85), soak(1200), ramp(25, 60), ramp(-40, 60), soak(30), ramp(25, 60), jump(2, 9), [...end]],
  })
}
