// Heinzinger PNC and PNChp high-voltage supplies by their Digital Interface on RS-232: voltage, current limit, output.
// Doesn't decide which module is connected, how long stress lasts, or what the supply's current means as a leakage.
// Follows the handbook of the Digital Interface I/II (V1.6) by way of hvl_ccb; tried there with PNChp 1500-1neg and 60000-1neg.
import { createCanceller } from '../../src/base/clock.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createPacedLink } from '../scpi/pacedLink.ts'
import { createSweepGuard } from '../scpi/safeState.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { createSession, type PncUnit } from './pncSession.ts'
import { setOne } from './pncSettings.ts'
import { profile } from './profile.ts'
import { stopSupply } from './safeStop.ts'

/** A measurement of 16 readings takes some seconds. */
const lineSettings = { sendTerminator: '\n', receiveTerminators: '\n', quietMs: 500, defaultTimeoutMs: 3000 }

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createSupply(link, context),
}

function createSupply(plainLink: LineLink, context: DriverContext): Instrument {
  const { name, clock, deviations } = context
  const link = createPacedLink(plainLink, { clock, afterWriteMs: profileLimit(profile, 'pauseMs'), afterQueryMs: 0 })
  const guard = createSweepGuard()
  let known: PncUnit | null = null

  const learn = async (defaults: QueryOptions): Promise<{ unit: PncUnit; identity: Identity }> => {
    known = null
    const { type, identity } = await createSession(link, name, defaults).identify()
    const unit: PncUnit = { ...type, sign: type.sign ?? (deviations.includes('negative-polarity') ? -1 : 1) }
    known = unit
    return { unit, identity }
  }
  const unitOf = async (defaults: QueryOptions): Promise<PncUnit> => known ?? (await learn(defaults)).unit

  return {
    identify: async (signal) => (await learn({ signal })).identity,
    read: async (signal) => {
      const session = createSession(link, name, { signal })
      const unit = await unitOf({ signal })
      const voltageV = unit.sign * (await session.measureV(unit))
      const currentA = unit.sign * (await session.measureA(unit))
      const output: Reading = deviations.includes('no-output-query')
        ? { channel: 'output', value: null, unit: '1', reason: 'this unit can’t be asked for its output' }
        : { channel: 'output', value: (await session.isOn()) ? 1 : 0, unit: '1' }
      return [
        { channel: 'voltage', value: voltageV + 0, unit: 'V' },
        { channel: 'current', value: currentA + 0, unit: 'A' },
        output,
      ]
    },
    set: async (settingName, value, signal) => {
      const setting = checkSetting(profile, { name: settingName, value }, name)
      let actual = value
      await guard.run(signal ?? createCanceller().signal, async (own) => {
        const unit = await unitOf({ signal: own })
        const session = createSession(link, name, { signal: own })
        actual = await setOne({ session, unit, context, signal: own }, setting, value)
      })
      return { name: settingName, asked: value, actual }
    },
    safeStop: (onSent) => {
      guard.stop()
      return stopSupply(link, { context, unitOf: () => unitOf({ priority: 'stop' }) }, onSent)
    },
  }
}
