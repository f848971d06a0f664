import { closeSync, fsync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Clock } from '../../base/clock.ts'
import type { RunEvent } from '../../contract/run.ts'
import { logLineSchema, type LogLine } from './messages.ts'

/** Beyond the longest that a watchdog process takes until it gives up. */
const longestWaitMs = 60_000
const pollMs = 100

const flush = promisify(fsync)

/** One line at the end of the file, which others read from now on; on the disk when it resolves. */
export async function appendLine(file: string, line: LogLine): Promise<void> {
  const descriptor = openSync(file, 'a', 0o600)
  try {
    writeSync(descriptor, `${JSON.stringify(line)}\n`)
    await flush(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A line that a power cut tore is left out. */
function parseLine(text: string): LogLine[] {
  try {
    const parsed = logLineSchema.safeParse(JSON.parse(text))
    return parsed.success ? [parsed.data] : []
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

function readLines(file: string): LogLine[] | null {
  try {
    return readFileSync(file, 'utf8').split('\n').flatMap(parseLine)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether the process that wrote last is still at it. */
const isAtWork = (lines: readonly LogLine[]): boolean => {
  const last = lines.findLast((each) => each.kind !== 'proof')
  return last?.kind === 'acts' && isAlive(last.pid)
}

const reasons = {
  hung: (silentMs: number) => `The station gave no sign of life for ${(silentMs / 1000).toFixed(1)} s and was ended`,
  died: () => 'The station ended without a farewell',
}

/** What a person had on belongs to no run: it is told in the station's log. */
const runOf = (holder: string): string | null => (holder.includes(' ') ? null : holder)

function eventsOf(line: LogLine): Omit<RunEvent, 'seq'>[] {
  const base = { utcMs: line.utcMs, level: 'error' as const, kind: 'watchdog' }
  if (line.kind === 'acts') {
    const text = `${reasons[line.reason](line.silentMs)}; its watchdog process commanded the outputs off.`
    return [...new Set(line.runIds.map(runOf))].map((runId) => ({ ...base, runId, text }))
  }
  if (line.kind === 'done') return []
  const evidence = line.evidence
    .map((each) => (each.readBack === null ? each.command : `${each.command} → ${each.readBack}`))
    .join('; ')
  const found = line.safe
    ? `safe state confirmed after ${line.provedAfterMs} ms`
    : `safe state NOT confirmed, ${line.detail ?? ''}; check the output at the instrument`
  return [
    { ...base, runId: runOf(line.runId), text: `${line.instrument}: ${found}, by the watchdog process (${evidence})` },
  ]
}

/**
 * Puts what a watchdog process did since the last start into the logs of its runs. Waits until that process has ended, so
 * that never two of them command one instrument; the file is kept under another name.
 */
export async function takeInWatchdogLog(
  file: string,
  deps: { clock: Clock; addEvent: (event: Omit<RunEvent, 'seq'>) => Promise<unknown> },
): Promise<void> {
  const endMs = deps.clock.monotonicMs() + longestWaitMs
  let lines = readLines(file)
  while (lines && isAtWork(lines) && deps.clock.monotonicMs() < endMs) {
    await deps.clock.sleep(pollMs)
    lines = readLines(file)
  }
  if (!lines) return
  for (const event of lines.flatMap(eventsOf)) await deps.addEvent(event)
  renameSync(file, file.replace(/\.log$/, `-${deps.clock.utcMs()}.log`))
}
