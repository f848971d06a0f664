import type { Cancellation } from '../../base/cancellation.ts'
import type { Clock } from '../../base/clock.ts'
import type { StationEvent } from '../../contract/api.ts'
import { messageOf, StationError } from '../../contract/errors.ts'
import type { SweepDirection } from '../../contract/curve.ts'
import type { Reading, Role, SweepPoints } from '../../contract/instrument.ts'
import type { RunEvent } from '../../contract/run.ts'
import type { Channel, SampleBlock, SweepStart } from '../../contract/sample.ts'
import type { HeldInstrument } from '../executor/stepKind.ts'

/** The part of the store that recording needs. */
export interface RecorderStore {
  addChannel(channel: Omit<Channel, 'id'>): Promise<number>
  appendSamples(blocks: readonly SampleBlock[]): Promise<void>
  addSweep(sweep: SweepStart): Promise<void>
  appendSweepPoints(
    at: { runId: string; position: number },
    blocks: readonly SampleBlock[],
    limiting: number[],
  ): Promise<void>
  completeSweep(at: { runId: string; position: number }): Promise<void>
}

export interface SweepRecording {
  /** To be given to the source: stores points as they arrive, in order. */
  add: (points: SweepPoints) => void
  complete: () => Promise<void>
  /** Resolves when everything handed to add() is stored; throws what the store threw. */
  settled: () => Promise<void>
}

export interface Recorder {
  /** Reads an instrument once and stores what it measured. Throws the instrument's error. */
  readSensor: (held: HeldInstrument, signal: Cancellation) => Promise<Reading[]>
  /** Stores what an instrument measured just now. */
  keep: (held: HeldInstrument, readings: readonly Reading[]) => Promise<void>
  /** Resolves when everything read so far is stored. */
  flush(): Promise<void>
  /** Reads again and again until cancelled; a failed reading is logged as a gap and tried again. */
  poll(held: readonly HeldInstrument[], options: { everyMs: number; until: Cancellation }): Promise<void>
  startSweep(sweep: {
    stepId: string
    direction: 'forward' | 'reverse'
    source: HeldInstrument
  }): Promise<SweepRecording>
}

/** A channel that an earlier life of the station had begun. */
export interface KnownChannel {
  id: number
  name: string
  instrumentId: string | null
  nextSeq: number
}

export interface RecorderDeps {
  runId: string
  /** Where a run goes on after an interruption: its channels and sweeps so far. */
  earlier?: { channels: readonly KnownChannel[]; sweeps: readonly { direction: SweepDirection | null }[] }
  /** Samples that may wait to be stored together; 1 stores each reading at once. Only a dry run may wait. */
  batch?: number
  clock: Clock
  store: RecorderStore
  publish: (event: StationEvent) => void
  log: (level: RunEvent['level'], kind: string, text: string) => Promise<void>
}

interface OpenChannel {
  id: number
  nextSeq: number
}

/** How the recorded channels of a role begin. */
export const roleChannelName: Readonly<Record<Role, string>> = {
  IrradianceSensor: 'irradiance',
  TemperatureSensor: 'temperature',
  HumiditySensor: 'humidity',
  IvSource: 'source',
  PowerSupply: 'supply',
  HvSource: 'bias',
  LeakageMeter: 'leakage',
  Chamber: 'chamber',
  InsulationTester: 'insulation',
  Interlock: 'interlock',
}

/** A value counts for a role only where its instrument was given that role in this run. */
const channelName = (held: HeldInstrument, channel: string): string => {
  const role = held.profile.channels.find((each) => each.channel === channel)?.role
  const taken = held.roles.find((each) => each.role === role && (each.channel === null || each.channel === channel))
  const lane = taken?.lane ? `[${taken.lane}]` : ''
  return `${taken ? `${roleChannelName[taken.role]}${lane}` : 'other'}.${held.name}.${channel}`
}

