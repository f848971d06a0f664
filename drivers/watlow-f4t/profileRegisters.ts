import { hasFault } from '../bench/faults.ts'
import { refuse, type ModbusException } from '../bench/modbusSlave.ts'
import { paddedAt, textAt, type RegisterBlock } from '../watlow/simulatedRegisters.ts'
import type { Wire } from './loopRegisters.ts'
import { code, profileLimits, register, stepRegister } from './registers.ts'
import type { LoopKind, SimulatedF4t } from './simulatedChamber.ts'
import { countSteps } from './storedProfiles.ts'

const nameLength = 20
const nameStride = 40

const unitOf = (kind: LoopKind | undefined): number =>
  kind === 'temperature' ? code.absoluteTemperature : kind === 'humidity' ? code.relativeHumidity : code.notSourced

/** Start, pause, end, and where the profile stands. */
function operationBlocks({ context, chamber }: Wire): RegisterBlock[] {
  const { state, track, profiles } = chamber
  const isBusy = (): boolean => hasFault(context, 'profile-busy')
  const command = (at: number, run: (value: number) => boolean): RegisterBlock =>
    paddedAt(
      at,
      () => code.none,
      (value) => (isBusy() ? refuse(6) : value === code.none || run(value)),
    )
  const stepLeftS = (): number => (chamber.isUnderWay() ? Math.floor(track.remainingMs() / 1000) : 0)
  const profileLeftMin = (): number =>
    chamber.isUnderWay() ? Math.floor((track.remainingMs() + profiles.restMs(track.place())) / 60_000) : 0
  const choose =
    (name: 'profile' | 'step', most: number) =>
    (value: number): boolean => {
      if (value < 1 || value > most) return false
      state.toStart = { ...state.toStart, [name]: value }
      return true
    }
  return [
    ...Array.from({ length: 4 }, (_each, i) =>
      paddedAt(register.profileUnits + 2 * i, () => unitOf(state.loops[i]?.kind)),
    ),
    paddedAt(register.profileToStart, () => state.toStart.profile, choose('profile', profileLimits.profiles)),
    paddedAt(register.stepToStart, () => state.toStart.step, choose('step', profileLimits.steps)),
    command(register.startProfile, (value) => value === code.start && chamber.start()),
    command(register.resumeProfile, (value) => {
      if (value === code.resume) chamber.resume()
      return value === code.resume
    }),
    command(register.endProfile, (value) => {
      if (value === code.pause) chamber.pause()
      if (value === code.terminate && !chamber.ignoresStops()) chamber.terminate()
      return value === code.pause || value === code.terminate
    }),
    paddedAt(register.profileState, () => state.profileState),
    paddedAt(register.profileMinutesLeft, () => profileLeftMin() % 60),
    paddedAt(register.profileHoursLeft, () => Math.floor(profileLeftMin() / 60)),
    paddedAt(register.currentProfile, () => track.place().profile),
    paddedAt(register.currentStep, () => track.place().step),
    paddedAt(register.stepSecondsLeft, () => stepLeftS() % 60),
    paddedAt(register.stepSecondsLeft + 2, () => Math.floor(stepLeftS() / 60) % 60),
    paddedAt(register.stepSecondsLeft + 4, () => Math.floor(stepLeftS() / 3600)),
  ]
}

const nameBlocks = ({ profiles }: SimulatedF4t): RegisterBlock[] =>
  Array.from({ length: profileLimits.profiles }, (_each, i) =>
    textAt(register.profileNames + i * nameStride, { length: nameLength, read: () => profiles.at(i + 1)?.name ?? '' }),
  )

/** The profile that the editor shows; what is written to one that isn't there is lost with exception 3. */
function editorBlocks({ context, chamber }: Wire): RegisterBlock[] {
  const { profiles } = chamber
  let edited = 1
  const open = () => profiles.at(edited)
  const unlessBusy = (work: () => boolean): ModbusException | boolean =>
    hasFault(context, 'profile-busy') ? refuse(6) : work()
  const act = (action: number): boolean => {
    if (action === code.add) profiles.add(edited)
    else if (action === code.delete) profiles.remove(edited)
    return action === code.add || action === code.delete
  }
  const rename = (name: string): void => {
    const found = open()
    if (found) found.name = name.slice(0, nameLength)
  }
  const log = (value: number): boolean => {
    const found = open()
    if (found) found.logs = value === code.yes
    return found !== null && (value === code.yes || value === code.no)
  }
  const bands: RegisterBlock = {
    at: register.soakBands,
    length: 8,
    read: (offset) => open()?.bands[offset] ?? 0,
    write: (offset, values) => {
      open()?.bands.splice(offset, values.length, ...values)
      return open() ? null : refuse(3)
    },
  }
  const steps = Array.from({ length: profileLimits.steps }, (_each, i): RegisterBlock => ({
    at: register.steps + i * stepRegister.stride,
    length: stepRegister.length,
    read: (offset) => open()?.steps[i]?.[offset] ?? 0,
    write: (offset, values) => {
      open()?.steps[i]?.splice(offset, values.length, ...values)
      return open() ? null : refuse(3)
    },
  }))
  const select = (number: number): boolean => {
    if (number < 1 || number > profileLimits.profiles) return false
    edited = number
    return true
  }
  const stepCount = (): number => {
    const found = open()
    return found ? countSteps(found) : 0
  }
  return [
    paddedAt(
      register.editedProfile,
      () => edited,
      (number) => unlessBusy(() => select(number)),
    ),
    paddedAt(
      register.editAction,
      () => code.none,
      (action) => unlessBusy(() => act(action)),
    ),
    textAt(register.nameOfEdited, { length: nameLength, read: () => open()?.name ?? '', set: rename }),
    paddedAt(register.stepCount, stepCount),
    paddedAt(register.logs, () => (open()?.logs === true ? code.yes : code.no), log),
    bands,
    ...steps,
  ]
}

export const profileBlocks = (wire: Wire): RegisterBlock[] =>
  wire.chamber.fitting.hasProfiles ? [...operationBlocks(wire), ...nameBlocks(wire.chamber), ...editorBlocks(wire)] : []
