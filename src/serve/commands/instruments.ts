import { StationError, type ErrorText } from '../../contract/errors.ts'
import type { Identity, Reading } from '../../contract/instrument.ts'
import { instrumentConfigSchema, type InstrumentConfig } from '../../contract/run.ts'
import { discoverParts, type Parts } from '../../engine/discover.ts'
import { profileOrNull } from '../../engine/instruments/effectiveProfile.ts'
import { openInstrument } from '../../engine/instruments/openInstrument.ts'
import { withReader } from '../../engine/openStation.ts'
import { createLinkOpener } from '../../engine/transport/openLink.ts'
import { scanNetwork } from '../../engine/transport/scanNetwork.ts'
import { listSerialPorts, stableLink } from '../../engine/transport/serialPorts.ts'
import { parseLinkUrl } from '../../engine/transport/url.ts'
import { integerOption, neededOption, readArguments, textOption, type Options } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readDefinition } from '../definitionFile.ts'
import { dataFolderOf, realClock } from '../environment.ts'
import { alignTable, exitCode, type ExitCode, type Output } from '../output.ts'
import { hostStation } from '../stationHost.ts'

const bad = (detail: string): StationError => new StationError('usage.badArgument', { detail })

interface Checked {
  health: 'connected' | 'lost'
  identity: Identity | null
  readings: Reading[]
  lastGoodUtcMs: number | null
  problem: ErrorText | null
}

/** Opens it now, asks who it is and for its values; never energises. */
async function check(config: InstrumentConfig, parts: Parts, all: readonly InstrumentConfig[]): Promise<Checked> {
  const clock = realClock()
  const configOf = (id: string) => all.find((each) => each.id === id)
  try {
    const opened = await openInstrument(config, {
      clock,
      drivers: parts.drivers,
      configOf,
      opener: createLinkOpener({ clock }),
    })
    try {
      const readings = await opened.instrument.read()
      return {
        health: 'connected',
        identity: opened.identity,
        readings,
        lastGoodUtcMs: clock.utcMs(),
        problem: null,
      }
    } finally {
      await opened.close()
    }
  } catch (error) {
    if (!(error instanceof StationError)) throw error
    return { health: 'lost', identity: null, readings: [], lastGoodUtcMs: null, problem: error.text }
  }
}

async function list(given: Options, output: Output): Promise<ExitCode> {
  const parts = await discoverParts()
  const configs = await withReader(dataFolderOf(given), (reader) => reader.instruments())
  const isChecked = given['check'] === true
  const found = []
  for (const config of configs) {
    const driverTitle =
      profileOrNull(config, { drivers: parts.drivers, configOf: (id) => configs.find((each) => each.id === id) })
        ?.title ?? null
    found.push({ config, driverTitle, ...(isChecked ? await check(config, parts, configs) : {}) })
  }
  const rows = found.map(({ config, ...rest }) => {
    const calibration = config.calibration ? `due ${config.calibration.dueDate}` : 'no calibration'
    const state = 'health' in rest ? (rest.problem?.happened ?? rest.health ?? '') : ''
    return [config.id, config.name, config.driver, config.link, calibration, state]
  })
  output.result({ instruments: found }, alignTable([['id', 'name', 'driver', 'link', 'calibration', ''], ...rows]))
  return found.some((each) => 'health' in each && each.health === 'lost') ? exitCode.failed : exitCode.ok
}

const withStation = async <T>(
  given: Options,
  work: (station: Awaited<ReturnType<typeof hostStation>>['station']) => Promise<T>,
): Promise<T> => {
  const { station, close } = await hostStation({
    dataFolder: dataFolderOf(given),
    clock: realClock(),
    simulate: null,
    virtualTime: false,
    automaticAnswer: null,
    goesOn: false,
  })
  try {
    return await work(station)
  } finally {
    await close()
  }
}

