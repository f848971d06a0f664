import { StationError } from '../../contract/errors.ts'
import type { Profile } from '../../contract/instrument.ts'
import { benchOptions } from '../../engine/benchOptions.ts'
import { discoverParts } from '../../engine/discover.ts'
import { createScaledClock } from '../../engine/scaledClock.ts'
import { serveSimulator, type SimulatorWire } from '../../engine/serveSimulator.ts'
import { parseLinkUrl, type SerialSettings } from '../../engine/transport/url.ts'
import { integerOption, readArguments, textOption, type Options } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readDefinition } from '../definitionFile.ts'
import { realClock } from '../environment.ts'
import { numberOption } from '../numberOption.ts'
import { exitCode } from '../output.ts'
import { consoleHelp, openConsole } from '../simulatorConsole.ts'
import { untilStopped } from '../untilStopped.ts'

const options = {
  tcp: { type: 'string' },
  serial: { type: 'string' },
  'baud-rate': { type: 'string' },
  parity: { type: 'string' },
  'stop-bits': { type: 'string' },
  seed: { type: 'string' },
  unit: { type: 'string' },
  'time-factor': { type: 'string' },
  fault: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
  bench: { type: 'string', multiple: true },
  definition: { type: 'string' },
} as const

const bad = (detail: string) => new StationError('usage.badArgument', { detail })

/** `host:port`, `:port` or `port`; loopback unless a host is named. */
function readTcp(text: string): { host: string; port: number } {
  const match = /^(?:(.*):)?(\d+)$/.exec(text)
  const port = Number(match?.[2] ?? -1)
  if (!match || port < 0 || port > 65535) throw bad(`--tcp ${text}: HOST:PORT is needed, such as 127.0.0.1:5025.`)
  return { host: match[1]?.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1', port }
}

/** `name=value` pairs of an option that may be given several times. */
function pairsOf(given: Options, name: string): Record<string, string> {
  return Object.fromEntries(
    ((given[name] as string[] | undefined) ?? []).map((pair): [string, string] => {
      const at = pair.indexOf('=')
      if (at < 1) throw bad(`--${name} ${pair}: name=value is needed.`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

/** How the instrument's port is set in the factory, as the driver's example link says. */
function factorySettings({ exampleLink }: Profile): SerialSettings {
  const address = parseLinkUrl(exampleLink)
  if (address.kind === 'serial' || address.kind === 'modbus-rtu') return address.serial
  return { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 }
}

function readSerial(given: Options, path: string, profile: Profile): SimulatorWire {
  const factory = factorySettings(profile)
  const parity = textOption(given, 'parity') ?? factory.parity
  if (parity !== 'none' && parity !== 'even' && parity !== 'odd')
    throw bad(`--parity ${parity}: none, even or odd is needed.`)
  const stopBits = integerOption(given, 'stop-bits', { least: 1, most: 2, otherwise: factory.stopBits })
  const baudRate = integerOption(given, 'baud-rate', { least: 50, most: 4_000_000, otherwise: factory.baudRate })
  return { path, baudRate, dataBits: factory.dataBits, parity, stopBits: stopBits === 2 ? 2 : 1 }
}

function readWire(given: Options, profile: Profile): SimulatorWire {
  const tcp = textOption(given, 'tcp')
  const serial = textOption(given, 'serial')
  if ((tcp === undefined) === (serial === undefined)) throw bad('Either --tcp HOST:PORT or --serial PATH is needed.')
  return tcp === undefined ? readSerial(given, serial ?? '', profile) : readTcp(tcp)
}

const ofConnectionsOnly = /^(reset|one-client|idle-close)\b/

/** Faults by `--fault` and by the older `--set fault=…`. */
function readOptions(given: Options, wire: SimulatorWire): Record<string, string> {
  const { fault, ...settings } = pairsOf(given, 'set')
  const faults = [...((given['fault'] as string[] | undefined) ?? []), ...(fault === undefined ? [] : [fault])]
  const odd = 'path' in wire ? faults.find((each) => ofConnectionsOnly.test(each)) : undefined
  if (odd !== undefined)
    throw bad(`--fault ${odd}: a serial line has no connection; unplug and half-open are possible.`)
  const unit = textOption(given, 'unit')
  if (unit !== undefined) integerOption(given, 'unit', { least: 0, most: 255, otherwise: 1 })
  return { ...settings, ...(unit === undefined ? {} : { unit }), fault: faults.join(';') }
}

export const simulate: Command = {
  usage:
    'simulate DRIVER (--tcp HOST:PORT | --serial PATH [--baud-rate N] [--parity P]) [--fault NAME[:at=10,…]]… [--set name=value]… [--unit N] [--bench module=400w]… [--definition FILE.json] [--seed N] [--time-factor N]',
  about: `One simulated instrument alone on a wire, until Ctrl+C. Lines on stdin change it: ${consoleHelp}`,
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 1] })
    const driver = positionals[0]!
    const { drivers, simulators } = await discoverParts()
    const [simulator, known] = [simulators.get(driver), drivers.get(driver)]
    if (!simulator || !known)
      throw bad(`There is no simulator ${driver}; there are: ${[...simulators.keys()].join(', ')}.`)
    const definition = await readDefinition(given)
    const profile = definition === undefined ? known.profile : (known.profileOf?.(definition, {}) ?? known.profile)
    const wire = readWire(given, profile)
    const factor = numberOption(given, 'time-factor', 0) ?? 1
    const served = await serveSimulator({
      simulator,
      clock: factor === 1 ? realClock() : createScaledClock(realClock(), factor),
      wireClock: realClock(),
      seed: integerOption(given, 'seed', { least: 0, most: 4294967295, otherwise: 1 }),
      options: readOptions(given, wire),
      definition,
      bench: benchOptions(pairsOf(given, 'bench')),
      wire,
    })
    const { address } = served
    // Before anybody knows of it: from then on it may be asked to end.
    const { stopped, release } = untilStopped()
    output.result({ driver, address }, `SIMULATED ${driver} on ${address}; Ctrl+C ends it`)
    const closeConsole = openConsole(
      served,
      (document, text) => void process.stdout.write(`${output.json ? JSON.stringify(document) : text}\n`),
    )
    await stopped
    closeConsole()
    await served.close()
    release()
    return exitCode.ok
  },
}
