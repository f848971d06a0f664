import type Database from 'better-sqlite3'
import type { Provenance } from '../../../contract/provenance.ts'
import type { Channel } from '../../../contract/sample.ts'

interface ChannelRow {
  id: number
  run_id: string
  name: string
  unit: string
  provenance: Provenance
  instrument_id: string | null
  instrument_name: string
  calibration: string | null
  precision: number | null
}

const toChannel = (row: ChannelRow): Channel => ({
  id: row.id,
  runId: row.run_id,
  name: row.name,
  unit: row.unit,
  provenance: row.provenance,
  instrumentId: row.instrument_id,
  instrumentName: row.instrument_name,
  calibration: row.calibration,
  // Only where there is one: the seal of a run covers its channels, and those of old runs have no such field.
  ...(row.precision === null ? {} : { precision: row.precision }),
})

export const createChannelReader =
  (db: Database.Database) =>
  (runId: string): Channel[] =>
    (db.prepare('SELECT * FROM channels WHERE run_id = ? ORDER BY id').all(runId) as ChannelRow[]).map(toChannel)

export const createChannelWriter = (db: Database.Database) => {
  const insert = db.prepare(
    `INSERT INTO channels (run_id, name, unit, provenance, instrument_id, instrument_name, calibration, precision)
     VALUES (@runId, @name, @unit, @provenance, @instrumentId, @instrumentName, @calibration, @precision)`,
  )
  return (channel: Omit<Channel, 'id'>): number =>
    Number(insert.run({ ...channel, precision: channel.precision ?? null }).lastInsertRowid)
}
