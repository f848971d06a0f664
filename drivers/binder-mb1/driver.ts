// Binder chambers with MB1 controller by Modbus RTU (RS-422, or in TCP on port 10001): set-points, mode, programs, door, alarm.
// Doesn't decide profiles over time; can't acknowledge alarms.
// Follows 7001-0242 for MB1, with the addresses of ovenctl and basil (MK 53) and of P. Tobiska (MKFT 115).
import type { Cancellation } from '../../src/base/cancellation.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { QueryOptions, RegisterLink } from '../../src/contract/link.ts'
import { asThisModel, createBinderLink, isPossibleC, wrongModel } from '../binder/binderLink.ts'
import { createChamber, reading } from '../climate/chamber.ts'
import type { StopPlan } from '../climate/stop.ts'
import { basicModeIsIdle, idleMode, noDoorAndAlarm, noHumidity, readMode, type Mb1 } from './device.ts'
import { profile } from './profile.ts'
import { programPort } from './programs.ts'
import { messageText, messageWords, mode, register } from './registers.ts'
import { settingsOf } from './settings.ts'

export const driver: DriverModule = {
  profile,
  link: 'registers',
  createInstrument: (link, context) => createDriver(link, context),
}

function createDriver(link: RegisterLink, context: DriverContext): Instrument {
  const device: Mb1 = { binder: createBinderLink(link, context), context }
  return createChamber(
    {
      identify: (signal) => asThisModel(() => identify(device, signal), { title: profile.title, link: context.name }),
      read: (signal) => readAll(device, signal),
      settings: settingsOf(device),
      stop: stopPlan(device),
      program: programPort(device),
    },
    { profile, context },
  )
}

/** MB1 has no register for its name: it is known by having a mode, two possible set-points and a message in characters. */
async function identify({ binder, context }: Mb1, signal: Cancellation | undefined): Promise<Identity> {
  const wrong = (what: string): Error => wrongModel(profile, context.name, `a device with ${what}`)
  await binder.word(register.mode, { signal })
  for (const address of [register.manualTemperature, register.basicTemperature]) {
    const setpointC = await binder.float(address, { signal })
    if (setpointC === null || !isPossibleC(setpointC)) throw wrong(`a set-point of ${setpointC} °C`)
  }
  const airC = await binder.float(register.temperature, { signal })
  if (airC !== null && !isPossibleC(airC)) throw wrong(`${airC} °C in it`)
  if (context.deviations.includes(noDoorAndAlarm))
    return { maker: 'BINDER', model: 'MB1', serialNumber: null, firmware: null }
  const text = messageText(await binder.words(register.message, messageWords, { signal }))
  if (text === null) throw wrong('no characters in its message')
  // Blank where nothing stands; the simulated chamber says there what it is.
  const [, hardware] = /hardware (\d\.\d\d)/.exec(text) ?? []
  const firmware = hardware === undefined ? null : `hardware ${hardware}`
  return { maker: 'BINDER', model: 'MB1', serialNumber: null, firmware }
}

async function readAll(device: Mb1, signal: Cancellation | undefined): Promise<Reading[]> {
  const { binder, context } = device
  const none = { missing: 'this chamber doesn’t control humidity' }
  const noValue = { missing: 'the controller shows no value: its sensor is broken' }
  const notAsked = { missing: 'it isn’t asked (deviation no-door-and-alarm)' }
  const hasHumidity = !context.deviations.includes(noHumidity)
  const hasDoor = !context.deviations.includes(noDoorAndAlarm)
  const float = async (address: number): Promise<number | { missing: string }> =>
    (await binder.float(address, { signal })) ?? noValue
  const flag = async (address: number): Promise<number | { missing: string }> =>
    hasDoor ? (await binder.word(address, { signal })) & 1 : notAsked
  const wetSetpoint = hasHumidity ? await float(register.setpointHumidity) : none
  const { isIdle } = await readMode(device, { signal })
  return [
    reading('temperature', '°C', await float(register.temperature)),
    reading('humidity', '%', hasHumidity ? await float(register.humidity) : none),
    reading('temperature.setpoint', '°C', await float(register.setpointTemperature)),
    reading('humidity.setpoint', '%', wetSetpoint === 0 ? { missing: 'humidity is switched off' } : wetSetpoint),
    reading('running', '1', Number(!isIdle)),
    reading('door', '1', await flag(register.door)),
    reading('alarm', '1', await flag(register.alarm)),
  ]
}

const stopping: QueryOptions = { priority: 'stop' }
const hex = (word: number): string => `0x${word.toString(16).toUpperCase().padStart(4, '0')}`

function stopPlan(device: Mb1): StopPlan {
  const { binder } = device
  const idle = idleMode(device)
  return {
    commands: [
      {
        command: `0x1A22 = ${hex(idle)} (idle mode)`,
        run: () => binder.writeWord(register.mode, idle, stopping).then(() => 'taken'),
      },
    ],
    check: async () => {
      const { word, isIdle } = await readMode(device, stopping)
      const airC = await binder.float(register.temperature, stopping)
      const hint =
        word === mode.basic ? `; if that is idle on this firmware, the deviation ${basicModeIsIdle} says so` : ''
      return {
        evidence: [
          { command: '0x1A22 (mode)', readBack: hex(word) },
          { command: '0x11A9 (temperature)', readBack: airC === null ? null : `${airC} °C` },
        ],
        problem: isIdle ? null : `the chamber isn’t idle: its mode is ${hex(word)}${hint}`,
      }
    },
    confirmMs: 5000,
  }
}
