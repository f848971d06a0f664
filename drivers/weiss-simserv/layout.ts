import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import { chamber, digitalOut, variable } from './commands.ts'
import type { SimServClient } from './client.ts'
import { profile } from './profile.ts'

export interface Variable {
  index: number
  minimum: number
  maximum: number
}

/** What this chamber has, and under which index: found by units and names, as it differs from model to model. */
export interface Layout {
  model: string
  serialNumber: string
  temperature: Variable
  /** null: a chamber for temperature only. */
  humidity: Variable | null
  /** Index of the digital output that switches humidity; null where there is none. */
  humidityOutput: number | null
}

const degreesCelsius = /^°?\s*C$/
const percent = /^%/
const humidityName = /humid|feucht/i

async function findVariables(client: SimServClient, signal: Cancellation | undefined): Promise<Map<string, Variable>> {
  const options = { signal }
  const found = new Map<string, Variable>()
  const count = await client.askCount(variable.count, [], options)
  for (let index = 1; index <= count; index++) {
    const unit = await client.askText(variable.unit, [index], options)
    const kind = degreesCelsius.test(unit) ? 'temperature' : percent.test(unit) ? 'humidity' : null
    if (kind === null || found.has(kind)) continue
    const minimum = await client.askNumber(variable.inputMinimum, [index], options)
    const maximum = await client.askNumber(variable.inputMaximum, [index], options)
    found.set(kind, { index, minimum, maximum })
  }
  return found
}

async function findHumidityOutput(client: SimServClient, signal: Cancellation | undefined): Promise<number | null> {
  const count = await client.askCount(digitalOut.count, [], { signal })
  for (let number = 1; number <= count; number++) {
    const name = await client.askText(digitalOut.name, [number], { signal })
    // States are counted from the start of manual mode on: one more than the number of the name.
    if (humidityName.test(name)) return number + 1
  }
  return null
}

/** @throws device.wrongModel for what isn't a chamber that controls a temperature */
export async function readLayout(
  client: SimServClient,
  name: string,
  signal: Cancellation | undefined,
): Promise<Layout> {
  const wrong = (actual: string, cause?: unknown): StationError =>
    new StationError('device.wrongModel', { expected: profile.title, link: name, actual }, cause)
  try {
    const type = await client.askText(chamber.info, [1], { signal })
    const serialNumber = await client.askText(chamber.info, [3], { signal })
    const variables = await findVariables(client, signal)
    const temperature = variables.get('temperature')
    if (!temperature || type === '') throw wrong(`“${type}” without a temperature in °C`)
    const humidity = variables.get('humidity') ?? null
    const humidityOutput = humidity ? await findHumidityOutput(client, signal) : null
    return { model: `S!MPAC ${type}`, serialNumber, temperature, humidity, humidityOutput }
  } catch (error) {
    if (error instanceof StationError && error.code === 'device.refused')
      throw wrong('a device that refuses to say what it controls', error)
    throw error
  }
}
