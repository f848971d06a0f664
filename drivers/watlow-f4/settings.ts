import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import type { ChamberSetting } from '../climate/chamber.ts'
import {
  endProfile,
  fromRaw,
  humidityChannel,
  humidityScale,
  isEventOn,
  isLoopOn,
  isProfileMode,
  readMode,
  readSetPoint,
  switchLoopOff,
  switchOff,
  temperatureChannel,
  temperatureScale,
  toRaw,
  writeSetPoint,
  type F4,
  type Scale,
} from './device.ts'
import type { Channel } from './registers.ts'

const control = (signal: Cancellation): QueryOptions => ({ priority: 'control', signal })
const afterEndMs = 500
const confirmMs = 2000

type ScaleOf = (signal: Cancellation) => Promise<Scale>

/** A set-point in the registers' own steps, which decide how near a read-back has to come. */
function setPoint(device: F4, channel: Channel, scaleOf: ScaleOf): ChamberSetting {
  const { client } = device
  let step = 1
  return {
    range: async (signal) => {
      const scale = await scaleOf(signal)
      const read = async (address: number) => fromRaw(await client.signed(address, control(signal)), scale)
      return { minimum: await read(channel.low), maximum: await read(channel.high) }
    },
    write: async (value, signal) => {
      if (value === null) return switchLoopOff(device, channel, control(signal))
      const scale = await scaleOf(signal)
      step = scale.unit === 'F' ? scale.step / 1.8 : scale.step
      await writeSetPoint(device, { channel, raw: toRaw(Number(value), scale) }, control(signal))
    },
    readBack: async (signal) => {
      const scale = await scaleOf(signal)
      const found = await readSetPoint(device, channel, control(signal))
      return isLoopOn(found) ? fromRaw(found.raw, scale) : null
    },
    get resolution() {
      return step
    },
    confirmMs,
  }
}

/**
 * Constant operation. Without an event for it the F4 has no “on”: a loop is on while its set-point is within its limits. So
 * a chamber that was switched off holds the temperature that was asked for last, or the air as it is.
 */
function createRun(device: F4) {
  const { client, runEvent } = device
  let latestC: number | null = null

  const wake = async (signal: Cancellation): Promise<void> => {
    const state = await readSetPoint(device, temperatureChannel, control(signal))
    if (isLoopOn(state)) return
    const scale = await temperatureScale(device, control(signal))
    const raw =
      latestC === null ? await client.signed(temperatureChannel.value, control(signal)) : toRaw(latestC, scale)
    const within = Math.min(state.high, Math.max(state.low, raw))
    await writeSetPoint(device, { channel: temperatureChannel, raw: within }, control(signal))
  }
  const run: ChamberSetting = {
    write: async (value, signal) => {
      await endProfile(device, { pauseMs: afterEndMs, signal })
      if (value !== true) return switchOff(device, control(signal))
      await wake(signal)
      if (runEvent !== null) await client.write(runEvent, 1, control(signal))
    },
    readBack: async (signal) =>
      !isProfileMode(await readMode(device, control(signal))) &&
      (await isEventOn(device, control(signal))) &&
      isLoopOn(await readSetPoint(device, temperatureChannel, control(signal))),
    confirmMs,
  }
  return { run, remember: (temperatureC: number) => void (latestC = temperatureC) }
}

export function settingsOf(device: F4): Readonly<Record<string, ChamberSetting>> {
  const { run, remember } = createRun(device)
  const temperature = setPoint(device, temperatureChannel, (signal) => temperatureScale(device, control(signal)))
  const humidity = setPoint(device, humidityChannel, async (signal) => {
    const scale = await humidityScale(device, control(signal))
    if (scale) return scale
    const detail = 'this controller has no second channel, or it isn’t humidity'
    throw new StationError('device.refused', { instrument: device.context.name, request: 'humidity', detail })
  })
  return {
    temperatureC: {
      ...temperature,
      get resolution() {
        return temperature.resolution ?? 1
      },
      write: async (value, signal) => {
        await temperature.write(value, signal)
        remember(Number(value))
      },
    },
    humidityPercent: humidity,
    run,
  }
}
