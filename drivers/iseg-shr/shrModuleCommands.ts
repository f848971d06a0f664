import { ScpiError, type ScpiCommand, type ScpiCommands } from '../bench/scpi.ts'
import type { ShrChannel } from './shrChannel.ts'
import { numberOf, text, type ShrModule } from './shrCommands.ts'

/** Module status (register chapter 8.6): all is well; bit 10 is the safety loop, bit 9 says that no channel ramps. */
const moduleStatus = (module: ShrModule): number => {
  const ramps = module.channels.some((channel) => ((channel.status() >>> 4) & 1) === 1)
  const hasEvents = module.channels.some((channel) => channel.state.events !== 0)
  return 0x7100 + (ramps ? 0 : 0x200) + (module.isClosed() ? 0x400 : 0) + (hasEvents ? 0x800 : 0)
}

const channelsWithEvents = ({ channels }: ShrModule): number =>
  channels.reduce((sum, channel, i) => sum + (channel.state.events !== 0 ? 2 ** i : 0), 0)

const supplies: Readonly<Record<string, number>> = {
  P24V: 24.01,
  N24V: -23.98,
  P5V: 5.02,
  P3V: 3.29,
  P12V: 12.03,
  N12V: -11.97,
}
const supplyQueries: ScpiCommands = {
  ...Object.fromEntries(
    Object.entries(supplies).map(([name, volts]) => [`:READ:MODule:SUPPLY:${name}`, { get: () => text(volts, 'V') }]),
  ),
  ':READ:MODule:SUPPLY': {
    get: ([list = '']) => text(Object.values(supplies)[Number(/\d+/.exec(list)?.[0] ?? 0)] ?? 0, 'V'),
  },
}

export const moduleCommands = (module: ShrModule): ScpiCommands => {
  const resetChannel = (channel: ShrChannel): void => {
    channel.switchOff(true)
    Object.assign(channel.state, { setV: 0, setA: channel.nominal().nominalA })
  }
  const clearAll = (): void => module.channels.forEach((channel) => channel.clearEvents())
  const onOff = (key: 'echo' | 'kill' | 'adjusts'): ScpiCommand => ({
    set: (args) => void (module[key] = numberOf(args[0], [0, 1]) === 1),
    get: () => (module[key] ? '1' : '0'),
  })
  const number = (key: 'eventMask' | 'channelMask' | 'canAddress', most: number): ScpiCommand => ({
    set: (args) => void (module[key] = numberOf(args[0], [0, most])),
    get: () => String(module[key]),
  })
  return {
    '*IDN': { get: () => module.identity },
    '*CLS': { set: clearAll },
    '*RST': { set: () => module.channels.forEach(resetChannel) },
    '*OPC': { set: () => undefined, get: () => '1' },
    '*LLO': { set: () => undefined },
    '*GTL': { set: () => undefined },
    '*INSTR': { set: () => undefined, get: () => 'EDCP' },
    ':CONFigure:AVERage': {
      set: (args) => {
        const value = numberOf(args[0], [1, 1024])
        if (![1, 16, 64, 256, 512, 1024].includes(value)) throw new ScpiError(-222, 'Input error')
        module.average = value
      },
      get: () => String(module.average),
    },
    ':CONFigure:KILL': onOff('kill'),
    ':CONFigure:ADJUST': onOff('adjusts'),
    ':CONFigure:EVent:MASK': number('eventMask', 2 ** 32 - 1),
    ':CONFigure:EVent:CHANMASK': number('channelMask', 2 ** 32 - 1),
    // Address and mode of the bus: nothing hangs on them here.
    ':CONFigure:CAN:ADDR': number('canAddress', 63),
    ':CONFigure:CAN:BITRATE': { set: () => undefined, get: () => '250000' },
    ':SYSTem:USER:CONFIG': {
      set: ([given]) => void (module.configMode = Number(given) > 0 ? 1 : 0),
      get: () => String(module.configMode),
    },
    ...supplyQueries,
    ':CONFigure:SERIAL:BAUD': {
      set: (args) => void (module.baud = numberOf(args[0], [9600, 115_200])),
      get: () => String(module.baud),
    },
    ':CONFigure:SERIAL:ECHO': onOff('echo'),
    ':READ:MODule:CHANNELNUMBER': { get: () => String(module.channels.length) },
    ':READ:MODule:STATus': { get: () => String(moduleStatus(module)) },
    ':READ:MODule:CONTrol': { get: () => (module.kill ? '16384' : '0') },
    ':READ:MODule:EVent:STATus': { get: () => '0' },
    ':READ:MODule:EVent:MASK': { get: () => String(module.eventMask) },
    ':READ:MODule:EVent:CHANSTATus': { get: () => String(channelsWithEvents(module)) },
    ':READ:MODule:EVent:CHANMASK': { get: () => String(module.channelMask) },
    ':READ:MODule:SETVALUE': { get: () => '0' },
    ':READ:MODule:TEMPerature': { get: () => '3.25000E1C' },
    ':READ:FIRMware:NAME': { get: () => 'SR04' },
    ':READ:FIRMware:RELease': { get: () => module.identity.split(',')[3] ?? '' },
    ':SYSTem:ERRor[:NEXT]': { get: () => '0,"No error"' },
  }
}
