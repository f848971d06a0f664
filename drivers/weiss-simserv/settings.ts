import type { Cancellation } from '../../src/base/cancellation.ts'
import type { DriverContext, SettingValue } from '../../src/contract/instrument.ts'
import { badReply, refused, type ChamberSetting, type ValueRange } from '../climate/chamber.ts'
import type { SimServClient } from './client.ts'
import { digitalOut, gradient, manualMode, program, variable } from './commands.ts'
import type { Layout, Variable } from './layout.ts'
import { activeMessages, readProgramState, readStatus } from './status.ts'

/**
 * Chambers without a digital output for humidity: whether 0 % switches it off isn't in the protocol's description, so it
 * has to be known of the unit.
 */
export const humidityZeroIsOff = 'humidity-zero-is-off'

/** The read-back of a set-point lags by about a second. */
const setpointMs = 6000
/** Compressors and dampers take their time before the chamber says that it runs. */
const startMs = 15_000

export interface SimServ {
  client: SimServClient
  context: DriverContext
  layout: (signal: Cancellation | undefined) => Promise<Layout>
}

/** Set-points go with two decimals: the chamber shows one. */
const format = (value: number): string => value.toFixed(2)

const rangeOf = ({ minimum, maximum }: Variable): ValueRange => ({ minimum, maximum })

const temperature = ({ client, layout }: SimServ): ChamberSetting => ({
  range: async (signal) => rangeOf((await layout(signal)).temperature),
  write: async (value, signal) => {
    const { index } = (await layout(signal)).temperature
    await client.tell(variable.setSetpoint, [index, format(Number(value))], { signal })
  },
  readBack: async (signal) =>
    client.askNumber(variable.getSetpoint, [(await layout(signal)).temperature.index], { signal }),
  resolution: 0.02,
  confirmMs: setpointMs,
})

function humidity(device: SimServ): ChamberSetting {
  const { client, context, layout } = device
  const found = async (signal: Cancellation): Promise<{ own: Variable; output: number | null }> => {
    const { humidity: own, humidityOutput: output } = await layout(signal)
    if (own) return { own, output }
    throw refused(context.name, 'humidityPercent', 'this chamber doesn’t control humidity')
  }
  const switchOff = async (own: Variable, output: number | null, signal: Cancellation): Promise<void> => {
    if (output !== null) return client.tell(digitalOut.set, [output, 0], { signal })
    if (context.deviations.includes(humidityZeroIsOff))
      return client.tell(variable.setSetpoint, [own.index, format(0)], { signal })
    const detail = 'this chamber has no digital output that switches humidity off'
    throw refused(context.name, 'humidityPercent: off', detail)
  }
  return {
    range: async (signal) => rangeOf((await found(signal)).own),
    write: async (value, signal) => {
      const { own, output } = await found(signal)
      if (value === null) return switchOff(own, output, signal)
      await client.tell(variable.setSetpoint, [own.index, format(Number(value))], { signal })
      if (output !== null) await client.tell(digitalOut.set, [output, 1], { signal })
    },
    readBack: async (signal) => {
      const { own, output } = await found(signal)
      if (output !== null && !(await isOn(device, output, signal))) return null
      const percent = await client.askNumber(variable.getSetpoint, [own.index], { signal })
      return output === null && percent === 0 && context.deviations.includes(humidityZeroIsOff) ? null : percent
    },
    resolution: 0.02,
    confirmMs: setpointMs,
  }
}

/** State of a digital output. */
export async function isOn(
  { client, context }: SimServ,
  index: number,
  signal: Cancellation | undefined,
): Promise<boolean> {
  const text = await client.askText(digitalOut.get, [index], { signal })
  if (text === '0' || text === '1') return text === '1'
  throw badReply(context.name, { request: `digital output ${index}`, reply: text, detail: 'neither 0 nor 1' })
}

const ramp = ({ client, context, layout }: SimServ): ChamberSetting => ({
  write: async (value, signal) => {
    const { index } = (await layout(signal)).temperature
    for (const command of [gradient.setUp, gradient.setDown])
      await client.tell(command, [index, format(value === null ? 0 : Number(value))], { signal })
  },
  readBack: async (signal) => {
    const { index } = (await layout(signal)).temperature
    const up = await client.askNumber(gradient.getUp, [index], { signal })
    const down = await client.askNumber(gradient.getDown, [index], { signal })
    if (Math.abs(up - down) > 0.02)
      throw refused(context.name, 'gradient', `it has ${up} K/min up and ${down} K/min down`)
    return up === 0 ? null : up
  },
  resolution: 0.02,
  confirmMs: setpointMs,
})

function run(device: SimServ): ChamberSetting {
  const { client, context } = device
  const write = async (value: SettingValue, signal: Cancellation): Promise<void> => {
    const { state } = await readProgramState(client, context.name, { signal })
    const isBusy = state === 'running' || state === 'paused'
    if (value === true && isBusy) throw refused(context.name, 'run', 'a program is running; stop it first')
    if (isBusy) await client.tell(program.stop, [], { signal })
    await client.tell(digitalOut.set, [manualMode, value === true ? 1 : 0], { signal })
  }
  return {
    write,
    readBack: async (signal) => (await readStatus(client, context.name, { signal })).isRunning,
    confirmMs: startMs,
    explain: async (signal) => {
      const status = await readStatus(client, context.name, { signal })
      return status.hasAlarm ? `an alarm stands: ${await activeMessages(client, signal)}` : null
    },
  }
}

export const settingsOf = (device: SimServ): Record<string, ChamberSetting> => ({
  temperatureC: temperature(device),
  humidityPercent: humidity(device),
  temperatureRampKPerMin: ramp(device),
  run: run(device),
})
