import type { ScpiCommand, ScpiCommands } from '../bench/scpi.ts'
import { numberArgument } from '../bench/scpiSettings.ts'
import { alarms, type AlarmName } from './alarms.ts'
import type { EaDevice } from './eaDevice.ts'

const localBit = 512
const remoteBit = 1024
const outputBit = 2048
const operationBits = { CV: 256, CC: 512, CP: 1024 } as const
const sinkBit = 4096

const none = '0,"No error"'

const kept = (initial: number): ScpiCommand => {
  const own = { value: initial }
  return {
    set: ([text]) => void (own.value = Math.round(numberArgument(text, { min: 0, max: 65_535, initial }))),
    get: () => String(own.value),
  }
}

/** A condition register and its latched events. */
function registerCommands(root: string, condition: () => number): ScpiCommands {
  let events = 0
  return {
    [`${root}[:EVENt]`]: {
      get: () => {
        const value = events | condition()
        events = 0
        return String(value)
      },
    },
    [`${root}:CONDition`]: {
      get: () => {
        events |= condition()
        return String(condition())
      },
    },
    [`${root}:ENABle`]: kept(65_535),
  }
}

function conditions(device: EaDevice) {
  const questionable = (): number => {
    const isOn = device.isOn()
    const latched = device.alarms.latched()
    const alarmBits = alarms.reduce((bits, each) => bits | (latched.has(each.name) ? each.questionable : 0), 0)
    const owner = { REMOTE: remoteBit, LOCAL: localBit, NONE: 0 }[device.owner()]
    return alarmBits | owner | (isOn ? outputBit : 0)
  }
  const operation = (): number =>
    device.isOn() ? operationBits[device.regulation()] | (device.isSinking() ? sinkBit : 0) : 0
  return { questionable, operation }
}

/** The error queue, whose reading acknowledges alarms, and the alarm counters. */
function errorCommands(device: EaDevice, errors: string[]): ScpiCommands {
  const count = (name: AlarmName): ScpiCommand => ({ get: () => String(device.alarms.count(name)) })
  const take = (some: () => string | undefined): ScpiCommand => ({
    get: () => {
      device.alarms.acknowledge()
      return some() ?? none
    },
  })
  return {
    ':SYSTem:ERRor[:NEXT]': take(() => errors.shift()),
    ':SYSTem:ERRor:ALL': take(() => (errors.length > 0 ? errors.splice(0).join(',') : undefined)),
    ':SYSTem:ALARm:COUNt:OVOLtage': count('overVoltage'),
    ':SYSTem:ALARm:COUNt:OCURrent': count('overCurrent'),
    ':SYSTem:ALARm:COUNt:OPOWer': count('overPower'),
    ':SYSTem:ALARm:COUNt:OTEMperature': count('overTemperature'),
    ':SYSTem:ALARm:COUNt:PFAil': count('powerFail'),
  }
}

/** Status registers, errors and the common commands. */
export function statusCommands(device: EaDevice, errors: string[]): ScpiCommands {
  const { questionable, operation } = conditions(device)
  const clear = (): void => {
    errors.length = 0
    device.alarms.acknowledge()
  }
  const reset = (): void => {
    device.setRemote(true)
    device.switchOutput(false)
    clear()
  }
  const statusByte = (): number =>
    (errors.length > 0 ? 4 : 0) | (questionable() !== 0 ? 8 : 0) | (operation() !== 0 ? 128 : 0)
  return {
    '*CLS': { set: clear },
    '*RST': { set: reset },
    '*STB': { get: () => String(statusByte()) },
    '*ESR': { get: () => '0' },
    '*ESE': kept(0),
    '*SRE': kept(0),
    '*OPC': { set: () => undefined, get: () => '1' },
    ...errorCommands(device, errors),
    ...registerCommands(':STATus:QUEStionable', questionable),
    ...registerCommands(':STATus:OPERation', operation),
    ':SYSTem:DEVice:CLASs': { get: () => String(deviceClass[device.rating.kind]) },
  }
}

/** The numbers of real units aren't known here. */
export const deviceClass = { supply: 20, bidirectional: 53, load: 33 } as const
