import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type {
  DriverContext,
  Identity,
  Instrument,
  Profile,
  Reading,
  SettingValue,
  SetResult,
} from '../../src/contract/instrument.ts'
import type { LineLink, LineSettings, QueryOptions } from '../../src/contract/link.ts'
import { createGate, type Gate } from '../climate/gate.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { createEspecClient, refusalOf, type EspecClient } from './client.ts'
import { dialectOf, type EspecDialect } from './dialect.ts'
import { createEspecPrograms, type EspecPrograms } from './programs.ts'
import { noHumidity } from './refusals.ts'
import {
  decodeCondition,
  decodeConstant,
  decodeHumidity,
  decodeMode,
  decodeTemperature,
  decodeText,
  decodeType,
  type Control,
  type EspecMode,
  type Measured,
} from './replies.ts'
import { stopChamber } from './safeStop.ts'

/** CR LF both ways; a controller set to CR or LF alone is understood, too. It answers within 3 s. */
export const especLineSettings: LineSettings = {
  sendTerminator: '\r\n',
  receiveTerminators: '\r\n',
  quietMs: 500,
  defaultTimeoutMs: 3000,
}

export interface EspecChamber {
  link: LineLink
  context: DriverContext
  profile: Profile
  dialect: EspecDialect
  /** Answers a question with `OK:` and its echo first. */
  repeatsQuestions: boolean
}

/** Deviation that puts a number in front of each command. */
const addressDeviation = /^rs485-address-(\d{1,2})$/
const mostAddresses = 16

export const addressDeviations: Profile['deviations'] = Array.from({ length: mostAddresses }, (_each, i) => ({
  name: `rs485-address-${i + 1}`,
  title: `RS-485: every command begins with the address ${i + 1}`,
}))

const addressOf = (deviations: readonly string[]): number | null => {
  const numbers = deviations.flatMap((each) => addressDeviation.exec(each)?.[1] ?? [])
  return numbers.length > 0 ? Number(numbers[0]) : null
}

export const isConditioning = (mode: EspecMode): boolean => mode !== 'OFF' && mode !== 'STANDBY'

/** A chamber with a P-300 controller, or one that speaks nearly as it does. */
export function createEspecChamber(chamber: EspecChamber): Instrument {
  const { link, context, dialect, repeatsQuestions } = chamber
  const client = createEspecClient({
    link,
    clock: context.clock,
    name: context.name,
    address: addressOf(context.deviations),
    repeatsQuestions,
    pauseMs: dialect.pauseMs,
  })
  const tools: Tools = { ...chamber, client }
  const gate = createGate()
  return {
    identify: (signal) => gate.read(() => identify(tools, signal), signal),
    read: (signal) => gate.read(() => read(tools, signal), signal),
    set: async (name, value, signal) => {
      const setting = checkSetting(chamber.profile, { name, value }, context.name)
      const actual = await gate.change(
        async (own) => setters[setting.name]?.(tools, value, { priority: 'control', signal: own }),
        signal,
      )
      if (actual === undefined) throw new StationError('usage.invalidInput', { detail: `${name} can't be set` })
      return { name, asked: value, actual } satisfies SetResult
    },
    safeStop: (onSent) => gate.stop(() => stopChamber(client, onSent)),
    chamberProgram: guard(createEspecPrograms(client, { dialect, name: context.name }), gate),
  }
}

/** One change at a time, and none that goes on behind a safe stop. */
const guard = (programs: EspecPrograms, gate: Gate): EspecPrograms => ({
  status: (signal) => gate.read(() => programs.status(signal), signal),
  start: (at, signal) => gate.change((own) => programs.start(at, own), signal),
  pause: (signal) => gate.change((own) => programs.pause(own), signal),
  resume: (signal) => gate.change((own) => programs.resume(own), signal),
  stop: (signal) => gate.change((own) => programs.stop(own), signal),
  advance: (signal) => gate.change((own) => programs.advance(own), signal),
  download: (program, content, signal) => gate.change((own) => programs.download(program, content, own), signal),
})

interface Tools extends EspecChamber {
  client: EspecClient
}

/** No serial number in this protocol. Throws device.wrongModel, having asked nothing but who it is. */
async function identify(tools: Tools, signal: Cancellation | undefined): Promise<Identity> {
  const { client, profile, context, dialect } = tools
  const options: QueryOptions = { priority: 'control', signal }
  const rom = await client.ask('ROM?', decodeText, options)
  const type = await client.ask('TYPE?', decodeType, options)
  const found = dialectOf(rom, type.controller)
  if (found?.name !== dialect.name)
    throw new StationError('device.wrongModel', {
      expected: profile.title,
      link: context.name,
      actual: `${rom}, ${type.controller}`.slice(0, 120),
    })
  const display = dialect.hasDisplayRom ? await displayRom(client, options) : null
  return {
    maker: 'ESPEC',
    model: dialect.name,
    serialNumber: null,
    firmware: display === null ? rom : `${rom}, display ${display}`,
  }
}

