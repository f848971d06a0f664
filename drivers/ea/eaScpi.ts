import { ScpiError, createScpiInterpreter, type ScpiCommand, type ScpiCommands } from '../bench/scpi.ts'
import { booleanArgument, numberArgument, quotedArgument } from '../bench/scpiSettings.ts'
import { withoutSuffix } from '../bench/scpiSuffix.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { atBeginOf, hasFault } from '../bench/faults.ts'
import { queueOverflow } from '../bench/scpiStatus.ts'
import type { EaDevice, EaProtection, EaSetPoint } from './eaDevice.ts'
import { statusCommands } from './eaStatus.ts'

/** The error queue (programming guide, error messages): five, the eldest first. */
const mostErrors = 5

interface Quantity {
  name: EaSetPoint
  pattern: string
  unit: string
  digits: number
  /** Adjustable limits: power and resistance have no low one. */
  hasLow: boolean
  protection: EaProtection | null
}

const sourceQuantities: readonly Quantity[] = [
  { name: 'voltageV', pattern: '[:SOURce]:VOLTage', unit: 'V', digits: 2, hasLow: true, protection: 'voltageV' },
  { name: 'currentA', pattern: '[:SOURce]:CURRent', unit: 'A', digits: 2, hasLow: true, protection: 'currentA' },
  { name: 'powerW', pattern: '[:SOURce]:POWer', unit: 'W', digits: 0, hasLow: false, protection: 'powerW' },
  { name: 'resistanceOhm', pattern: '[:SOURce]:RESistance', unit: 'Ohm', digits: 3, hasLow: false, protection: null },
]
const sinkQuantities: readonly Quantity[] = [
  { name: 'sinkCurrentA', pattern: ':SINK:CURRent', unit: 'A', digits: 2, hasLow: true, protection: 'sinkCurrentA' },
  { name: 'sinkPowerW', pattern: ':SINK:POWer', unit: 'W', digits: 0, hasLow: false, protection: 'sinkPowerW' },
  { name: 'sinkResistanceOhm', pattern: ':SINK:RESistance', unit: 'Ohm', digits: 3, hasLow: false, protection: null },
]

const anyNumber = (max: number) => ({ min: 0, max, initial: 0 })

/** Everything that the SCPI side keeps to itself: errors, and the words of the configuration. */
export function createEaScpi(context: SimulatorContext, device: EaDevice, identity: (userText: string) => string) {
  const errors: string[] = []
  const push = (code: number, text: string): void => {
    if (errors.length < mostErrors) errors.push(`${code},"${text}"`)
  }
  const texts = { user: '' }
  const spaces = (text: string): string => (hasFault(context, 'spaces') ? ` ${text.replace(' ', '')} ` : text)
  const print = (value: number, unit: string, digits: number): string =>
    spaces(`${(Math.abs(value) < 0.5 / 10 ** digits ? 0 : value).toFixed(digits)} ${unit}`)
  const requireRemote = (): void => {
    if (device.owner() !== 'REMOTE') throw new ScpiError(-201, 'Invalid while in local')
  }
  const deps: Deps = { device, requireRemote, print, errors, texts }
  const interpreter = createScpiInterpreter(
    {
      '*IDN': { get: () => identity(texts.user) },
      ...quantityCommands(deps),
      ...switchCommands(deps),
      ...measureCommands(deps),
      ...statusCommands(device, errors),
      ...configurationCommands(deps),
    },
    // The unit's own words: it knows no “undefined header” (programming guide, error codes).
    ({ code, message }) =>
      push(code === -113 ? -100 : code, code === -113 ? 'Command unknown' : (words[code] ?? message)),
  )
  const look = atBeginOf(context, queueOverflow.name, () => {
    while (errors.length < mostErrors - 1) push(-100, 'Command unknown')
    push(-350, 'Queue overflow')
  })
  return {
    execute: (line: string) => {
      look()
      return interpreter.execute(line)
    },
  }
}

const words: Readonly<Record<number, string>> = {
  [-104]: 'Parameter error',
  [-109]: 'Parameter error',
  [-222]: 'Data out of range',
  [-224]: 'Illegal parameter value',
}

interface Deps {
  device: EaDevice
  requireRemote: () => void
  print: (value: number, unit: string, digits: number) => string
  errors: string[]
  texts: { user: string }
}

