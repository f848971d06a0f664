import type { ProtocolSummary } from '../../contract/api.ts'
import { describeApproval, isPending, type ProtocolAct, type ProtocolAction } from '../../contract/approval.ts'
import { StationError } from '../../contract/errors.ts'
import { discoverParts } from '../../engine/discover.ts'
import { checkProtocolFiles } from '../../engine/protocolFiles.ts'
import { loadHistory, loadSummaries } from '../../engine/protocolList.ts'
import { neededOption, readArguments, textOption, type Options } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf, realClock } from '../environment.ts'
import { readProtocolFile } from '../files.ts'
import { alignTable, exitCode, type ExitCode, type Output } from '../output.ts'
import { hostStation } from '../stationHost.ts'

const acts: readonly ProtocolAction[] = ['submit', 'approve', 'decline', 'retire']

const rowOf = ({ id, version, title, approval }: ProtocolSummary): string[] => [
  ...[id, version, title, approval.sha256.slice(0, 12), describeApproval(approval)],
  approval.submitted && isPending(approval) ? `submitted by ${approval.submitted.name}` : '',
]

async function list(given: Options, output: Output): Promise<void> {
  const found = await loadSummaries(dataFolderOf(given), await discoverParts())
  const head = ['protocol', 'version', 'title', 'SHA-256', 'state', '']
  output.result({ protocols: found }, alignTable([head, ...found.map(rowOf)]))
}

async function history(id: string, given: Options, output: Output): Promise<void> {
  const records = await loadHistory(dataFolderOf(given), id)
  const rows = records.map((each) => [
    new Date(each.utcMs).toISOString().slice(0, 19).replace('T', ' '),
    ...[each.version, each.action, each.name, each.role, each.sha256.slice(0, 12), each.comment],
  ])
  const head = ['when (UTC)', 'version', 'act', 'name as typed', 'role', 'SHA-256', 'comment']
  output.result(
    { records },
    rows.length > 0 ? alignTable([head, ...rows]) : `Nobody has done anything with ${id} here.`,
  )
}

const reasonOf = (given: Options): string => {
  const comment = neededOption(given, 'comment').trim()
  if (comment.length >= 10) return comment
  throw new StationError('usage.badArgument', { detail: '--comment: say why, in ten characters at least.' })
}

async function check(paths: readonly string[], output: Output): Promise<ExitCode> {
  const files = await Promise.all(paths.map(readProtocolFile))
  const checked = checkProtocolFiles(files, await discoverParts())
  const lines = checked.map(({ path, id, version, problem }) =>
    problem ? `${path}: REFUSED. ${problem.happened}` : `${path}: ${id} ${version} is in order.`,
  )
  output.result({ checked }, lines.join('\n'))
  return checked.some(({ problem }) => problem !== null) ? exitCode.failed : exitCode.ok
}

async function act(
  action: ProtocolAction,
  id: string,
  { given, output }: { given: Options; output: Output },
): Promise<void> {
  const needsReason = action === 'decline' || action === 'retire'
  const author = action === 'submit' ? textOption(given, 'author') : undefined
  const signer: Omit<ProtocolAct, 'sha256'> = {
    ...{ id, name: neededOption(given, 'name').trim(), role: neededOption(given, 'role').trim() },
    comment: needsReason ? reasonOf(given) : (textOption(given, 'comment') ?? ''),
    ...(author === undefined ? {} : { author }),
  }
  const host = { dataFolder: dataFolderOf(given), clock: realClock(), simulate: null, virtualTime: false }
  const { station, close } = await hostStation({ ...host, automaticAnswer: null, goesOn: false, lockWaitMs: 0 })
  try {
    const { sha256 } = station.approvals.of(station.protocols.get(id))
    const done = await station.approvals.act(action, { ...signer, sha256: textOption(given, 'sha256') ?? sha256 })
    const waits = isPending(done.approval) ? ' It waits for a second person.' : ''
    output.result({ protocol: done }, `${id} ${done.version} is ${describeApproval(done.approval)}.${waits}`)
  } finally {
    await close()
  }
}

export const protocol: Command = {
  usage:
    'protocol list | check FILE… | history ID | submit ID --name N --role R [--author A] [--comment T] | approve ID --name N --role R [--comment T] | decline ID … --comment T | retire ID … --comment T [--sha256 H] [--data DIR] [--json]',
  about:
    'What each protocol is at this station, and who answers for it; a second person approves what one submitted. check: whether protocol files would be loaded, or what is wrong in them, and where',
  run: async (args, output) => {
    const text = { type: 'string' } as const
    const options = {
      name: text,
      role: text,
      author: text,
      comment: text,
      sha256: text,
      simulate: { type: 'boolean' },
    } as const
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 1000] })
    const [action, ...files] = positionals
    if (action === 'check' && files.length > 0) return check(files, output)
    const id = files.length > 1 ? undefined : files[0]
    const known = acts.find((each) => each === action)
    if (action === 'list' && files.length === 0) await list(given, output)
    else if (action === 'history' && id !== undefined) await history(id, given, output)
    else if (known && id !== undefined) await act(known, id, { given, output })
    else
      throw new StationError('usage.badArgument', {
        detail: `“${positionals.join(' ')}”: list, check with files, or history, submit, approve, decline or retire with the id of a protocol is needed.`,
      })
    return exitCode.ok
  },
}
