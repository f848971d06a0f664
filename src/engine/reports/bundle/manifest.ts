import { canonicalJson } from '../../../base/canonicalJson.ts'
import type { Dossier } from '../../../contract/dossier.ts'
import { StationError } from '../../../contract/errors.ts'
import { reportNumber } from '../model.ts'
import type { NamedBytes } from '../deterministicZip.ts'
import { sha256Hex } from '../seal.ts'

export const blockBytes = 1024

export interface ManifestEntry {
  name: string
  size: number
  sha256: string
  /** First 16 hexadecimal digits of the SHA-256 of each block: to find a change, not to prove that there is none. */
  blocks: string[]
}

export interface Manifest {
  format: 'pvtp-bundle'
  version: 1
  reportNumber: string
  runId: string
  softwareVersion: string
  blockBytes: number
  entries: ManifestEntry[]
}

/** Names that the bundle has of itself; the manifest lists everything else. */
export const manifestName = 'manifest.json'
export const signatureName = 'manifest.sig.json'

export const encodeText = (text: string): Uint8Array => new TextEncoder().encode(text)
export const decodeText = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

const blockHashes = (bytes: Uint8Array): string[] =>
  Array.from({ length: Math.ceil(bytes.length / blockBytes) }, (_, k) =>
    sha256Hex(bytes.subarray(k * blockBytes, (k + 1) * blockBytes)).slice(0, 16),
  )

export const manifestEntry = ({ name, bytes }: NamedBytes): ManifestEntry => ({
  name,
  size: bytes.length,
  sha256: sha256Hex(bytes),
  blocks: blockHashes(bytes),
})

export const createManifest = (dossier: Dossier, entries: readonly NamedBytes[]): Manifest => ({
  format: 'pvtp-bundle',
  version: 1,
  reportNumber: reportNumber(dossier.run),
  runId: dossier.run.id,
  softwareVersion: dossier.run.softwareVersion,
  blockBytes,
  entries: entries.map(manifestEntry),
})

export const encodeManifest = (manifest: Manifest): Uint8Array => encodeText(canonicalJson(manifest))

const isEntry = (value: unknown): value is ManifestEntry => {
  const entry = value as Partial<ManifestEntry> | null
  return (
    typeof entry?.name === 'string' &&
    typeof entry.size === 'number' &&
    typeof entry.sha256 === 'string' &&
    Array.isArray(entry.blocks) &&
    entry.blocks.every((block) => typeof block === 'string')
  )
}

/** @throws StationError report.bundleDamaged when it is no manifest that this version understands */
export const decodeManifest = (bytes: Uint8Array): Manifest => {
  const refuse = (detail: string, cause?: unknown): never => {
    throw new StationError('report.bundleDamaged', { file: manifestName, detail }, cause)
  }
  let parsed: Partial<Manifest> | null
  try {
    parsed = JSON.parse(decodeText(bytes)) as Partial<Manifest> | null
  } catch (error) {
    return refuse('it is not JSON', error)
  }
  if (parsed?.format !== 'pvtp-bundle') return refuse('it is not the manifest of a bundle')
  if (parsed.version !== 1) return refuse(`its version is ${String(parsed.version)}; this station knows version 1`)
  const isWhole = Array.isArray(parsed.entries) && parsed.entries.every(isEntry) && typeof parsed.runId === 'string'
  return isWhole ? (parsed as Manifest) : refuse('its list of entries is damaged')
}
