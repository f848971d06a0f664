import { ScpiError, type ScpiCommand, type ScpiCommands } from '../bench/scpi.ts'
import type { ShrChannel } from './shrChannel.ts'

/** What the channels of one unit share. */
export interface ShrModule {
  channels: readonly ShrChannel[]
  identity: string
  percentPerS: number
  percentAPerS: number
  average: number
  kill: boolean
  baud: number
  echo: boolean
  adjusts: boolean
  eventMask: number
  channelMask: number
  canAddress: number
  configMode: number
  isClosed: () => boolean
}

/** `1.00000E3V`: exponent without padding, unit behind it. */
export const text = (value: number, unit: string): string => {
  const [mantissa = '0', exponent = '0'] = (value === 0 ? 0 : value).toExponential(5).split('e')
  return `${mantissa}E${Number(exponent)}${unit}`
}

const numberPattern = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?) *(?:V\/s|A\/s|%\/s|V|A|ms)?$/i

export function numberOf(argument: string | undefined, range: readonly [number, number]): number {
  const [, digits] = numberPattern.exec(argument ?? '') ?? []
  const value = Number(digits ?? Number.NaN)
  if (!(value >= range[0] && value <= range[1])) throw new ScpiError(-222, 'Input error')
  return value
}

interface Addressed {
  channels: readonly ShrChannel[]
  /** Without the channel list. */
  args: string[]
  /** Whether there was a list. */
  isListed: boolean
}

/** Takes `(@0,2-4)` off the arguments; without it every channel is meant. */
function addressed(module: ShrModule, args: readonly string[]): Addressed {
  const at = args.findIndex((each) => each.startsWith('(@'))
  if (at < 0) return { channels: module.channels, args: [...args], isListed: false }
  const [, inner] = /^\(@(.*)\)$/.exec(args.slice(at).join(',').replaceAll(' ', '')) ?? []
  const numbers = (inner ?? '').split(',').flatMap((part) => {
    const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? []
    if (first === undefined) throw new ScpiError(-102, 'Input error')
    return Array.from({ length: Number(last ?? first) - Number(first) + 1 }, (_each, i) => Number(first) + i)
  })
  const channels = numbers.map((number) => {
    const channel = module.channels[number]
    if (!channel) throw new ScpiError(-114, 'Input error: no such channel')
    return channel
  })
  return { channels, args: args.slice(0, at), isListed: true }
}

/** A command for each listed channel, and a query with an answer for each. */
function forEach(
  module: ShrModule,
  parts: { set?: (channel: ShrChannel, argument: string) => void; get?: (channel: ShrChannel) => string },
): ScpiCommand {
  const { set, get } = parts
  const command: ScpiCommand = {}
  if (set)
    command.set = (given) => {
      const { channels, args } = addressed(module, given)
      for (const channel of channels) set(channel, (args[0] ?? '').trim())
    }
  if (get) command.get = (given) => addressed(module, given).channels.map(get).join(',')
  return command
}

function setVoltage(channel: ShrChannel, argument: string): void {
  const { state } = channel
  const word = argument.toUpperCase().replace(/\s+/g, ' ')
  if (word === 'ON') return channel.switchOn()
  if (word === 'OFF') return channel.switchOff(true)
  if (word === 'EMCY OFF') return channel.emergencyOff()
  if (word === 'EMCY CLR') {
    state.isEmergency = false
    return
  }
  const most = channel.nominal().nominalV
  const value = numberOf(argument, [state.isPositive ? 0 : -most, most])
  state.setV = Math.min(Math.abs(value), channel.limitV())
  channel.go()
}

function setPolarity(channel: ShrChannel, argument: string): void {
  const [, letter] = /^(p|n)/i.exec(argument) ?? []
  if (letter === undefined || !channel.isIdle()) throw new ScpiError(-221, 'Input error')
  const isPositive = letter.toLowerCase() === 'p'
  if (isPositive === channel.state.isPositive) return
  // Events have to be cleared afterwards, or it doesn't ramp again (SweepMe's driver, set_polarity).
  Object.assign(channel.state, { isPositive, setV: 0, needsClearing: true })
}

