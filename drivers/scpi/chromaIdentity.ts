import { StationError } from '../../src/contract/errors.ts'
import type { Identity, Profile } from '../../src/contract/instrument.ts'

/**
 * Decodes what Chroma's loads answer to `*IDN?`: maker and model parted by a comma or, on the 6310, by a space; then the
 * serial number (0 where there is none) and the firmware. Throws device.badReply, device.wrongModel.
 * @param models patterns of the models that this driver takes
 */
export function decodeChromaIdentity(
  reply: string,
  of: { name: string; profile: Profile; models: readonly RegExp[] },
): Identity {
  const { name, profile, models } = of
  const parts = reply
    .trim()
    .replace(/^(CHROMA(?: ATE)?) +(?=\d)/i, '$1,')
    .split(',')
    .map((part) => part.trim())
  const [maker = '', model = '', serial = '', ...firmware] = parts
  if (parts.length < 4 || !/^[\x20-\x7e]+$/.test(reply.trim()))
    throw new StationError('device.badReply', {
      instrument: name,
      request: '*IDN?',
      reply: reply.slice(0, 120),
      detail: 'an identity has four parts or more',
    })
  if (!/^CHROMA( ATE)?$/i.test(maker) || !models.some((pattern) => pattern.test(model)))
    throw new StationError('device.wrongModel', {
      expected: profile.title,
      link: name,
      actual: `${maker} ${model}`.slice(0, 120),
    })
  return {
    maker,
    model,
    serialNumber: serial === '0' || serial === '' ? null : serial,
    firmware: firmware.join(',') || null,
  }
}
