import { hasFault } from '../bench/faults.ts'
import { refuse, type ModbusException } from '../bench/modbusSlave.ts'
import { textAt, wordAt, type RegisterBlock } from '../watlow/simulatedRegisters.ts'
import type { Wire } from './controlRegisters.ts'
import { code, nameLength, nameStride, profileLimits, register, stepType, stepWord } from './registers.ts'
import { newStep } from './storedProfiles.ts'

/** Start is the editor's; these hold, resume and end, and say where the profile stands. */
function operationBlocks({ chamber }: Wire): RegisterBlock[] {
  const { track, profiles } = chamber
  const command = (at: number, run: () => void): RegisterBlock =>
    wordAt(
      at,
      () => 0,
      (value) => {
        if (value === 1) run()
        return value === 1
      },
    )
  const isUnderWay = (): boolean => track.state() !== 'idle'
  const leftS = (): number => (isUnderWay() ? Math.floor(track.remainingMs() / 1000) : 0)
  const typeNow = (): number => profiles.wordsAt(track.place())?.[stepWord.type] ?? 0
  const jump = () => track.jump() ?? { done: 0, profile: 0, step: 0 }
  return [
    command(register.resume, () => track.resume()),
    command(register.hold, () => track.pause()),
    command(register.terminate, chamber.terminate),
    wordAt(register.currentProfile, () => track.place().profile),
    wordAt(register.currentStep, () => track.place().step),
    wordAt(register.currentStepType, typeNow),
    wordAt(register.stepLeft, () => Math.floor(leftS() / 3600)),
    wordAt(register.stepLeft + 1, () => Math.floor(leftS() / 60) % 60),
    wordAt(register.stepLeft + 2, () => leftS() % 60),
    wordAt(register.jumps, () => jump().done),
    wordAt(register.jumps + 1, () => jump().profile),
    wordAt(register.jumps + 2, () => jump().step),
  ]
}

const nameBlocks = ({ chamber: { profiles } }: Wire): RegisterBlock[] =>
  Array.from({ length: profileLimits.profiles }, (_each, i) => {
    // Padded with spaces, in capitals.
    const read = (): string => (profiles.at(i + 1)?.name ?? '').padEnd(nameLength)
    const set = (text: string): void => {
      const found = profiles.at(i + 1)
      if (found) found.name = text
    }
    return textAt(register.profileNames + i * nameStride, { length: nameLength, read, set })
  })

/** What the editor's action register does with the place that is shown. */
function createEditor({ chamber }: Wire) {
  const { profiles } = chamber
  const place = { profile: 1, step: 1 }
  const create = (): boolean => {
    const number = profiles.free()
    if (number === null) return false
    profiles.store(number, { name: `PROFILE${number}`, steps: [newStep(stepType.end)] })
    Object.assign(place, { profile: number, step: 1 })
    return true
  }
  const insert = (): boolean => {
    const found = profiles.at(place.profile)
    if (!found || place.step > found.steps.length) return false
    found.steps.splice(place.step - 1, 0, newStep(stepType.soak))
    return true
  }
  const actions: Readonly<Record<number, () => boolean>> = {
    [code.create]: create,
    [code.insert]: insert,
    [code.delete]: () => profiles.remove(place.profile),
    [code.start]: () => chamber.start({ ...place }),
  }
  return { place, act: (action: number): boolean => actions[action]?.() ?? false }
}

function editorBlocks(wire: Wire): RegisterBlock[] {
  const { context, chamber } = wire
  const { profiles } = chamber
  const { place, act } = createEditor(wire)
  const unlessBusy = (work: () => boolean): ModbusException | boolean =>
    hasFault(context, 'profile-busy') ? refuse(6) : work()
  const select = (name: 'profile' | 'step', most: number) => (value: number) =>
    unlessBusy(() => {
      if (value < 1 || value > most) return false
      place[name] = value
      return true
    })
  const step: RegisterBlock = {
    at: register.step,
    length: stepWord.length,
    read: (offset) => profiles.wordsAt(place)?.[offset] ?? (offset === stepWord.type ? stepType.none : 0),
    write: (offset, values) => {
      if (hasFault(context, 'profile-busy')) return refuse(6)
      const words = profiles.wordsAt(place)
      words?.splice(offset, values.length, ...values)
      return words ? null : refuse(3)
    },
  }
  return [
    wordAt(register.freeProfiles, () => profileLimits.profiles - profiles.count()),
    wordAt(register.freeSteps, () => profileLimits.steps - profiles.stepCount()),
    wordAt(register.editedProfile, () => place.profile, select('profile', profileLimits.profiles)),
    wordAt(register.editedStep, () => place.step, select('step', profileLimits.steps)),
    wordAt(
      register.editAction,
      () => 0,
      (action) => unlessBusy(() => act(action)),
    ),
    step,
  ]
}

export const profileBlocks = (wire: Wire): RegisterBlock[] => [
  ...operationBlocks(wire),
  ...nameBlocks(wire),
  ...editorBlocks(wire),
]
