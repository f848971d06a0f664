import type { NamedBytes } from '../deterministicZip.ts'
import { sha256Hex } from '../seal.ts'
import { differingOffsets, placeOf } from './container.ts'
import type { Container, ContainerEntry } from './container.ts'
import { crc32, findChangedByte } from './crc32.ts'
import { blockBytes, decodeManifest, manifestEntry, manifestName, signatureName } from './manifest.ts'
import type { Manifest, ManifestEntry } from './manifest.ts'
import { checkSignature } from './signature.ts'
import { StationError } from '../../../contract/errors.ts'

export interface Check {
  name: string
  ok: boolean
  detail: string
}

const hexByte = (value: number | undefined): string =>
  value === undefined ? 'no byte' : `0x${value.toString(16).padStart(2, '0')}`

const entryOf = (container: Container, name: string): ContainerEntry | null =>
  container.entries.find((entry) => entry.name === name) ?? null

const isChanged = (container: Container, entry: ContainerEntry): boolean =>
  entry.crc !== null && crc32(container.content(entry)) !== entry.crc

/** Whether the file is, byte for byte, what the station writes for these contents. */
export const containerCheck = (container: Container, bytes: Uint8Array): Check => {
  const changed = new Set(container.entries.filter((entry) => isChanged(container, entry)).map((entry) => entry.name))
  // A changed content changes its CRC too: that is told once, by the check of the entry.
  const places = differingOffsets(container.rebuilt, bytes)
    .map((offset) => ({ offset, ...placeOf(container, offset) }))
    .filter((place) => place.crcOf === null || !changed.has(place.crcOf))
  const first = places[0]
  if (!first) {
    const names = changed.size === 0 ? '' : `; changed content: ${[...changed].join(', ')}`
    return { name: 'container', ok: changed.size === 0, detail: `${bytes.length} bytes${names}` }
  }
  const { offset, text } = first
  const more = places.length > 1 ? `; ${places.length - 1} more bytes differ` : ''
  const found = hexByte(bytes[offset])
  const sealed = hexByte(container.rebuilt[offset])
  return {
    name: 'container',
    ok: false,
    detail: `offset ${offset} (${text}): found ${found}, sealed ${sealed}${more}`,
  }
}

const changedText = (
  container: Container,
  entry: ContainerEntry,
  isIntact: (bytes: Uint8Array) => boolean,
): string | null => {
  const bytes = container.content(entry)
  const changed = entry.crc === null ? null : findChangedByte(bytes, entry.crc, isIntact)
  if (!changed) return null
  const at = `byte ${changed.index} (offset ${entry.contentAt + changed.index} of the bundle)`
  return `${at} was changed: found ${hexByte(changed.is)}, sealed ${hexByte(changed.was)}`
}

/** Which of the two files was changed is told by the one whose restored byte makes the signature fit again. */
const signatureTrouble = (container: Container, manifest: ContainerEntry, signature: ContainerEntry): string => {
  const [signed, by] = [container.content(manifest), container.content(signature)]
  const ofManifest = changedText(container, manifest, (restored) => checkSignature(restored, by) !== null)
  if (ofManifest) return `${manifestName}: ${ofManifest}`
  const ofSignature = changedText(container, signature, (restored) => checkSignature(signed, restored) !== null)
  if (ofSignature) return `${signatureName}: ${ofSignature}`
  const changed = [manifest, signature].filter((entry) => isChanged(container, entry)).map((entry) => entry.name)
  return changed.length > 0
    ? `${changed.join(' and ')} changed in more than one byte`
    : `the signature in ${signatureName} does not belong to ${manifestName}`
}

/** Whether the manifest is the one that was signed, and by whose key. */
export const signatureCheck = (container: Container, trustedKeys?: readonly string[]): Check => {
  const name = 'signature'
  const manifest = entryOf(container, manifestName)
  const signature = entryOf(container, signatureName)
  if (!manifest || !signature) {
    const missing = [manifest ? [] : [manifestName], signature ? [] : [signatureName]].flat()
    return { name, ok: false, detail: `${missing.join(' and ')} missing in the bundle` }
  }
  const good = checkSignature(container.content(manifest), container.content(signature))
  if (!good) return { name, ok: false, detail: signatureTrouble(container, manifest, signature) }
  const key = `Ed25519, key ${good.fingerprint}`
  if (trustedKeys === undefined)
    return { name, ok: true, detail: `${key}; whose key this is was not checked: compare it with the station’s` }
  const trusted = trustedKeys.includes(good.fingerprint)
  return { name, ok: trusted, detail: trusted ? `${key}, trusted` : `${key} is not one of the trusted keys` }
}

