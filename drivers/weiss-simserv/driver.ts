// Weiss / Vötsch chambers with S!MPAC control by SimServ (TCP 2049): set-points, gradients, start, programs, messages.
// Doesn't decide profiles over time, nor what an alarm means for a test. Only one client is allowed at a time.
// Follows “S!MPAC simserv” (2019.05) as quoted by SengerM/VotschTechnik and IzaakWN/ClimateChamberMonitor.
import type { Cancellation } from '../../src/base/cancellation.ts'
import type { DriverContext, DriverModule, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createChamber, reading } from '../climate/chamber.ts'
import type { StopPlan } from '../climate/stop.ts'
import { createSimServClient, refusalCode, type SimServClient } from './client.ts'
import { chamber, digitalOut, manualMode, program, refusal, variable } from './commands.ts'
import { readLayout, type Layout } from './layout.ts'
import { profile } from './profile.ts'
import { programPort } from './programs.ts'
import { isOn, settingsOf, type SimServ } from './settings.ts'
import { readProgramState, readStatus } from './status.ts'

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings: { sendTerminator: '\r', receiveTerminators: '\r\n', quietMs: 300, defaultTimeoutMs: 3000 },
  createInstrument: (link, context) => createDriver(link, context),
}

function createDriver(link: LineLink, context: DriverContext): Instrument {
  let known: Layout | null = null
  const client = createSimServClient(link, context)
  const layout = async (signal: Cancellation | undefined): Promise<Layout> =>
    (known ??= await readLayout(client, context.name, signal))
  const device: SimServ = { client, context, layout }

  return createChamber(
    {
      identify: async (signal) => {
        known = null
        const { model, serialNumber } = await layout(signal)
        return { maker: 'Weiss Technik', model, serialNumber, firmware: null }
      },
      read: (signal) => readAll(device, signal),
      settings: settingsOf(device),
      stop: stopPlan(device, () => known?.temperature.index ?? 1),
      program: programPort(device),
    },
    { profile, context },
  )
}

/** An actual value; missing where the chamber itself can't read it. */
async function readActual(
  client: SimServClient,
  index: number,
  options: QueryOptions,
): Promise<number | { missing: string }> {
  try {
    return await client.askNumber(variable.actual, [index], options)
  } catch (error) {
    if (refusalCode(error) !== refusal.cannotRead) throw error
    return { missing: 'the chamber can’t read its sensor (code -8)' }
  }
}

async function readAll(device: SimServ, signal: Cancellation | undefined): Promise<Reading[]> {
  const { client, context, layout } = device
  const { temperature, humidity, humidityOutput } = await layout(signal)
  const status = await readStatus(client, context.name, { signal })
  const setpoint = (index: number): Promise<number> => client.askNumber(variable.getSetpoint, [index], { signal })
  const isControlled = humidity !== null && (humidityOutput === null || (await isOn(device, humidityOutput, signal)))
  const none = { missing: 'this chamber doesn’t control humidity' }
  const off = { missing: humidity ? 'humidity is switched off' : none.missing }
  return [
    reading('temperature', '°C', await readActual(client, temperature.index, { signal })),
    reading('humidity', '%', humidity ? await readActual(client, humidity.index, { signal }) : none),
    reading('temperature.setpoint', '°C', await setpoint(temperature.index)),
    reading('humidity.setpoint', '%', humidity && isControlled ? await setpoint(humidity.index) : off),
    reading('running', '1', Number(status.isRunning)),
    reading('warning', '1', Number(status.hasWarning)),
    reading('alarm', '1', Number(status.hasAlarm)),
  ]
}

const stopping: QueryOptions = { priority: 'stop' }

function stopPlan({ client, context }: SimServ, temperatureIndex: () => number): StopPlan {
  const tell = (name: string, command: string, args: readonly number[]) => ({
    command: `${command} (${name})`,
    run: () => client.tell(command, args, stopping).then(() => 'code 1'),
  })
  return {
    commands: [tell('stop the program', program.stop, []), tell('end manual mode', digitalOut.set, [manualMode, 0])],
    check: async () => {
      const { isRunning } = await readStatus(client, context.name, stopping)
      const { state } = await readProgramState(client, context.name, stopping)
      const measured = await readActual(client, temperatureIndex(), stopping)
      const isBusy = isRunning || state === 'running' || state === 'paused'
      return {
        evidence: [
          { command: `${chamber.status} (status)`, readBack: isRunning ? 'running' : 'not running' },
          { command: `${program.status} (program)`, readBack: state },
          {
            command: `${variable.actual} (temperature)`,
            readBack: typeof measured === 'number' ? `${measured} °C` : null,
          },
        ],
        problem: isBusy ? `the chamber ${isRunning ? 'still runs' : 'is idle'}; its program is ${state}` : null,
      }
    },
    confirmMs: 8000,
  }
}
