import { appendFileSync, renameSync, statSync } from 'node:fs'
import { messageOf } from '../contract/errors.ts'

/** Writes faults to stderr and to a file, which is put aside when it has reached a megabyte. */
export const createFaultLog = (file: string) => (error: unknown) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const line = `${new Date().toISOString()} ${text}\n`
  process.stderr.write(line)
  try {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000) renameSync(file, `${file}.old`)
    appendFileSync(file, line, { mode: 0o600 })
  } catch (failure) {
    process.stderr.write(`${file} can’t be written: ${messageOf(failure)}\n`)
  }
}
