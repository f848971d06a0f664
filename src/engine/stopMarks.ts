import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf } from '../contract/errors.ts'

/**
 * Runs that somebody stops while the disk is full. The database can't keep it then, and a station that is killed before
 * there is room must not go on with them by itself: a file that has its room from the start keeps it.
 */
export interface StopMarks {
  /** Never throws: the stop itself waits for nothing. */
  add: (runId: string) => void
  has: (runId: string) => boolean
  /** What was marked stands in the database now. */
  clear: () => void
}

const fileBytes = 8192
/** As many ids as fit; more runs than that don't go on at once. */
const mostMarks = 128

const marksSchema = z.array(z.string()).max(mostMarks)

/** Over what is there, so that not a single block has to be found for it. */
function overwrite(path: string, marks: readonly string[]): void {
  const file = openSync(path, 'r+')
  try {
    writeSync(file, Buffer.from(JSON.stringify(marks).padEnd(fileBytes, ' ')), 0, fileBytes, 0)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Made with all its room where it isn't there yet; one that can't be read marks nothing, and is told. */
function readMarks(path: string, onError: (error: unknown) => void): string[] {
  if (!existsSync(path) || statSync(path).size !== fileBytes) {
    writeFileSync(path, '[]'.padEnd(fileBytes, ' '), { mode: 0o600, flush: true })
    return []
  }
  try {
    return marksSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    onError(new Error(`${path} can’t be read, what it marked is unknown: ${messageOf(error)}`))
    return []
  }
}

/** @param onError for a file that can’t be written or read; the station goes on without it */
export function createStopMarks(folder: string, onError: (error: unknown) => void): StopMarks {
  const path = join(folder, 'stopped')
  const tried = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      onError(error)
    }
  }
  let marks: string[] = []
  tried(() => void (marks = readMarks(path, onError)))
  return {
    add: (runId) => {
      marks = [...marks.filter((each) => each !== runId), runId].slice(-mostMarks)
      tried(() => overwrite(path, marks))
    },
    has: (runId) => marks.includes(runId),
    clear: () => {
      if (marks.length === 0) return
      marks = []
      tried(() => overwrite(path, marks))
    },
  }
}
