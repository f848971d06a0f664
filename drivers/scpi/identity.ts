import { StationError } from '../../src/contract/errors.ts'
import type { Identity, Profile } from '../../src/contract/instrument.ts'
import { modelLimits } from './smuLimits.ts'

/**
 * Decodes `<maker>,MODEL <model>,<serial>,<firmware>`. Throws device.badReply for anything else, device.wrongModel for
 * another maker or a model that the profile doesn't list.
 * @param maker how the maker is written by the instruments of this driver
 */
export function decodeIdentity(reply: string, of: { name: string; profile: Profile; maker: string }): Identity {
  const { name, profile, maker } = of
  const parts = reply.split(',').map((part) => part.trim())
  const [actualMaker = '', modelText = '', serialNumber = '', ...firmware] = parts
  const bad = (detail: string): StationError =>
    new StationError('device.badReply', { instrument: name, request: '*IDN?', reply: reply.slice(0, 120), detail })
  if (parts.length < 4 || actualMaker === '') throw bad('an identity has four parts')
  // A serial number with a flipped bit would be another instrument's.
  if (/[^\x20-\x7e]/.test(reply.trim())) throw bad('an identity is of printable characters')
  const model = /^MODEL (\S+)$/i.exec(modelText)?.[1] ?? modelText
  if (actualMaker.toUpperCase() !== maker || modelLimits(profile, model) === null)
    throw new StationError('device.wrongModel', {
      expected: profile.title,
      link: name,
      actual: `${actualMaker} ${modelText}`.slice(0, 120),
    })
  return { maker: actualMaker, model, serialNumber, firmware: firmware.join(',') }
}
