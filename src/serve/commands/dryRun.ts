import { StationError } from '../../contract/errors.ts'
import { discoverParts, type Parts } from '../../engine/discover.ts'
import { sayBytes } from '../../engine/diskForecast.ts'
import { dryRun as runDry, type DryRun } from '../../engine/dryRun.ts'
import { protocolIdOf, withProtocolFiles } from '../../engine/protocolFiles.ts'
import type { SimulatedFault } from '../../engine/simulatedLab.ts'
import { integerOption, readArguments, readParameters, textOption, type Options } from '../arguments.ts'
import type { Command } from '../command.ts'
import { softwareVersion } from '../environment.ts'
import { readProtocolFile } from '../files.ts'
import { alignTable, exitCode } from '../output.ts'

const options = {
  seed: { type: 'string' },
  param: { type: 'string', multiple: true },
  fault: { type: 'string', multiple: true },
  modules: { type: 'string' },
  start: { type: 'string' },
} as const

/** `chamber=no-answer:at=2h,for=10min` for one instrument, or without its name for all of them. */
const readFaults = (given: Options): SimulatedFault[] =>
  ((given['fault'] as string[] | undefined) ?? []).map((text) => {
    const match = /^(?:([a-z][a-z0-9-]*)=)?([a-z][a-z0-9-]*(?::.*)?)$/.exec(text)
    if (!match)
      throw new StationError('usage.badArgument', {
        detail: `--fault ${text}: [INSTRUMENT=]FAULT[:key=value,…] is needed.`,
      })
    return { instrument: match[1] ?? null, spec: match[2]! }
  })

function readStart(given: Options): number {
  const text = textOption(given, 'start')
  if (text === undefined) return Date.now()
  const utcMs = Date.parse(text)
  if (Number.isNaN(utcMs))
    throw new StationError('usage.badArgument', {
      detail: `--start ${text}: a date such as 2026-12-01T08:00Z is needed.`,
    })
  return utcMs
}

/** By its id, or as a file that isn’t among the protocols yet. */
async function partsWith(named: string): Promise<{ parts: Parts; protocolId: string }> {
  const parts = await discoverParts()
  if (!named.endsWith('.json')) return { parts, protocolId: named }
  const file = await readProtocolFile(named)
  return { parts: withProtocolFiles([file], parts), protocolId: protocolIdOf(file) }
}

const hours = (seconds: number): string => `${(seconds / 3600).toFixed(2)} h`

function say(result: DryRun): string {
  const { disk } = result
  const problem = result.problem ? [`Problem: ${result.problem.happened}`] : []
  return [
    `${result.protocolId}: ${result.status}, verdict ${result.verdict ?? 'none'}, ${hours(result.durationS)}, ends ${result.endUtc} (SIMULATED: people answer at once, nothing is kept)`,
    ...problem,
    ...result.verdictReasons.map((reason) => `  ${reason}`),
    '',
    'Somebody is needed:',
    alignTable(result.operator.map((each) => [hours(each.atS), each.atUtc.slice(0, 16), each.title])),
    '',
    'Exposure:',
    alignTable(
      result.exposure.map((each) => [
        each.title,
        each.lane ?? '',
        `${each.credited.toFixed(3)} ${each.unit} credited`,
        `${each.lostH.toFixed(3)} h not`,
      ]),
    ),
    '',
    `Disk: ≈ ${sayBytes(disk.runBytes)} for the run, ≈ ${sayBytes(disk.backupBytes)} more for backups made meanwhile`,
    `Journal ${result.journalSha256}, ${result.samples} samples`,
  ].join('\n')
}

export const dryRun: Command = {
  usage:
    'dry-run PVTP-0NN|FILE.json [--param name=value]… [--modules N] [--fault [INSTRUMENT=]FAULT:…]… [--seed N] [--start UTC] [--json]',
  about:
    'What a test will be like: time line, duration, when somebody is needed, ledger and expected verdict; in seconds',
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 1] })
    const { parts, protocolId } = await partsWith(positionals[0]!)
    const result = await runDry(
      {
        protocolId,
        parameters: readParameters(given),
        modules: integerOption(given, 'modules', { least: 1, most: 64, otherwise: 1 }),
        seed: integerOption(given, 'seed', { least: 0, most: 4294967295, otherwise: 1 }),
        faults: readFaults(given),
        startUtcMs: readStart(given),
      },
      {
        parts,
        softwareVersion,
        onError: (error) =>
          void process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
      },
    )
    output.result(result, say(result))
    return result.status === 'completed' && result.verdict !== 'fail' ? exitCode.ok : exitCode.failed
  },
}
