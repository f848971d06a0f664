import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { canonicalJson } from '../../base/canonicalJson.ts'

export interface AuditEntry {
  actor: string
  action: string
  subject: string
  /** Old and new values, reasons: whatever an assessor needs to follow what was done. */
  detail: unknown
}

export interface AuditRow {
  seq: number
  utc_ms: number
  actor: string
  action: string
  subject: string
  detail: string
  previous_hash: string
  hash: string
}

const genesis = '0'.repeat(64)

const hashOf = (row: Omit<AuditRow, 'hash'>): string =>
  createHash('sha256')
    .update(canonicalJson([row.seq, row.utc_ms, row.actor, row.action, row.subject, row.detail, row.previous_hash]))
    .digest('hex')

/**
 * Appends to the chain. To be called inside the transaction that makes the change it tells of.
 * @returns the row's number
 */
export function appendAudit(db: Database.Database, utcMs: number, entry: AuditEntry): number {
  const last = db.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get() as
    Pick<AuditRow, 'seq' | 'hash'> | undefined
  const row = {
    seq: (last?.seq ?? 0) + 1,
    utc_ms: utcMs,
    actor: entry.actor,
    action: entry.action,
    subject: entry.subject,
    detail: canonicalJson(entry.detail),
    previous_hash: last?.hash ?? genesis,
  }
  const hash = hashOf(row)
  db.prepare(
    `INSERT INTO audit (seq, utc_ms, actor, action, subject, detail, previous_hash, hash)
     VALUES (@seq, @utc_ms, @actor, @action, @subject, @detail, @previous_hash, @hash)`,
  ).run({ ...row, hash })
  return row.seq
}

export interface AuditCheck {
  rows: number
  head: string
  /** What is wrong, with the row; empty when the chain holds. */
  faults: string[]
}

/** Follows the chain from the first row. It can't show a cut-off tail: for that the head is compared with a sealed one. */
export function checkAudit(rows: Iterable<AuditRow>): AuditCheck {
  const faults: string[] = []
  let previous = genesis
  let count = 0
  let lastSeq = 0
  for (const row of rows) {
    count++
    if (row.seq !== lastSeq + 1) faults.push(`row ${lastSeq + 1} is missing: the next one has number ${row.seq}`)
    lastSeq = row.seq
    if (row.previous_hash !== previous) faults.push(`row ${row.seq} doesn't follow the row before it`)
    if (hashOf(row) !== row.hash) faults.push(`row ${row.seq} (${row.action}) was changed`)
    previous = row.hash
    if (faults.length > 20) break
  }
  return { rows: count, head: previous, faults }
}
