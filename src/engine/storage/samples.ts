import type Database from 'better-sqlite3'
import type { Provenance } from '../../contract/provenance.ts'
import type { Channel, RecordedSweep, SampleBlock, SweepStart } from '../../contract/sample.ts'

interface ChannelRow {
  id: number
  run_id: string
  name: string
  unit: string
  provenance: Provenance
  instrument_id: string | null
  instrument_name: string
  calibration: string | null
}

export interface SampleRow {
  seq: number
  utc_ms: number
  monotonic_ms: number
  value: number | null
  missing: string | null
}

interface SweepRow {
  position: number
  id: string
  step_id: string
  direction: 'forward' | 'reverse' | null
  provenance: Provenance
  started_utc_ms: number
  voltage_channel: number
  current_channel: number
  first_seq: number
  points: number
  limiting: string
  complete: number
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
})

/** A sensor's samples belong to a sweep from this long before its first point to this long after its last. */
const sensorMarginMs = 5000

export function createSampleTables(db: Database.Database) {
  const insertSample = db.prepare(
    'INSERT INTO samples (channel_id, seq, utc_ms, monotonic_ms, value, missing) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const lastSeq = db.prepare('SELECT coalesce(max(seq), 0) FROM samples WHERE channel_id = ?').pluck()

  const addChannel = (channel: Omit<Channel, 'id'>): number => {
    const info = db
      .prepare(
        `INSERT INTO channels (run_id, name, unit, provenance, instrument_id, instrument_name, calibration)
         VALUES (@runId, @name, @unit, @provenance, @instrumentId, @instrumentName, @calibration)`,
      )
      .run(channel)
    return Number(info.lastInsertRowid)
  }

  const nextSeq = (channelId: number): number => (lastSeq.get(channelId) as number) + 1

  /** Refuses a block that leaves a gap in the numbers or overwrites a sample. */
  const append = (block: SampleBlock): void => {
    const expected = nextSeq(block.channelId)
    if (block.firstSeq !== expected)
      throw new RangeError(`channel ${block.channelId}: sample ${expected} is next, not ${block.firstSeq}`)
    block.value.forEach((value, i) => {
      const missing = value === null ? (block.missing?.[i] ?? 'no reason given') : null
      insertSample.run(block.channelId, block.firstSeq + i, block.utcMs[i], block.monotonicMs[i], value, missing)
    })
  }

  const addSweep = (sweep: SweepStart): void => {
    db.prepare(
      `INSERT INTO sweeps (run_id, position, id, step_id, direction, provenance, started_utc_ms,
                           voltage_channel, current_channel, first_seq, points, limiting, complete)
       VALUES (@runId, @position, @id, @stepId, @direction, @provenance, @startedUtcMs,
               @voltageChannel, @currentChannel, @firstSeq, 0, '[]', 0)`,
    ).run({ ...sweep, firstSeq: nextSeq(sweep.voltageChannel) })
  }

  const growSweep = (at: { runId: string; position: number }, grown: { points: number; limiting: number[] }): void => {
    const row = db
      .prepare('SELECT limiting FROM sweeps WHERE run_id = ? AND position = ?')
      .pluck()
      .get(at.runId, at.position)
    const limiting = [...(JSON.parse(row as string) as number[]), ...grown.limiting]
    db.prepare('UPDATE sweeps SET points = points + ?, limiting = ? WHERE run_id = ? AND position = ?').run(
      grown.points,
      JSON.stringify(limiting),
      at.runId,
      at.position,
    )
  }

  const completeSweep = (at: { runId: string; position: number }): void =>
    void db.prepare('UPDATE sweeps SET complete = 1 WHERE run_id = ? AND position = ?').run(at.runId, at.position)

  const channels = (runId: string): Channel[] =>
    (db.prepare('SELECT * FROM channels WHERE run_id = ? ORDER BY id').all(runId) as ChannelRow[]).map(toChannel)

  const rows = (channelId: number, afterSeq = 0): IterableIterator<SampleRow> =>
    db
      .prepare(
        'SELECT seq, utc_ms, monotonic_ms, value, missing FROM samples WHERE channel_id = ? AND seq > ? ORDER BY seq',
      )
      .iterate(channelId, afterSeq) as IterableIterator<SampleRow>

  const sweeps = createSweepReader(db, channels)
  return { addChannel, nextSeq, append, addSweep, growSweep, completeSweep, channels, rows, sweeps }
}

function createSweepReader(db: Database.Database, channels: (runId: string) => Channel[]) {
  const slice = db.prepare(
    'SELECT monotonic_ms, value FROM samples WHERE channel_id = ? AND seq >= ? AND seq < ? ORDER BY seq',
  )
  const between = db.prepare(
    'SELECT monotonic_ms, value FROM samples WHERE channel_id = ? AND monotonic_ms BETWEEN ? AND ? ORDER BY seq',
  )
  type Timed = { monotonic_ms: number; value: number | null }[]
  const columns = (found: Timed) => ({
    monotonicMs: found.map((each) => each.monotonic_ms),
    value: found.map((each) => each.value),
  })

  const toSweep = (row: SweepRow, all: Channel[]): RecordedSweep => {
    const end = row.first_seq + row.points
    const voltage = columns(slice.all(row.voltage_channel, row.first_seq, end) as Timed)
    const current = columns(slice.all(row.current_channel, row.first_seq, end) as Timed)
    const from = (voltage.monotonicMs[0] ?? 0) - sensorMarginMs
    const to = (voltage.monotonicMs.at(-1) ?? 0) + sensorMarginMs
    const sensor = (channel: Channel) => columns(between.all(channel.id, from, to) as Timed)
    // An imported file brings its conditions with each curve, under the curve's own name.
    const ofThisSweep = (channel: Channel) => !channel.name.includes('@') || channel.name.endsWith(`@${row.id}`)
    const light = all.find((each) => each.name.startsWith('irradiance') && ofThisSweep(each))
    return {
      index: row.position,
      id: row.id,
      stepId: row.step_id,
      direction: row.direction,
      provenance: row.provenance,
      startedUtcMs: row.started_utc_ms,
      complete: row.complete === 1,
      monotonicMs: voltage.monotonicMs,
      voltageV: voltage.value as number[],
      currentA: current.value as number[],
      limiting: JSON.parse(row.limiting) as number[],
      irradiance: light ? sensor(light) : { monotonicMs: [], value: [] },
      temperatures: all
        .filter((each) => each.name.startsWith('temperature') && ofThisSweep(each))
        .map((each) => ({ name: each.name, ...sensor(each) })),
    }
  }

  return (runId: string): RecordedSweep[] => {
    const all = channels(runId)
    const found = db.prepare('SELECT * FROM sweeps WHERE run_id = ? ORDER BY position').all(runId) as SweepRow[]
    return found.map((row) => toSweep(row, all))
  }
}
