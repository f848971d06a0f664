import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { Dossier, Laboratory } from '../contract/dossier.ts'
import { loadDossier } from './dossier.ts'
import { keyFingerprint } from './reports/bundle/signature.ts'
import type { ReportFile } from './reports/create.ts'
import { sha256Hex } from './reports/seal.ts'
import type { Reader, Store } from './storage/store.ts'
import { withTrends } from './trends.ts'

/** Makes all files of a run; `privateKeyPem` (Ed25519) seals the bundle. */
export type CreateReports = (request: { dossier: Dossier; privateKeyPem: string }) => Promise<readonly ReportFile[]>

/** Issues the files of an ended run: a new revision each time, earlier ones stay. */
export type Issue = (runId: string, actor: string) => Promise<void>

const keySetting = 'sealing.privateKey'

const toPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** The station's own key for sealing bundles: made once, kept inside the encrypted database. */
export async function loadSealingKey(store: Store): Promise<string> {
  const stored = await store.setting(keySetting)
  if (stored !== undefined) return toPem(createPrivateKey(stored))
  const pem = toPem(generateKeyPairSync('ed25519').privateKey)
  await store.saveSetting(keySetting, pem, {
    actor: 'station',
    action: 'sealingKey.create',
    subject: 'station',
    detail: {},
  })
  return pem
}

/** The station's public key; null where it has none yet. */
export async function sealingKeyOf(store: Pick<Reader, 'setting'>): Promise<KeyObject | null> {
  const stored = await store.setting(keySetting)
  return stored === undefined ? null : createPublicKey(stored)
}

/** SHA-256 of the station's public key: what `pvtp verify --key` compares. */
export async function sealingKeyFingerprint(store: Store): Promise<string> {
  const publicKey = createPublicKey(await loadSealingKey(store))
  return keyFingerprint(publicKey.export({ type: 'spki', format: 'der' }).toString('base64'))
}

export function createIssue(deps: {
  store: Store
  clock: Clock
  createReports: CreateReports
  laboratory: () => Laboratory
}): Issue {
  return async (runId, actor) => {
    const dossier = await withTrends(deps.store, await loadDossier(deps.store, runId, deps.laboratory()))
    const privateKeyPem = await loadSealingKey(deps.store)
    const files = await deps.clock.outside(deps.createReports({ dossier, privateKeyPem }))
    const stored = files.map((file) => ({ ...file, sha256: sha256Hex(file.bytes) }))
    await deps.store.addFiles(runId, stored, {
      actor,
      action: 'report.issue',
      subject: runId,
      detail: { dataSha256: dossier.dataSha256, files: stored.map(({ name, sha256 }) => ({ name, sha256 })) },
    })
  }
}
