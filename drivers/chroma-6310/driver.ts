// Chroma 6310/6310A electronic loads by SCPI over RS-232 or a GPIB gateway: sweeps by constant voltage, levels, load on and off.
// Doesn't decide which module is connected or what the curve means; below the load's least voltage it measures nothing.
// Follows the 6310 Series Operation & Programming Manual (A11 000078), chapters 5 to 8; written against firmware 01.00.
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Instrument } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { decodeChromaIdentity } from '../scpi/chromaIdentity.ts'
import type { KnownLoad, LoadLimits } from '../scpi/loadDialect.ts'
import { createLoad } from '../scpi/loadDriver.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { dialectOf } from './dialect.ts'
import { profile } from './profile.ts'

/** At 9600 baud the longest answer takes 50 ms; at 600 baud, 0.8 s. */
const lineSettings = { sendTerminator: '\n', receiveTerminators: '\r\n', quietMs: 400, defaultTimeoutMs: 2000 }

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => create6310(link, context),
}

/** The channel that the admin chose among the deviations; 1 unless chosen. */
const channelOf = ({ deviations }: DriverContext): number =>
  Number(deviations.map((each) => /^channel-(\d)$/.exec(each)?.[1]).find((each) => each !== undefined) ?? 1)

/** The 6310A writes its modules with an A; each has the limits of the one without. */
function limitsOf(model: string): LoadLimits | null {
  const bare = [model, model.slice(0, 5)].find((each) => `${each}.maxVoltageV` in profile.limits)
  if (bare === undefined) return null
  const limit = (name: string): number => profileLimit(profile, `${bare}.${name}`)
  return {
    maxVoltageV: limit('maxVoltageV'),
    maxCurrentA: limit('maxCurrentA'),
    maxPowerW: limit('maxPowerW'),
    leastVoltageV: limit('leastVoltageV'),
  }
}

function create6310(link: LineLink, context: DriverContext): Instrument {
  const { name } = context
  const dialect = dialectOf(channelOf(context))

  /** Over RS-232 the frame is deaf until it is told to be remote; over GPIB it answers at once. */
  const askIdentity = async (options: QueryOptions): Promise<string> => {
    try {
      return await link.query('*IDN?', { timeoutMs: 1000, ...options })
    } catch (error) {
      if (!(error instanceof StationError) || error.code !== 'device.timeout') throw error
      await link.write('CONF:REM ON', options)
      return link.query('*IDN?', options)
    }
  }
  const identify = async (options: QueryOptions): Promise<KnownLoad> => {
    const frame = decodeChromaIdentity(await askIdentity(options), { name, profile, models: [/^631\dA?$/] })
    for (const line of dialect.start) await link.write(line, options)
    const reply = await link.query('CHAN:ID?', options)
    const module = decodeChromaIdentity(reply, { name, profile, models: [/^631\d\d[A-Z]?$/] })
    const limits = limitsOf(module.model)
    if (!limits)
      throw new StationError('device.wrongModel', { expected: profile.title, link: name, actual: module.model })
    const firmware = `${module.firmware ?? ''} in ${frame.model} ${frame.firmware ?? ''}`
    const identity = { maker: frame.maker, model: module.model, serialNumber: frame.serialNumber, firmware }
    return { identity, dialect, limits }
  }
  return createLoad(link, context, { profile, identify, fallback: dialect, blindOff: [] })
}
