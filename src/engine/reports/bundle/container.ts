import { StationError } from '../../../contract/errors.ts'
import { deterministicZip } from '../deterministicZip.ts'
import type { NamedBytes } from '../deterministicZip.ts'

/** Greater than any run’s bundle; keeps a hostile file from filling the memory. Entries are stored, so none can inflate. */
export const bundleLimits = { bytes: 512 * 1024 * 1024, entries: 64 } as const

/** No folder, no drive, no leading dot: a name can’t lead out of the folder into which a bundle is unpacked. */
const goodName = /^[A-Za-z][A-Za-z0-9._-]{0,120}$/

export interface ContainerEntry {
  name: string
  headerAt: number
  contentAt: number
  size: number
  /** CRC-32 as the header says; null when the two headers differ. */
  crc: number | null
}

export interface Container {
  entries: ContainerEntry[]
  content: (entry: ContainerEntry) => Uint8Array
  /** The file as it would be written from these names and contents. */
  rebuilt: Uint8Array
}

const localHead = 30
const centralHead = 46
const endHead = 22
const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const

export const writeContainer = (entries: readonly NamedBytes[]): Uint8Array => deterministicZip(entries, 0)

const requireThat = (condition: boolean, at: number, detail: string): void => {
  if (!condition) throw new StationError('report.bundleDamaged', { file: 'bundle', detail: `offset ${at}: ${detail}` })
}

interface Raw {
  bytes: Uint8Array
  view: DataView
}

const nameAt = ({ bytes }: Raw, at: number, length: number): string => {
  const name = Buffer.from(bytes.subarray(at, at + length)).toString('latin1')
  requireThat(goodName.test(name), at, `an entry has a name that is not allowed (${JSON.stringify(name.slice(0, 80))})`)
  return name
}

/** Entries by the headers in front of each content, from the start of the file. */
const readForwards = (raw: Raw): ContainerEntry[] => {
  const { view, bytes } = raw
  const entries: ContainerEntry[] = []
  let at = 0
  while (at + localHead <= bytes.length && view.getUint32(at, true) === signatures.local) {
    const size = view.getUint32(at + 18, true)
    const nameLength = view.getUint16(at + 26, true)
    requireThat(view.getUint16(at + 8, true) === 0, at + 8, 'an entry is compressed; a bundle only stores')
    requireThat(view.getUint16(at + 28, true) === 0, at + 28, 'an entry has extra fields')
    const contentAt = at + localHead + nameLength
    requireThat(contentAt + size <= bytes.length, at + 18, 'an entry is longer than the file')
    const crc = view.getUint32(at + 14, true)
    entries.push({ name: nameAt(raw, at + localHead, nameLength), headerAt: at, contentAt, size, crc })
    requireThat(entries.length <= bundleLimits.entries, at, 'too many entries')
    at = contentAt + size
  }
  requireThat(entries.length > 0, at, 'no entry begins here; this is not a bundle')
  return entries
}

/** Entries by the directory at the end of the file. */
const readDirectory = (raw: Raw): ContainerEntry[] => {
  const { view, bytes } = raw
  const endAt = bytes.length - endHead
  requireThat(endAt >= 0 && view.getUint32(endAt, true) === signatures.end, Math.max(0, endAt), 'no end record is here')
  const count = view.getUint16(endAt + 10, true)
  requireThat(count <= bundleLimits.entries, endAt + 10, 'too many entries')
  let at = view.getUint32(endAt + 16, true)
  const entries: ContainerEntry[] = []
  for (let k = 0; k < count; k++) {
    const isRecord = at + centralHead <= endAt && view.getUint32(at, true) === signatures.central
    requireThat(isRecord, at, 'no directory record is here')
    const size = view.getUint32(at + 24, true)
    const nameLength = view.getUint16(at + 28, true)
    const headerAt = view.getUint32(at + 42, true)
    requireThat(view.getUint16(at + 10, true) === 0, at + 10, 'an entry is compressed; a bundle only stores')
    const contentAt = headerAt + localHead + nameLength
    requireThat(contentAt + size <= endAt, at + 24, 'an entry is longer than the file')
    const crc = view.getUint32(at + 16, true)
    entries.push({ name: nameAt(raw, at + centralHead, nameLength), headerAt, contentAt, size, crc })
    at += centralHead + nameLength
  }
  requireThat(entries.length > 0, endAt + 10, 'the directory is empty')
  return entries
}