const blockRanges = (sealed: ManifestEntry, bytes: Uint8Array): string => {
  const now = manifestEntry({ name: sealed.name, bytes }).blocks
  const bad = sealed.blocks.flatMap((block, k) => (now[k] === block ? [] : [k]))
  const ranges = bad.slice(0, 8).map((k) => `${k * blockBytes} to ${(k + 1) * blockBytes - 1}`)
  return `changed within bytes ${ranges.join(', ')}${bad.length > 8 ? ` and ${bad.length - 8} more blocks` : ''}`
}

const entryCheck = (container: Container, sealed: ManifestEntry): Check => {
  const name = `entry ${sealed.name}`
  const entry = entryOf(container, sealed.name)
  if (!entry) return { name, ok: false, detail: `${sealed.name} is missing in the bundle` }
  const bytes = container.content(entry)
  if (sha256Hex(bytes) === sealed.sha256) return { name, ok: true, detail: `SHA-256 ${sealed.sha256}` }
  if (bytes.length !== sealed.size)
    return { name, ok: false, detail: `${sealed.name} has ${bytes.length} bytes, sealed were ${sealed.size}` }
  const exact = changedText(container, entry, (restored) => sha256Hex(restored) === sealed.sha256)
  return { name, ok: false, detail: `${sealed.name}: ${exact ?? blockRanges(sealed, bytes)}` }
}

const readManifest = (container: Container): Manifest | StationError => {
  const entry = entryOf(container, manifestName)
  if (!entry) return new StationError('report.bundleDamaged', { file: manifestName, detail: 'it is missing' })
  try {
    return decodeManifest(container.content(entry))
  } catch (error) {
    if (error instanceof StationError) return error
    throw error
  }
}

/** One check for each entry of the manifest, and one for entries that it doesn’t know. */
export const entryChecks = (container: Container): Check[] => {
  const manifest = readManifest(container)
  if (manifest instanceof StationError) return [{ name: 'manifest', ok: false, detail: manifest.message }]
  const known = new Set([manifestName, signatureName, ...manifest.entries.map((entry) => entry.name)])
  const strange = container.entries.filter((entry) => !known.has(entry.name)).map((entry) => entry.name)
  const checks = manifest.entries.map((sealed) => entryCheck(container, sealed))
  if (strange.length === 0) return checks
  return [...checks, { name: 'manifest', ok: false, detail: `not in the manifest: ${strange.join(', ')}` }]
}

const outsideCheck = (sealed: Uint8Array, file: NamedBytes): Check => {
  const name = `file ${file.name}`
  const offsets = differingOffsets(sealed, file.bytes)
  const first = offsets[0]
  if (first === undefined) return { name, ok: true, detail: `equals the sealed copy, SHA-256 ${sha256Hex(sealed)}` }
  const lengths =
    sealed.length === file.bytes.length ? '' : `; it has ${file.bytes.length} bytes, sealed were ${sealed.length}`
  const more = offsets.length > 1 ? `; ${offsets.length - 1} more bytes differ` : ''
  const both = `found ${hexByte(file.bytes[first])}, sealed ${hexByte(sealed[first])}`
  return { name, ok: false, detail: `${file.name}: byte ${first} was changed: ${both}${more}${lengths}` }
}

/** Names that a run's papers have: one beside the bundle that isn't in it is another run's. */
const issuedNames =
  /^(?:report\.(?:pdf|xlsx)|certificate(?:-[A-Za-z0-9]+)?\.pdf|(?:curves|samples|exposure|backfilled)\.csv)$/

/** Files beside the bundle against their sealed copies. A missing one is named; the sealed copy still stands for it. */
export const outsideChecks = (container: Container, outside: readonly NamedBytes[]): Check[] => {
  const own = new Set([manifestName, signatureName, 'dossier.json', 'template.json', 'report.json'])
  const papers = container.entries.filter((entry) => !own.has(entry.name))
  const checks = papers.flatMap((entry) => {
    const file = outside.find((each) => each.name === entry.name)
    return file ? [outsideCheck(container.content(entry), file)] : []
  })
  const foreign = outside.filter(
    (file) => issuedNames.test(file.name) && !papers.some((entry) => entry.name === file.name),
  )
  for (const { name } of foreign) {
    const detail = `${name} is not one of this bundle’s papers: it belongs to another run`
    checks.push({ name: `file ${name}`, ok: false, detail })
  }
  const missing = papers.map((entry) => entry.name).filter((name) => !outside.some((file) => file.name === name))
  if (missing.length === 0 || outside.length === 0) return checks
  const detail = `not beside the bundle: ${missing.join(', ')} (the sealed copy is inside)`
  return [...checks, { name: 'missing files', ok: true, detail }]
}
