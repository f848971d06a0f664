// Binder chambers with MB2 controller by Modbus (TCP, RTU, RTU in TCP): set-points, idle mode, operation lines, programs.
// Doesn't decide profiles over time; can't acknowledge alarms, and MB2 tells none of them.
// Follows 7001-0242 for MB2, with the addresses that drivers of MK 56 (basil) and MKFT 115 (P. Tobiska) use.
import type { Cancellation } from '../../src/base/cancellation.ts'
import { wordsToText } from '../../src/base/words.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { QueryOptions, RegisterLink } from '../../src/contract/link.ts'
import { asThisModel, createBinderLink, isPossibleC, wrongModel } from '../binder/binderLink.ts'
import { createChamber, reading } from '../climate/chamber.ts'
import type { StopPlan } from '../climate/stop.ts'
import { isIdle, noHumidity, readProgramTime, type Mb2 } from './device.ts'
import { profile } from './profile.ts'
import { programPort } from './programs.ts'
import { dateWords, isDate, line, register, stoppedLines, titleWords } from './registers.ts'
import { settingsOf } from './settings.ts'

export const driver: DriverModule = {
  profile,
  link: 'registers',
  createInstrument: (link, context) => createDriver(link, context),
}

function createDriver(link: RegisterLink, context: DriverContext): Instrument {
  const device: Mb2 = { binder: createBinderLink(link, context), context }
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

/** MB2 has no register for its name: it is known by its clock, and by a temperature where it should be. */
async function identify({ binder, context }: Mb2, signal: Cancellation | undefined): Promise<Identity> {
  const clock = await binder.words(register.clock, dateWords, { signal })
  if (!isDate(clock)) throw wrongModel(profile, context.name, `a device whose clock shows ${clock.join(' ')}`)
  const airC = await binder.float(register.temperature, { signal })
  // A set-point has a value even where the sensor is broken; with its words in another order it is none.
  const setpointC = await binder.float(register.manualTemperature, { signal })
  if ((airC !== null && !isPossibleC(airC)) || setpointC === null || !isPossibleC(setpointC))
    throw wrongModel(profile, context.name, `a device that shows ${airC} °C, set to ${setpointC} °C`)
  // The title of the program that was edited last; the simulated chamber says there what it is.
  const title = await optional(() => binder.words(register.programTitle, titleWords, { signal }))
  const [, hardware] = /^hardware (\d\.\d\d)$/.exec(title === null ? '' : wordsToText(title)) ?? []
  const firmware = hardware === undefined ? null : `hardware ${hardware}`
  return { maker: 'BINDER', model: 'MB2', serialNumber: null, firmware }
}

/** null where the controller doesn't have it. */
async function optional<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StationError && error.code === 'device.refused') return null
    throw error
  }
}

async function readAll(device: Mb2, signal: Cancellation | undefined): Promise<Reading[]> {
  const { binder, context } = device
  const none = { missing: 'this chamber doesn’t control humidity' }
  const noValue = { missing: 'the controller shows no value: its sensor is broken' }
  const hasHumidity = !context.deviations.includes(noHumidity)
  const float = async (address: number): Promise<number | { missing: string }> =>
    (await binder.float(address, { signal })) ?? noValue
  const temperature = await float(register.temperature)
  const humidity = hasHumidity ? await float(register.humidity) : none
  const setpoint = await float(register.setpointTemperature)
  const lines = await binder.word(register.lines, { signal })
  const off = { missing: 'humidity is switched off' }
  const isControlled = hasHumidity && (lines & line.humidityOff) === 0
  return [
    reading('temperature', '°C', temperature),
    reading('humidity', '%', humidity),
    reading('temperature.setpoint', '°C', setpoint),
    reading('humidity.setpoint', '%', isControlled ? await float(register.setpointHumidity) : hasHumidity ? off : none),
    reading('running', '1', Number((lines & line.idle) === 0)),
  ]
}

const stopping: QueryOptions = { priority: 'stop' }

/** Nothing is read before: the lines go to one fixed state, in which the user's switches are off as well. */
function stopPlan(device: Mb2): StopPlan {
  const { binder } = device
  const write = (what: string, address: number, value: number) => ({
    command: `0x${address.toString(16).toUpperCase()} = ${value} (${what})`,
    run: () => binder.writeWord(address, value, stopping).then(() => 'taken'),
  })
  return {
    commands: [
      write('stop the program', register.programStop, 1),
      write('idle mode', register.manualLines, stoppedLines),
    ],
    check: async () => {
      const idle = await isIdle(device, stopping)
      const { isOn } = await readProgramTime(device, stopping)
      const airC = await binder.float(register.temperature, stopping)
      return {
        evidence: [
          { command: '0x1292 (idle mode)', readBack: idle ? '1' : '0' },
          { command: '0x10A6, 0x10A8 (program)', readBack: isOn ? 'running' : 'none' },
          { command: '0x1004 (temperature)', readBack: airC === null ? null : `${airC} °C` },
        ],
        problem:
          idle && !isOn ? null : `the chamber ${idle ? 'is idle' : 'isn’t idle'}, ${isOn ? 'a' : 'no'} program runs`,
      }
    },
    confirmMs: 5000,
  }
}
