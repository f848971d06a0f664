import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, Setting, SettingValue } from '../../src/contract/instrument.ts'
import { checkModelLimit } from '../scpi/settingCheck.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import type { PncUnit, Session } from './pncSession.ts'
import { profile } from './profile.ts'

/** Of nominal: what the set-point may be off (hvl_ccb takes 1e-3). */
const mostOff = 1e-3
const outputMs = 5000
const pollMs = 250
/** Below this set-point the measured voltage tells nothing about the output. */
const leastTellingV = 50

interface Deps {
  session: Session
  unit: PncUnit
  context: DriverContext
  signal: Cancellation
}

const clamped = (
  { context }: Deps,
  setting: Setting,
  { asked, actual }: { asked: SettingValue; actual: SettingValue },
): StationError =>
  new StationError('device.clamped', { instrument: context.name, quantity: setting.title, asked, actual })

async function setVoltage(deps: Deps, setting: Setting, asked: number): Promise<number> {
  const { session, unit, context } = deps
  const [least, most] = unit.sign < 0 ? [-unit.nominalV, 0] : [0, unit.nominalV]
  checkModelLimit(setting, asked, { instrument: context.name, least, most })
  await session.setV(unit, Math.abs(asked))
  const actual = unit.sign * (await session.readV(unit)) + 0
  if (Math.abs(actual - asked) > mostOff * unit.nominalV) throw clamped(deps, setting, { asked, actual })
  return actual
}

async function setCurrent(deps: Deps, setting: Setting, asked: number): Promise<number> {
  const { session, unit, context } = deps
  checkModelLimit(setting, asked, { instrument: context.name, least: 0, most: unit.nominalA })
  await session.setA(unit, asked)
  const actual = await session.readA(unit)
  if (Math.abs(actual - asked) > mostOff * unit.nominalA) throw clamped(deps, setting, { asked, actual })
  return actual
}

async function setAverages(deps: Deps, setting: Setting, asked: string): Promise<string> {
  await deps.session.write(`AVER ${asked}`)
  const actual = await deps.session.askText('AVER?', /^(1|2|4|8|16)$/, 'a number of readings')
  if (actual !== asked) throw clamped(deps, setting, { asked, actual })
  return actual
}

/** The supply can't be asked: the measured voltage tells, where the set-point is high enough for that. */
async function lookAtVoltage({ session, unit, context, signal }: Deps, on: boolean): Promise<boolean> {
  const setV = await session.readV(unit)
  if (on && setV < leastTellingV) return true
  const isAsWanted = (voltageV: number): boolean =>
    on ? voltageV > setV / 2 : voltageV < profileLimit(profile, 'safeBelowV')
  const startMs = context.clock.monotonicMs()
  for (;;) {
    if (isAsWanted(Math.abs(await session.measureV(unit)))) return true
    if (context.clock.monotonicMs() - startMs >= outputMs) return false
    await context.clock.sleep(pollMs, signal)
  }
}

async function setOutput(deps: Deps, on: boolean): Promise<boolean> {
  const { session, context } = deps
  const request = on ? 'OUTP ON' : 'OUTP OFF'
  await session.write(request)
  const isDone = context.deviations.includes('no-output-query')
    ? await lookAtVoltage(deps, on)
    : (await session.isOn()) === on
  if (isDone) return on
  const detail = on ? 'the output stays off (interlock, local mode?)' : 'the output stays on'
  throw new StationError('device.refused', { instrument: context.name, request, detail })
}

/** What was set, as it reads back. Throws device.limit, device.clamped, device.refused. */
export async function setOne(deps: Deps, setting: Setting, value: SettingValue): Promise<SettingValue> {
  if (typeof value === 'boolean') return setOutput(deps, value)
  if (typeof value === 'string') return setAverages(deps, setting, value)
  return setting.name === 'voltageV'
    ? setVoltage(deps, setting, Number(value))
    : setCurrent(deps, setting, Number(value))
}