/** `--part hv=ID`, several times: what an instrument is made of, each slot in the order given. */
function partsOf(given: Options): { parts?: Record<string, string[]> } {
  const pairs = (given['part'] as string[] | undefined) ?? []
  const parts: Record<string, string[]> = {}
  for (const pair of pairs) {
    const [, slot, id] = /^(\w+)=(.+)$/.exec(pair) ?? []
    if (slot === undefined || id === undefined) throw bad(`--part ${pair}: SLOT=ID is needed, such as hv=supply.`)
    parts[slot] = [...(parts[slot] ?? []), id]
  }
  return pairs.length === 0 ? {} : { parts }
}

async function add(id: string, given: Options, output: Output): Promise<ExitCode> {
  const definition = await readDefinition(given)
  const link = neededOption(given, 'link')
  if (link !== 'parts:') parseLinkUrl(link)
  const parsed = instrumentConfigSchema.safeParse({
    id,
    name: textOption(given, 'name') ?? id,
    driver: neededOption(given, 'driver'),
    link,
    calibration: null,
    ...(definition === undefined ? {} : { definition }),
    ...partsOf(given),
  })
  if (!parsed.success)
    throw bad(parsed.error.issues.map((each) => `${each.path.join('.')}: ${each.message}`).join('; '))
  await withStation(given, (station) => station.saveInstrument(parsed.data))
  output.result({ config: parsed.data }, `${id} is in the station’s list.`)
  return exitCode.ok
}

async function remove(id: string, given: Options, output: Output): Promise<ExitCode> {
  await withStation(given, (station) => station.removeInstrument(id))
  output.result({ removed: id }, `${id} is out of the station’s list.`)
  return exitCode.ok
}

/** Ports that the drivers' example links name. */
function knownPorts(parts: Parts): Map<number, string[]> {
  const ports = new Map<number, string[]>()
  for (const { profile } of parts.drivers.values()) {
    const port = Number(/:(\d+)(?:\?|$)/.exec(profile.exampleLink)?.[1] ?? 0)
    if (port > 0) ports.set(port, [...(ports.get(port) ?? []), profile.id])
  }
  return ports
}

async function scan(given: Options, output: Output): Promise<ExitCode> {
  const ports = (await listSerialPorts()).map((each) => ({ ...each, link: stableLink(each) }))
  const range = textOption(given, 'network')
  const known = knownPorts(await discoverParts())
  const only = textOption(given, 'port')
  const asked =
    only === undefined ? [...known.keys()] : [integerOption(given, 'port', { least: 1, most: 65_535, otherwise: 1 })]
  const hosts = range === undefined ? [] : await scanNetwork(range, asked)
  const found = hosts.map((each) => ({ ...each, drivers: known.get(each.port) ?? [] }))
  const rows = [
    ...ports.map((each) => [each.path, each.maker ?? '', each.serialNumber ?? '', each.link ?? '']),
    ...found.map((each) => [`${each.host}:${each.port}`, 'listens', each.drivers.join(', '), '']),
  ]
  output.result({ serialPorts: ports, network: found }, rows.length > 0 ? alignTable(rows) : 'Nothing was found.')
  return exitCode.ok
}

export const instruments: Command = {
  usage:
    'instruments [--check] | add ID --driver D --link URL [--name N] [--definition FILE] [--part SLOT=ID]… | remove ID | scan [--network 192.168.1.0/24 [--port N]]',
  about:
    'The station’s instruments: lists them (--check asks each), adds, removes, and looks for ports; nothing is sent in a scan',
  run: async (args, output) => {
    const text = { type: 'string' } as const
    const options = {
      check: { type: 'boolean' },
      driver: text,
      link: text,
      name: text,
      definition: text,
      part: { type: 'string', multiple: true },
      network: text,
      port: text,
    } as const
    const { positionals, options: given } = readArguments(args, { options, positionals: [0, 2] })
    const [action, id] = positionals
    if (action === undefined) return list(given, output)
    if (action === 'scan' && id === undefined) return scan(given, output)
    if (id === undefined || id === '') throw bad(`${action}: the id of an instrument is needed.`)
    if (action === 'add') return add(id, given, output)
    if (action === 'remove') return remove(id, given, output)
    throw bad(`“${action}”: add, remove or scan is needed.`)
  },
}
