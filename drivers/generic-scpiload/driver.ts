// Electronic loads of many makers by SCPI: the same sweeps and settings by a table of each family's words.
// Doesn't decide which module is connected or what the curve means; a maker that isn't listed needs the admin's word for its dialect.
// Follows the programming guides of ITECH IT8800, Rigol DL3000, Siglent SDL1000X and Keysight N3300A/EL30000; on no unit yet.
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import type { KnownLoad, LoadLimits } from '../scpi/loadDialect.ts'
import { createLoad } from '../scpi/loadDriver.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { dialectFor, dialects, type DialectName } from './dialects.ts'
import { profile } from './profile.ts'

const lineSettings = { sendTerminator: '\n', receiveTerminators: '\r\n', quietMs: 400, defaultTimeoutMs: 2500 }

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createGenericLoad(link, context),
}

function decode(reply: string, name: string): Identity {
  const [maker = '', model = '', serial = '', ...firmware] = reply.split(',').map((part) => part.trim())
  if (model === '' || !/^[\x20-\x7e]+$/.test(reply.trim()))
    throw new StationError('device.badReply', {
      instrument: name,
      request: '*IDN?',
      reply: reply.slice(0, 120),
      detail: 'an identity has a maker and a model',
    })
  return {
    maker,
    model,
    serialNumber: serial === '' || serial === '0' ? null : serial,
    firmware: firmware.join(',') || null,
  }
}

function limitsOf(model: string): LoadLimits {
  const known = `${model}.maxVoltageV` in profile.limits ? model : 'anyModel'
  const limit = (name: string): number => profileLimit(profile, `${known}.${name}`)
  return {
    maxVoltageV: limit('maxVoltageV'),
    maxCurrentA: limit('maxCurrentA'),
    maxPowerW: limit('maxPowerW'),
    leastVoltageV: 0,
  }
}

/** The dialect that the admin chose, whoever the load says it is. */
const chosenDialect = ({ deviations }: DriverContext): DialectName | null => {
  const names = Object.keys(dialects) as DialectName[]
  return names.find((each) => deviations.includes(`dialect-${each}`)) ?? null
}

function createGenericLoad(link: LineLink, context: DriverContext): Instrument {
  const { name } = context
  const chosen = chosenDialect(context)
  const identify = async (options: QueryOptions): Promise<KnownLoad> => {
    const identity = decode(await link.query('*IDN?', options), name)
    const dialect = chosen ?? dialectFor(identity.maker, identity.model)
    if (dialect === null)
      throw new StationError('device.wrongModel', {
        expected: profile.title,
        link: name,
        actual: `${identity.maker} ${identity.model}`.slice(0, 120),
      })
    return { identity, dialect: dialects[dialect], limits: limitsOf(identity.model) }
  }
  return createLoad(link, context, {
    profile,
    identify,
    fallback: dialects[chosen ?? 'plain'],
    // Every dialect takes INP OFF; ITECH's only in remote control.
    blindOff: ['SYST:REM', 'INP OFF'],
  })
}
