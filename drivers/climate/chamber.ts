import type { Cancellation } from '../../src/base/cancellation.ts'
import { assert } from '../../src/base/assert.ts'
import { StationError } from '../../src/contract/errors.ts'
import type {
  ChamberProgram,
  DriverContext,
  Identity,
  Instrument,
  Profile,
  Reading,
  Setting,
  SettingValue,
  SetResult,
} from '../../src/contract/instrument.ts'
import { checkModelLimit, checkSetting } from '../scpi/settingCheck.ts'
import { createGate, type Gate } from './gate.ts'
import { stopSafely, type StopPlan } from './stop.ts'

export interface ValueRange {
  minimum: number
  maximum: number
}

/** How one setting gets to the chamber and back. */
export interface ChamberSetting {
  /** What this model allows, where that is narrower than the profile and known without asking again. */
  range?: (signal: Cancellation) => Promise<ValueRange | null>
  write: (value: SettingValue, signal: Cancellation) => Promise<void>
  readBack: (signal: Cancellation) => Promise<SettingValue>
  /** The chamber rounds to this; 0.001 unless given. */
  resolution?: number
  /** How long the read-back may lag behind. */
  confirmMs: number
  /** In words, why it isn't as it was asked to be; null where the chamber doesn't tell. */
  explain?: (signal: Cancellation) => Promise<string | null>
}

/** What a chamber's protocol comes down to. Nothing here has to care for order, limits or a stop that comes between. */
export interface ChamberPort {
  identify: (signal: Cancellation | undefined) => Promise<Identity>
  read: (signal: Cancellation | undefined) => Promise<Reading[]>
  settings: Readonly<Record<string, ChamberSetting>>
  stop: StopPlan
  program?: ProgramPort
}

/** The same as ChamberProgram; each call has the chamber to itself. */
export interface ProgramPort {
  status: (signal: Cancellation | undefined) => ReturnType<ChamberProgram['status']>
  start: (at: { program: number; step: number }, signal: Cancellation) => Promise<void>
  pause: (signal: Cancellation) => Promise<void>
  resume: (signal: Cancellation) => Promise<void>
  stop: (signal: Cancellation) => Promise<void>
}

const askAgainMs = 500

function agrees(asked: SettingValue, actual: SettingValue, resolution: number): boolean {
  if (typeof asked !== 'number' || typeof actual !== 'number') return asked === actual
  return Math.abs(asked - actual) <= resolution / 2 + 1e-6 * Math.abs(asked) + 1e-9
}

/** Until the read-back agrees with what was asked; throws device.refused with the chamber's reason, else device.clamped. */
async function confirm(
  port: ChamberSetting,
  of: { context: DriverContext; title: string; asked: SettingValue; signal: Cancellation },
): Promise<SettingValue> {
  const { context, title, asked, signal } = of
  const untilMs = context.clock.monotonicMs() + port.confirmMs
  for (;;) {
    const actual = await port.readBack(signal)
    if (agrees(asked, actual, port.resolution ?? 0.001)) return actual
    if (context.clock.monotonicMs() >= untilMs) {
      const detail = (await port.explain?.(signal)) ?? null
      if (detail !== null)
        throw new StationError('device.refused', { instrument: context.name, request: `${title}: ${asked}`, detail })
      throw new StationError('device.clamped', { instrument: context.name, quantity: title, asked, actual })
    }
    await context.clock.sleep(askAgainMs, signal)
  }
}

const guardProgram = (program: ProgramPort, gate: Gate): ChamberProgram => ({
  status: (signal) => gate.read(() => program.status(signal), signal),
  start: (at, signal) => gate.change((own) => program.start(at, own), signal),
  pause: (signal) => gate.change((own) => program.pause(own), signal),
  resume: (signal) => gate.change((own) => program.resume(own), signal),
  stop: (signal) => gate.change((own) => program.stop(own), signal),
})

/** What a new link brings first may be the answer to a question of the one before: then it is asked once more. */
async function identify(
  port: ChamberPort,
  context: DriverContext,
  signal: Cancellation | undefined,
): Promise<Identity> {
  try {
    return await port.identify(signal)
  } catch (error) {
    if (!(error instanceof StationError) || error.code !== 'device.badReply') throw error
    await context.clock.sleep(askAgainMs, signal)
    return port.identify(signal)
  }
}

/** A climate chamber's driver from its protocol: limits before anything is sent, read-back, and stops that nothing follows. */
export function createChamber(port: ChamberPort, of: { profile: Profile; context: DriverContext }): Instrument {
  const { profile, context } = of
  const gate = createGate()

  const change = async (setting: Setting, asked: SettingValue, signal: Cancellation): Promise<SetResult> => {
    const own = port.settings[setting.name]
    assert(own, `${profile.id} has no way to set ${setting.name}`)
    const range = (await own.range?.(signal)) ?? null
    if (range && typeof asked === 'number')
      checkModelLimit(setting, asked, { instrument: context.name, least: range.minimum, most: range.maximum })
    await own.write(asked, signal)
    const actual = await confirm(own, { context, title: setting.title, asked, signal })
    return { name: setting.name, asked, actual }
  }
  return {
    identify: (signal) => gate.read(() => identify(port, context, signal), signal),
    read: (signal) => gate.read(() => port.read(signal), signal),
    set: async (name, value, signal) => {
      const setting = checkSetting(profile, { name, value }, context.name)
      return gate.change((own) => change(setting, value, own), signal)
    },
    safeStop: (onSent) => gate.stop(() => stopSafely(port.stop, context.clock, onSent)),
    ...(port.program ? { chamberProgram: guardProgram(port.program, gate) } : {}),
  }
}

/** A reading where the value may be missing. */
export const reading = (channel: string, unit: string, found: number | { missing: string }): Reading =>
  typeof found === 'number' ? { channel, unit, value: found } : { channel, unit, value: null, reason: found.missing }

/** What the device answered makes no sense. */
export const badReply = (
  instrument: string,
  { request, reply, detail }: { request: string; reply: string; detail: string },
): StationError => new StationError('device.badReply', { instrument, request, reply: reply.slice(0, 120), detail })

/** The device said no. */
export const refused = (instrument: string, request: string, detail: string): StationError =>
  new StationError('device.refused', { instrument, request, detail })
