import type { QueryOptions } from '../../src/contract/link.ts'
import type { StopCheck, StopPlan, StopStep } from '../climate/stop.ts'
import { ifFitted } from '../watlow/client.ts'
import {
  isEventOn,
  isLoopOn,
  isProfileMode,
  readMode,
  readSetPoint,
  switchLoopOff,
  temperatureChannel,
  type F4,
} from './device.ts'
import { channels, outputs, register, type Channel } from './registers.ts'

const stopping: QueryOptions = { priority: 'stop' }
/** Within this the outputs have fallen. */
const confirmMs = 5000
const notFitted = 'not fitted'

const step = (command: string, work: () => Promise<void>): StopStep => ({
  command,
  run: async () => ((await ifFitted(work().then(() => true))) === null ? notFitted : 'done'),
})

async function modeCheck(device: F4): Promise<StopCheck> {
  const mode = await readMode(device, stopping)
  return {
    evidence: [{ command: `register ${register.mode}? (mode)`, readBack: String(mode) }],
    problem: isProfileMode(mode) ? 'a profile is still under way' : null,
  }
}

async function eventCheck(device: F4): Promise<StopCheck> {
  if (device.runEvent === null) return { evidence: [], problem: null }
  const isOn = await isEventOn(device, stopping)
  return {
    evidence: [{ command: `register ${device.runEvent}? (chamber on)`, readBack: isOn ? 'on' : 'off' }],
    problem: isOn ? 'the event that switches the chamber on is still on' : null,
  }
}

async function loopCheck(device: F4, channel: Channel): Promise<StopCheck> {
  const found = await ifFitted(readSetPoint(device, channel, stopping))
  // A device that has no first channel is no proof of anything.
  const isMissing = found === null && channel === temperatureChannel
  const isOn = found !== null && isLoopOn(found)
  const readBack = found === null ? notFitted : `${found.raw}, least ${found.low}`
  return {
    evidence: [{ command: `register ${channel.setPoint}? (${channel.name})`, readBack }],
    problem: isMissing || isOn ? `${channel.name} ${isMissing ? 'is not there' : 'is still on'}` : null,
  }
}

async function outputCheck(device: F4, address: number): Promise<StopCheck> {
  const percent = await ifFitted(device.client.signed(address, stopping))
  return {
    evidence: [
      {
        command: `register ${address}? (output)`,
        readBack: percent === null ? notFitted : `${(percent / 100).toFixed(2)} %`,
      },
    ],
    problem: percent === null || percent === 0 ? null : `output register ${address} is still at ${percent / 100} %`,
  }
}

/** Ends a profile, cuts the chamber off by its event where it has one, and switches both loops off. */
export function stopPlan(device: F4): StopPlan {
  const { client, runEvent } = device
  const cut = runEvent === null ? [] : [step(`register ${runEvent} = 0`, () => client.write(runEvent, 0, stopping))]
  return {
    commands: [
      step(`register ${register.terminate} = 1`, () => client.write(register.terminate, 1, stopping)),
      ...cut,
      ...channels.map((channel) =>
        step(`register ${channel.setPoint} below its least`, () => switchLoopOff(device, channel, stopping)),
      ),
    ],
    check: async () => {
      const found = [await modeCheck(device), await eventCheck(device)]
      for (const channel of channels) found.push(await loopCheck(device, channel))
      for (const address of outputs) found.push(await outputCheck(device, address))
      const problems = found.flatMap((each) => each.problem ?? [])
      return {
        evidence: found.flatMap((each) => each.evidence),
        problem: problems.length > 0 ? problems.join('; ') : null,
      }
    },
    confirmMs,
  }
}
