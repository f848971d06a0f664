import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { ProgramStatus } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import type { ProgramPort } from '../climate/chamber.ts'
import { limitError } from '../scpi/settingCheck.ts'
import { endProfile, isProfileMode, readMode, switchOff, type F4 } from './device.ts'
import { code, profileLimits, register, stepType } from './registers.ts'

/** Behind a profile that was ended, another one is started this much later (ChamberConnectLibrary). */
const afterEndMs = 2000
const confirmMs = 3000
const askAgainMs = 250

const control = (signal: Cancellation): QueryOptions => ({ priority: 'control', signal })

/** Until the controller says so. Throws device.refused where it doesn't. */
async function expectMode(
  device: F4,
  of: { fits: (mode: number) => boolean; request: string; signal: Cancellation },
): Promise<void> {
  const { clock, name } = device.context
  const untilMs = clock.monotonicMs() + confirmMs
  for (;;) {
    const mode = await readMode(device, control(of.signal))
    if (of.fits(mode)) return
    if (clock.monotonicMs() >= untilMs)
      throw new StationError('device.refused', {
        instrument: name,
        request: of.request,
        detail: `it was taken, but the controller is in mode ${mode}`,
      })
    await clock.sleep(askAgainMs, of.signal)
  }
}

/** A profile that ended isn't told from one that never ran. How often a jump is still to come would move the editor. */
async function status(device: F4, signal: Cancellation | undefined): Promise<ProgramStatus> {
  const options: QueryOptions = { priority: 'poll', signal }
  const { client } = device
  const mode = await readMode(device, options)
  if (!isProfileMode(mode))
    return { state: 'idle', program: null, step: null, stepRemainingS: null, cyclesRemaining: null }
  const program = await client.word(register.currentProfile, options)
  const step = await client.word(register.currentStep, options)
  const [hours = 0, minutes = 0, seconds = 0] = await client.words(register.stepLeft, 3, options)
  if (seconds > 59 || minutes > 59)
    throw client.badReply(register.stepLeft, `${hours}:${minutes}:${seconds}`, 'it is no time')
  return {
    state: mode === code.running ? 'running' : 'paused',
    program,
    step,
    stepRemainingS: hours * 3600 + minutes * 60 + seconds,
    cyclesRemaining: null,
  }
}

async function start(device: F4, at: { program: number; step: number }, signal: Cancellation): Promise<void> {
  const { client, context, runEvent } = device
  const { program, step } = at
  const request = `start profile ${program} at step ${step}`
  for (const [quantity, asked, limit] of [
    ['profile', program, profileLimits.profiles],
    ['step', step, profileLimits.steps],
  ] as const)
    if (!Number.isInteger(asked) || asked < 1 || asked > limit)
      throw limitError(context.name, { quantity, asked, limit })
  const options = control(signal)
  await endProfile(device, { pauseMs: afterEndMs, signal })
  // The place to start at is that of the panel's editor: this moves it.
  await client.write(register.editedProfile, program, options)
  await client.write(register.editedStep, step, options)
  if ((await client.word(register.step, options)) > stepType.end) {
    const detail = `there is no step ${step} in profile ${program}, or no such profile`
    throw new StationError('device.refused', { instrument: context.name, request, detail })
  }
  await client.write(register.editAction, code.start, options)
  await expectMode(device, { fits: (mode) => mode === code.running, request, signal })
  // Where the profile doesn't switch the event itself, nothing would be conditioned.
  if (runEvent !== null) await client.write(runEvent, 1, options)
}

export function programPort(device: F4): ProgramPort {
  const { client } = device
  return {
    status: (signal) => status(device, signal),
    start: (at, signal) => start(device, at, signal),
    pause: async (signal) => {
      await client.write(register.hold, 1, control(signal))
      await expectMode(device, { fits: (mode) => mode === code.held, request: 'hold the profile', signal })
    },
    resume: async (signal) => {
      await client.write(register.resume, 1, control(signal))
      await expectMode(device, { fits: (mode) => mode === code.running, request: 'resume the profile', signal })
    },
    stop: async (signal) => {
      await endProfile(device, { pauseMs: afterEndMs, signal })
      await expectMode(device, { fits: (mode) => !isProfileMode(mode), request: 'end the profile', signal })
      // By itself the controller would go on to its constant set-point, wherever that is.
      await switchOff(device, control(signal))
    },
  }
}
