import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { badReply, refused } from '../climate/chamber.ts'
import { profile } from './profile.ts'
import {
  formatField,
  isReadOrder,
  layoutFromDescription,
  layoutFromSnapshot,
  readSnapshot,
  type Layout,
  type Snapshot,
} from './protocol.ts'

/** A description has some 4000 characters: 4 s at 9600 baud, and the half of it that isn't needed 2 s. */
const describeMs = 8000
const restOfDescriptionMs = 3000
const acknowledged = '0'
/** For a line that isn't answered to be taken. */
const unansweredMs = 200
const head = '$01'

/** What the chamber is to hold, beside what it holds now. */
export interface Change {
  values?: ReadonlyMap<number, number>
  digits?: ReadonlyMap<number, boolean>
}

export interface ChamberLink {
  snapshot(options: QueryOptions): Promise<Snapshot>
  /** The last one of this link; null before the first. */
  lastSnapshot(): Snapshot | null
  layout(signal: Cancellation | undefined): Promise<Layout>
  knownLayout(): Layout | null
  forget(): void
  /** Reads, changes, writes. */
  change(change: Change, signal: Cancellation): Promise<void>
  /** Writes without looking at the present first. */
  write(line: string, options: QueryOptions): Promise<string>
}

/** The line that sets everything at once: all values that are written, and all digits. */
export function writeLine(layout: Pick<Layout, 'sources'>, { values, digits }: Snapshot, change: Change): string {
  const fields = layout.sources.map((source, field) => change.values?.get(field) ?? values[source] ?? 0)
  const changed = [...digits].map((digit, index) => {
    const on = change.digits?.get(index)
    return on === undefined ? digit : on ? '1' : '0'
  })
  return [`${head}E`, ...fields.map(formatField), changed.join('')].join(' ')
}

export function createChamberLink(link: LineLink, context: DriverContext): ChamberLink {
  let last: Snapshot | null = null
  let known: Layout | null = null

  const snapshot = async (options: QueryOptions): Promise<Snapshot> => {
    const reply = await link.query(`${head}I`, options)
    const found = readSnapshot(reply)
    if (!found) {
      const detail = 'values of six characters and 16 or 32 digits are expected'
      throw badReply(context.name, { request: `${head}I`, reply, detail })
    }
    if (known && found.values.length <= Math.max(...known.sources))
      throw badReply(context.name, { request: `${head}I`, reply, detail: `${found.values.length} values are too few` })
    last = found
    return found
  }
  /** null where the chamber doesn't describe itself: nothing at all came. */
  const describe = async (signal: Cancellation | undefined): Promise<Layout | null> => {
    const request = `${head}?`
    try {
      const isLast = (lines: readonly string[]): boolean => isReadOrder(lines.at(-1) ?? '')
      const lines = await link.queryLines(request, isLast, { signal, timeoutMs: describeMs })
      await context.clock.sleep(restOfDescriptionMs, signal)
      const found = layoutFromDescription(lines)
      if (found) return found
      throw badReply(context.name, { request, reply: lines.join(' | '), detail: 'the description isn’t understood' })
    } catch (error) {
      const isSilent =
        error instanceof StationError && error.code === 'device.timeout' && error.context['received'] === ''
      if (!isSilent) throw error
      return null
    }
  }
  const layout = async (signal: Cancellation | undefined): Promise<Layout> => {
    if (known) return known
    const first = await snapshot({ signal })
    known = (await describe(signal)) ?? layoutFromSnapshot(first, context.deviations)
    return known
  }
  const write = async (line: string, options: QueryOptions): Promise<string> => {
    if (context.deviations.includes('no-acknowledge')) {
      await link.write(line, options)
      await context.clock.sleep(unansweredMs, options.signal)
      return ''
    }
    const reply = (await link.query(line, options)).trim()
    if (reply === acknowledged) return reply
    if (readSnapshot(reply)) throw badReply(context.name, { request: line, reply, detail: 'this answers a reading' })
    throw refused(context.name, line, `${profile.title} answered “${reply.slice(0, 40)}”`)
  }
  return {
    snapshot,
    lastSnapshot: () => last,
    layout,
    knownLayout: () => known,
    forget: () => {
      known = null
      last = null
    },
    change: async (change, signal) => {
      const own = await layout(signal)
      await write(writeLine(own, await snapshot({ signal }), change), { signal })
    },
    write,
  }
}
