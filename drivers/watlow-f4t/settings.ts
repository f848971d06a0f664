import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import type { ChamberSetting } from '../climate/chamber.ts'
import { fromCelsius, roundTo, toCelsius } from '../watlow/temperature.ts'
import { endProfile, isEventOn, isLoopActive, isSwitchedOn, loopMode, switchOff, switchTo, type F4t } from './device.ts'
import { readUnit, type LoopPlace } from './fit.ts'
import { code } from './registers.ts'

const control = (signal: Cancellation): QueryOptions => ({ priority: 'control', signal })

/** ChamberConnectLibrary gives a profile that was ended half a second before anything else. */
const afterEndMs = 500

function temperature(device: F4t): ChamberSetting {
  const { client, context, fit } = device
  const place = async (signal: Cancellation): Promise<LoopPlace> => (await fit(signal)).temperature
  const unit = (signal: Cancellation) => readUnit(client, context, control(signal))
  const readC = async (address: number, signal: Cancellation): Promise<number> =>
    toCelsius(await client.float(address, control(signal)), await unit(signal))
  return {
    range: async (signal) => {
      const { minimum, maximum } = await place(signal)
      return { minimum: await readC(minimum, signal), maximum: await readC(maximum, signal) }
    },
    write: async (value, signal) => {
      const { setPoint } = await place(signal)
      await client.writeFloat(setPoint, fromCelsius(Number(value), await unit(signal)), control(signal))
    },
    readBack: async (signal) => readC((await place(signal)).setPoint, signal),
    resolution: 0.1,
    confirmMs: 1000,
  }
}

function humidity(device: F4t): ChamberSetting {
  const { client, context, wiring, fit } = device
  const place = async (signal: Cancellation): Promise<LoopPlace> => {
    const found = (await fit(signal)).humidity
    if (found) return found
    const detail = 'this controller has no humidity loop, or doesn’t tell that it has one'
    throw new StationError('device.refused', { instrument: context.name, request: 'humidity', detail })
  }
  const enable = async (on: boolean, signal: Cancellation): Promise<void> => {
    const { mode } = await place(signal)
    if (wiring.humidityEvent !== null) {
      await client.write(wiring.humidityEvent, on ? code.on : code.off, control(signal))
      if (!on) return
    }
    await client.write(mode, on ? code.auto : code.off, control(signal))
  }
  const isEnabled = async (signal: Cancellation): Promise<boolean> => {
    const mode = await loopMode(device, await place(signal), control(signal))
    if (wiring.humidityEvent === null) return mode !== code.off
    return mode !== code.off && (await isEventOn(device, wiring.humidityEvent, control(signal)))
  }
  return {
    range: async (signal) => {
      const { minimum, maximum } = await place(signal)
      const read = async (address: number) => roundTo(await client.float(address, control(signal)))
      return { minimum: await read(minimum), maximum: await read(maximum) }
    },
    write: async (value, signal) => {
      if (value !== null) await client.writeFloat((await place(signal)).setPoint, Number(value), control(signal))
      await enable(value !== null, signal)
    },
    readBack: async (signal) => {
      const { setPoint } = await place(signal)
      return (await isEnabled(signal)) ? roundTo(await client.float(setPoint, control(signal))) : null
    },
    resolution: 0.1,
    confirmMs: 1000,
  }
}

/** Constant operation: no profile, the power circuit on, and the temperature's loop in automatic mode. */
function run(device: F4t): ChamberSetting {
  const { client, fit } = device
  return {
    write: async (value, signal) => {
      const fitted = await fit(signal)
      await endProfile(device, fitted, { pauseMs: afterEndMs, signal })
      const { mode } = fitted.temperature
      if (value === true) {
        await switchTo(device, true, control(signal))
        if ((await client.word(mode, control(signal))) === code.off)
          await client.write(mode, code.auto, control(signal))
      } else await switchOff(device, fitted, control(signal))
    },
    readBack: async (signal) => {
      if (!(await isSwitchedOn(device, control(signal)))) return false
      return isLoopActive(device, (await fit(signal)).temperature, control(signal))
    },
    confirmMs: 5000,
    explain: async (signal) =>
      (await isSwitchedOn(device, control(signal)))
        ? null
        : 'the output “chamber runs” stays off: an alarm, an open door, or another key switches it on (deviations of this driver)',
  }
}

export const settingsOf = (device: F4t): Readonly<Record<string, ChamberSetting>> => ({
  temperatureC: temperature(device),
  humidityPercent: humidity(device),
  run: run(device),
})
