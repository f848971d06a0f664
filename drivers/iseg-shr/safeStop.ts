import type { Clock } from '../../src/base/clock.ts'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { createStopEvidence, watchDischarge, type StopEvidence } from '../scpi/stopEvidence.ts'
import type { StrictClient } from '../scpi/strictClient.ts'
import { channelList, command, form, hasBit, query } from './commands.ts'
import { numbersOf } from './module.ts'
import { profile } from './profile.ts'

/** A safe stop has 10 s in a run: four for the ramp, then the emergency off, which has none. */
const rampedMs = 4000
const forcedMs = 3000
/** The answers to the commands come meanwhile, and are thrown away. */
const settleMs = 200

interface Stop {
  link: LineLink
  client: StrictClient
  clock: Clock
  /** Lanes that are used; null where the unit wasn't asked yet. */
  lanes: number | null
  /** Those that may be. */
  most: number
}

/**
 * Off with the ramp first, without it where that doesn't help. Each channel has a command of its own: a list with a
 * channel that the unit lacks would be refused as a whole.
 */
export async function stopUnit(of: Stop, onSent?: () => void): Promise<SafeStateProof> {
  const { link, client, clock } = of
  const stop = createStopEvidence()
  const each = Array.from({ length: of.lanes ?? of.most }, (_lane, lane) => `(@${lane})`)
  if (await stop.sendAll(link, each.map(command.off))) onSent?.()
  await clock.sleep(settleMs)
  const lanes = await askLanes(stop, of)
  let last = lanes === null ? null : await watchLanes(stop, of, { lanes, forMs: rampedMs })
  const used = lanes ?? of.most
  if (!isLow(last)) {
    await stop.sendAll(link, each.map(command.emergencyOff))
    await clock.sleep(settleMs)
    last = await watchLanes(stop, of, { lanes: used, forMs: forcedMs })
  }
  const ask = query.status(channelList(used))
  const status = last === null ? null : await stop.note(ask, () => client.ask(ask, form.registers(used)))
  const isOff = status !== null && numbersOf(status).every((one) => !hasBit(one, 'on'))
  return stop.proof([
    last === null ? 'the voltage was not measured' : null,
    last !== null && !isLow(last) ? `there are still ${last}` : null,
    status === null ? 'the state of the output was not read back' : null,
    status !== null && !isOff ? 'a channel says that it is on' : null,
  ])
}

/** null where it doesn't answer. */
async function askLanes(stop: StopEvidence, { client, lanes, most }: Stop): Promise<number | null> {
  if (lanes !== null) return lanes
  const count = await stop.note(query.channels, () => client.ask(query.channels, form.count))
  return count === null ? null : Math.min(most, Math.max(1, Number(count)))
}

const isLow = (answer: string | null): boolean =>
  answer !== null && Number.parseFloat(answer) < profileLimit(profile, 'safeBelowV')

/** The highest voltage of all lanes when it was low, or at the end of the time. */
function watchLanes(stop: StopEvidence, of: Stop, { lanes, forMs }: { lanes: number; forMs: number }) {
  const ask = query.measuredVoltage(channelList(lanes))
  const mostV = profileLimit(profile, 'safeBelowV')
  const measureV = async (): Promise<number> =>
    Math.max(...numbersOf(await of.client.ask(ask, form.volts(lanes))).map((voltageV) => Math.abs(voltageV)))
  const watch = () => watchDischarge(of.clock, { measureV, mostV, forMs, everyMs: 250, failures: 1 })
  return stop.note(ask, async () => `${await watch()} V at most`)
}
