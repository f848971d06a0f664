import { dossierSchema } from '../../../contract/dossier.ts'
import type { Dossier } from '../../../contract/dossier.ts'
import { StationError, messageOf } from '../../../contract/errors.ts'
import { readContainer } from './container.ts'
import type { Container } from './container.ts'
import { decodeManifest, decodeText, manifestName, signatureName } from './manifest.ts'
import type { Manifest } from './manifest.ts'

/** @throws StationError report.bundleDamaged when the bytes are no dossier */
export const decodeDossier = (bytes: Uint8Array): Dossier => {
  try {
    return dossierSchema.parse(JSON.parse(decodeText(bytes)))
  } catch (error) {
    const detail = `it is not a dossier: ${messageOf(error).slice(0, 300)}`
    throw new StationError('report.bundleDamaged', { file: 'dossier.json', detail }, error)
  }
}

const missingNames = (container: Container): number => {
  const entry = container.entries.find((each) => each.name === manifestName)
  if (!entry) return Infinity
  try {
    const names = decodeManifest(container.content(entry)).entries.map((each) => each.name)
    return [signatureName, ...names].filter((name) => !container.entries.some((each) => each.name === name)).length
  } catch (error) {
    if (error instanceof StationError) return Infinity
    throw error
  }
}

/**
 * The reading of a bundle that has the names of its manifest: a damaged name stands in one of the two readings only.
 * @throws StationError report.bundleDamaged when it can’t be read at all
 */
export const chooseContainer = (bytes: Uint8Array): Container => {
  const readings = readContainer(bytes)
  const missing = readings.map(missingNames)
  return readings[missing.indexOf(Math.min(...missing))]!
}

export interface OpenedBundle {
  manifest: Manifest
  dossier: Dossier
  files: ReadonlyMap<string, Uint8Array>
}

/**
 * Reads a bundle without judging it: verifyBundle does that.
 * @throws StationError report.bundleDamaged when it can’t be read
 */
export const openBundle = (bytes: Uint8Array): OpenedBundle => {
  const container = chooseContainer(bytes)
  const files = new Map(container.entries.map((entry) => [entry.name, container.content(entry)]))
  const need = (name: string): Uint8Array => {
    const found = files.get(name)
    if (!found) throw new StationError('report.bundleDamaged', { file: name, detail: 'it is missing in the bundle' })
    return found
  }
  return { manifest: decodeManifest(need(manifestName)), dossier: decodeDossier(need('dossier.json')), files }
}
