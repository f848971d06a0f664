import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Random } from '../../../src/base/random.ts'

/** One call of the traced run: what it did to a file, or what the run said. */
type Step =
  | { kind: 'write'; file: string; at: number; bytes: Buffer }
  | { kind: 'sync'; file: string }
  | { kind: 'truncate'; file: string; length: number }
  | { kind: 'unlink'; file: string }
  | { kind: 'say'; text: string }

const unescape = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex')

/** Reads what `strace -f -y -xx -s 200000` wrote. Paths are told in hexadecimal, too. */
export function readTrace(path: string): Step[] {
  const named = (text: string): string => (text.includes('\\x') ? unescape(text).toString('utf8') : text)
  return readFileSync(path, 'latin1')
    .split('\n')
    .map((line): Step | null => {
      const call = /^\d+ +(\w+)\((.*)\) += (\d+)/.exec(line)
      if (!call) return null
      const [, name, args = '', result] = call
      const [, fd, target = ''] = /^(\d+)<([^>]*)>/.exec(args) ?? []
      const file = basename(named(target))
      const [, text = ''] = /"((?:\\x[0-9a-f]{2})*)"/.exec(args) ?? []
      if (name === 'write') return fd === '1' ? { kind: 'say', text: unescape(text).toString('utf8') } : null
      if (name === 'unlink') return { kind: 'unlink', file: basename(unescape(text).toString('utf8')) }
      if (!file.startsWith('station.db')) return null
      if (name === 'fsync' || name === 'fdatasync') return { kind: 'sync', file }
      if (name === 'ftruncate') return { kind: 'truncate', file, length: Number(/, (\d+)$/.exec(args)?.[1]) }
      const at = Number(/, (\d+)$/.exec(args)?.[1])
      return { kind: 'write', file, at, bytes: unescape(text).subarray(0, Number(result)) }
    })
    .filter((step) => step !== null)
}

interface File {
  /** What is on the disk for certain. */
  durable: Buffer
  /** What was written since the last flush, in its order. */
  pending: ({ at: number; bytes: Buffer } | { length: number })[]
}

const grow = (buffer: Buffer, length: number): Buffer =>
  length <= buffer.length ? buffer : Buffer.concat([buffer, Buffer.alloc(length - buffer.length)])

function apply(buffer: Buffer, change: File['pending'][number]): Buffer {
  if ('length' in change) return grow(buffer, change.length).subarray(0, change.length)
  const grown = Buffer.from(grow(buffer, change.at + change.bytes.length))
  change.bytes.copy(grown, change.at)
  return grown
}

const sectorBytes = 512

/** What of the unflushed writes reached the disk: each all, in part, or not at all. */
function survivorsOf(pending: File['pending'], random: Random): File['pending'] {
  const share = random.uniform()
  return pending.flatMap((change): File['pending'] => {
    if (random.uniform() < share) return [change]
    if ('length' in change || random.uniform() < 0.5) return []
    const sectors = Math.ceil(change.bytes.length / sectorBytes)
    return Array.from({ length: sectors }, (_each, i) => i)
      .filter(() => random.uniform() < 0.5)
      .map((i) => ({
        at: change.at + i * sectorBytes,
        bytes: change.bytes.subarray(i * sectorBytes, (i + 1) * sectorBytes),
      }))
  })
}

/** Lays into the folder what a power cut before this step leaves; returns what the run had said until then. */
export function cutPower(
  steps: readonly Step[],
  given: { before: number; prepared: string; folder: string; random: Random },
): string {
  const files = new Map<string, File>([['station.db', { durable: readFileSync(given.prepared), pending: [] }]])
  const fileOf = (name: string): File => {
    const found = files.get(name) ?? { durable: Buffer.alloc(0), pending: [] }
    files.set(name, found)
    return found
  }
  let said = ''
  for (const step of steps.slice(0, given.before)) {
    if (step.kind === 'say') said += step.text
    else if (step.kind === 'unlink') files.delete(step.file)
    else if (step.kind === 'write') fileOf(step.file).pending.push({ at: step.at, bytes: step.bytes })
    else if (step.kind === 'truncate') fileOf(step.file).pending.push({ length: step.length })
    else {
      const file = fileOf(step.file)
      file.durable = file.pending.reduce(apply, file.durable)
      file.pending = []
    }
  }
  rmSync(given.folder, { recursive: true, force: true })
  mkdirSync(given.folder)
  for (const [name, { durable, pending }] of files)
    // The index of the log is shared memory: it goes with the power, and is made anew.
    if (!name.endsWith('-shm'))
      writeFileSync(join(given.folder, name), survivorsOf(pending, given.random).reduce(apply, durable))
  return said
}