/** Offsets at which two files differ; a missing byte differs. At most `most` are listed. */
export const differingOffsets = (a: Uint8Array, b: Uint8Array, most = Infinity): number[] => {
  const offsets: number[] = []
  const length = Math.max(a.length, b.length)
  for (let i = 0; i < length && offsets.length < most; i++) if (a[i] !== b[i]) offsets.push(i)
  return offsets
}

const isSound = (entries: readonly ContainerEntry[], bytes: Uint8Array): boolean =>
  new Set(entries.map((entry) => entry.name)).size === entries.length &&
  entries.reduce((total, entry) => total + entry.size, 0) <= bytes.length

/** The CRC counts as known only where header and directory agree on it. */
const agreeOnCrc = (entries: readonly ContainerEntry[], other: readonly ContainerEntry[] | null): ContainerEntry[] =>
  entries.map((entry, k) => ({ ...entry, crc: other && other[k]?.crc !== entry.crc ? null : entry.crc }))

const attempt = (read: (raw: Raw) => ContainerEntry[], raw: Raw): ContainerEntry[] | StationError => {
  try {
    const entries = read(raw)
    requireThat(isSound(entries, raw.bytes), 0, 'two entries share a name or overlap')
    return entries
  } catch (error) {
    if (error instanceof StationError) return error
    throw error
  }
}

/**
 * Reads a bundle’s container twice: by its directory, and by the headers in front of the contents. One of them is enough,
 * so that a damaged byte in either can still be named. Nothing is inflated, no name can lead anywhere, sizes are checked
 * before they are used.
 * @returns one reading or two, the closer to the file first
 * @throws StationError report.bundleDamaged with the offset when neither works
 */
export const readContainer = (bytes: Uint8Array): Container[] => {
  requireThat(bytes.length <= bundleLimits.bytes, 0, `the file is larger than ${bundleLimits.bytes} bytes`)
  requireThat(bytes.length >= endHead, 0, 'the file is too short to be a bundle')
  const raw = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
  const forwards = attempt(readForwards, raw)
  const directory = attempt(readDirectory, raw)
  if (forwards instanceof StationError && directory instanceof StationError) throw forwards
  const readings = [directory, forwards].filter((each): each is ContainerEntry[] => Array.isArray(each))
  const content = (entry: ContainerEntry): Uint8Array => bytes.subarray(entry.contentAt, entry.contentAt + entry.size)
  return readings
    .map((entries) => {
      const other = readings.find((each) => each !== entries) ?? null
      const rebuilt = writeContainer(entries.map((entry) => ({ name: entry.name, bytes: content(entry) })))
      const container = { entries: agreeOnCrc(entries, other), content, rebuilt }
      return { container, distance: differingOffsets(rebuilt, bytes).length }
    })
    .sort((a, b) => a.distance - b.distance)
    .map((each) => each.container)
}

/** What a byte of the file belongs to. */
export const placeOf = (container: Container, offset: number): { text: string; crcOf: string | null } => {
  for (const { name, headerAt, contentAt, size } of container.entries) {
    if (offset < headerAt || offset >= contentAt + size) continue
    if (offset >= contentAt) return { text: `byte ${offset - contentAt} of ${name}`, crcOf: null }
    const inCrc = offset >= headerAt + 14 && offset < headerAt + 18
    return { text: `the header of ${name}`, crcOf: inCrc ? name : null }
  }
  const last = container.entries.at(-1)!
  let at = last.contentAt + last.size
  for (const { name } of container.entries) {
    const end = at + centralHead + name.length
    if (offset >= at && offset < end) {
      const inCrc = offset >= at + 16 && offset < at + 20
      return { text: `the directory record of ${name}`, crcOf: inCrc ? name : null }
    }
    at = end
  }
  return offset < at + endHead
    ? { text: 'the end record', crcOf: null }
    : { text: 'behind the end of the bundle', crcOf: null }
}
