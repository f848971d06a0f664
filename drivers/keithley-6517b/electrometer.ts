import type { Clock } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createScpiClient, formatNumber, type ScpiClient } from '../scpi/client.ts'
import { decodeReading, type ElectrometerReading } from './reading.ts'

/** The reading's own form; time and number follow the value. */
const elements = ':FORM:ELEM READ,TST,RNUM,UNIT,STAT'
/** Autorange over all decades with ten power-line cycles each, and a filter. */
const readMs = 8000
/** One reading in the lowest range. */
const zeroMs = 500
/** Above 100 V, and for its limit of 1 mA: the upper of the two ranges of the source. */
const highRangeV = 1000

/** Full scale by the names of the profile's choices; the command takes the nominal value. */
const rangesA: Readonly<Record<string, number>> = {
  '20 pA': 20e-12,
  '200 pA': 200e-12,
  '2 nA': 2e-9,
  '20 nA': 20e-9,
  '200 nA': 200e-9,
  '2 µA': 2e-6,
  '20 µA': 20e-6,
  '200 µA': 200e-6,
  '2 mA': 2e-3,
  '20 mA': 20e-3,
}

export type Electrometer = ReturnType<typeof createElectrometer>

const near = (a: number, b: number, share: number): boolean => Math.abs(a - b) <= share * Math.max(Math.abs(a), 1e-15)

/** Numbers, switches and ranges, each read back. */
function createSetters(client: ScpiClient, name: string) {
  const clamped = (quantity: string, asked: string | number, actual: string | number): StationError =>
    new StationError('device.clamped', { instrument: name, quantity, asked, actual })
  const askSwitch = async (query: string): Promise<boolean> => {
    const reply = (await client.ask(query)).trim()
    if (!/^[01]$/.test(reply)) throw client.badReply(query, reply, 'neither 0 nor 1')
    return reply === '1'
  }
  const setSwitch = async (command: string, on: boolean, quantity: string): Promise<boolean> => {
    await client.write(`${command} ${on ? 'ON' : 'OFF'}`)
    const actual = await askSwitch(`${command}?`)
    if (actual !== on) throw clamped(quantity, on ? 'on' : 'off', actual ? 'on' : 'off')
    return actual
  }
  return {
    askSwitch,
    setSwitch,
    setNumber: async (command: string, value: number, quantity: string): Promise<number> => {
      await client.write(`${command} ${formatNumber(value)}`)
      const actual = await client.askNumber(`${command}?`)
      if (!near(value, actual, 2e-3)) throw clamped(quantity, value, actual)
      return actual
    },
    setRange: async (choice: string): Promise<string> => {
      const rangeA = rangesA[choice]
      if (rangeA === undefined) {
        await setSwitch(':SENS:CURR:RANG:AUTO', true, 'automatic range')
        return 'auto'
      }
      await client.write(`:SENS:CURR:RANG ${formatNumber(rangeA)}`)
      // Answered as full scale, with the 5 % on top (21E-12) or without.
      const actual = await client.askNumber(':SENS:CURR:RANG?')
      if (!near(rangeA, actual, 0.06)) throw clamped('current range (A)', rangeA, actual)
      if (await askSwitch(':SENS:CURR:RANG:AUTO?')) throw clamped('current range', choice, 'auto')
      return choice
    },
  }
}

type Setters = ReturnType<typeof createSetters>

