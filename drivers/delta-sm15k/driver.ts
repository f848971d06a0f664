// Delta Elektronika SM15K by SCPI-like lines over TCP 8462: set-points, output, status registers A and B, watchdog.
// Doesn't decide how much current a module stands, nor how long. Takes over the programming of the loops that it sets.
// Follows “Ethernet & Sequencer Programming SM15K”, firmware P0150, July 2021.
import { createCanceller } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { createSweepGuard } from '../scpi/safeState.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { profile } from './profile.ts'
import { actingLimits, faultBits, isRemote, registerA, registerB, regulationOf } from './registers.ts'
import { stopSupply } from './safeStop.ts'
import { createSupplyClient, type SupplyClient } from './supplyClient.ts'
import { createMaxima, setOutput, setSetPoint } from './supplySettings.ts'
import { createWatchdog } from './watchdog.ts'

const lineSettings = { sendTerminator: '\n', receiveTerminators: '\n', quietMs: 300, defaultTimeoutMs: 1500 }
/** Beyond this share of the maximum a measurement can't be. */
const plausible = 1.3

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createSupply(link, context),
}

function createSupply(link: LineLink, context: DriverContext): Instrument {
  const { name } = context
  const maxima = createMaxima(name)
  const guard = createSweepGuard()

  return {
    identify: async (signal) => {
      maxima.forget()
      return decodeIdentity(await link.query('*IDN?', { signal }), name)
    },
    read: (signal) => readAll(createSupplyClient(link, name, { signal })),
    set: async (settingName, value, signal) => {
      const setting = checkSetting(profile, { name: settingName, value }, name)
      let actual = value
      await guard.run(signal ?? createCanceller().signal, async (own) => {
        const deps = { client: createSupplyClient(link, name, { signal: own }), context, maxima, signal: own }
        if (typeof value === 'boolean') await setOutput(deps, value)
        else actual = await setSetPoint(deps, setting, Number(value))
      })
      return { name: settingName, asked: value, actual }
    },
    safeStop: (onSent) => {
      guard.stop()
      return stopSupply(link, context, onSent)
    },
    watchdog: createWatchdog(link, name),
  }
}

/** `DELTA ELEKTRONIKA BV,SM500-CP-90,000010207248,H0_P0150,0` (manual, 5.1.1). */
function decodeIdentity(reply: string, name: string): Identity {
  const parts = reply.split(',').map((part) => part.trim())
  const [maker = '', model = '', serialNumber = '', firmware = ''] = parts
  const isPrintable = /^[\x20-\x7e]+$/.test(reply.trim())
  if (parts.length !== 5 || !isPrintable || parts.slice(0, 4).includes(''))
    throw new StationError('device.badReply', {
      instrument: name,
      request: '*IDN?',
      reply: reply.slice(0, 120),
      detail: 'an identity has five parts',
    })
  const isOurs = maker.toUpperCase() === 'DELTA ELEKTRONIKA BV'
  if (!isOurs || !profile.models.some((pattern) => new RegExp(pattern).test(model)))
    throw new StationError('device.wrongModel', {
      expected: profile.title,
      link: name,
      actual: `${maker} ${model}`.slice(0, 120),
    })
  return { maker, model, serialNumber, firmware }
}

async function readAll(client: SupplyClient): Promise<Reading[]> {
  const a = await client.askWhole('STAT:REG:A?')
  const b = await client.askWhole('STAT:REG:B?')
  const mostOf = (name: string): number =>
    (profile.settings.find((each) => each.name === name)?.maximum ?? 0) * plausible
  const measure = async (of: { channel: string; unit: string; line: string; overload: number; most: number }) => {
    const { channel, unit, line, overload, most } = of
    const value = await client.askDecimal(line)
    if (Math.abs(value) > most) throw client.badReply(line, String(value), `beyond ${most} ${unit}`)
    const reading: Reading =
      (b & overload) === 0
        ? { channel, value, unit }
        : { channel, value: null, unit, reason: 'register B: the measurement is overloaded' }
    return reading
  }
  const { voltageOverload, currentOverload } = registerB
  const flag = (channel: string, value: number): Reading => ({ channel, value, unit: '1' })
  return [
    await measure({
      channel: 'voltage',
      unit: 'V',
      line: 'MEAS:VOL?',
      overload: voltageOverload,
      most: mostOf('voltageV'),
    }),
    await measure({
      channel: 'current',
      unit: 'A',
      line: 'MEAS:CUR?',
      overload: currentOverload,
      most: mostOf('currentA'),
    }),
    await measure({
      channel: 'power',
      unit: 'W',
      line: 'MEAS:POW?',
      overload: voltageOverload | currentOverload,
      most: mostOf('powerW'),
    }),
    await readTemperature(client),
    flag('output', (a & registerA.output) === 0 ? 0 : 1),
    flag('regulation', regulationOf(a)),
    flag('remote', isRemote(b) ? 1 : 0),
    flag('limits', actingLimits(a)),
    flag('faults', faultBits(a)),
  ]
}

/** How many digits the temperature has isn't in the manual. */
async function readTemperature(client: SupplyClient): Promise<Reading> {
  const line = 'MEAS:TEM?'
  const reply = (await client.ask(line)).trim()
  const value = Number(reply)
  if (!/^-?\d{1,3}(\.\d+)?$/.test(reply) || Math.abs(value) > 150)
    throw client.badReply(line, reply, 'not a temperature')
  return { channel: 'temperature', value, unit: '°C' }
}