/** `:VOLTage`, `:CURRent`, `:EVENT` and `:MEASure`. */
export const outputCommands = (module: ShrModule): ScpiCommands => ({
  ':VOLTage': forEach(module, { set: setVoltage }),
  ':VOLTage:BOUnds': forEach(module, {
    set: (channel, text) => void (channel.state.boundsV = numberOf(text, [0, channel.nominal().nominalV])),
  }),
  ':CURRent': forEach(module, {
    set: (channel, text) => void (channel.state.setA = numberOf(text, [0, channel.nominal().nominalA])),
  }),
  ':CURRent:BOUnds': forEach(module, {
    set: (channel, text) => void (channel.state.boundsA = numberOf(text, [0, channel.nominal().nominalA])),
  }),
  ':EVent': forEach(module, {
    set: (channel, text) => {
      if (/^CLEAR$/i.test(text)) channel.clearEvents()
      else channel.state.events &= ~numberOf(text, [0, 2 ** 32])
    },
  }),
  ':EVent:MASK': forEach(module, {
    set: (channel, text) => void (channel.state.mask = numberOf(text, [0, 2 ** 32])),
  }),
  ':MEASure:VOLTage': forEach(module, { get: (channel) => text(channel.measuredV(), 'V') }),
  ':MEASure:CURRent': forEach(module, { get: (channel) => text(channel.measuredA(), 'A') }),
})

/** Without a channel list the whole unit's, in percent. */
const orPercent = (module: ShrModule, one: ScpiCommand, whole: () => string): ScpiCommand => ({
  get: (args) => (addressed(module, args).isListed ? (one.get?.(args) ?? '') : whole()),
})

/** `:READ` of a channel. */
export const channelQueries = (module: ShrModule): ScpiCommands => {
  const read = (get: (channel: ShrChannel) => string): ScpiCommand => forEach(module, { get })
  const volts = (get: (channel: ShrChannel) => number) => read((channel) => text(get(channel), 'V'))
  const amperes = (get: (channel: ShrChannel) => number) => read((channel) => text(get(channel), 'A'))
  const register = (get: (channel: ShrChannel) => number) => read((channel) => String(get(channel)))
  return {
    ':READ:VOLTage': volts((channel) => channel.sign() * channel.state.setV),
    ':READ:VOLTage:LIMit': orPercent(
      module,
      volts((channel) => channel.limitV()),
      () => text(100, '%'),
    ),
    ':READ:VOLTage:NOMinal': volts((channel) => channel.nominal().nominalV),
    ':READ:VOLTage:MODE': volts((channel) => channel.sign() * channel.nominal().nominalV),
    ':READ:VOLTage:BOUnds': volts((channel) => channel.state.boundsV),
    ':READ:VOLTage:ON': read((channel) => (channel.state.isOn ? '1' : '0')),
    ':READ:VOLTage:EMCY': read((channel) => (channel.state.isEmergency ? '1' : '0')),
    ':READ:CURRent': amperes((channel) => channel.state.setA),
    ':READ:CURRent:LIMit': orPercent(
      module,
      amperes((channel) => channel.nominal().nominalA),
      () => text(100, '%'),
    ),
    ':READ:CURRent:NOMinal': amperes((channel) => channel.nominal().nominalA),
    ':READ:CURRent:MODE': amperes((channel) => channel.sign() * channel.nominal().nominalA),
    ':READ:CURRent:BOUnds': amperes((channel) => channel.state.boundsA),
    ':READ:RAMP:VOLTage': orPercent(
      module,
      read((channel) => text(channel.state.upVPerS, 'V/s')),
      () => text(module.percentPerS, '%/s'),
    ),
    ':READ:RAMP:VOLTage:MIN': read((channel) => text(channel.steepest() / 1e5, 'V/s')),
    ':READ:RAMP:VOLTage:MAX': read((channel) => text(channel.steepest(), 'V/s')),
    ':READ:RAMP:CURRent': orPercent(
      module,
      read((channel) => text(channel.state.rampAPerS, 'A/s')),
      () => text(module.percentAPerS, '%/s'),
    ),
    ':READ:RAMP:CURRent:MIN': read((channel) => text(channel.nominal().nominalA / 1e5, 'A/s')),
    ':READ:RAMP:CURRent:MAX': read((channel) => text(channel.nominal().nominalA, 'A/s')),
    ':READ:CHANnel:CONTrol': register(({ state }) => (state.isOn ? 8 : 0) + (state.isEmergency ? 32 : 0)),
    ':READ:CHANnel:STATus': register((channel) => channel.status()),
    ':READ:CHANnel:EVent:STATus': register((channel) => channel.state.events >>> 0),
    ':READ:CHANnel:EVent:MASK': register((channel) => channel.state.mask >>> 0),
  }
}

