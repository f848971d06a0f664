// iseg SHR/NHR/NHS/EHS by SCPI over TCP 10001 or COM: one voltage on up to four lanes, with the leakage of each.
// Doesn't decide which module lies in which lane, how long stress lasts, or what a leakage means.
// Follows the iseg SCPI programmers guide of 2020-10-07; every command is answered, on COM behind an echo.
import type { Cancellation } from '../../src/base/cancellation.ts'
import { createCanceller } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { createSweepGuard } from '../scpi/safeState.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { stopping } from '../scpi/stopEvidence.ts'
import { channelList, form, hasBit, hindranceOf, query } from './commands.ts'
import { createModule, numbersOf, type Known, type Module } from './module.ts'
import { profile } from './profile.ts'
import { stopUnit } from './safeStop.ts'
import { setSwitch, setValue } from './settings.ts'

/** Lines end at LF alone, so that an empty line is an answer. */
const lineSettings = { sendTerminator: '\r\n', receiveTerminators: '\n', quietMs: 500, defaultTimeoutMs: 2000 }

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createSupply(link, context),
}

const maxLanes = profileLimit(profile, 'maxLanes')

/** How many channels the admin allows. */
const allowedLanes = (deviations: readonly string[]): number => {
  if (deviations.includes('only-channel-0')) return 1
  if (deviations.includes('only-channels-0-1')) return 2
  return deviations.includes('only-channels-0-2') ? 3 : maxLanes
}

function createSupply(link: LineLink, context: DriverContext): Instrument {
  const { name } = context
  const known: Known = { lanes: null, nominalV: null, nominalA: null }
  const mostLanes = allowedLanes(context.deviations)

  const deps = { link, name, known, mostLanes }
  const moduleFor = (signal?: Cancellation): Module => createModule(deps, { signal })
  const guard = createSweepGuard()

  return {
    identify: async (signal) => {
      Object.assign(known, { lanes: null, nominalV: null, nominalA: null })
      return identifyUnit(moduleFor(signal))
    },
    read: (signal) => readAll(moduleFor(signal), mostLanes),
    set: async (settingName, value, signal = createCanceller().signal) => {
      const setting = checkSetting(profile, { name: settingName, value }, name)
      const held: { actual: number | boolean } = { actual: false }
      await guard.run(signal, async (own) => {
        const unit = moduleFor(own)
        held.actual =
          typeof value === 'number'
            ? await setValue(unit, { setting, value }, { clock: context.clock, signal: own })
            : await setSwitch(unit, value === true, { clock: context.clock, signal: own })
      })
      return { name: settingName, asked: value, actual: held.actual }
    },
    safeStop: async (onSent) => {
      guard.stop()
      const { client } = createModule(deps, stopping)
      return stopUnit({ link, client, clock: context.clock, lanes: known.lanes, most: mostLanes }, onSent)
    },
  }
}

async function identifyUnit({ client, name }: Module): Promise<Identity> {
  const reply = await client.ask(query.identity, form.identity)
  const [maker = '', model = '', serialNumber = '', firmware = ''] = reply.split(',').map((part) => part.trim())
  const isKnown = profile.models.some((pattern) => new RegExp(pattern).test(model))
  if (!/^iseg\b/i.test(maker) || !isKnown)
    throw new StationError('device.wrongModel', {
      expected: profile.title,
      link: name,
      actual: `${maker} ${model}`.slice(0, 120),
    })
  return { maker, model, serialNumber, firmware }
}

async function readAll(module: Module, most: number): Promise<Reading[]> {
  const { client } = module
  const lanes = await module.lanes()
  const list = channelList(lanes)
  const measured = numbersOf(await client.ask(query.measuredVoltage(list), form.volts(lanes)))
  const currents = numbersOf(await client.ask(query.measuredCurrent(list), form.amperes(lanes)))
  const wanted = numbersOf(await client.ask(query.setVoltage(list), form.volts(lanes)))
  const statuses = numbersOf(await client.ask(query.status(list), form.registers(lanes)))
  const targets = statuses.map((status, lane) => (hasBit(status, 'on') ? Math.abs(wanted[lane] ?? 0) : 0))
  const distance = (lane: number): number => Math.abs(Math.abs(measured[lane] ?? 0) - (targets[lane] ?? 0))
  const farthest = measured.reduce((best, _each, lane) => (distance(lane) > distance(best) ? lane : best), 0)
  const absent = (lane: number): string =>
    lane >= most ? `channel ${lane} is not used (deviation)` : `the unit has ${lanes} channels`
  const reasons = Array.from({ length: maxLanes }, (_each, lane) => {
    const says = lane < lanes ? hindranceOf(statuses[lane] ?? 0) : absent(lane)
    return lane < lanes && says !== null ? `channel ${lane}: ${says}` : says
  })
  const reading = (channel: string, value: number | undefined, reason: string | null): Reading => {
    const unit = channel.startsWith('voltage') ? 'V' : 'A'
    if (value === undefined || reason !== null) return { channel, value: null, unit, reason: reason ?? 'not measured' }
    return { channel, value, unit }
  }
  const hindered = reasons.slice(0, lanes).find((each) => each !== null) ?? null
  const lane = Array.from({ length: maxLanes }, (_each, index) => index)
  return [
    reading('voltage', measured[farthest], null),
    reading(
      'current',
      currents.reduce((sum, each) => sum + each, 0),
      hindered,
    ),
    ...lane.map((index) => reading(`leakage.${index}`, currents[index], reasons[index] ?? null)),
    ...lane.map((index) => reading(`voltage.${index}`, measured[index], index < lanes ? null : absent(index))),
    { channel: 'output', value: statuses.some((status) => hasBit(status, 'on')) ? 1 : 0, unit: '1' },
  ]
}
