import type Database from 'better-sqlite3'
import type { Provenance } from '../../../contract/provenance.ts'
import type { Channel, RecordedSweep, SweepStart } from '../../../contract/sample.ts'
import { createPrepared } from '../prepared.ts'
import type { Piece } from './chunks.ts'
import type { RangeReader } from './range.ts'

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

/** A sensor's samples belong to a sweep from this long before its first point to this long after its last. */
const sensorMarginMs = 5000

export interface SweepAt {
  runId: string
  position: number
}

/** A sweep's points are samples of its two channels; its own row says which. */
export function createSweepWriter(db: Database.Database, nextSeq: (channelId: number) => number) {
  const prepare = createPrepared(db)
  const add = (sweep: SweepStart): void =>
    void prepare(
      `INSERT INTO sweeps (run_id, position, id, step_id, direction, provenance, started_utc_ms,
                             voltage_channel, current_channel, first_seq, points, limiting, complete)
         VALUES (@runId, @position, @id, @stepId, @direction, @provenance, @startedUtcMs,
                 @voltageChannel, @currentChannel, @firstSeq, 0, '[]', 0)`,
    ).run({ ...sweep, firstSeq: nextSeq(sweep.voltageChannel) })

  const grow = (at: SweepAt, grown: { points: number; limiting: readonly number[] }): void => {
    const row = prepare('SELECT limiting FROM sweeps WHERE run_id = ? AND position = ?')
      .pluck()
      .get(at.runId, at.position)
    const limiting = [...(JSON.parse(row as string) as number[]), ...grown.limiting]
    prepare('UPDATE sweeps SET points = points + ?, limiting = ? WHERE run_id = ? AND position = ?').run(
      grown.points,
      JSON.stringify(limiting),
      at.runId,
      at.position,
    )
  }

  const complete = (at: SweepAt): void =>
    void prepare('UPDATE sweeps SET complete = 1 WHERE run_id = ? AND position = ?').run(at.runId, at.position)

  return { add, grow, complete }
}

interface Timed {
  monotonicMs: number[]
  value: (number | null)[]
}

function columnsOf(pieces: readonly Piece[], within = (_monotonicMs: number): boolean => true): Timed {
  const columns: Timed = { monotonicMs: [], value: [] }
  for (const piece of pieces)
    for (let i = 0; i < piece.value.length; i++) {
      if (!within(piece.monotonicMs[i]!)) continue
      columns.monotonicMs.push(piece.monotonicMs[i]!)
      columns.value.push(piece.missing.has(i) ? null : piece.value[i]!)
    }
  return columns
}

/** What a sensor measured from `fromMs` to `toMs`, monotonic, in the epoch of the sweep: the first one if it has no points. */
function sensorAround(
  reader: RangeReader,
  channelId: number,
  span: { epochId: number | null; fromMs: number; toMs: number },
): Timed {
  const epochs = reader.epochs(channelId)
  const epoch = span.epochId === null ? epochs[0] : epochs.find((each) => each.id === span.epochId)
  if (!epoch) return { monotonicMs: [], value: [] }
  const isOrdered = reader.isOrdered(channelId)
  const pieces: Piece[] = []
  // A little earlier: the station time of a sample is rounded.
  let seq = reader.startOf(channelId, span.fromMs + epoch.originMs - 1)
  for (;;) {
    const more = reader.slice(channelId, seq, seq + 8192)
    const last = more.at(-1)
    if (!last) break
    pieces.push(...more.filter((piece) => piece.epochId === epoch.id))
    seq = last.firstSeq + last.value.length
    const isPast = last.epochId === epoch.id ? last.monotonicMs.at(-1)! > span.toMs : last.epochId > epoch.id
    if (isOrdered && isPast) break
  }
  return columnsOf(pieces, (time) => time >= span.fromMs && time <= span.toMs)
}

export function createSweepReader(
  db: Database.Database,
  deps: { reader: RangeReader; channels: (runId: string) => Channel[] },
) {
  const { reader } = deps

  const sensorsOf = (row: SweepRow, all: readonly Channel[], points: readonly Piece[]) => {
    const span = {
      epochId: points[0]?.epochId ?? null,
      fromMs: (points[0]?.monotonicMs[0] ?? 0) - sensorMarginMs,
      toMs: (points.at(-1)?.monotonicMs.at(-1) ?? 0) + sensorMarginMs,
    }
    const sensor = (channel: Channel): Timed => sensorAround(reader, channel.id, span)
    // An imported file brings its conditions with each curve, under the curve's own name.
    // A lane's own sensors say nothing of another lane's module.
    const lane = /@([A-Za-z0-9]+)/.exec(row.step_id)?.[1]
    const ofThisLane = (name: string) => {
      const own = /^\w+\[(\w+)\]/.exec(name)?.[1]
      return own === undefined || own === lane
    }
    const ofThisSweep = ({ name }: Channel) => (!name.includes('@') || name.endsWith(`@${row.id}`)) && ofThisLane(name)
    const light = all.find((each) => each.name.startsWith('irradiance') && ofThisSweep(each))
    return {
      irradiance: light ? sensor(light) : { monotonicMs: [], value: [] },
      temperatures: all
        .filter((each) => each.name.startsWith('temperature') && ofThisSweep(each))
        .map((each) => ({ name: each.name, ...sensor(each) })),
    }
  }

  const toSweep = (row: SweepRow, all: Channel[]): RecordedSweep => {
    const end = row.first_seq + row.points
    const points = reader.slice(row.voltage_channel, row.first_seq, end)
    const voltage = columnsOf(points)
    const current = columnsOf(reader.slice(row.current_channel, row.first_seq, end))
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
      ...sensorsOf(row, all, points),
    }
  }

  return (runId: string): RecordedSweep[] => {
    const all = deps.channels(runId)
    const found = db.prepare('SELECT * FROM sweeps WHERE run_id = ? ORDER BY position').all(runId) as SweepRow[]
    return found.map((row) => toSweep(row, all))
  }
}
