import { vi } from 'vitest'
import { main } from '../../src/serve/cli.ts'
import type { Ended } from './cli.ts'

const collectInto = (texts: string[]) => (chunk: string | Uint8Array) => {
  texts.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
  return true
}

/** The command line in the test's own process: the same code, without the second that each start of Node costs. */
export async function runHere(...args: string[]): Promise<Ended> {
  const out: string[] = []
  const err: string[] = []
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(collectInto(out)),
    vi.spyOn(process.stderr, 'write').mockImplementation(collectInto(err)),
  ]
  try {
    const code = await main(args)
    return { code, stdout: out.join(''), stderr: err.join('') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

interface ErrorDocument {
  error: { code: string; happened: string; did: string; check: string }
}

/** The error that a command with --json printed: one document on stdout, the same in three parts on stderr. */
export function errorOf(ended: Ended): ErrorDocument['error'] {
  const { error } = JSON.parse(ended.stdout) as ErrorDocument
  for (const part of [error.happened, error.did, error.check])
    if (part === '' || !ended.stderr.includes(part)) throw new Error(`“${part}” is not said on stderr: ${ended.stderr}`)
  return error
}
