import { floatToWords, type WordOrder } from '../../src/base/words.ts'
import { refuse, type ModbusDevice, type ModbusException } from '../bench/modbusSlave.ts'
import { alarms } from './alarms.ts'
import type { EaDevice, EaProtection, EaSetPoint } from './eaDevice.ts'
import { deviceClass } from './eaStatus.ts'
import {
  fullScale,
  modes,
  mostActual,
  mostProtection,
  mostSet,
  register,
  stateBit,
  textRegisters,
  toWord,
} from './registers.ts'

/** A write is refused while the unit isn't under remote control; which number a real unit gives is uncertain. */
const accessDenied = 7

/** Registers that belong together: no request may reach beyond a group. */
interface Group {
  first: number
  words: () => number[]
  /** Carries out one write; null when taken. */
  write?: (index: number, word: number) => ModbusException | null
}

const textWords = (text: string): number[] =>
  Array.from(
    { length: textRegisters },
    (_each, i) => (text.charCodeAt(2 * i) || 0) * 256 + (text.charCodeAt(2 * i + 1) || 0),
  )

const setPoints = ['voltageV', 'currentA', 'powerW', 'resistanceOhm'] as const

function stateWords(device: EaDevice): number[] {
  const isOn = device.isOn()
  const latched = device.alarms.latched()
  const mode = modes.indexOf(device.regulation())
  const isRemote = device.owner() === 'REMOTE'
  const low =
    (isOn ? 1 << stateBit.output : 0) |
    (isOn ? mode << stateBit.modeLow : 0) |
    (isRemote ? 1 << stateBit.remote : 0) |
    (isOn && device.isSinking() ? 1 << stateBit.sink : 0) |
    (latched.size > 0 ? 1 << stateBit.alarm : 0)
  const high = alarms.reduce((bits, each) => bits | (latched.has(each.name) ? 1 << (each.state - 16) : 0), 0)
  return [high, low]
}

/** How the unit is asked, and in what order it gives the words of a float. */
interface ModbusSide {
  mode: { isFull: boolean }
  order: () => WordOrder
}

function textGroups(device: EaDevice, texts: { serial: string; firmware: string }): Group[] {
  const of = (first: number, text: string): Group => ({ first, words: () => textWords(text) })
  return [
    of(register.type, device.rating.model),
    of(register.maker, 'EA Elektro-Automatik GmbH & Co. KG'),
    of(register.serial, texts.serial),
    of(register.userText, ''),
    of(register.firmwareControl, texts.firmware),
    of(register.firmwareDisplay, 'V2.30 12.05.2017'),
    of(register.firmwareDigital, 'V1.6.5'),
  ]
}

function valueGroups(device: EaDevice, { mode, order }: ModbusSide): Group[] {
  const { sets, nominal, protection, rating } = device
  const set = (name: EaSetPoint, word: number): ModbusException | null => {
    // 0xD0E5 is a little more than 102 %.
    const value = Math.min(sets.full(name), (word / fullScale) * nominal[name])
    if (word > mostSet || !sets.isTaken(name, value)) return refuse(3)
    sets.put(name, value)
    device.changed()
    return null
  }
  const protect = (first: number, name: EaProtection & EaSetPoint): Group => ({
    first,
    words: () => [toWord(protection[name], nominal[name], mostProtection)],
    write: (_index, word) => {
      if (word > mostProtection) return refuse(3)
      protection[name] = (word / fullScale) * nominal[name]
      device.changed()
      return null
    },
  })
  const actual = (value: number, of: number): number =>
    device.isOverRange() ? mostActual : toWord(Math.abs(value), of, mostActual)
  return [
    { first: register.deviceClass, words: () => [deviceClass[rating.kind]] },
    { first: register.nominalVoltage, words: () => nominalWords(device, order()) },
    { first: register.afterPowerUp, words: () => [0], write: () => null },
    {
      first: register.setVoltage,
      words: () => setPoints.map((name) => toWord(sets.readBack(name), nominal[name], mostSet)),
      write: (index, word) => set(setPoints[index] ?? 'voltageV', word),
    },
    { first: register.state, words: () => stateWords(device) },
    {
      first: register.actualVoltage,
      words: () => {
        const [volts, amperes] = [device.voltageV(), device.currentA()]
        return [
          actual(volts, rating.voltageV),
          actual(amperes, rating.currentA),
          actual(volts * amperes, rating.powerW),
        ]
      },
    },
    protect(register.overVoltage, 'voltageV'),
    protect(register.overCurrent, 'currentA'),
    protect(register.overPower, 'powerW'),
    {
      first: register.addressMode,
      words: () => [mode.isFull ? 1 : 0],
      write: (_index, word) => {
        mode.isFull = word !== 0
        return null
      },
    },
  ]
}

const nominalWords = ({ rating }: EaDevice, order: WordOrder): number[] =>
  [rating.voltageV, rating.currentA, rating.powerW].flatMap((each) => floatToWords(each, order))

/** The Modbus side, for the functions 1, 3, 5, 6 and 16. */
export function createEaModbus(device: EaDevice, of: ModbusSide & { serial: string; firmware: string }): ModbusDevice {
  const groups = [...textGroups(device, of), ...valueGroups(device, of)].sort((a, b) => a.first - b.first)
  const isRemote = (): boolean => device.owner() === 'REMOTE'
  const coils: Readonly<Record<number, { get: () => boolean; set: (on: boolean) => boolean }>> = {
    [register.remoteCoil]: { get: isRemote, set: (on) => device.setRemote(on) },
    [register.outputCoil]: { get: () => device.isOn(), set: (on) => isRemote() && device.switchOutput(on) },
    [register.acknowledgeCoil]: {
      get: () => false,
      set: (on) => {
        if (on) device.alarms.acknowledge()
        return isRemote()
      },
    },
  }
  /** The group that holds all of them, with the place of the first in it. */
  const groupOf = (address: number, count: number): { group: Group; index: number } | null => {
    const group = groups.findLast((each) => each.first <= address)
    const index = address - (group?.first ?? 0)
    return group && index + count <= group.words().length ? { group, index } : null
  }
  return {
    readRegisters: (_kind, address, count) => {
      const found = groupOf(address, count)
      return found ? found.group.words().slice(found.index, found.index + count) : refuse(2)
    },
    readBits: (_kind, address, count) => {
      const coil = coils[address]
      return coil && count === 1 ? [coil.get()] : refuse(2)
    },
    writeRegisters: (address, values) => {
      const found = groupOf(address, values.length)
      if (!found?.group.write) return refuse(2)
      if (!isRemote()) return refuse(accessDenied)
      const { group, index } = found
      return values.map((word, i) => group.write?.(index + i, word) ?? null).find((each) => each !== null) ?? null
    },
    writeCoils: (address, [on = false]) => {
      const coil = coils[address]
      if (!coil) return refuse(2)
      return coil.set(on) ? null : refuse(accessDenied)
    },
  }
}
