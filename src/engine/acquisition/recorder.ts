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
  readSensor(held: HeldInstrument, signal: Cancellation): Promise<Reading[]>
  /** Reads again and again until cancelled; a failed reading is logged as a gap and tried again. */
  poll(held: readonly HeldInstrument[], options: { everyMs: number; until: Cancellation }): Promise<void>
  startSweep(sweep: {
    stepId: string
    direction: 'forward' | 'reverse'
    source: HeldInstrument
  }): Promise<SweepRecording>
}

export interface RecorderDeps {
  runId: string
  clock: Clock
  store: RecorderStore
  publish: (event: StationEvent) => void
  log: (level: RunEvent['level'], kind: string, text: string) => Promise<void>
}

interface OpenChannel {
  id: number
  nextSeq: number
}

const roleChannelName: Readonly<Record<Role, string>> = {
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
  const taken = role !== null && role !== undefined && held.roles.some((each) => each.role === role)
  return `${taken ? roleChannelName[role] : 'other'}.${held.name}.${channel}`
}

/** Channels are made when their first value arrives, and numbered without gaps from then on. */
function createChannels(deps: RecorderDeps) {
  const open = new Map<string, OpenChannel>()
  const take = async (
    held: HeldInstrument,
    part: { key: string; name: string; unit: string },
  ): Promise<OpenChannel> => {
    const key = `${held.id}/${part.key}`
    const found = open.get(key)
    if (found) return found
    const id = await deps.store.addChannel({
      runId: deps.runId,
      name: part.name,
      unit: part.unit,
      provenance: held.provenance,
      instrumentId: held.id,
      instrumentName: held.name,
      calibration: held.calibration?.certificate ?? null,
    })
    const made = { id, nextSeq: 1 }
    open.set(key, made)
    return made
  }
  return { take }
}

/** Stores every sample first and only then tells the windows. */
export function createRecorder(deps: RecorderDeps): Recorder {
  const channels = createChannels(deps)
  let sweepCount = 0
  const counts = new Map<SweepDirection, number>()

  const store = async (held: HeldInstrument, readings: readonly Reading[]): Promise<void> => {
    const utcMs = deps.clock.utcMs()
    const monotonicMs = deps.clock.monotonicMs()
    const blocks: SampleBlock[] = []
    for (const reading of readings) {
      const name = channelName(held, reading.channel)
      const channel = await channels.take(held, { key: reading.channel, name, unit: reading.unit })
      blocks.push({
        channelId: channel.id,
        firstSeq: channel.nextSeq++,
        utcMs: [utcMs],
        monotonicMs: [monotonicMs],
        value: [reading.value],
        missing: reading.value === null ? { '0': reading.reason ?? 'the instrument gave no number' } : {},
      })
    }
    await deps.store.appendSamples(blocks)
    deps.publish({ type: 'reading', runId: deps.runId, instrument: held.name, readings: [...readings], utcMs })
  }

  const readSensor: Recorder['readSensor'] = async (held, signal) => {
    const readings = await held.instrument.read(signal)
    await store(held, readings)
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
    poll: async (held, options) => void (await Promise.all(held.map((each) => pollOne(each, options)))),
    startSweep,
  }
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