function quantityCommands({ device, requireRemote, print }: Deps): ScpiCommands {
  const { sets, protection, rating } = device
  const number = (text: string | undefined, unit: string, max: number): number =>
    numberArgument(text === undefined ? undefined : withoutSuffix(text, unit), anyNumber(max))
  const commandsOf = (quantity: Quantity): ScpiCommands => {
    const { name, pattern, unit, digits } = quantity
    const setPoint: ScpiCommand = {
      set: ([text]) => {
        requireRemote()
        const value = number(text, unit, sets.full(name))
        if (!sets.isTaken(name, value)) throw new ScpiError(-222, 'Data out of range')
        sets.put(name, value)
        device.changed()
      },
      get: () => print(sets.readBack(name), unit, digits),
    }
    const limit = (which: 'low' | 'high'): ScpiCommand => ({
      set: ([text]) => {
        requireRemote()
        sets.limits[name][which] = number(text, unit, sets.full(name))
      },
      get: () => print(sets.limits[name][which], unit, digits),
    })
    return {
      [`${pattern}[:LEVel][:IMMediate][:AMPLitude]`]: setPoint,
      [`${pattern}:LIMit:HIGH`]: limit('high'),
      ...(quantity.hasLow ? { [`${pattern}:LIMit:LOW`]: limit('low') } : {}),
      ...(quantity.protection === null ? {} : { [`${pattern}:PROTection[:LEVel]`]: protectionOf(quantity) }),
    }
  }
  const protectionOf = ({ protection: name, unit, digits }: Quantity): ScpiCommand => {
    const key = name ?? 'voltageV'
    const most = { voltageV: rating.voltageV, currentA: rating.currentA, powerW: rating.powerW }
    const nominal = key === 'sinkCurrentA' ? most.currentA : key === 'sinkPowerW' ? most.powerW : most[key]
    return {
      set: ([text]) => {
        requireRemote()
        protection[key] = number(text, unit, nominal * 1.1)
        device.changed()
      },
      get: () => print(protection[key], unit, digits),
    }
  }
  const sinks = rating.kind === 'bidirectional' ? sinkQuantities : []
  return Object.assign({}, ...[...sourceQuantities, ...sinks].map(commandsOf)) as ScpiCommands
}

/** Remote control and the output: a load has an input instead. */
function switchCommands({ device, requireRemote }: Deps): ScpiCommands {
  const output: ScpiCommand = {
    set: ([text]) => {
      requireRemote()
      if (!device.switchOutput(booleanArgument(text))) throw new ScpiError(-221, 'Settings conflict')
    },
    get: () => (device.isOn() ? 'ON' : 'OFF'),
  }
  return {
    [device.rating.kind === 'load' ? ':INPut[:STATe]' : ':OUTPut[:STATe]']: output,
    ':SYSTem:LOCK[:STATe]': {
      set: ([text]) => {
        if (!device.setRemote(booleanArgument(text))) throw new ScpiError(-221, 'Settings conflict')
      },
      get: () => (device.owner() === 'REMOTE' ? 'ON' : 'OFF'),
    },
    ':SYSTem:LOCK:OWNer': { get: () => device.owner() },
  }
}

function measureCommands({ device, print }: Deps): ScpiCommands {
  const volts = (): string => print(device.voltageV(), 'V', 2)
  const amperes = (): string => print(device.currentA(), 'A', 2)
  const watts = (): string => print(device.voltageV() * device.currentA(), 'W', 0)
  const { nominal } = device
  return {
    ':MEASure[:SCALar]:VOLTage[:DC]': { get: volts },
    ':MEASure[:SCALar]:CURRent[:DC]': { get: amperes },
    ':MEASure[:SCALar]:POWer[:DC]': { get: watts },
    ':MEASure[:SCALar]:ARRay': { get: () => `${volts()}, ${amperes()}, ${watts()}` },
    ':SYSTem:NOMinal:VOLTage': { get: () => print(nominal.voltageV, 'V', 2) },
    ':SYSTem:NOMinal:CURRent': { get: () => print(nominal.currentA, 'A', 2) },
    ':SYSTem:NOMinal:POWer': { get: () => print(nominal.powerW, 'W', 0) },
    ':SYSTem:NOMinal:RESistance:MINimum': { get: () => print(nominal.resistanceOhm / 1000, 'Ohm', 3) },
    ':SYSTem:NOMinal:RESistance:MAXimum': { get: () => print(nominal.resistanceOhm, 'Ohm', 3) },
  }
}

/** Words that are kept and read back, without further effect here. */
function configurationCommands({ requireRemote, texts }: Deps): ScpiCommands {
  const kept = (initial: string): ScpiCommand => {
    let value = initial
    return {
      set: ([text = '']) => {
        requireRemote()
        value = text.toUpperCase()
      },
      get: () => value,
    }
  }
  return {
    ':POWer:STAGe:AFTer:REMote': kept('AUTO'),
    ':SYSTem:CONFig:OUTPut:RESTore': kept('OFF'),
    ':SYSTem:CONFig:INPut:RESTore': kept('OFF'),
    ':SYSTem:CONFig:MODE': kept('UIP'),
    ':SYSTem:CONFig:USER:TEXT': {
      set: ([text]) => {
        requireRemote()
        texts.user = quotedArgument(text).slice(0, 40)
      },
      get: () => `"${texts.user}"`,
    },
    ':SYSTem:ALARm:ACTion:PFail': kept('OFF'),
    ':SYSTem:ALARm:ACTion:OTEMperature': kept('OFF'),
    ':SYSTem:COMMunicate:TIMeout': kept('5'),
    ':SYSTem:COMMunicate:PROTocol:MODBus': kept('ENABLE'),
    ':SYSTem:COMMunicate:LAN:KEEPalive': kept('OFF'),
    ':SYSTem:COMMunicate:LAN:TIMeout': kept('5'),
  }
}
