import type { Cancellation } from '../../src/base/cancellation.ts'
import { badReply, refused, type ChamberSetting } from '../climate/chamber.ts'
import { isIdle, noHumidity, readProgramTime, switchLines, type Mb2 } from './device.ts'
import { line, register } from './registers.ts'

const confirmMs = 3000
const startMs = 15_000

async function readFloat({ binder, context }: Mb2, address: number, signal: Cancellation): Promise<number> {
  const value = await binder.float(address, { signal })
  if (value !== null) return value
  throw badReply(context.name, { request: `register ${address}`, reply: 'no value', detail: 'a set-point has a value' })
}

const temperature = (device: Mb2): ChamberSetting => ({
  write: (value, signal) => device.binder.writeFloat(register.manualTemperature, Number(value), { signal }),
  readBack: (signal) => readFloat(device, register.manualTemperature, signal),
  confirmMs,
})

const humidity = (device: Mb2): ChamberSetting => ({
  range: async () => {
    if (!device.context.deviations.includes(noHumidity)) return null
    throw refused(device.context.name, 'humidityPercent', 'this chamber doesn’t control humidity')
  },
  write: async (value, signal) => {
    if (value === null) return switchLines(device, { on: line.humidityOff }, { signal })
    await device.binder.writeFloat(register.manualHumidity, Number(value), { signal })
    await switchLines(device, { off: line.humidityOff }, { signal })
  },
  readBack: async (signal) => {
    const lines = await device.binder.word(register.manualLines, { signal })
    return (lines & line.humidityOff) !== 0 ? null : readFloat(device, register.manualHumidity, signal)
  },
  confirmMs,
})

/**
 * Set-points are written before idle mode ends: the controller starts heater or compressor by what it finds then, and
 * takes minutes to think better of it (notes to ovenctl).
 */
async function start(device: Mb2, signal: Cancellation): Promise<void> {
  if ((await readProgramTime(device, { signal })).isOn)
    throw refused(device.context.name, 'run', 'a program is running; stop it first')
  const setpointC = await readFloat(device, register.manualTemperature, signal)
  await device.binder.writeFloat(register.manualTemperature, setpointC, { signal })
  await switchLines(device, { off: line.idle }, { signal })
}

async function stop(device: Mb2, signal: Cancellation): Promise<void> {
  if ((await readProgramTime(device, { signal })).isOn)
    await device.binder.writeWord(register.programStop, 1, { signal })
  await switchLines(device, { on: line.idle }, { signal })
}

const run = (device: Mb2): ChamberSetting => ({
  write: (value, signal) => (value === true ? start(device, signal) : stop(device, signal)),
  readBack: async (signal) => !(await isIdle(device, { signal })),
  confirmMs: startMs,
})

export const settingsOf = (device: Mb2): Record<string, ChamberSetting> => ({
  temperatureC: temperature(device),
  humidityPercent: humidity(device),
  run: run(device),
})
