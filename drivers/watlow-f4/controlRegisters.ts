import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { memoryAt, signedAt, textAt, wordAt, type RegisterBlock } from '../watlow/simulatedRegisters.ts'
import {
  alarmStates,
  channels,
  code,
  digitalStride,
  eventStride,
  f4Model,
  nameLength,
  nameStride,
  outputs,
  register,
  type Channel,
} from './registers.ts'
import { rawOf, type ChannelState, type SimulatedF4 } from './simulatedChamber.ts'

export interface Wire {
  context: SimulatorContext
  chamber: SimulatedF4
}

const sensor = { rtd: 1, process: 2, off: 4 } as const

/** Who it is, and what can be set without any effect here. */
export function identityBlocks({ context }: Wire): RegisterBlock[] {
  const { options } = context
  const serial = (options['serial'] ?? '052381').replaceAll(/\D/g, '').padStart(6, '0')
  const isSimulated = (options['hardware'] ?? '9.99') === '9.99'
  // A week that doesn't exist says that this is a simulator.
  const identity = [f4Model, Number(serial.slice(-6, -3)), Number(serial.slice(-3)), 10, 303, isSimulated ? 9999 : 1406]
  return [
    ...identity.map((value, i) => wordAt(register.identity + i, () => value)),
    memoryAt(8, [1, 1, 0]),
    memoryAt(16, [1, 1, 0, 0, 1, 1]),
    wordAt(
      register.saveSettings,
      () => 0,
      () => true,
    ),
    memoryAt(311, [0, 0, 0]),
    memoryAt(330, [0, 0, 0]),
    ...[0, 1].map((i) => {
      let name = `ALARM${i + 1}`
      const set = (text: string): void => void (name = text)
      return textAt(register.alarmNames + i * nameStride, { length: nameLength, read: () => name, set })
    }),
  ]
}

/** What one channel measures and is set to. */
function channelBlocks({ context, chamber }: Wire, place: Channel, of: ChannelState): RegisterBlock[] {
  const { fitting, ignoresStops, apply, track, setPoint } = chamber
  const isFirst = place.name === 'channel 1'
  const isBroken = (): boolean => isFirst && hasFault(context, 'sensor-break')
  const measured = (): number => rawOf(isFirst ? chamber.sensors.temperatureC() : chamber.sensors.humidityPercent(), of)
  const set = (raw: number): boolean => {
    if (raw < of.low - 1 || raw > of.high) return false
    const isIgnored = raw < of.low ? ignoresStops() : hasFault(context, 'set-ignored')
    if (!isIgnored) of.raw = raw
    apply()
    return true
  }
  const programRaw = (): number => {
    const now = setPoint()
    const value = isFirst ? now.temperatureC : now.humidityPercent
    return track.state() === 'idle' ? of.raw : value === null ? of.low - 1 : rawOf(value, of)
  }
  let type = isFirst ? sensor.rtd : sensor.process
  const kind = isFirst ? code.unitTemperature : code.unitHumidity
  const limit = (at: number, name: 'low' | 'high'): RegisterBlock =>
    signedAt(
      at,
      () => of[name],
      (raw) => {
        of[name] = raw
        return true
      },
    )
  return [
    signedAt(place.value, () => (isBroken() ? 0 : measured())),
    wordAt(place.inputError, () => (isBroken() ? 3 : 0)),
    signedAt(place.setPoint, () => of.raw, set),
    signedAt(place.programSetPoint, programRaw),
    wordAt(
      place.sensor,
      () => type,
      (value) => (type = value as typeof type) <= sensor.off,
    ),
    wordAt(place.sensor + 1, () => 11),
    limit(place.low, 'low'),
    limit(place.high, 'high'),
    wordAt(place.decimals, () => of.decimals),
    wordAt(place.decimals + 1, () => 0),
    wordAt(place.unit, () => kind),
    wordAt(
      place.soakBand,
      () => chamber.profiles.bands[isFirst ? 0 : 1] ?? 0,
      (value) => {
        chamber.profiles.bands[isFirst ? 0 : 1] = value
        return true
      },
    ),
    ...(isFirst ? [wordAt(register.isCelsius, () => (fitting.unit === 'C' ? 1 : 0))] : []),
  ]
}

