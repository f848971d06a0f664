import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, existsSync, mkdtempSync, rmSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex, bytesToLatin1, latin1ToBytes } from '../../src/base/bytes.ts'
import { createVirtualClock, type VirtualClock } from '../../src/base/virtualClock.ts'
import type { LineSettings } from '../../src/contract/link.ts'
import { createMemoryWire, type FarEnd } from '../../src/engine/transport/memoryWire.ts'
import type { Wire } from '../../src/engine/transport/wire.ts'

export const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

export const scpi: LineSettings = {
  sendTerminator: '\n',
  receiveTerminators: '\r\n',
  quietMs: 200,
  defaultTimeoutMs: 500,
}

/** On real wires, where a busy machine may keep an answer waiting that comes. */
export const patientScpi: LineSettings = { ...scpi, defaultTimeoutMs: 30_000 }

export interface Bench {
  clock: VirtualClock
  wire: Wire
  far: FarEnd
  /** What the instrument received, a piece each, as text or hex. */
  lines: string[]
  frames: string[]
  /** The instrument says something this much later. */
  say: (text: string, afterMs?: number) => void
  sayHex: (hex: string, afterMs?: number) => void
  run: <T>(work: Promise<T>) => Promise<T>
}

/** A memory wire on a virtual clock, with the test as the instrument. */
export function createBench(onRequest?: (request: string, bench: Bench) => void): Bench {
  const clock = createVirtualClock(Date.UTC(2026, 0, 1), () => new Promise((resolve) => setImmediate(resolve)))
  const { wire, far } = createMemoryWire('memory')
  const send = (what: Uint8Array, afterMs: number): void => {
    if (afterMs === 0) far.send(what)
    else void clock.sleep(afterMs).then(() => far.send(what))
  }
  const bench: Bench = {
    clock,
    wire,
    far,
    lines: [],
    frames: [],
    say: (text, afterMs = 0) => send(latin1ToBytes(text), afterMs),
    sayHex: (hex, afterMs = 0) => send(bytes(hex), afterMs),
    run: (work) => clock.run(work),
  }
  far.onData((piece) => {
    bench.lines.push(bytesToLatin1(piece).trimEnd())
    bench.frames.push(bytesToHex(piece))
    onRequest?.(bytesToLatin1(piece).trimEnd(), bench)
  })
  return bench
}

/** The code and context of whatever `work` rejects with; fails the test when it resolves. */
export const failureOf = async (
  work: Promise<unknown>,
): Promise<{ code?: string; context?: Record<string, unknown> }> => {
  try {
    await work
  } catch (error) {
    return error as { code?: string; context?: Record<string, unknown> }
  }
  throw new Error('it should have failed')
}

const runs = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0

export const hasSocat = runs('socat', '-V')
export const python = '/usr/bin/python3'
export const hasPymodbus = existsSync(python) && runs(python, '-c', 'import pymodbus.server, serial_asyncio')
/** For the names of tests: why it is skipped. */
export const needs = (available: boolean, what: string): string =>
  available ? '' : ` [skipped: ${what} is not installed]`

/** Where a wait is given up: far beyond what a slow machine takes. */
const giveUpAfterMs = 60_000

export const waitUntil = async (condition: () => boolean): Promise<void> => {
  const giveUpMs = performance.now() + giveUpAfterMs
  while (!condition()) {
    if (performance.now() > giveUpMs) throw new Error(`not so within ${giveUpAfterMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export const stopProcess = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

export interface PtyPair {
  near: string
  far: string
  /** Pulls the cable: both ends vanish. */
  unplug: () => Promise<void>
  remove: () => Promise<void>
}

export interface Pty {
  path: string
  remove: () => Promise<void>
}

/** A serial port with what listens at a TCP address behind it, as an instrument with two interfaces. */
export async function createPtyOf(address: string): Promise<Pty> {
  const folder = mkdtempSync(join(tmpdir(), 'pvtp-pty-'))
  const path = join(folder, 'port')
  const child = spawn('socat', [`pty,raw,echo=0,link=${path}`, `tcp:${address}`])
  await waitUntil(() => existsSync(path))
  // As long as somebody has it open, socat takes one user's leaving for no hang-up.
  const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY)
  const remove = async (): Promise<void> => {
    closeSync(held)
    await stopProcess(child)
    rmSync(folder, { recursive: true, force: true })
  }
  return { path, remove }
}

/** Two serial ports joined by a cable, by socat. */
export async function createPtyPair(): Promise<PtyPair> {
  const folder = mkdtempSync(join(tmpdir(), 'pvtp-pty-'))
  const near = join(folder, 'near')
  const far = join(folder, 'far')
  const child = spawn('socat', [`pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`])
  await waitUntil(() => existsSync(near) && existsSync(far))
  const unplug = (): Promise<void> => stopProcess(child)
  const remove = async (): Promise<void> => {
    await unplug()
    rmSync(folder, { recursive: true, force: true })
  }
  return { near, far, unplug, remove }
}