/** `:CONFigure` of a channel; ramps without a channel list are the whole unit's, in percent. */
export const channelSettings = (module: ShrModule): ScpiCommands => {
  const steps = (key: 'tripMs' | 'tripAction' | 'inhibitAction', range: [number, number], unit = '') =>
    forEach(module, {
      set: ({ state }, argument) => void (state[key] = Math.round(numberOf(argument, range))),
      get: ({ state }) => `${state[key]}${unit}`,
    })
  const ramp = (keys: readonly ('upVPerS' | 'downVPerS')[]) =>
    forEach(module, {
      set: (channel, argument) => {
        const rate = numberOf(argument, [channel.steepest() / 1e5, channel.steepest()])
        for (const key of keys) channel.state[key] = rate
      },
      get: ({ state }) => text(state[keys[0] ?? 'upVPerS'], 'V/s'),
    })
  const currentRamp = forEach(module, {
    set: ({ state }, argument) => void (state.rampAPerS = numberOf(argument, [0, 1])),
    get: ({ state }) => text(state.rampAPerS, 'A/s'),
  })
  const orWhole = (one: ScpiCommand, key: 'percentPerS' | 'percentAPerS'): ScpiCommand => ({
    set: (args) => {
      const { isListed } = addressed(module, args)
      if (isListed) return one.set?.(args)
      module[key] = numberOf(args[0], [0.0001, 20])
      if (key === 'percentAPerS') return
      for (const { state, nominal } of module.channels)
        state.upVPerS = state.downVPerS = (module.percentPerS / 100) * nominal().nominalV
    },
    get: (args) => (addressed(module, args).isListed ? (one.get?.(args) ?? '') : text(module[key], '%/s')),
  })
  return {
    ':CONFigure:RAMP:VOLTage': orWhole(ramp(['upVPerS', 'downVPerS']), 'percentPerS'),
    ':CONFigure:RAMP:VOLTage:UP': ramp(['upVPerS']),
    ':CONFigure:RAMP:VOLTage:DOWN': ramp(['downVPerS']),
    ':CONFigure:RAMP:VOLTage:EMCY': { set: () => undefined, get: () => text(20, '%/s') },
    ':CONFigure:RAMP:VOLTage:EMCY:MIN': { get: () => text(0.0002, '%/s') },
    ':CONFigure:RAMP:VOLTage:EMCY:MAX': { get: () => text(20, '%/s') },
    ':CONFigure:RAMP:CURRent': orWhole(currentRamp, 'percentAPerS'),
    ':CONFigure:RAMP:CURRent:UP': currentRamp,
    ':CONFigure:RAMP:CURRent:DOWN': currentRamp,
    ':CONFigure:TRIP:TIME': steps('tripMs', [1, 4095], 'ms'),
    ':CONFigure:TRIP:ACTion': steps('tripAction', [0, 4]),
    ':CONFigure:INHibit|INHP:ACTion': steps('inhibitAction', [0, 4]),
    // Without a channel list it is the unit's own events, of which it has none here.
    ':CONFigure:EVent': {
      set: (args) => {
        const { channels, isListed } = addressed(module, args)
        if (isListed) for (const channel of channels) channel.clearEvents()
      },
    },
  }
}

/** Polarity and output mode: only where the channel is off and discharged. */
export const outputSettings = (module: ShrModule, modeCount: number): ScpiCommands => {
  const list = Array.from({ length: modeCount }, (_each, i) => String(i + 1)).join(',')
  const setMode = (channel: ShrChannel, argument: string): void => {
    const mode = numberOf(argument, [1, modeCount])
    if (mode === channel.state.mode) return
    if (!channel.isIdle()) throw new ScpiError(-221, 'Input error')
    Object.assign(channel.state, { mode, setV: 0 })
    channel.state.setA = channel.nominal().nominalA
  }
  const modeLists = (get: (channel: ShrChannel, mode: number) => string): ScpiCommand =>
    forEach(module, {
      get: (channel) => {
        const { state } = channel
        const present = state.mode
        const texts = Array.from({ length: modeCount }, (_each, i) => {
          state.mode = i + 1
          return get(channel, i + 1)
        })
        state.mode = present
        return texts.join(',')
      },
    })
  return {
    ':CONFigure:OUTPut:POLarity': forEach(module, {
      set: setPolarity,
      get: ({ state }) => (state.isPositive ? 'p' : 'n'),
    }),
    ':CONFigure:OUTPut:POLarity:LIST': forEach(module, { get: () => 'p,n' }),
    ':CONFigure:OUTPut:MODE': forEach(module, { set: setMode, get: ({ state }) => String(state.mode) }),
    ':CONFigure:OUTPut:MODE:LIST': forEach(module, { get: () => list }),
    ':READ:VOLTage:MODE:LIST': modeLists((channel) => text(channel.nominal().nominalV, 'V')),
    ':READ:CURRent:MODE:LIST': modeLists((channel) => text(channel.nominal().nominalA, 'A')),
  }
}
