import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../support/cli.ts'
import { keyHex } from './check.ts'

/** Why there is nothing to inject with; null where there is. */
export const withoutStrace: string | null = (() => {
  if (process.platform !== 'linux') return 'needs Linux'
  if (!existsSync('/usr/bin/strace')) return 'needs strace'
  // In a container without the right to trace, strace is there but of no use.
  return spawnSync('strace', ['-qq', '-o', '/dev/null', '/bin/true']).status === 0 ? null : 'needs the right to trace'
})()

/** For the title of what is skipped without it. */
export const skippedWithoutStrace = withoutStrace === null ? '' : ` (skipped without strace: ${withoutStrace})`

/** What changes a file. SQLite here writes with pwrite64 and flushes with fsync. */
export const writeCalls = ['pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'unlink'] as const
export type WriteCall = (typeof writeCalls)[number]

export interface Traced {
  code: number | null
  signal: string | null
  output: string
}

const workload = join(root, 'test', 'storage', 'faults', 'workload.ts')

/** Runs the store's workload under strace with these options. */
export const runTraced = (options: readonly string[], at: { path: string; synchronous?: string }): Promise<Traced> =>
  runNodeTraced(options, [workload, at.path, keyHex, at.synchronous ?? 'FULL'])

/** Runs a script with its arguments. Without --seccomp-bpf, which silently keeps strace from injecting. */
export const runNodeTraced = (options: readonly string[], script: readonly string[]): Promise<Traced> =>
  new Promise((resolve, reject) => {
    const args = ['-f', '-qq', ...options, process.execPath, ...script]
    const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'pvtp', 'faults') }
    const child = spawn('strace', args, { stdio: ['ignore', 'pipe', 'pipe'], env })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve({ code, signal, output: output + (errors === '' ? '' : `\n${errors}\n`) }),
    )
  })

/** As many at a time as there are processors for. */
export async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const next = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all([next(), next()])
}
