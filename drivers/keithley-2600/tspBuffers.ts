import { newTable, runtimeError, toNumber, type TspListing, type TspObject, type TspValue } from './tspValues.ts'

/** One entry of a reading buffer. */
export interface BufferEntry {
  reading: number
  source: number
  /** Since the first reading (s). */
  atS: number
  /** Bits of `statuses`: 16 four-wire, 64 compliance. */
  status: number
}

export interface ReadingBuffer {
  object: TspObject
  store: (entry: BufferEntry) => void
  clear: () => void
  /** Whether a new measurement goes behind the old ones. */
  isAppending: () => boolean
  entries: () => readonly BufferEntry[]
}

/** A list of the buffer's, such as `readings`: what `printbuffer` prints. */
export interface BufferList extends TspObject {
  valueAt: (index: number) => number | null
  length: () => number
}

export const isBufferList = (value: TspValue): value is BufferList =>
  typeof value === 'object' && value !== null && 'valueAt' in value

/** One list of a buffer, whose entries change under it. */
function listOf(entries: () => readonly BufferEntry[], pick: (entry: BufferEntry) => number): BufferList {
  const valueAt = (index: number): number | null => {
    const entry = entries()[index - 1]
    return entry ? pick(entry) : null
  }
  const reading: TspValue = ([index = null]) => [valueAt(toNumber(index))]
  return {
    valueAt,
    length: () => entries().length,
    get: (key) => (key === 'getreading' ? reading : valueAt(Number(key))),
    listing: () => ({ getters: [], setters: [], objects: ['getreading'], kind: 'synchronous_table' }),
    set: () => {
      throw runtimeError('a buffer can only be read')
    },
  }
}

/** Settings can be written; counts only read. */
const listingOf = (settings: readonly string[], lists: readonly string[]): TspListing => ({
  getters: [...settings, 'n', 'capacity', 'basetimestamp', 'next'],
  setters: settings,
  objects: [...lists, 'clear', 'clearcache'],
  kind: 'reading_buffer',
})

/** A reading buffer as TSP sees it. */
export function createReadingBuffer(capacity: number): ReadingBuffer {
  let entries: BufferEntry[] = []
  const flags = newTable([
    ['appendmode', 0],
    ['collecttimestamps', 1],
    ['collectsourcevalues', 0],
    ['timestampresolution', 1e-6],
    ['fillmode', 0],
    ['fillcount', capacity],
    ['cachemode', 1],
  ])
  const list = (pick: (entry: BufferEntry) => number): BufferList => listOf(() => entries, pick)
  const clear = (): void => {
    entries = []
  }
  const lists: Readonly<Record<string, BufferList>> = {
    readings: list((entry) => entry.reading),
    sourcevalues: list((entry) => entry.source),
    timestamps: list((entry) => entry.atS),
    statuses: list((entry) => entry.status),
  }
  const values: Readonly<Record<string, () => TspValue>> = {
    n: () => entries.length,
    capacity: () => capacity,
    basetimestamp: () => 0,
    next: () => entries.length + 1,
    clear: () => () => {
      clear()
      return []
    },
    clearcache: () => () => [],
  }
  const readings = list((entry) => entry.reading)
  return {
    object: {
      ...readings,
      get: (key) => {
        if (Object.hasOwn(lists, key)) return lists[key] ?? null
        if (Object.hasOwn(values, key)) return values[key]?.() ?? null
        return /^\d+$/.test(key) ? readings.get(key) : flags.get(key)
      },
      set: (key, value) => flags.set(key, value),
      listing: () => listingOf(flags.keys?.() ?? [], Object.keys(lists)),
    },
    store: (entry) => {
      if (entries.length < capacity) entries.push(entry)
    },
    clear,
    isAppending: () => flags.get('appendmode') === 1,
    entries: () => entries,
  }
}
