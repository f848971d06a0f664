import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, Setting } from '../../src/contract/instrument.ts'
import { alarmsOfQuestionable, alarmTexts } from '../ea/alarms.ts'
import { checkModelLimit } from '../scpi/settingCheck.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { formatNumber, type EaClient, type Unit } from './eaClient.ts'
import type { EaUnit } from './eaUnit.ts'
import { profile } from './profile.ts'

/** A read-back may lag by one poll (programming guide): it is asked again before it counts. */
const readBacks = 3
const readBackMs = 100
const outputMs = 1000
const mostErrors = 8

interface Command {
  command: string
  unit: Unit
  nominal: keyof EaUnit['nominal']
  /** Share of nominal that it takes. */
  reach: number
  sinkOnly?: true
}

const overRange = profileLimit(profile, 'overRange')
const overProtection = profileLimit(profile, 'overProtection')

const commands: Readonly<Record<string, Command>> = {
  voltageV: { command: 'VOLT', unit: 'V', nominal: 'voltageV', reach: overRange },
  currentA: { command: 'CURR', unit: 'A', nominal: 'currentA', reach: overRange },
  powerW: { command: 'POW', unit: 'W', nominal: 'powerW', reach: overRange },
  sinkCurrentA: { command: 'SINK:CURR', unit: 'A', nominal: 'currentA', reach: overRange, sinkOnly: true },
  sinkPowerW: { command: 'SINK:POW', unit: 'W', nominal: 'powerW', reach: overRange, sinkOnly: true },
  overVoltageV: { command: 'SOUR:VOLT:PROT', unit: 'V', nominal: 'voltageV', reach: overProtection },
  overCurrentA: { command: 'SOUR:CURR:PROT', unit: 'A', nominal: 'currentA', reach: overProtection },
}

interface Deps {
  client: EaClient
  context: DriverContext
  unit: EaUnit
  signal: Cancellation
}

const refused = ({ context }: Deps, request: string, detail: string): StationError =>
  new StationError('device.refused', { instrument: context.name, request, detail })

/** What the error queue holds; reading it also acknowledges alarms whose cause is gone. */
async function takeErrors({ client }: Deps): Promise<string[]> {
  const found: string[] = []
  for (let i = 0; i < mostErrors; i++) {
    const reply = await client.askText('SYST:ERR?', /^[+-]?\d+,\s*".*"$/)
    const [, code = '0', text = ''] = /^([+-]?\d+),\s*"(.*)"$/.exec(reply) ?? []
    if (Number(code) === 0) break
    found.push(`${code} ${text}`)
  }
  return found
}

/** The unit takes sets only under remote control, which somebody at its panel can keep. */
async function claim(deps: Deps): Promise<void> {
  const { client, context, signal } = deps
  const owner = (): Promise<string> => client.askText('SYST:LOCK:OWN?', /^(REMOTE|NONE|LOCAL)$/)
  let actual = await owner()
  if (actual !== 'REMOTE') await client.write('SYST:LOCK ON')
  for (let i = 0; i < readBacks && actual !== 'REMOTE'; i++) {
    if (i > 0) await context.clock.sleep(readBackMs, signal)
    actual = await owner()
  }
  if (actual !== 'REMOTE')
    throw refused(
      deps,
      'SYST:LOCK ON',
      actual === 'LOCAL' ? 'it is locked to its panel (LOCAL)' : 'remote control isn’t given',
    )
}

/** Throws device.limit, device.refused, device.clamped. */
export async function setNumber(deps: Deps, setting: Setting, value: number): Promise<number> {
  const { client, context, unit, signal } = deps
  const found = commands[setting.name]
  if (!found) throw new StationError('usage.invalidInput', { detail: `no command sets ${setting.name}` })
  const nominal = unit.nominal[found.nominal]
  checkModelLimit(setting, value, { instrument: context.name, least: 0, most: nominal * found.reach })
  if (found.sinkOnly && unit.kind !== 'bidirectional')
    throw refused(deps, found.command, `${unit.model} has no sink side`)
  await claim(deps)
  await client.write(`${found.command} ${formatNumber(value)}`)
  let actual = NaN
  for (let i = 0; i < readBacks; i++) {
    if (i > 0) await context.clock.sleep(readBackMs, signal)
    const readBack = await client.askValue(`${found.command}?`, found.unit)
    actual = readBack.value
    // The unit rounds to 1/26214 of nominal, and to the digits that it shows.
    if (Math.abs(actual - value) <= nominal / 10_000 + 1.5 * readBack.resolution) return actual
  }
  const errors = await takeErrors(deps)
  if (errors.length > 0)
    throw refused(deps, found.command, `${errors.join(', ')}; it reads back ${actual} ${found.unit}`)
  throw new StationError('device.clamped', { instrument: context.name, quantity: setting.title, asked: value, actual })
}

/** An alarm keeps the output off until it is acknowledged. It is told, and acknowledged for the next try. */
async function refuseAlarms(deps: Deps, request: string): Promise<void> {
  const bits = alarmsOfQuestionable(await deps.client.askRegister('STAT:QUES:COND?'))
  if (bits === 0) return
  await takeErrors(deps)
  throw refused(deps, request, `alarm: ${alarmTexts(bits).join(', ')}; it is acknowledged now, if its cause is gone`)
}

/** The output of a supply, or the input of a load. */
export async function setOutput(deps: Deps, on: boolean): Promise<void> {
  const { client, context, unit, signal } = deps
  const header = unit.kind === 'load' ? 'INP' : 'OUTP'
  const request = `${header} ${on ? 'ON' : 'OFF'}`
  const wanted = on ? 'ON' : 'OFF'
  await claim(deps)
  if (on) await refuseAlarms(deps, request)
  await client.write(request)
  const startMs = context.clock.monotonicMs()
  for (;;) {
    if ((await client.askText(`${header}?`, /^(ON|OFF)$/)) === wanted) return
    if (context.clock.monotonicMs() - startMs >= outputMs) break
    await context.clock.sleep(readBackMs, signal)
  }
  await refuseAlarms(deps, request)
  const errors = await takeErrors(deps)
  throw refused(deps, request, [`it stays ${on ? 'off' : 'on'}`, ...errors].join(', '))
}
