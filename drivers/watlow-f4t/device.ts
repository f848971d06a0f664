import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import { exceptionOf, type WatlowClient } from '../watlow/client.ts'
import type { Wiring } from './deviations.ts'
import type { Fit, LoopPlace } from './fit.ts'
import { code, register } from './registers.ts'

/** The F4T behind a link, as everything in this driver asks it. */
export interface F4t {
  client: WatlowClient
  context: DriverContext
  wiring: Wiring
  /** Asked once a connection: what is fitted doesn't change. */
  fit: (signal: Cancellation | undefined) => Promise<Fit>
}

const modes = [code.off, code.auto, code.manual] as const
const states = [code.off, code.on] as const

export const isLoopActive = async ({ client }: F4t, place: LoopPlace, options: QueryOptions): Promise<boolean> =>
  (await client.code(place.activeMode, modes, options)) !== code.off

export const loopMode = ({ client }: F4t, place: LoopPlace, options: QueryOptions): Promise<number> =>
  client.code(place.mode, modes, options)

export const isEventOn = async ({ client }: F4t, address: number, options: QueryOptions): Promise<boolean> =>
  (await client.code(address, states, options)) === code.on

/** Whether the chamber's power circuit is on; always where nothing switches it. */
export async function isSwitchedOn({ client, context, wiring }: F4t, options: QueryOptions): Promise<boolean> {
  if (wiring.runSwitch.kind === 'none') return true
  try {
    return (await client.code(wiring.runOutput, states, options)) === code.on
  } catch (error) {
    if (exceptionOf(error) === null) throw error
    throw new StationError(
      'device.refused',
      {
        instrument: context.name,
        request: `read register ${wiring.runOutput}`,
        detail:
          'the output “chamber runs” isn’t there: it is another one, or there is none (deviations of this driver)',
      },
      error,
    )
  }
}

/** Switches the chamber's power circuit. A key only switches over, so it is pressed only where the output is otherwise. */
export async function switchTo(device: F4t, on: boolean, options: QueryOptions): Promise<void> {
  const { client, wiring } = device
  const { runSwitch } = wiring
  if (runSwitch.kind === 'none') return
  if (runSwitch.kind === 'event') return client.write(runSwitch.event, on ? code.on : code.off, options)
  if ((await isSwitchedOn(device, options)) === on) return
  await client.write(runSwitch.press, on || !runSwitch.holds ? code.keyDown : code.keyUp, options)
}

/** No conditioning: by the power circuit, or where nothing switches that, by the modes of the loops. */
export async function switchOff(device: F4t, fit: Fit, options: QueryOptions): Promise<void> {
  if (device.wiring.runSwitch.kind !== 'none') return switchTo(device, false, options)
  for (const { mode } of fit.all) await device.client.write(mode, code.off, options)
}

export const profileStates = [
  code.none,
  code.pause,
  code.running,
  code.notStarted,
  code.complete,
  code.terminated,
  code.timedStart,
] as const
export type ProfileState = (typeof profileStates)[number]

export const readProfileState = ({ client }: F4t, options: QueryOptions): Promise<ProfileState> =>
  client.code(register.profileState, profileStates, options)

const busyStates: readonly number[] = [code.pause, code.running, code.timedStart]
/** A profile has the chamber, or is waiting to have it. */
export const isBusy = (state: ProfileState): boolean => busyStates.includes(state)

/** Ends a profile where one is under way, and waits so long until another command may follow. */
export async function endProfile(device: F4t, fit: Fit, of: { pauseMs: number; signal: Cancellation }): Promise<void> {
  if (!fit.hasProfiles) return
  const options: QueryOptions = { priority: 'control', signal: of.signal }
  if (!isBusy(await readProfileState(device, options))) return
  await device.client.write(register.endProfile, code.terminate, options)
  await device.context.clock.sleep(of.pauseMs, of.signal)
}
