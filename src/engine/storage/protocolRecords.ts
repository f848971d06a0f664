import type Database from 'better-sqlite3'
import { canonicalJson } from '../../base/canonicalJson.ts'
import type { ProtocolRecord } from '../../contract/approval.ts'
import type { Template } from '../../contract/template.ts'

/** A record with the station's signature over its canonical JSON, and the template that it is about. */
export interface SignedProtocolRecord {
  record: ProtocolRecord
  /** Ed25519, in base64, with the key that seals this station's bundles. */
  signature: string
  template: Template
}

/** Who submitted, approved, declined and retired which content of a protocol; only ever grows. */
export function createProtocolRecords(db: Database.Database) {
  const add = ({ record, signature, template }: SignedProtocolRecord): void =>
    void db
      .prepare(
        `INSERT INTO protocol_records (seq, protocol_id, version, sha256, action, record, signature, template)
         VALUES (@seq, @protocolId, @version, @sha256, @action, @json, @signature, @template)`,
      )
      .run({ ...record, json: canonicalJson(record), signature, template: canonicalJson(template) })

  const all = (): SignedProtocolRecord[] =>
    (
      db.prepare('SELECT record, signature, template FROM protocol_records ORDER BY seq').all() as {
        record: string
        signature: string
        template: string
      }[]
    ).map(({ record, signature, template }) => ({
      record: JSON.parse(record) as ProtocolRecord,
      signature,
      template: JSON.parse(template) as Template,
    }))

  return { add, all }
}
