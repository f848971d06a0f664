// EA PSB, PSI and PS supplies and ELR loads, series 9000 and 10000, by Modbus: sets, output, state, alarms.
// Doesn't decide how much current a module stands. Knows no sink set-points: their registers aren't confirmed.
// Follows EA's “Programming Guide ModBus & SCPI” for KE 2.xx and 3.xx, and its register list for the 9000 series.
import { createCanceller } from '../../src/base/clock.ts'
import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { RegisterLink } from '../../src/contract/link.ts'
import { kindOf } from '../ea/models.ts'
import { register } from '../ea/registers.ts'
import { createSweepGuard } from '../scpi/safeState.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { readActual, readNominal, readState, readText, type Nominal } from './eaRegisters.ts'
import { setNumber, setOutput } from './eaSettings.ts'
import { profile } from './profile.ts'
import { stopUnit } from './safeStop.ts'

export const driver: DriverModule = {
  profile,
  link: 'registers',
  createInstrument: (link, context) => createUnit(link, context),
}

function createUnit(link: RegisterLink, context: DriverContext): Instrument {
  const { name } = context
  const guard = createSweepGuard()
  let known: Unit | null = null
  const unit = async (signal: Cancellation | undefined): Promise<Unit> => (known ??= await readUnit(link, name, signal))

  return {
    identify: async (signal) => {
      known = null
      return readIdentity(link, name, signal)
    },
    read: async (signal) => readAll(link, await unit(signal), signal),
    set: async (settingName, value, signal) => {
      const setting = checkSetting(profile, { name: settingName, value }, name)
      let actual = value
      await guard.run(signal ?? createCanceller().signal, async (own) => {
        const deps = { link, context, nominal: (await unit(own)).nominal, signal: own }
        if (typeof value === 'boolean') await setOutput(deps, value)
        else actual = await setNumber(deps, setting, Number(value))
      })
      return { name: settingName, asked: value, actual }
    },
    safeStop: (onSent) => {
      guard.stop()
      return stopUnit(link, known?.nominal.currentA ?? null, onSent)
    },
  }
}

interface Unit {
  nominal: Nominal
  isLoad: boolean
}

const readUnit = async (link: RegisterLink, name: string, signal: Cancellation | undefined): Promise<Unit> => ({
  nominal: await readNominal(link, name, { signal }),
  isLoad: kindOf(await readText(link, register.type, { signal })) === 'load',
})

/** Throws device.wrongModel for a maker or type that isn't known, and for a device that hasn't these registers. */
async function readIdentity(link: RegisterLink, name: string, signal: Cancellation | undefined): Promise<Identity> {
  const wrong = (actual: string, cause?: unknown): StationError =>
    new StationError('device.wrongModel', { expected: profile.title, link: name, actual: actual.slice(0, 120) }, cause)
  try {
    const maker = await readText(link, register.maker, { signal })
    const model = await readText(link, register.type, { signal })
    if (!/^(EA[ -]|ELEKTRO-AUTOMATIK|INTEPRO)/i.test(maker)) throw wrong(`${maker} ${model}`)
    if (!profile.models.some((pattern) => new RegExp(pattern).test(model))) throw wrong(`${maker} ${model}`)
    const serialNumber = await readText(link, register.serial, { signal })
    const firmware = await readText(link, register.firmwareControl, { signal })
    return { maker, model, serialNumber: serialNumber || null, firmware: firmware || null }
  } catch (error) {
    if (error instanceof StationError && error.code === 'device.refused')
      throw wrong('a Modbus device without these registers', error)
    throw error
  }
}

async function readAll(
  link: RegisterLink,
  { nominal, isLoad }: Unit,
  signal: Cancellation | undefined,
): Promise<Reading[]> {
  const state = await readState(link, { signal })
  const actual = await readActual(link, nominal, { signal })
  // The registers hold magnitudes; the state of a bidirectional unit says which way the current goes.
  const sign = state.isSinking && state.isOn && !isLoad ? -1 : 1
  const reading = (channel: string, unit: string, value: number | null): Reading =>
    value === null
      ? { channel, value, unit, reason: 'at or beyond the end of the range (125 % of nominal)' }
      : { channel, value: value === 0 ? 0 : value, unit }
  const signed = (value: number | null): number | null => (value === null ? null : sign * value)
  const flag = (channel: string, value: number): Reading => ({ channel, value, unit: '1' })
  return [
    reading('voltage', 'V', actual.voltageV),
    reading('current', 'A', signed(actual.currentA)),
    reading('power', 'W', signed(actual.powerW)),
    flag('output', state.isOn ? 1 : 0),
    flag('regulation', state.regulation),
    flag('remote', state.isRemote ? 1 : 0),
    flag('alarms', state.alarms),
  ]
}
