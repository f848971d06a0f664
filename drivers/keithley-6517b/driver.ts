// Keithley 6517B (and 6517A) electrometer by SCPI over RS-232 or a gateway: leakage in pA to mA, and its own ±1000 V source.
// Doesn't decide how long a stress lasts or what a leakage means; a current limit below the fixed 1 mA is watched, not held.
// Follows the 6517B User's and Reference Manuals (6517B-900-01B, -901-01E) and the 6517A's SCPI tables; firmware A13/700x.
import { StationError } from '../../src/contract/errors.ts'
import type { Cancellation } from '../../src/base/cancellation.ts'
import type {
  DriverContext,
  DriverModule,
  Instrument,
  Reading,
  SettingValue,
  SetResult,
} from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { decodeIdentity } from '../scpi/identity.ts'
import { createPacedLink } from '../scpi/pacedLink.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { createElectrometer, type Electrometer } from './electrometer.ts'
import { profile } from './profile.ts'
import { stopElectrometer } from './stop.ts'

const lineSettings = { sendTerminator: '\r', receiveTerminators: '\r\n', quietMs: 500, defaultTimeoutMs: 3000 }
/** The 6517A loses commands that come sooner (basil, keithley6517a). */
const afterWriteMs = 200

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createDriver(link, context),
}

function createDriver(wire: LineLink, context: DriverContext): Instrument {
  const { name, clock, deviations } = context
  const link = deviations.includes('no-pause') ? wire : createPacedLink(wire, { clock, afterWriteMs, afterQueryMs: 20 })
  const meterFor = (options: QueryOptions): Electrometer => createElectrometer(link, { name, clock, options })
  /** What the lab allows; the instrument itself knows 1 mA only. */
  const allowed = { currentA: profile.limits['6517.highRangeMaxCurrentA'] ?? 0 }
  /** Somebody wants the ammeter in zero check: a reading then leaves it there. */
  const wants = { zeroCheck: false }

  const set = async (setting: string, value: SettingValue, signal?: Cancellation): Promise<SetResult> => {
    checkSetting(profile, { name: setting, value }, name)
    const meter = meterFor({ signal, priority: 'control' })
    const actual = await apply(meter, setting, value)
    if (setting === 'currentLimitA') allowed.currentA = Number(value)
    if (setting === 'zeroCheck') wants.zeroCheck = value === true
    if (setting === 'output' && value === true) wants.zeroCheck = false
    return { name: setting, asked: value, actual }
  }
  return {
    identify: async (signal) =>
      decodeIdentity(await link.query('*IDN?', { signal }), { name, profile, maker: 'KEITHLEY INSTRUMENTS INC.' }),
    read: async (signal) => {
      const meter = meterFor({ signal })
      const readings = await readPresent(meter, !wants.zeroCheck)
      const current = readings.find((each) => each.channel === 'current')?.value ?? 0
      const isOn = readings.some((each) => each.channel === 'output' && each.value === 1)
      if (isOn && Math.abs(current) > allowed.currentA) await trip(meter, { name, current, limit: allowed.currentA })
      return readings
    },
    set,
    safeStop: (onSent) => {
      wants.zeroCheck = true
      return stopElectrometer(link, { name, clock }, onSent)
    },
  }
}

/** More flows than may: the source goes off, whoever asked. */
async function trip(meter: Electrometer, of: { name: string; current: number; limit: number }): Promise<never> {
  await meter.switchSource(false)
  throw new StationError('device.refused', {
    instrument: of.name,
    request: 'the source',
    detail: `${of.current} A flowed, more than the limit of ${of.limit} A; the source was switched off`,
  })
}

async function apply(meter: Electrometer, setting: string, value: SettingValue): Promise<SettingValue> {
  switch (setting) {
    case 'voltageV':
      return meter.setVoltage(Number(value))
    case 'currentLimitA':
      // The driver's own limit counts only on top of the instrument's: 1 mA, which the 1000 V range has.
      await meter.requireHighRange()
      return value
    case 'output':
      if (value === true) await meter.prepare()
      await meter.switchSource(value === true)
      return value
    case 'zeroCheck':
      return meter.setZeroCheck(value === true)
    case 'range':
      return meter.setRange(String(value))
    case 'powerLineCycles':
      return meter.setNumber(':SENS:CURR:NPLC', Number(value), setting)
    default:
      return meter.setSwitch(':SOUR:CURR:RLIM:STAT', value === true, setting)
  }
}

/**
 * What ammeter and source say. The source isn't touched; an ammeter that was never told to measure, as it is after
 * power-on, is made ready.
 */
async function readPresent(meter: Electrometer, mayMakeReady: boolean): Promise<Reading[]> {
  const isOn = await meter.isOn()
  let leakage = await meter.measure()
  if (leakage.value === null && leakage.isUnready && mayMakeReady) {
    await meter.ready()
    leakage = await meter.measure()
  }
  const current = 'reason' in leakage ? { value: null, reason: leakage.reason } : { value: leakage.value }
  const source = isOn ? await meter.sourceVoltage() : { value: 0 }
  return [
    { channel: 'leakage', unit: 'A', ...current },
    { channel: 'voltage', unit: 'V', ...source },
    { channel: 'current', unit: 'A', ...current },
    { channel: 'output', unit: '1', value: isOn ? 1 : 0 },
  ]
}