/** Channels are made when their first value arrives, and numbered without gaps from then on, also over an interruption. */
function createChannels(deps: RecorderDeps) {
  const open = new Map<string, Promise<OpenChannel>>()
  const make = async (held: HeldInstrument, part: { name: string; unit: string }): Promise<OpenChannel> => {
    const known = deps.earlier?.channels.find((each) => each.name === part.name && each.instrumentId === held.id)
    if (known) return { id: known.id, nextSeq: known.nextSeq }
    const id = await deps.store.addChannel({
      runId: deps.runId,
      name: part.name,
      unit: part.unit,
      provenance: held.provenance,
      instrumentId: held.id,
      instrumentName: held.name,
      calibration: held.calibration?.certificate ?? null,
    })
    return { id, nextSeq: 1 }
  }
  const take = (held: HeldInstrument, part: { key: string; name: string; unit: string }): Promise<OpenChannel> => {
    const key = `${held.id}/${part.key}`
    const made = open.get(key) ?? make(held, part)
    open.set(key, made)
    // One that couldn't be made is tried again with the next value.
    made.catch(() => open.delete(key))
    return made
  }
  return { take }
}

/** Stores every sample first and only then tells the windows. */
export function createRecorder(deps: RecorderDeps): Recorder {
  const channels = createChannels(deps)
  const earlier = deps.earlier?.sweeps ?? []
  let sweepCount = earlier.length
  const counts = new Map<SweepDirection, number>(
    (['forward', 'reverse'] as const).map((each) => [each, earlier.filter((sweep) => sweep.direction === each).length]),
  )
  const batch = createBatch(deps)

  const keep: Recorder['keep'] = async (held, readings) => {
    const utcMs = deps.clock.utcMs()
    const monotonicMs = deps.clock.monotonicMs()
    const places = await Promise.all(
      readings.map(({ channel, unit }) =>
        channels.take(held, { key: channel, name: channelName(held, channel), unit }),
      ),
    )
    const blocks = readings.map((reading, i): SampleBlock => {
      const channel = places[i]!
      return {
        channelId: channel.id,
        firstSeq: channel.nextSeq++,
        utcMs: [utcMs],
        monotonicMs: [monotonicMs],
        value: [reading.value],
        missing: reading.value === null ? { '0': reading.reason ?? 'the instrument gave no number' } : {},
      }
    })
    await batch.add(blocks, {
      type: 'reading',
      runId: deps.runId,
      instrument: held.name,
      readings: [...readings],
      utcMs,
    })
  }

  const readSensor: Recorder['readSensor'] = async (held, signal) => {
    const readings = await held.instrument.read(signal)
    await keep(held, readings)
    return readings
  }

  const pollOne = async (held: HeldInstrument, options: { everyMs: number; until: Cancellation }): Promise<void> => {
    let failing = false
    while (!options.until.aborted) {
      const dueMs = deps.clock.monotonicMs() + options.everyMs
      try {
        await readSensor(held, options.until)
        failing = false
      } catch (error) {
        if (options.until.aborted) return
        // Only the instrument's own failure is a gap; a full disk or a fault of the program ends the step.
        if (!(error instanceof StationError && error.code.startsWith('device.'))) throw error
        if (!failing) await deps.log('warning', 'gap', `${held.name} gives no values: ${messageOf(error)}`)
        failing = true
      }
      await deps.clock.sleep(dueMs - deps.clock.monotonicMs(), options.until).catch(() => undefined)
    }
  }

  const startSweep: Recorder['startSweep'] = (sweep) => {
    const nth = (counts.get(sweep.direction) ?? 0) + 1
    counts.set(sweep.direction, nth)
    return recordSweep({ deps, channels, sweep, id: `${sweep.direction}-${nth}`, position: sweepCount++ })
  }

  return {
    readSensor,
    keep,
    flush: batch.flush,
    poll: async (held, options) => void (await Promise.all(held.map((each) => pollOne(each, options)))),
    startSweep,
  }
}

