import { StationError } from '../../src/contract/errors.ts'
import type { ProgramStatus } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import type { Cancellation } from '../../src/base/cancellation.ts'
import type { ProgramPort } from '../climate/chamber.ts'
import { limitError } from '../scpi/settingCheck.ts'
import { endProfile, isBusy, readProfileState, switchOff, switchTo, type F4t, type ProfileState } from './device.ts'
import type { Fit } from './fit.ts'
import { code, profileLimits, register } from './registers.ts'

/** Behind a profile that was ended, another one is started this much later (ChamberConnectLibrary). */
const afterEndMs = 2000
const confirmMs = 3000
const askAgainMs = 250

const stateNames: Readonly<Record<ProfileState, ProgramStatus['state']>> = {
  [code.none]: 'idle',
  [code.notStarted]: 'idle',
  [code.terminated]: 'idle',
  [code.timedStart]: 'idle',
  [code.running]: 'running',
  [code.pause]: 'paused',
  [code.complete]: 'ended',
}

const control = (signal: Cancellation): QueryOptions => ({ priority: 'control', signal })

async function needProfiles({ fit, context }: F4t, signal: Cancellation | undefined): Promise<Fit> {
  const fitted = await fit(signal)
  if (fitted.hasProfiles) return fitted
  const detail = `this controller (${fitted.partNumber}) has no profiles`
  throw new StationError('device.refused', { instrument: context.name, request: 'profile', detail })
}

/** Until the controller says so. Throws device.refused where it doesn't. */
async function expectState(
  device: F4t,
  of: { fits: (state: ProfileState) => boolean; request: string; signal: Cancellation },
): Promise<void> {
  const { clock, name } = device.context
  const untilMs = clock.monotonicMs() + confirmMs
  for (;;) {
    const state = await readProfileState(device, control(of.signal))
    if (of.fits(state)) return
    if (clock.monotonicMs() >= untilMs)
      throw new StationError('device.refused', {
        instrument: name,
        request: of.request,
        detail: `it was taken, but the profile is ${stateNames[state]} (${state})`,
      })
    await clock.sleep(askAgainMs, of.signal)
  }
}

async function status(device: F4t, signal: Cancellation | undefined): Promise<ProgramStatus> {
  const options: QueryOptions = { priority: 'poll', signal }
  await needProfiles(device, signal)
  const { client } = device
  const state = stateNames[await readProfileState(device, options)]
  const none: ProgramStatus = { state, program: null, step: null, stepRemainingS: null, cyclesRemaining: null }
  if (state === 'idle') return none
  const program = await client.word(register.currentProfile, options)
  const step = await client.word(register.currentStep, options)
  if (state === 'ended') return { ...none, program, step }
  const [seconds = 0, , minutes = 0, , hours = 0] = await client.words(register.stepSecondsLeft, 5, options)
  if (seconds > 59 || minutes > 59)
    throw client.badReply(register.stepSecondsLeft, `${hours}:${minutes}:${seconds}`, 'it is no time')
  // How often a jump was made is nowhere to be read.
  return { state, program, step, stepRemainingS: hours * 3600 + minutes * 60 + seconds, cyclesRemaining: null }
}

async function start(device: F4t, at: { program: number; step: number }, signal: Cancellation): Promise<void> {
  const { client, context } = device
  const { program, step } = at
  const instrument = context.name
  for (const [quantity, asked, limit] of [
    ['profile', program, profileLimits.profiles],
    ['step', step, profileLimits.steps],
  ] as const)
    if (!Number.isInteger(asked) || asked < 1 || asked > limit) throw limitError(instrument, { quantity, asked, limit })
  const fit = await needProfiles(device, signal)
  const options = control(signal)
  // The number of steps is told of the profile that the panel's editor shows: this changes what it shows.
  await client.write(register.editedProfile, program, options)
  const steps = await client.word(register.stepCount, options)
  if (step > steps)
    throw new StationError('device.refused', {
      instrument,
      request: `start profile ${program} at step ${step}`,
      detail: steps === 0 ? `there is no profile ${program}` : `profile ${program} has ${steps} steps`,
    })
  await endProfile(device, fit, { pauseMs: afterEndMs, signal })
  await client.write(register.profileToStart, program, options)
  await client.write(register.stepToStart, step, options)
  await client.write(register.startProfile, code.start, options)
  const request = `start profile ${program} at step ${step}`
  await expectState(device, { fits: (state) => state === code.running || state === code.complete, request, signal })
  // Where the profile doesn't switch the power circuit itself, nothing would be conditioned.
  await switchTo(device, true, options)
}

export function programPort(device: F4t): ProgramPort {
  const { client } = device
  return {
    status: (signal) => status(device, signal),
    start: (at, signal) => start(device, at, signal),
    pause: async (signal) => {
      await needProfiles(device, signal)
      await client.write(register.endProfile, code.pause, control(signal))
      await expectState(device, { fits: (state) => state === code.pause, request: 'pause the profile', signal })
    },
    resume: async (signal) => {
      await needProfiles(device, signal)
      await client.write(register.resumeProfile, code.resume, control(signal))
      await expectState(device, { fits: (state) => state === code.running, request: 'resume the profile', signal })
    },
    stop: async (signal) => {
      const fit = await needProfiles(device, signal)
      await endProfile(device, fit, { pauseMs: afterEndMs, signal })
      await expectState(device, { fits: (state) => !isBusy(state), request: 'end the profile', signal })
      // By itself the controller would go on to its constant set-point, wherever that is.
      await switchOff(device, fit, control(signal))
    },
  }
}
