import type { Cancellation } from '../../src/base/cancellation.ts'
import { badReply, refused, type ChamberSetting } from '../climate/chamber.ts'
import { idleMode, noDoorAndAlarm, noHumidity, readMessage, readMode, type Mb1 } from './device.ts'
import { mode, register } from './registers.ts'

const confirmMs = 3000
const startMs = 15_000

type Pair = readonly [manual: number, basic: number]
const temperaturePair: Pair = [register.manualTemperature, register.basicTemperature]
const humidityPair: Pair = [register.manualHumidity, register.basicHumidity]

async function writeBoth({ binder }: Mb1, pair: Pair, of: { value: number; signal: Cancellation }): Promise<void> {
  for (const address of pair) await binder.writeFloat(address, of.value, { signal: of.signal })
}

/** The one of the two that isn't as it was asked, if any: in idle mode the controller goes by the other than by hand. */
async function readBoth({ binder, context }: Mb1, pair: Pair, signal: Cancellation): Promise<[number, number]> {
  const values: number[] = []
  for (const address of pair) {
    const value = await binder.float(address, { signal })
    if (value === null)
      throw badReply(context.name, {
        request: `register ${address}`,
        reply: 'no value',
        detail: 'a set-point has a value',
      })
    values.push(value)
  }
  return [values[0] ?? 0, values[1] ?? 0]
}

/** Both set-points; where they differ neither counts. */
const pairSetting = (device: Mb1, pair: Pair): ChamberSetting => ({
  write: (value, signal) => writeBoth(device, pair, { value: Number(value), signal }),
  readBack: async (signal) => {
    const [manual, basic] = await readBoth(device, pair, signal)
    if (manual === basic) return manual
    throw refused(device.context.name, 'set-point', `it keeps ${manual} for work by hand and ${basic} for basic mode`)
  },
  confirmMs,
})

function humidity(device: Mb1): ChamberSetting {
  const number = pairSetting(device, humidityPair)
  return {
    ...number,
    range: async () => {
      if (!device.context.deviations.includes(noHumidity)) return null
      throw refused(device.context.name, 'humidityPercent', 'this chamber doesn’t control humidity')
    },
    // A set-point of 0 % is no control of humidity.
    write: (value, signal) => number.write(value ?? 0, signal),
    readBack: async (signal) => {
      const value = await number.readBack(signal)
      return value === 0 ? null : value
    },
  }
}

/** The set-point is written before the mode, or heater and compressor begin with the one from before. */
async function start(device: Mb1, signal: Cancellation): Promise<void> {
  const { binder, context } = device
  if ((await readMode(device, { signal })).isProgram)
    throw refused(context.name, 'run', 'a program is running; stop it first')
  const [value] = await readBoth(device, temperaturePair, signal)
  await writeBoth(device, temperaturePair, { value, signal })
  await binder.writeWord(register.mode, mode.manual, { signal })
}

const run = (device: Mb1): ChamberSetting => ({
  write: (value, signal) =>
    value === true ? start(device, signal) : device.binder.writeWord(register.mode, idleMode(device), { signal }),
  readBack: async (signal) => {
    const { isManual, isIdle, word } = await readMode(device, { signal })
    if (isManual || isIdle) return isManual
    return `another mode: 0x${word.toString(16)}`
  },
  confirmMs: startMs,
  explain: async (signal) => {
    if (device.context.deviations.includes(noDoorAndAlarm)) return null
    if ((await device.binder.word(register.alarm, { signal })) === 0) return null
    return `an alarm stands: ${await readMessage(device, { signal })}`
  },
})

export const settingsOf = (device: Mb1): Record<string, ChamberSetting> => ({
  temperatureC: pairSetting(device, temperaturePair),
  humidityPercent: humidity(device),
  run: run(device),
})
