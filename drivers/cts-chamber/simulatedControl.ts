import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { createSimulatedChamber, type SimulatedChamber } from '../climate/simulatedChamber.ts'
import { fastest, formatValue } from './protocol.ts'

const limits = { temperature: [-75, 180], humidity: [0, 98] } as const
/** What a broken sensor shows. */
const broken = 999.9
/** Channels go on behind 9 in the order of ASCII: “:” is 10, “;” is 11. */
const lastChannel = 11

const channelOf = (text: string): number => text.charCodeAt(0) - '0'.charCodeAt(0)
const isValue = (text: string): boolean => /^(\d{1,3}\.\d{1,2}|-\d{1,2}\.\d)$/.test(text)
const long = (value: number): string =>
  value < 0 ? `-${(-value).toFixed(2).padStart(5, '0')}` : value.toFixed(2).padStart(7, '0')
const flags = (...all: boolean[]): string => all.map((each) => (each ? '1' : '0')).join('')

type Handler = (air: SimulatedChamber, rest: string) => string | null

/** `A0`: actual value and set-point. */
const readChannel =
  (context: SimulatorContext): Handler =>
  (air, rest) => {
    const values: Record<number, readonly [number, number]> = {
      0: [air.measuredC() ?? broken, air.workingC()],
      1: [air.measuredPercent() ?? broken, air.isHumidityControlled() ? air.workingPercent() : 0],
      2: [context.bench.moduleTemperatureC(0), 0],
    }
    const channel = channelOf(rest)
    if (rest.length !== 1 || channel < 0 || channel > lastChannel) return null
    const [actual, setpoint] = values[channel] ?? [0, 0]
    return `A${rest} ${formatValue(actual)} ${formatValue(setpoint)}`
  }

/** `a0 085.0`: what is out of range is acknowledged and not taken. */
const setChannel: Handler = (air, rest) => {
  const [channel = '', text = ''] = rest.split(' ')
  if (!isValue(text)) return null
  const value = Number(text)
  const within = ([least, most]: readonly [number, number]): boolean => value >= least && value <= most
  if (channel === '0' && within(limits.temperature)) air.change({ temperatureC: value })
  if (channel === '1' && within(limits.humidity)) air.change({ humidityPercent: value, isHumidityOn: value > 0 })
  return 'a'
}

const setRamp =
  (direction: 'u' | 'd'): Handler =>
  (air, rest) => {
    const [channel = '', text = ''] = rest.split(' ')
    if (!/^[12]$/.test(channel) || !isValue(text) || text.startsWith('-')) return null
    const rate = Number(text) >= fastest || Number(text) === 0 ? null : Number(text)
    if (channel === '1') air.change(direction === 'u' ? { rampUpKPerMin: rate } : { rampDownKPerMin: rate })
    return direction
  }

const readRamps: Handler = (air, rest) => {
  const { rampUpKPerMin, rampDownKPerMin } = air.settings()
  const rates = rest === '1' ? [rampUpKPerMin, rampDownKPerMin] : rest === '2' ? [null, null] : null
  return rates ? `U${rest} ${rates.map((rate) => formatValue(rate ?? fastest)).join(' ')}` : null
}

/** `R1`: active, running, gradients and target. */
const readRamp: Handler = (air, rest) => {
  const { rampUpKPerMin, rampDownKPerMin, temperatureC, humidityPercent } = air.settings()
  if (rest === '2') return `R2 00 ${long(fastest)} ${long(fastest)} ${long(humidityPercent)}`
  if (rest !== '1') return null
  const isActive = rampUpKPerMin !== null || rampDownKPerMin !== null
  const rates = [rampUpKPerMin, rampDownKPerMin].map((rate) => long(rate ?? fastest)).join(' ')
  return `R1 ${flags(isActive, isActive && air.isRunning())} ${rates} ${long(temperatureC)}`
}

const readTarget: Handler = (air, rest) => {
  const { temperatureC, humidityPercent } = air.settings()
  const value = rest === '0' ? temperatureC : rest === '1' ? humidityPercent : null
  return value === null ? null : `E${rest} ${formatValue(value)}`
}

/** `s1 1`: start and stop, errors, pause. */
const setSwitch: Handler = (air, rest) => {
  const [channel = '', value] = rest.split(' ')
  if (channel.length !== 1 || (value !== '0' && value !== '1')) return null
  if (channel === '1' && value === '1') air.start()
  if (channel === '1' && value === '0') {
    air.program.stop()
    air.stop()
  }
  if (channel === '3' && value === '0') air.program.pause()
  if (channel === '3' && value === '1') air.program.resume()
  return `s${channel}`
}

const isHumid = (air: SimulatedChamber): boolean => air.isRunning() && air.isHumidityControlled()
const isPaused = (air: SimulatedChamber): boolean => air.program.state() === 'paused'

const readStatus: Handler = (air) => {
  const states = flags(air.isRunning(), air.hasAlarm(), !isPaused(air), isHumid(air), true, false, false, false)
  return `S${states}${air.hasAlarm() ? '2' : '0'}`
}

const readOutputs: Handler = (air) => {
  const general = flags(air.isRunning(), air.hasAlarm(), false)
  const marks = flags(air.isRunning(), isHumid(air), true, false, !air.isDoorOpen())
  return `O${general}${marks}000000`
}

/** `p001`: start; `p000`: end. A program that isn't there is answered with 000. */
const startProgram: Handler = (air, rest) => {
  if (!/^\d{3}$/.test(rest)) return null
  if (rest === '000') air.program.stop()
  else if (!air.program.start({ program: Number(rest), step: 1, runs: 1 })) return 'p000'
  return `p${rest}`
}

const readProgram: Handler = (air) => {
  const number = air.program.state() === 'idle' ? 0 : air.program.number()
  return `P${String(number).padStart(3, '0')}`
}

/** Behind the control's panel: one command in, one answer out. */
export function createSimulatedControl(context: SimulatorContext): { execute: (request: string) => string | null } {
  const air = createSimulatedChamber(context)
  let clockText = '010126120000'
  const hardware = `hardware ${context.options['hardware'] ?? '2.00'}`
  const errorText = (): string => `${air.hasAlarm() ? 'Max. temperature  ' : ''}${hardware}`.padEnd(32)
  const handlers: Record<string, Handler> = {
    A: readChannel(context),
    a: setChannel,
    u: setRamp('u'),
    d: setRamp('d'),
    U: readRamps,
    R: readRamp,
    E: readTarget,
    s: setSwitch,
    S: readStatus,
    O: readOutputs,
    o: () => 'o',
    p: startProgram,
    P: readProgram,
    F: () => `F${errorText()}`,
    T: () => `T${clockText}`,
    t: (_air, rest) => {
      if (!/^\d{12}$/.test(rest)) return null
      clockText = rest
      return 't'
    },
  }
  return {
    execute: (request) => {
      air.look()
      return handlers[request.slice(0, 1)]?.(air, request.slice(1)) ?? null
    },
  }
}
