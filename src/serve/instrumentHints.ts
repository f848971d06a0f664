import { StationError } from '../contract/errors.ts'
import type { DriverModule, Profile } from '../contract/instrument.ts'
import { parseLinkUrl } from '../engine/transport/url.ts'

/** Codes after which a look at the instrument and its cable helps. */
const ofTheLink = ['device.linkFailed', 'device.timeout', 'device.badReply', 'device.closed']

const portSettings = (link: string): string | null => {
  const address = parseLinkUrl(link)
  if (!('serial' in address)) return null
  const { baudRate, dataBits, parity, stopBits } = address.serial
  return `${baudRate} baud, ${dataBits}${parity[0]?.toUpperCase() ?? 'N'}${stopBits}`
}

/** What came is no text, or escaped as such: on a serial line the speed or the parity is wrong. */
const isRubbish = (text: string): boolean => /[^\x20-\x7e]|\\x[0-9a-f]{2}/.test(text)

function aboutBytes(error: StationError, link: string): string[] {
  const { received = '', reply = '' } = error.context
  const text = `${String(received)}${String(reply)}`
  const serial = portSettings(link)
  if (text === '') {
    if (error.code !== 'device.timeout') return []
    const wires =
      serial === null ? 'that this is the address of the instrument' : 'whether sending and receiving are crossed'
    return [`Not a byte came back: check that it is on, and ${wires}.`]
  }
  if (serial !== null && isRubbish(text))
    return [`What came makes no sense: the link says ${serial}; compare that with the instrument’s own menu.`]
  if (error.code === 'device.timeout')
    return ['A part of an answer came: check the terminator, and the cable for a loose contact.']
  return []
}

/** A driver whose models fit what the wrong instrument said of itself. */
function fittingDriver(actual: string, drivers: ReadonlyMap<string, DriverModule>): string[] {
  const words = actual.split(/[\s,;:“”"]+/)
  const fits = ({ profile }: DriverModule): boolean =>
    profile.models.some((pattern) => words.some((word) => word.length > 2 && new RegExp(pattern).test(word)))
  const found = [...drivers.values()].filter(fits).map((each) => each.profile.id)
  return found.length === 0 ? [] : [`By its name it is one for: ${found.join(', ')}.`]
}

/** What to look at beside the general words of an error: by what came, and by the instrument's profile. */
export function hintsFor(
  error: unknown,
  about: { link: string; profile: Profile; drivers: ReadonlyMap<string, DriverModule> },
): string[] {
  if (!(error instanceof StationError)) return []
  if (error.code === 'device.wrongModel') return fittingDriver(String(error.context['actual'] ?? ''), about.drivers)
  if (!ofTheLink.includes(error.code)) return []
  return [...aboutBytes(error, about.link), ...about.profile.checks]
}
