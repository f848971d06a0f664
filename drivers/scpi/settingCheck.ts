import { StationError } from '../../src/contract/errors.ts'
import type { Profile, Setting, SettingValue } from '../../src/contract/instrument.ts'

/** The error of a value beyond a limit; the command is not sent. */
export const limitError = (
  instrument: string,
  { quantity, asked, limit }: { quantity: string; asked: number; limit: number },
): StationError => new StationError('device.limit', { instrument, quantity, asked, limit })

const describeSetting = ({ title, unit }: Setting): string => (unit === '' ? title : `${title} (${unit})`)

function checkNumber(setting: Setting, value: SettingValue, instrument: string): void {
  const detail = `${setting.name} is a number, not ${String(value)}`
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new StationError('usage.invalidInput', { detail })
  const quantity = describeSetting(setting)
  const { minimum = -Infinity, maximum = Infinity } = setting
  if (value < minimum) throw limitError(instrument, { quantity, asked: value, limit: minimum })
  if (value > maximum) throw limitError(instrument, { quantity, asked: value, limit: maximum })
}

/**
 * The setting of this name, once the value has passed its type and the profile's limits. Nothing is sent for that.
 * Throws usage.invalidInput, device.limit.
 */
export function checkSetting(
  profile: Profile,
  asked: { name: string; value: SettingValue },
  instrument: string,
): Setting {
  const { name, value } = asked
  const setting = profile.settings.find((each) => each.name === name)
  const refuse = (detail: string): StationError => new StationError('usage.invalidInput', { detail })
  if (!setting) {
    const known = profile.settings.map((each) => each.name).join(', ')
    throw refuse(`${instrument} has no setting “${name}”; it has: ${known}`)
  }
  if (value === null && setting.canBeOff) return setting
  if (setting.type === 'number') checkNumber(setting, value, instrument)
  else if (setting.type === 'boolean' && typeof value !== 'boolean')
    throw refuse(`${name} is true or false, not ${String(value)}`)
  else if (setting.type === 'choice' && !(typeof value === 'string' && setting.choices?.includes(value)))
    throw refuse(`${name} is one of ${setting.choices?.join(', ')}, not ${String(value)}`)
  return setting
}

/** Refuses what is beyond what the model itself can do; narrower than the profile, which holds for all of them. */
export function checkModelLimit(
  setting: Setting,
  value: number,
  of: { instrument: string; least: number; most: number },
): void {
  const { instrument, least, most } = of
  const quantity = describeSetting(setting)
  if (value > most + 1e-9 * Math.abs(most)) throw limitError(instrument, { quantity, asked: value, limit: most })
  if (value < least - 1e-9 * Math.abs(least)) throw limitError(instrument, { quantity, asked: value, limit: least })
}
