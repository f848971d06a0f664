import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, Setting } from '../../src/contract/instrument.ts'
import type { RegisterLink } from '../../src/contract/link.ts'
import { alarmTexts } from '../ea/alarms.ts'
import { fromWord, mostSet, register, toWord } from '../ea/registers.ts'
import { checkModelLimit } from '../scpi/settingCheck.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { readState, type Nominal } from './eaRegisters.ts'
import { profile } from './profile.ts'

/** A read-back may lag by one poll (programming guide): it is asked again before it counts. */
const readBacks = 3
const readBackMs = 100
const outputMs = 1000
/** Steps of the unit are about two of the register. */
const mostOff = 3

const places: Readonly<Record<string, { address: number; nominal: keyof Nominal }>> = {
  voltageV: { address: register.setVoltage, nominal: 'voltageV' },
  currentA: { address: register.setCurrent, nominal: 'currentA' },
  powerW: { address: register.setPower, nominal: 'powerW' },
}

interface Deps {
  link: RegisterLink
  context: DriverContext
  nominal: Nominal
  signal: Cancellation
}

const refused = ({ context }: Deps, request: string, detail: string): StationError =>
  new StationError('device.refused', { instrument: context.name, request, detail })

/** The unit takes sets only under remote control (coil 402), which somebody at its panel can keep. */
async function claim(deps: Deps): Promise<void> {
  const { link, context, signal } = deps
  if ((await readState(link, { signal })).isRemote) return
  await link.writeCoil(register.remoteCoil, true, { signal })
  for (let i = 0; i < readBacks; i++) {
    if (i > 0) await context.clock.sleep(readBackMs, signal)
    if ((await readState(link, { signal })).isRemote) return
  }
  throw refused(deps, `switch coil ${register.remoteCoil} on`, 'remote control isn’t given')
}

/** Throws device.limit, device.refused, device.clamped. */
export async function setNumber(deps: Deps, setting: Setting, value: number): Promise<number> {
  const { link, context, signal } = deps
  const place = places[setting.name]
  if (!place) throw new StationError('usage.invalidInput', { detail: `no register sets ${setting.name}` })
  const nominal = deps.nominal[place.nominal]
  const most = nominal * profileLimit(profile, 'overRange')
  checkModelLimit(setting, value, { instrument: context.name, least: 0, most })
  await claim(deps)
  const word = toWord(value, nominal, mostSet)
  await link.writeRegister(place.address, word, { signal })
  let actual = 0
  for (let i = 0; i < readBacks; i++) {
    if (i > 0) await context.clock.sleep(readBackMs, signal)
    const [readBack = 0] = await link.readHolding(place.address, 1, { signal })
    actual = fromWord(readBack, nominal)
    if (Math.abs(readBack - word) <= mostOff) return actual
  }
  throw new StationError('device.clamped', { instrument: context.name, quantity: setting.title, asked: value, actual })
}

/** An alarm keeps the output off until it is acknowledged. It is told, and acknowledged for the next try. */
async function refuseAlarms(deps: Deps, request: string): Promise<void> {
  const { link, signal } = deps
  const { alarms } = await readState(link, { signal })
  if (alarms === 0) return
  await link.writeCoil(register.acknowledgeCoil, true, { signal })
  throw refused(deps, request, `alarm: ${alarmTexts(alarms).join(', ')}; it is acknowledged now, if its cause is gone`)
}

/** Coil 405: the output of a supply, the input of a load. */
export async function setOutput(deps: Deps, on: boolean): Promise<void> {
  const { link, context, signal } = deps
  const request = `switch coil ${register.outputCoil} ${on ? 'on' : 'off'}`
  await claim(deps)
  if (on) await refuseAlarms(deps, request)
  await link.writeCoil(register.outputCoil, on, { signal })
  const startMs = context.clock.monotonicMs()
  for (;;) {
    if ((await readState(link, { signal })).isOn === on) return
    if (context.clock.monotonicMs() - startMs >= outputMs) break
    await context.clock.sleep(readBackMs, signal)
  }
  await refuseAlarms(deps, request)
  throw refused(deps, request, `it stays ${on ? 'off' : 'on'}`)
}
