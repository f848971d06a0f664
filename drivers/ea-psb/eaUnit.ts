import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { Identity } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { kindOf, type EaRating } from '../ea/models.ts'
import { createEaClient } from './eaClient.ts'
import { profile } from './profile.ts'

/** The unit that answered: its name says whether it is a load, its nominal values are asked. */
export interface EaUnit {
  model: string
  kind: EaRating['kind']
  nominal: { voltageV: number; currentA: number; powerW: number }
}

const makers = /^(EA[ -]|ELEKTRO-AUTOMATIK|INTEPRO)/i

/** `maker,type,serial,firmware,user text` (programming guide, *IDN?). */
export function decodeIdentity(reply: string, name: string): Identity {
  const parts = reply.split(',').map((part) => part.trim())
  const [maker = '', model = '', serialNumber = '', firmware = ''] = parts
  if (parts.length < 4 || !/^[\x20-\x7e]+$/.test(reply.trim()) || maker === '' || model === '' || serialNumber === '')
    throw new StationError('device.badReply', {
      instrument: name,
      request: '*IDN?',
      reply: reply.slice(0, 120),
      detail: 'an identity has maker, type, serial number and firmware',
    })
  if (!makers.test(maker) || !profile.models.some((pattern) => new RegExp(pattern).test(model)))
    throw new StationError('device.wrongModel', {
      expected: profile.title,
      link: name,
      actual: `${maker} ${model}`.slice(0, 120),
    })
  return { maker, model, serialNumber, firmware }
}

/** Who answers, asked once after each identification. */
export function createUnitMemory(link: LineLink, name: string) {
  let identity: Identity | null = null
  let unit: EaUnit | null = null

  const identify = async (signal?: Cancellation): Promise<Identity> => {
    identity = null
    unit = null
    identity = decodeIdentity(await link.query('*IDN?', { signal }), name)
    return identity
  }
  const nominal = async (signal?: Cancellation): Promise<EaUnit['nominal']> => {
    const client = createEaClient(link, name, { signal })
    const { value: voltageV } = await client.askValue('SYST:NOM:VOLT?', 'V')
    const { value: currentA } = await client.askValue('SYST:NOM:CURR?', 'A')
    const { value: powerW } = await client.askValue('SYST:NOM:POW?', 'W')
    if (!(voltageV > 0 && currentA > 0 && powerW > 0))
      throw client.badReply(
        'SYST:NOM:…?',
        `${voltageV} V, ${currentA} A, ${powerW} W`,
        'no nominal values that could be',
      )
    return { voltageV, currentA, powerW }
  }
  return {
    identify,
    kind: async (signal?: Cancellation): Promise<EaRating['kind']> =>
      kindOf((identity ?? (await identify(signal))).model),
    /** Without asking; null where nobody identified it. */
    knownKind: (): EaRating['kind'] | null => (identity === null ? null : kindOf(identity.model)),
    knownNominalA: (): number => unit?.nominal.currentA ?? 0,
    unit: async (signal?: Cancellation): Promise<EaUnit> => {
      const { model } = identity ?? (await identify(signal))
      unit ??= { model, kind: kindOf(model), nominal: await nominal(signal) }
      return unit
    },
  }
}

export type UnitMemory = ReturnType<typeof createUnitMemory>
