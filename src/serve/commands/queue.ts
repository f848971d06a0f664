import { StationError } from '../../contract/errors.ts'
import { isQueued, type QueueEntry } from '../../contract/queue.ts'
import { modulesName } from '../../contract/runName.ts'
import type { StartRequest } from '../../contract/startRequest.ts'
import { withReader } from '../../engine/openStation.ts'
import type { Station } from '../../engine/station.ts'
import { neededOption, readArguments, textOption, type Options } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf, realClock } from '../environment.ts'
import { alignTable, exitCode, type Output } from '../output.ts'
import { hostStation } from '../stationHost.ts'
import { requestOf } from './run.ts'

const bad = (detail: string): StationError => new StationError('usage.badArgument', { detail })

const rowOf = (entry: QueueEntry): string[] => [
  ...[entry.id, String(entry.position), entry.state, entry.request.protocolId, modulesName(entry.request)],
  [...new Set(Object.values(entry.request.roles).flat())].join(', '),
  ...[entry.queuedBy, entry.unattended ? `alone, by the word of ${entry.unattended.who}` : 'by a person'],
  entry.reasons.join('; '),
]

function show(entries: readonly QueueEntry[], output: Output): void {
  const head = ['queued run', 'place', 'state', 'protocol', 'module', 'instruments', 'queued by', 'starts', 'why']
  const waiting = entries.filter(isQueued)
  output.result({ queue: entries }, waiting.length > 0 ? alignTable([head, ...waiting.map(rowOf)]) : 'No run waits.')
}

const whoOf = (given: Options): string => textOption(given, 'operator') ?? process.env['USER'] ?? 'command line'

/** `--instrument role=ID`, several times: instruments of the station's own list, in the order given. */
function rolesOf(given: Options, roles: StartRequest['roles']): StartRequest['roles'] {
  const chosen: Record<string, string[]> = {}
  for (const text of (given['instrument'] as string[] | undefined) ?? []) {
    const [, role = '', id = ''] = /^([A-Za-z0-9]+)=([^@]+)$/.exec(text) ?? []
    if (!Object.hasOwn(roles, role) || id === '')
      throw bad(
        `--instrument ${text}: role=ID of the station’s list is needed; roles are ${Object.keys(roles).join(', ')}.`,
      )
    chosen[role] = [...(chosen[role] ?? []), id]
  }
  return { ...roles, ...chosen }
}

async function change(positionals: readonly string[], given: Options, station: Station): Promise<QueueEntry> {
  const [action, id = ''] = positionals
  const who = whoOf(given)
  const { queue } = station
  if (action === 'add') {
    const asked = requestOf(id, { ...given, instrument: undefined }, station)
    const request = { ...asked, roles: rolesOf(given, asked.roles) }
    return queue.add({ request, who, unattended: given['unattended'] === true })
  }
  if (action === 'remove') return queue.remove({ id, who, reason: neededOption(given, 'reason') })
  return queue.move({ id, who, before: textOption(given, 'before') ?? null })
}

const text = { type: 'string' } as const
const several = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const
const options = {
  ...{ param: several, instrument: several, sample: text, modules: text, operator: text },
  ...{ reason: text, before: text, unattended: flag, simulate: flag },
} as const

export const queue: Command = {
  usage:
    'queue list | add PVTP-017 [--param name=value]… [--sample ID] [--modules N] [--instrument role=ID]… [--unattended] | move ID [--before ID] | remove ID --reason T [--operator NAME] [--data DIR] [--json]',
  about:
    'Runs that wait for their instruments; they are started at the station, by a person wherever somebody could be hurt',
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 2] })
    const [action, id] = positionals
    const dataFolder = dataFolderOf(given)
    if (action === 'list' && id === undefined) {
      show(await withReader(dataFolder, (reader) => reader.queueOpen()), output)
      return exitCode.ok
    }
    if (id === undefined || !['add', 'move', 'remove'].includes(action ?? ''))
      throw bad(`“${positionals.join(' ')}”: list, add PROTOCOL, move ID or remove ID is needed.`)
    const simulate = given['simulate'] === true ? { seed: 1 } : null
    const host = { dataFolder, clock: realClock(), simulate, virtualTime: false, automaticAnswer: null }
    // This process ends with the command: it goes on with nothing, and begins nothing.
    const { station, close } = await hostStation({ ...host, goesOn: false, lockWaitMs: 0 })
    try {
      const entry = await change(positionals, given, station)
      const reasons = entry.reasons.length > 0 ? ` (${entry.reasons.join('; ')})` : ''
      output.result({ entry }, `${entry.id} is ${entry.state}${reasons}.`)
      return exitCode.ok
    } finally {
      await close()
    }
  },
}
