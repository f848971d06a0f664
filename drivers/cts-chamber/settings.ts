import type { Cancellation } from '../../src/base/cancellation.ts'
import type { DriverContext } from '../../src/contract/instrument.ts'
import { refused, type ChamberSetting } from '../climate/chamber.ts'
import type { CtsClient } from './client.ts'
import { answer, channel, command, fastest } from './protocol.ts'

export const noHumidity = 'no-humidity'

const confirmMs = 5000
export const startMs = 15_000

export interface Cts {
  client: CtsClient
  context: DriverContext
}

/** Up and down; null is as fast as it can. */
async function gradients({ client }: Cts, signal: Cancellation): Promise<(number | null)[]> {
  const found = await client.ask(command.gradients, answer.gradients, { signal })
  return found.map(Number).map((rate) => (rate >= fastest ? null : rate))
}

/** With a gradient the set-point that is read moves; where it goes is told with the ramp. */
async function temperatureTarget(device: Cts, signal: Cancellation): Promise<number> {
  const { client } = device
  const moves = (await gradients(device, signal)).some((rate) => rate !== null)
  if (!moves) return (await client.channel(channel.temperature, { signal })).setpoint
  const [, , , , target] = await client.ask(command.ramp, answer.ramp, { signal })
  return Number(target)
}

const temperature = (device: Cts): ChamberSetting => ({
  write: async (value, signal) => {
    await device.client.tell(command.set(channel.temperature, Number(value)), 'a', { signal })
  },
  readBack: (signal) => temperatureTarget(device, signal),
  resolution: 0.1,
  confirmMs,
})

const humidity = ({ client, context }: Cts): ChamberSetting => ({
  range: async () => {
    if (!context.deviations.includes(noHumidity)) return null
    throw refused(context.name, 'humidityPercent', 'this chamber doesn’t control humidity')
  },
  // A set-point of 0 % is no control of humidity.
  write: async (value, signal) => {
    await client.tell(command.set(channel.humidity, value === null ? 0 : Number(value)), 'a', { signal })
  },
  readBack: async (signal) => {
    const { setpoint } = await client.channel(channel.humidity, { signal })
    return setpoint === 0 ? null : setpoint
  },
  resolution: 0.1,
  confirmMs,
})

const ramp = (device: Cts): ChamberSetting => ({
  write: async (value, signal) => {
    const rate = value === null ? fastest : Number(value)
    await device.client.tell(command.rampUp(rate), 'u', { signal })
    await device.client.tell(command.rampDown(rate), 'd', { signal })
  },
  readBack: async (signal) => {
    const [up = null, down = null] = await gradients(device, signal)
    if (up === down) return up
    throw refused(device.context.name, 'gradient', `it has ${up ?? 'none'} up and ${down ?? 'none'} down`)
  },
  resolution: 0.1,
  confirmMs,
})

const run = ({ client }: Cts): ChamberSetting => ({
  write: async (value, signal) => {
    await client.tell(command.run(value === true), 's1', { signal })
  },
  readBack: async (signal) => (await client.status({ signal })).isRunning,
  confirmMs: startMs,
  explain: async (signal) =>
    (await client.status({ signal })).hasError ? `an error stands: ${await client.errorText({ signal })}` : null,
})

export const settingsOf = (device: Cts): Record<string, ChamberSetting> => ({
  temperatureC: temperature(device),
  humidityPercent: humidity(device),
  temperatureRampKPerMin: ramp(device),
  run: run(device),
})