/** The product's sensor of a cascade, and the air's set-point that comes of it. */
function cascadeBlocks({ chamber }: Wire): RegisterBlock[] {
  const [first] = chamber.state.channels
  const deviation = [rawOf(0, first) - rawOf(10, first), rawOf(10, first) - rawOf(0, first)]
  const productC = (): number => chamber.sensors.temperatureC()
  const inner = (): number => {
    const wantedC = chamber.setPoint().temperatureC
    return wantedC === null ? first.low - 1 : rawOf(wantedC + Math.max(-10, Math.min(10, wantedC - productC())), first)
  }
  let isEnabled = 1
  return [
    signedAt(108, () => rawOf(productC(), first)),
    wordAt(109, () => 0),
    wordAt(620, () => sensor.rtd),
    wordAt(621, () => 11),
    signedAt(622, () => first.low),
    signedAt(623, () => first.high),
    wordAt(626, () => first.decimals),
    wordAt(628, () => code.unitTemperature),
    signedAt(register.innerSetPoint, inner),
    wordAt(
      register.cascadeEnabled,
      () => isEnabled,
      (value) => (isEnabled = value) <= 1,
    ),
    ...deviation.map((initial, i) => {
      let raw = initial
      return signedAt(
        register.cascadeLow + i,
        () => raw,
        (value) => Number.isFinite((raw = value)),
      )
    }),
  ]
}

/** Outputs: 1A heats, 1B cools; 2A moistens. */
function outputBlocks({ chamber }: Wire): RegisterBlock[] {
  const { state, fitting } = chamber
  const isHumid = (): boolean => chamber.isOn() && !state.isBlocked && chamber.setPoint().humidityPercent !== null
  const hundredths = [
    () => 100 * Math.max(0, chamber.powerPercent()),
    () => 100 * Math.max(0, -chamber.powerPercent()),
    () => (isHumid() ? 2500 : 0),
    () => 0,
  ]
  return outputs.slice(0, fitting.hasSecond ? 4 : 2).map((at, i) => signedAt(at, () => hundredths[i]?.() ?? 0))
}

export function controlBlocks(wire: Wire): RegisterBlock[] {
  const { context, chamber } = wire
  const [first, second] = chamber.state.channels
  const { hasSecond, hasCascade } = chamber.fitting
  return [
    ...channelBlocks(wire, channels[0], first),
    ...(hasSecond ? channelBlocks(wire, channels[1], second) : []),
    ...(hasCascade ? cascadeBlocks(wire) : []),
    ...outputBlocks(wire),
    ...alarmStates.map((at, i) => wordAt(at, () => (i === 0 && hasFault(context, 'alarm') ? 1 : 0))),
    wordAt(register.mode, chamber.mode),
  ]
}

/** Digital inputs, all open; events; the clock. */
export function surroundingBlocks({ context: { clock }, chamber }: Wire): RegisterBlock[] {
  let offsetMs = 0
  const now = (): Date => new Date(clock.utcMs() + offsetMs)
  const timeBlock: RegisterBlock = {
    at: register.clock,
    length: 6,
    read: (offset) => {
      const date = now()
      const day = [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCFullYear()]
      return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), ...day][offset] ?? 0
    },
    write: (offset, values) => {
      const date = now()
      const parts = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
      const all = [...parts, date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCFullYear()]
      all.splice(offset, values.length, ...values)
      const [hour = 0, minute = 0, second = 0, month = 1, day = 1, year = 2000] = all
      offsetMs = Date.UTC(year, month - 1, day, hour, minute, second) - clock.utcMs()
      return null
    },
  }
  return [
    timeBlock,
    ...[0, 1, 2, 3].flatMap((i) => [
      wordAt(register.digitalInputs + i * digitalStride, () => 0),
      memoryAt(register.digitalFunctions + 2 * i, [i === 0 ? 10 : 0, 1]),
    ]),
    ...chamber.state.events.map((_each, i) =>
      wordAt(
        register.events + i * eventStride,
        () => (chamber.state.events[i] === true ? 1 : 0),
        (value) => {
          if (value <= 1) chamber.setEvent(i + 1, value === 1)
          return value <= 1
        },
      ),
    ),
  ]
}