/** The ammeter: made ready in the order that keeps its offset small, and measured. */
function createAmmeter(
  client: ScpiClient,
  setters: Setters,
  of: { name: string; wait: (ms: number) => Promise<void> },
) {
  const { setSwitch } = setters
  /** Current, corrected for the ammeter's own zero, on automatic range, zero check off (manual, section 2). */
  const ready = async (): Promise<void> => {
    await setSwitch(':SYST:ZCH', true, 'zero check')
    for (const line of [":SENS:FUNC 'CURR'", ':INIT:CONT OFF', ':SYST:ZCOR OFF', ':SENS:CURR:RANG 20E-12', ':INIT'])
      await client.write(line)
    await of.wait(zeroMs)
    await setSwitch(':SYST:ZCOR', true, 'zero correction')
    await setters.setRange('auto')
    await setSwitch(':SYST:ZCH', false, 'zero check')
  }
  return {
    ready,
    measure: async (): Promise<ElectrometerReading> => {
      // Continuous triggering would refuse :READ?; neither line changes what is measured.
      await client.write(':INIT:CONT OFF')
      await client.write(elements)
      return decodeReading(await client.ask(':READ?', { timeoutMs: readMs }), of.name)
    },
    setZeroCheck: async (on: boolean): Promise<boolean> => {
      if (on) return setSwitch(':SYST:ZCH', true, 'zero check')
      await ready()
      return false
    },
  }
}

/** The voltage source, always in its 1000 V range. */
function createSource(client: ScpiClient, setters: Setters, name: string) {
  const refused = (request: string, detail: string): StationError =>
    new StationError('device.refused', { instrument: name, request, detail })
  const isOn = (): Promise<boolean> => setters.askSwitch(':OUTP?')
  /** The text that the error queue has for what went wrong last. */
  const reasonFor = async (otherwise: string): Promise<string> => {
    const reply = (await client.ask(':SYST:ERR?')).trim()
    return /^[+-]?0,/.test(reply) ? otherwise : reply.slice(0, 120)
  }
  const switchSource = async (on: boolean): Promise<void> => {
    await client.write(`:OUTP ${on ? 'ON' : 'OFF'}`)
    if ((await isOn()) === on) return
    throw refused(`:OUTP ${on ? 'ON' : 'OFF'}`, await reasonFor(on ? 'it stays off: interlock open?' : 'it stays on'))
  }
  const requireHighRange = async (): Promise<void> => {
    if ((await client.askNumber(':SOUR:VOLT:RANG?')) >= highRangeV) return
    const wasOn = await isOn()
    if (wasOn) await switchSource(false)
    await setters.setNumber(':SOUR:VOLT:RANG', highRangeV, 'range of the source (V)')
    if (wasOn) throw refused(':SOUR:VOLT:RANG 1000', 'the source was on in its 100 V range; it is off now')
  }
  return {
    isOn,
    switchSource,
    requireHighRange,
    setVoltage: async (voltageV: number): Promise<number> => {
      await requireHighRange()
      await client.write(`:SOUR:VOLT ${formatNumber(voltageV)}`)
      const actual = await client.askNumber(':SOUR:VOLT?')
      // Steps of 50 mV in the 1000 V range.
      if (Math.abs(actual - voltageV) <= 0.06) return actual
      throw new StationError('device.clamped', { instrument: name, quantity: 'voltage (V)', asked: voltageV, actual })
    },
    /** The set voltage, where the source holds it; the instrument can't measure it. */
    sourceVoltage: async (): Promise<{ value: number } | { value: null; reason: string }> => {
      const voltageV = await client.askNumber(':SOUR:VOLT?')
      if (await setters.askSwitch(':SOUR:CURR:LIM?'))
        return { value: null, reason: 'the source limits its current: the voltage is below the set one' }
      return { value: voltageV }
    },
  }
}

/** The instrument's operations, each whole: nothing is taken for known that wasn't asked. */
export function createElectrometer(link: LineLink, of: { name: string; clock: Clock; options: QueryOptions }) {
  const { name, clock, options } = of
  const client = createScpiClient(link, name, options)
  const setters = createSetters(client, name)
  const ammeter = createAmmeter(client, setters, { name, wait: (ms) => clock.sleep(ms, options.signal) })
  const source = createSource(client, setters, name)
  /** Before the source goes on. */
  const prepare = async (): Promise<void> => {
    await client.write('*CLS')
    await source.requireHighRange()
    await setters.setSwitch(':SOUR:VOLT:MCON', true, 'connection of source and ammeter')
    await ammeter.ready()
  }
  return { ...setters, ...ammeter, ...source, prepare }
}