/** Stores, then publishes. A run in real time stores at once; a dry run may gather, as nobody looks on. */
function createBatch(deps: RecorderDeps) {
  const most = deps.batch ?? 1
  let blocks: SampleBlock[] = []
  let events: StationEvent[] = []
  const flush = async (): Promise<void> => {
    if (blocks.length === 0) return
    const [storing, telling] = [joinBlocks(blocks), events]
    blocks = []
    events = []
    await deps.store.appendSamples(storing)
    telling.forEach(deps.publish)
  }
  const add = async (more: readonly SampleBlock[], event: StationEvent): Promise<void> => {
    blocks.push(...more)
    events.push(event)
    if (blocks.length >= most) await flush()
  }
  return { add, flush }
}

/** Blocks of one channel that follow each other, as one. */
function joinBlocks(blocks: readonly SampleBlock[]): SampleBlock[] {
  if (blocks.length <= 1) return [...blocks]
  const joined = new Map<number, SampleBlock>()
  for (const block of blocks) {
    const before = joined.get(block.channelId)
    if (!before) {
      joined.set(block.channelId, {
        ...block,
        utcMs: [...block.utcMs],
        monotonicMs: [...block.monotonicMs],
        value: [...block.value],
        missing: { ...block.missing },
      })
      continue
    }
    const offset = before.value.length
    before.utcMs.push(...block.utcMs)
    before.monotonicMs.push(...block.monotonicMs)
    before.value.push(...block.value)
    for (const [i, reason] of Object.entries(block.missing ?? {}))
      before.missing = { ...before.missing, [String(Number(i) + offset)]: reason }
  }
  return [...joined.values()]
}

async function recordSweep(given: {
  deps: RecorderDeps
  channels: ReturnType<typeof createChannels>
  sweep: { stepId: string; direction: 'forward' | 'reverse'; source: HeldInstrument }
  id: string
  position: number
}): Promise<SweepRecording> {
  const { deps, sweep, position } = given
  const voltage = await given.channels.take(sweep.source, { key: 'voltage', name: 'iv.voltage', unit: 'V' })
  const current = await given.channels.take(sweep.source, { key: 'current', name: 'iv.current', unit: 'A' })
  const at = { runId: deps.runId, position }
  const startedUtcMs = deps.clock.utcMs()
  const startedMonotonicMs = deps.clock.monotonicMs()
  await deps.store.addSweep({
    ...at,
    id: given.id,
    stepId: sweep.stepId,
    direction: sweep.direction,
    provenance: sweep.source.provenance,
    startedUtcMs,
    voltageChannel: voltage.id,
    currentChannel: current.id,
  })
  let count = 0
  let queue: Promise<void> = Promise.resolve()

  const keep = async (points: SweepPoints): Promise<void> => {
    const times = {
      utcMs: points.elapsedMs.map((elapsed) => startedUtcMs + elapsed),
      monotonicMs: points.elapsedMs.map((elapsed) => startedMonotonicMs + elapsed),
    }
    const offset = count
    count += points.voltageV.length
    const blocks = [
      { channelId: voltage.id, firstSeq: voltage.nextSeq, ...times, value: points.voltageV },
      { channelId: current.id, firstSeq: current.nextSeq, ...times, value: points.currentA },
    ]
    voltage.nextSeq += points.voltageV.length
    current.nextSeq += points.voltageV.length
    await deps.store.appendSweepPoints(
      at,
      blocks,
      points.limiting.map((index) => index + offset),
    )
    deps.publish({
      type: 'sweepPoints',
      points: {
        runId: deps.runId,
        sweepIndex: position,
        direction: sweep.direction,
        offset,
        voltageV: points.voltageV,
        currentA: points.currentA,
      },
    })
  }

  return {
    add: (points) => {
      queue = queue.then(() => keep(points))
      // Its failure is thrown by settled(), which the step always awaits.
      queue.catch(() => undefined)
    },
    settled: () => queue,
    complete: async () => {
      await queue
      await deps.store.completeSweep(at)
    },
  }
}