async function displayRom(client: EspecClient, options: QueryOptions): Promise<string | null> {
  try {
    return await client.ask('ROM?,DISP', decodeText, options)
  } catch (error) {
    if (refusalOf(error) !== null) return null
    throw error
  }
}

const reading = (channel: string, unit: string, measured: Measured): Reading =>
  measured.value === null ? { channel, unit, ...measured } : { channel, unit, value: measured.value }

const setPointReading = (channel: string, unit: string, control: Control | null): Reading => {
  const value = control?.setPoint ?? null
  const reason = control === null ? 'this chamber has no humidity control' : 'this control is switched off'
  return value === null ? { channel, unit, value, reason } : { channel, unit, value }
}

async function read(tools: Tools, signal: Cancellation | undefined): Promise<Reading[]> {
  const { client } = tools
  const options: QueryOptions = { priority: 'poll', signal }
  const condition = await client.ask('MON?', decodeCondition, options)
  const temperature = await client.ask('TEMP?', decodeTemperature, options)
  const humidity = condition.humidity === null ? null : await client.ask('HUMI?', decodeHumidity, options)
  return [
    reading('temperature', '°C', temperature.measured),
    reading('humidity', '%', humidity?.measured ?? { value: null, reason: 'this chamber measures no humidity' }),
    setPointReading('temperature.setpoint', '°C', temperature),
    setPointReading('humidity.setpoint', '%', humidity),
    { channel: 'running', unit: '1', value: isConditioning(condition.mode) ? 1 : 0 },
    { channel: 'alarms', unit: '1', value: condition.alarms },
  ]
}

type Setter = (tools: Tools, value: SettingValue, options: QueryOptions) => Promise<SettingValue>

/** Each sets, reads back and compares. Resolutions: 0.1 °C and 1 %. */
const setters: Readonly<Record<string, Setter>> = {
  temperatureC: async (tools, value, options) => {
    const { client } = tools
    const asked = Number(value)
    withinLimits(tools, { quantity: 'temperature (°C)', asked }, await client.ask('TEMP?', decodeTemperature, options))
    await client.tell(`TEMP,S${asked.toFixed(1)}`, options)
    const actual = await constantSetPoint(tools, 'TEMP', options)
    return taken(tools, { quantity: 'temperature (°C)', asked, actual, within: 0.051 })
  },
  humidityPercent: async (tools, value, options) => {
    const { client } = tools
    const quantity = 'humidity (%)'
    if (value !== null)
      withinLimits(tools, { quantity, asked: Number(value) }, await client.ask('HUMI?', decodeHumidity, options))
    await client.tell(value === null ? 'HUMI,SOFF' : `HUMI,S${Number(value).toFixed(0)}`, options)
    const actual = await constantSetPoint(tools, 'HUMI', options)
    return taken(tools, { quantity, asked: value === null ? null : Number(value), actual, within: 0.51 })
  },
  run: async (tools, value, options) => {
    const { client, context } = tools
    const isOn = value === true
    const before = await client.ask('MODE?', decodeMode, options)
    // With the panel off, its power has to come first; that starts constant operation by itself.
    if (isOn && before === 'OFF') await client.tell('POWER,ON', options)
    await client.tell(isOn ? 'MODE,CONSTANT' : 'MODE,STANDBY', options)
    const mode = await client.ask('MODE?', decodeMode, options)
    if (isOn ? mode !== 'CONSTANT' : isConditioning(mode))
      throw new StationError('device.clamped', {
        instrument: context.name,
        quantity: 'operation',
        asked: isOn ? 'CONSTANT' : 'STANDBY',
        actual: mode,
      })
    return isConditioning(mode)
  },
}

function withinLimits(tools: Tools, of: { quantity: string; asked: number }, { high, low }: Control): void {
  if (of.asked <= high && of.asked >= low) return
  const limit = of.asked > high ? high : low
  throw new StationError('device.limit', { instrument: tools.context.name, ...of, limit })
}

function taken(
  tools: Tools,
  of: { quantity: string; asked: number | null; actual: number | null; within: number },
): number | null {
  const { quantity, asked, actual, within } = of
  const isSame = asked === null || actual === null ? asked === actual : Math.abs(asked - actual) <= within
  if (isSame) return actual
  throw new StationError('device.clamped', {
    instrument: tools.context.name,
    quantity,
    asked: asked ?? 'off',
    actual: actual ?? 'off',
  })
}

/** While a program runs, `TEMP?` tells the program's set-point; older controllers know nothing else. */
async function constantSetPoint(tools: Tools, loop: 'TEMP' | 'HUMI', options: QueryOptions): Promise<number | null> {
  const { client } = tools
  try {
    return (await client.ask(`CONSTANT SET?,${loop}`, decodeConstant, options)).setPoint
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === null || refusal === noHumidity) throw error
    return (await client.ask(`${loop}?`, loop === 'TEMP' ? decodeTemperature : decodeHumidity, options)).setPoint
  }
}
