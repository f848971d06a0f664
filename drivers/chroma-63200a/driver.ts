// Chroma 63200A and 63600 electronic loads by SCPI over LAN, USB or a gateway: sweeps by constant voltage, levels, load on and off.
// Doesn't decide which module is connected or what the curve means; where the load can't pull the voltage down further it says so.
// Follows the 63200A manual, chapter 4, and PythonEquipmentDrivers' Chroma_63206A and Chroma_63600; written against firmware 01.10.
import type { DriverContext, DriverModule, Instrument } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { decodeChromaIdentity } from '../scpi/chromaIdentity.ts'
import type { KnownLoad } from '../scpi/loadDialect.ts'
import { createLoad } from '../scpi/loadDriver.ts'
import { dialectOf } from './dialect.ts'
import { limitsOf } from './models.ts'
import { profile } from './profile.ts'

const lineSettings = { sendTerminator: '\n', receiveTerminators: '\r\n', quietMs: 300, defaultTimeoutMs: 2000 }

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createLoadDriver(link, context),
}

const frames = [/^63600-[0-9]$/]
const wholes = [/^632\d\dA-\d+-\d+$/]
const modules = [/^636\d0-\d+-\d+$/]

function createLoadDriver(link: LineLink, context: DriverContext): Instrument {
  const { name, deviations } = context
  const chosen = deviations.map((each) => /^channel-(\d)$/.exec(each)?.[1]).find((each) => each !== undefined)
  const isRs232 = deviations.includes('rs232')
  /** A 63200A is one load; of a 63600 the module in one of its slots is meant. */
  const single = dialectOf({ channel: chosen === undefined ? null : Number(chosen), isRs232 })
  const inFrame = dialectOf({ channel: Number(chosen ?? 1), isRs232 })

  const identify = async (options: QueryOptions): Promise<KnownLoad> => {
    if (isRs232) await link.write('CONF:REM ON', options)
    const models = [...frames, ...wholes, ...modules]
    const identity = decodeChromaIdentity(await link.query('*IDN?', options), { name, profile, models })
    if (!frames.some((pattern) => pattern.test(identity.model)))
      return { identity, dialect: single, limits: limitsOf(identity.model) }
    for (const line of inFrame.start) await link.write(line, options)
    const reply = await link.query('CHAN:ID?', options)
    const module = decodeChromaIdentity(reply, { name, profile, models: modules })
    const firmware = `${module.firmware ?? ''} in ${identity.model} ${identity.firmware ?? ''}`
    return {
      identity: { ...identity, model: module.model, firmware },
      dialect: inFrame,
      limits: limitsOf(module.model),
    }
  }
  return createLoad(link, context, {
    profile,
    identify,
    fallback: single,
    blindOff: [...(isRs232 ? ['CONF:REM ON'] : []), 'LOAD OFF'],
  })
}
