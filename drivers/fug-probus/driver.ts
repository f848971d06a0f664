// FuG high-voltage supplies with Probus V by TCP 2101 or RS-232: every line is answered, commands with E0 to E16.
// Doesn't decide which module is connected, how long stress lasts, or what the supply's current means as a leakage.
// Follows “Probus V command reference”, base module ADDAT30 V4.0; Probus IV short forms where V has none (F, P, =).
import type { Cancellation } from '../../src/base/cancellation.ts'
import { createCanceller } from '../../src/base/clock.ts'
import type { DriverContext, DriverModule, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { createSweepGuard } from '../scpi/safeState.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { registers, type FugIdentity } from './commands.ts'
import { profile } from './profile.ts'
import { stopUnit } from './safeStop.ts'
import { createSession, type Session } from './session.ts'
import { setSwitch, setValue, type Timing } from './settings.ts'

const lineSettings = { sendTerminator: '\n', receiveTerminators: '\r\n', quietMs: 500, defaultTimeoutMs: 2000 }

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createSupply(link, context),
}

function createSupply(link: LineLink, context: DriverContext): Instrument {
  const { name, clock } = context
  const known: { unit: FugIdentity | null } = { unit: null }
  const sessionFor = (signal?: Cancellation): Session => createSession(link, name, { signal })
  const guard = createSweepGuard()

  return {
    identify: async (signal) => {
      known.unit = null
      known.unit = await sessionFor(signal).identify()
      const { model, serialNumber } = known.unit
      return { maker: 'FuG', model, serialNumber, firmware: null }
    },
    read: (signal) => readAll(sessionFor(signal)),
    set: async (settingName, value, signal = createCanceller().signal) => {
      const setting = checkSetting(profile, { name: settingName, value }, name)
      const held: { actual: number | boolean } = { actual: false }
      await guard.run(signal, async (own) => {
        const session = sessionFor(own)
        const timing: Timing = { clock, signal: own }
        known.unit ??= await session.identify()
        held.actual =
          typeof value === 'number'
            ? await setValue(session, { setting, value, unit: known.unit }, timing)
            : await setSwitch(session, value === true, timing)
      })
      return { name: settingName, asked: value, actual: held.actual }
    },
    safeStop: async (onSent) => {
      guard.stop()
      return stopUnit({ link, name, clock }, onSent)
    },
  }
}

/** The monitors give magnitudes, or a sign that says no more than the polarity does. */
async function readAll(session: Session): Promise<Reading[]> {
  const voltageV = Math.abs(await session.askNumber(registers.voltage))
  const currentA = Math.abs(await session.askNumber(registers.current))
  const isOn = await session.askBit(registers.isOn)
  const sign = (await session.askBit(registers.isNegative)) ? -1 : 1
  return [
    { channel: 'voltage', unit: 'V', value: sign * voltageV + 0 },
    { channel: 'current', unit: 'A', value: sign * currentA + 0 },
    { channel: 'output', unit: '1', value: isOn ? 1 : 0 },
  ]
}
