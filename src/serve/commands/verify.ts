import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { messageOf, StationError } from '../../contract/errors.ts'
import { databaseFile, withReader } from '../../engine/openStation.ts'
import { verifyBundle } from '../../engine/reports/bundle/verifyBundle.ts'
import { recompute, verifyDatabase, type Check } from '../../engine/verify.ts'
import { readArguments, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readBytes } from '../files.ts'
import { exitCode } from '../output.ts'

const isBundle = (name: string): boolean => name.endsWith('.pvtp.zip')

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    throw new StationError('file.unreadable', { path: folder, detail: messageOf(error) }, error)
  }
}

async function verifyFile(path: string, trustedKeys: readonly string[] | undefined): Promise<Check[]> {
  const folder = dirname(path)
  const outside = await Promise.all(
    (await namesIn(folder))
      .filter((name) => !isBundle(name) && /\.(pdf|xlsx|csv)$/.test(name))
      .map(async (name) => ({ name, bytes: await readBytes(join(folder, name)) })),
  )
  const found = verifyBundle({
    bytes: await readBytes(path),
    fileName: basename(path),
    outside,
    recompute,
    ...(trustedKeys ? { trustedKeys } : {}),
  })
  return found.checks
}

async function verifyFolder(folder: string, trustedKeys: readonly string[] | undefined): Promise<Check[]> {
  const names = await namesIn(folder)
  if (names.includes(basename(databaseFile(folder)))) return withReader(folder, verifyDatabase)
  const bundles = names.filter(isBundle)
  if (bundles.length === 0)
    throw new StationError('usage.badArgument', {
      detail: `${folder} has neither a bundle (*.pvtp.zip) nor a database.`,
    })
  return (await Promise.all(bundles.map((name) => verifyFile(join(folder, name), trustedKeys)))).flat()
}

async function verifyPath(path: string, trustedKeys: readonly string[] | undefined): Promise<Check[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw new StationError('file.unreadable', { path, detail: messageOf(error) }, error)
  })
  if (found.isDirectory()) return verifyFolder(path, trustedKeys)
  return basename(path) === basename(databaseFile(''))
    ? verifyFolder(dirname(path), trustedKeys)
    : verifyFile(path, trustedKeys)
}

export const verify: Command = {
  usage: 'verify (BUNDLE | DIR | --data DIR) [--key FINGERPRINT]… [--json]',
  about:
    'Checks a sealed bundle with the papers beside it, or a database: hashes, audit chain, every number computed again',
  run: async (args, output) => {
    const { positionals, options } = readArguments(args, {
      options: { key: { type: 'string', multiple: true } },
      positionals: [0, 1],
    })
    const path = positionals[0] ?? textOption(options, 'data')
    if (path === undefined)
      throw new StationError('usage.badArgument', { detail: 'A bundle, its folder, or --data DIR is needed.' })
    const checks = await verifyPath(path, options['key'] as string[] | undefined)
    const ok = checks.every((check) => check.ok)
    const lines = checks.map((check) => `${check.ok ? 'ok    ' : 'FAILED'}  ${check.name}: ${check.detail}`)
    output.result(
      { ok, checks },
      [...lines, ok ? 'Everything agrees.' : 'NOT everything agrees: see FAILED above.'].join('\n'),
    )
    return ok ? exitCode.ok : exitCode.failed
  },
}
