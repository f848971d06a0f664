import type { Setting, SettingValue } from '../../contract/instrument.ts'
import { formatDuration, formatPlain } from './format.ts'
import { parseNumber } from './parameters.ts'

/** Who has an instrument in hand. */
export type Holder = { kind: 'nobody' } | { kind: 'person'; name: string } | { kind: 'run'; runId: string }

const manual = 'manual: '

export function holderOf(lockedBy: string | null): Holder {
  if (lockedBy === null) return { kind: 'nobody' }
  if (lockedBy.startsWith(manual)) return { kind: 'person', name: lockedBy.slice(manual.length) }
  // While an interrupted run is looked at, its instruments are held for that.
  return { kind: 'run', runId: lockedBy.replace(/^recovery of /, '') }
}

/** The word for a control that is switched off, as it stands in its field. */
export const offText = 'off'

export const rangeOf = ({ minimum, maximum, unit }: Setting): string =>
  minimum === undefined || maximum === undefined
    ? ''
    : `${formatPlain(minimum)} to ${formatPlain(maximum)} ${unit}`.trim()

/** What a text asks for, within the limits of the driver; or in words why not. The instrument may have narrower ones. */
export function readSetting(setting: Setting, text: string): { value: SettingValue } | { problem: string } {
  const plain = text.trim()
  if (setting.canBeOff && plain.toLowerCase() === offText) return { value: null }
  if (setting.type === 'boolean') return { value: plain === 'true' }
  if (setting.type === 'choice')
    return (setting.choices ?? []).includes(plain) ? { value: plain } : { problem: 'Choose one.' }
  const value = parseNumber(plain)
  if (value === null) return { problem: setting.canBeOff ? `Give a number, or “${offText}”.` : 'Give a number.' }
  const { minimum = -Infinity, maximum = Infinity } = setting
  return value < minimum || value > maximum ? { problem: `Allowed: ${rangeOf(setting)}.` } : { value }
}

export function saySetting(value: SettingValue, unit: string): string {
  if (value === null) return offText
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'number' ? `${formatPlain(value)} ${unit}`.trim() : value
}

/** When it is tried again to reach a lost instrument. */
export function sayReconnect(
  reconnect: { attempt: number; atUtcMs: number } | null | undefined,
  nowUtcMs: number,
): string | null {
  if (reconnect === null || reconnect === undefined) return null
  const inMs = reconnect.atUtcMs - nowUtcMs
  return inMs <= 500
    ? `Trying to reach it, attempt ${reconnect.attempt}.`
    : `Tried again in ${formatDuration(inMs)}, attempt ${reconnect.attempt}.`
}
