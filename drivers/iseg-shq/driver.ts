// iseg SHQ and NHQ by RS-232: one high voltage with ramp and current trip, echoed character by character.
// Doesn't decide which module is connected, how the switches at front and rear stand, or how long stress lasts.
// Follows the SHQ operators manual, chapter 5.1, and the SHQ/NHQ RS-232 programmers guides.
import type { Cancellation } from '../../src/base/cancellation.ts'
import { createCanceller } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { createSweepGuard } from '../scpi/safeState.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { commandsOf, decodeBits, decodeMantissa, form, identify, troubleOf } from './commands.ts'
import { profile } from './profile.ts'
import { stopUnit } from './safeStop.ts'
import { createSession, type Known, type Session } from './session.ts'
import { setSwitch, setValue, type Timing } from './settings.ts'

/** The LF ends a line: an empty one between is the answer to a command. */
const lineSettings = { sendTerminator: '\r\n', receiveTerminators: '\n', quietMs: 500, defaultTimeoutMs: 2000 }

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createSupply(link, context),
}

const nothingKnown: Known = { isFast: false, maxV: null, wantedV: null, isOn: null }

function createSupply(link: LineLink, context: DriverContext): Instrument {
  const { name, deviations } = context
  const commands = commandsOf(deviations.includes('channel-2') ? 2 : 1)
  const known: Known = { ...nothingKnown }
  const tripA = deviations.includes('trip-in-100-na') ? 1e-7 : 1e-6
  const sessionFor = (signal?: Cancellation): Session =>
    createSession({ link, name, known, commands, tripA }, { signal })
  const guard = createSweepGuard()
  /** A unit that fell silent may have started anew, and is slow again. */
  const mindful = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      known.isFast = false
      throw error
    }
  }

  return {
    identify: async (signal) => {
      Object.assign(known, nothingKnown)
      return identifyUnit(sessionFor(signal))
    },
    read: (signal) => mindful(readAll(sessionFor(signal))),
    set: async (settingName, value, signal = createCanceller().signal) => {
      const setting = checkSetting(profile, { name: settingName, value }, name)
      const held: { actual: number | boolean } = { actual: false }
      const work = guard.run(signal, async (own) => {
        const timing: Timing = { clock: context.clock, signal: own }
        const session = sessionFor(own)
        held.actual =
          typeof value === 'number'
            ? await setValue(session, setting, value)
            : await setSwitch(session, value === true, timing)
      })
      await mindful(work)
      return { name: settingName, asked: value, actual: held.actual }
    },
    safeStop: async (onSent) => {
      guard.stop()
      known.isOn = null
      return stopUnit({ link, name, clock: context.clock, commands }, onSent)
    },
  }
}

/**
 * At 255 ms a character, as some units are after power-on, the answer takes 7 s. Its echo has come by then: whatever
 * echoes `#` may be told to be quicker.
 */
async function askIdentity(session: Session): Promise<string> {
  try {
    return await session.client.ask(identify, form.identity)
  } catch (error) {
    const isSlow = error instanceof StationError && String(error.context['received'] ?? '').startsWith(identify)
    if (!isSlow) throw error
    const client = await session.ready()
    return client.ask(identify, form.identity)
  }
}

async function identifyUnit(session: Session): Promise<Identity> {
  const { known, name } = session
  const reply = await askIdentity(session)
  const [serialNumber = '', firmware = '', voltage = '', current = ''] = reply.split(';')
  const maxV = Number.parseInt(voltage, 10)
  if (maxV < 100 || maxV > 20_000)
    throw new StationError('device.wrongModel', { expected: profile.title, link: name, actual: reply.slice(0, 120) })
  known.maxV = maxV
  return { maker: 'iseg', model: `SHQ/NHQ ${maxV} V`, serialNumber, firmware: `${firmware} (${current})` }
}

/** The current has no sign of its own: that of the polarity goes to it. */
async function readAll(session: Session): Promise<Reading[]> {
  const { commands, name } = session
  const client = await session.ready()
  const voltageV = decodeMantissa(await client.ask(commands.voltage, form.number))
  const currentA = decodeMantissa(await client.ask(commands.current, form.number))
  const bits = decodeBits(await client.ask(commands.bits, form.byte), { name, request: commands.bits })
  const status = await client.ask(commands.status, form.word)
  const trouble = troubleOf(status, { name, request: commands.status })
  const sign = bits.isPositive ? 1 : -1
  const current = { channel: 'current', unit: 'A' }
  return [
    { channel: 'voltage', unit: 'V', value: sign * Math.abs(voltageV) + 0 },
    trouble === null || trouble.startsWith('the HV switch')
      ? { ...current, value: sign * Math.abs(currentA) + 0 }
      : { ...current, value: null, reason: trouble },
  ]
}
