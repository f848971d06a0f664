import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const entry = join(root, 'scripts', 'pvtp.mjs')

/** Public reference data beside the project; null where it isn't there. */
export const sharedData = existsSync(join(root, '..', 'shared', 'data')) ? join(root, '..', 'shared', 'data') : null

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

const started = { cwd: root, env: { ...process.env, PVTP_SET_UP: 'done' } }

export const startCli = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [entry, ...args], { ...started, stdio: ['ignore', 'pipe', 'pipe'] })

const collect = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const out: string[] = []
    const err: string[] = []
    child.stdout?.setEncoding('utf8').on('data', (text: string) => out.push(text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => err.push(text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout: out.join(''), stderr: err.join('') }))
  })

/** Runs the command line as a user does, in a process of its own. */
export const runCli = (...args: string[]): Promise<Ended> => collect(startCli(args))

export const jsonOf = <T>(ended: Ended): T => JSON.parse(ended.stdout) as T

/** A folder that goes with the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pvtp-test-'))
  // A process that was killed may still be ending in it.
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  return folder
}

/** Starts it with this on its standard input, which then ends. */
export function runCliWith(input: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [entry, ...args], { ...started, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(input)
  return collect(child)
}

export interface Served {
  address: string
  /** Everything it said about itself at its start. */
  document: Record<string, unknown>
  child: ChildProcess
  /** Ends it and resolves with how. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

/** Starts a command that goes on until it is stopped, and waits for the JSON document that says where it listens. */
export function serveCli(...args: string[]): Promise<Served> {
  const child = startCli([...args, '--json'])
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const end = (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    child.kill(signal)
    return ended
  }
  return new Promise((resolve, reject) => {
    let text = ''
    let errors = ''
    child.stderr?.setEncoding('utf8').on('data', (part: string) => (errors += part))
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (!text.trimEnd().endsWith('}')) return
      const document = JSON.parse(text) as Record<string, unknown>
      resolve({ address: String(document['address']), document, child, end })
    })
    child.once('close', (code) => reject(new Error(`it ended with ${code} before it listened: ${errors}`)))
  })
}
