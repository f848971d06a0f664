import { StationError } from '../../contract/errors.ts'
import { discoverParts } from '../../engine/discover.ts'
import { serveSimulator } from '../../engine/serveSimulator.ts'
import { integerOption, readArguments, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { realClock } from '../environment.ts'
import { exitCode } from '../output.ts'
import { untilStopped } from '../untilStopped.ts'

const options = {
  tcp: { type: 'string' },
  serial: { type: 'string' },
  'baud-rate': { type: 'string' },
  seed: { type: 'string' },
  set: { type: 'string', multiple: true },
} as const

/** `host:port`, `:port` or `port`; loopback unless a host is named. */
function readTcp(text: string): { host: string; port: number } {
  const match = /^(?:(.*):)?(\d+)$/.exec(text)
  const port = Number(match?.[2] ?? -1)
  if (!match || port < 0 || port > 65535)
    throw new StationError('usage.badArgument', {
      detail: `--tcp ${text}: HOST:PORT is needed, such as 127.0.0.1:5025.`,
    })
  return { host: match[1]?.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1', port }
}

export const simulate: Command = {
  usage: 'simulate DRIVER (--tcp HOST:PORT | --serial PATH [--baud-rate N]) [--seed N] [--set name=value]…',
  about: 'One simulated instrument alone on a wire, until Ctrl+C',
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 1] })
    const driver = positionals[0]!
    const { simulators } = await discoverParts()
    const simulator = simulators.get(driver)
    if (!simulator)
      throw new StationError('usage.badArgument', {
        detail: `There is no simulator ${driver}; there are: ${[...simulators.keys()].join(', ')}.`,
      })
    const tcp = textOption(given, 'tcp')
    const serial = textOption(given, 'serial')
    if ((tcp === undefined) === (serial === undefined))
      throw new StationError('usage.badArgument', { detail: 'Either --tcp HOST:PORT or --serial PATH is needed.' })
    const settings = ((given['set'] as string[] | undefined) ?? []).map((pair): [string, string] => {
      const at = pair.indexOf('=')
      if (at < 1) throw new StationError('usage.badArgument', { detail: `--set ${pair}: name=value is needed.` })
      return [pair.slice(0, at), pair.slice(at + 1)]
    })
    const served = await serveSimulator({
      simulator,
      clock: realClock(),
      seed: integerOption(given, 'seed', { least: 0, most: 4294967295, otherwise: 1 }),
      options: Object.fromEntries(settings),
      wire:
        tcp === undefined
          ? {
              path: serial!,
              baudRate: integerOption(given, 'baud-rate', { least: 50, most: 4_000_000, otherwise: 9600 }),
            }
          : readTcp(tcp),
    })
    output.result({ driver, address: served.address }, `SIMULATED ${driver} on ${served.address}; Ctrl+C ends it`)
    const { stopped, release } = untilStopped()
    await stopped
    await served.close()
    release()
    return exitCode.ok
  },
}
