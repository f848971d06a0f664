import { describe, expect, it } from 'vitest'
import { createCanceller } from '../../base/clock.ts'
import { createVirtualClock } from '../../base/virtualClock.ts'
import type { StationEvent } from '../../contract/api.ts'
import { StationError } from '../../contract/errors.ts'
import type { Reading, SweepPoints } from '../../contract/instrument.ts'
import type { SampleBlock } from '../../contract/sample.ts'
import type { HeldInstrument } from '../executor/stepKind.ts'
import { createRecorder, type RecorderDeps, type RecorderStore } from './recorder.ts'

const diskFull = () => new StationError('storage.full', { path: 'data' })
const silent = () =>
  new StationError('device.timeout', { instrument: 'Light', request: 'read', timeoutMs: 500, detail: '' })

/** A recorder over a store that keeps what it is given, in the order of what happened. */
const setUp = () => {
  const clock = createVirtualClock(1_000_000, () => new Promise((resolve) => setImmediate(resolve)))
  const kept = {
    order: [] as string[],
    channels: [] as unknown[],
    blocks: [] as SampleBlock[],
    sweeps: [] as unknown[],
    limiting: [] as number[],
    published: [] as StationEvent[],
    logged: [] as string[],
  }
  const fault: { error: Error | null } = { error: null }
  const keep = async (blocks: readonly SampleBlock[]) => {
    await Promise.resolve()
    if (fault.error) throw fault.error
    kept.order.push('stored')
    kept.blocks.push(...structuredClone(blocks))
  }
  const store: RecorderStore = {
    addChannel: async (channel) => kept.channels.push(channel),
    appendSamples: keep,
    addSweep: async (sweep) => void kept.sweeps.push(sweep),
    appendSweepPoints: async (_at, blocks, limiting) => {
      await keep(blocks)
      kept.limiting.push(...limiting)
    },
    completeSweep: async (at) => void kept.order.push(`completed ${at.position}`),
  }
  const deps: RecorderDeps = {
    ...{ runId: 'run', clock, store },
    publish: (event) => {
      kept.order.push('published')
      kept.published.push(event)
    },
    log: async (level, kind, text) => void kept.logged.push(`${clock.monotonicMs()} ${level} ${kind}: ${text}`),
  }
  return { clock, kept, fault, recorder: createRecorder(deps) }
}

const channel = (name: string, role: 'IrradianceSensor' | 'TemperatureSensor' | null) => ({
  ...{ channel: name, unit: 'x', role, title: name },
})
const held = (read: () => Promise<Reading[]>): HeldInstrument =>
  ({
    ...{ id: 'i1', name: 'Light', calibration: { certificate: 'C-1', by: 'PTB', dueDate: '2027-01-01' } },
    ...{ provenance: 'simulated', roles: [{ roleName: 'light', role: 'IrradianceSensor', channel: null, lane: null }] },
    instrument: { read },
    profile: { channels: [channel('irradiance', 'IrradianceSensor'), channel('cell', 'TemperatureSensor')] },
  }) as unknown as HeldInstrument
const readings = (value: number | null = 1000, reason?: string): Reading[] => [
  { channel: 'irradiance', value, unit: 'W/m²', ...(reason === undefined ? {} : { reason }) },
  { channel: 'cell', value: 25, unit: '°C' },
]
const light = (...given: Parameters<typeof readings>) => held(async () => readings(...given))
const { signal } = createCanceller()

/** A sensor that answers, or fails, as told, and then ends the polling. */
const scripted = (script: readonly ('ok' | 'fails')[]) => {
  const { signal: until, cancel } = createCanceller()
  const steps = [...script]
  const sensor = held(async () => {
    const step = steps.shift()
    if (steps.length === 0) cancel(new Error('end'))
    if (step === 'fails') throw silent()
    return readings()
  })
  return { sensor, until }
}

describe('a reading', () => {
  it('is stored first and published then, with both times', async () => {
    const { recorder, kept, clock } = setUp()
    await clock.run(clock.sleep(40))
    expect(await recorder.readSensor(light(), signal)).toEqual(readings())
    expect(kept.order).toEqual(['stored', 'published'])
    expect(kept.blocks[0]).toMatchObject({ utcMs: [1_000_040], monotonicMs: [40], value: [1000], missing: {} })
    expect(kept.published).toEqual([
      { type: 'reading', runId: 'run', instrument: 'Light', readings: readings(), utcMs: 1_000_040 },
    ])
  })

  it('that can’t be stored is not published, and the store’s error is thrown on', async () => {
    const { recorder, kept, fault } = setUp()
    fault.error = diskFull()
    await expect(recorder.readSensor(light(), signal)).rejects.toBe(fault.error)
    expect(kept.published).toEqual([])
  })

  it('is numbered from 1 without gaps in each channel, and makes its channel once', async () => {
    const { recorder, kept } = setUp()
    const sensor = light()
    for (let i = 0; i < 3; i++) await recorder.readSensor(sensor, signal)
    expect(kept.blocks.map((block) => [block.channelId, block.firstSeq])).toEqual([
      [1, 1],
      [2, 1],
      [1, 2],
      [2, 2],
      [1, 3],
      [2, 3],
    ])
    expect(kept.channels).toHaveLength(2)
  })

  it('goes to a channel named by the role that its instrument has in this run', async () => {
    const { recorder, kept } = setUp()
    await recorder.readSensor(light(), signal)
    const common = { runId: 'run', provenance: 'simulated', instrumentId: 'i1', calibration: 'C-1' }
    expect(kept.channels).toMatchObject([
      { ...common, name: 'irradiance.Light.irradiance', unit: 'W/m²' },
      { ...common, name: 'other.Light.cell', unit: '°C' },
    ])
  })

  it('without a value is stored as missing with the instrument’s reason, or with one of our own', async () => {
    const { recorder, kept } = setUp()
    await recorder.readSensor(light(null, 'over range'), signal)
    await recorder.readSensor(light(null), signal)
    const missing = kept.blocks.filter((block) => block.value[0] === null).map((block) => block.missing)
    expect(missing).toEqual([{ '0': 'over range' }, { '0': 'the instrument gave no number' }])
  })

  it('that fails is the instrument’s error, and nothing is stored or published', async () => {
    const { recorder, kept } = setUp()
    const error = silent()
    await expect(
      recorder.readSensor(
        held(() => Promise.reject(error)),
        signal,
      ),
    ).rejects.toBe(error)
    expect(kept.order).toEqual([])
  })
})

describe('polling', () => {
  it('reads at its pace until it is ended', async () => {
    const { recorder, kept, clock } = setUp()
    const { sensor, until } = scripted(['ok', 'ok', 'ok'])
    await clock.run(recorder.poll([sensor], { everyMs: 100, until }))
    expect(kept.blocks.filter((block) => block.channelId === 1).map((block) => block.monotonicMs[0])).toEqual([
      0, 100, 200,
    ])
  })

  it('counts its pace from the start of a reading, however long that takes', async () => {
    const { recorder, kept, clock } = setUp()
    const { signal: until, cancel } = createCanceller()
    const sensor = held(async () => {
      await clock.sleep(30)
      if (kept.published.length === 2) cancel(new Error('end'))
      return readings()
    })
    await clock.run(recorder.poll([sensor], { everyMs: 100, until }))
    const times = kept.blocks.filter((block) => block.channelId === 1).map((block) => block.monotonicMs[0])
    expect(times).toEqual([30, 130, 230])
  })

  it('goes on after an error of the sensor, and logs one gap for as long as it lasts', async () => {
    const { recorder, kept, clock } = setUp()
    const { sensor, until } = scripted(['ok', 'fails', 'fails', 'fails', 'ok', 'fails', 'ok'])
    await clock.run(recorder.poll([sensor], { everyMs: 100, until }))
    const gap = `warning gap: Light gives no values: ${silent().message}`
    expect(kept.logged).toEqual([`100 ${gap}`, `500 ${gap}`])
    expect(kept.blocks.filter((block) => block.channelId === 1).map((block) => block.firstSeq)).toEqual([1, 2, 3])
  })

  it('throws an error of the storage on, and blames no sensor for it', async () => {
    const { recorder, kept, clock, fault } = setUp()
    fault.error = diskFull()
    const { until } = scripted([])
    await expect(clock.run(recorder.poll([light()], { everyMs: 100, until }))).rejects.toBe(fault.error)
    expect(kept.logged).toEqual([])
    expect(kept.published).toEqual([])
  })

  it('that is ended in the middle of a reading logs no gap', async () => {
    const { recorder, kept, clock } = setUp()
    const { sensor, until } = scripted(['ok', 'fails'])
    await clock.run(recorder.poll([sensor], { everyMs: 100, until }))
    expect(kept.logged).toEqual([])
  })

  it('of one sensor does not wait for another one that is slow', async () => {
    const { recorder, kept, clock } = setUp()
    const { sensor, until } = scripted(['ok', 'ok', 'ok'])
    const slow = held(() => clock.sleep(10_000, until).then(() => readings()))
    await clock.run(recorder.poll([{ ...slow, id: 'i2' }, sensor], { everyMs: 100, until }))
    expect(clock.monotonicMs()).toBe(200)
    expect(kept.published).toHaveLength(3)
  })
})

const source = held(() => Promise.resolve([]))
const pointsOf = (elapsedMs: number[], limiting: number[] = []): SweepPoints => ({
  elapsedMs,
  voltageV: elapsedMs.map((ms) => ms / 10),
  currentA: elapsedMs.map(() => 9),
  limiting,
})

describe('a sweep', () => {
  it('is stored batch by batch in order, each before it is published, and numbered on through all sweeps', async () => {
    const { recorder, kept } = setUp()
    for (const direction of ['forward', 'reverse'] as const) {
      const sweep = await recorder.startSweep({ stepId: 'measure', direction, source })
      sweep.add(pointsOf([0, 10, 20]))
      sweep.add(pointsOf([30, 40]))
      await sweep.complete()
    }
    const batch = ['stored', 'published']
    expect(kept.order).toEqual([...batch, ...batch, 'completed 0', ...batch, ...batch, 'completed 1'])
    const firstSeqOf = (id: number) => kept.blocks.filter((block) => block.channelId === id).map((b) => b.firstSeq)
    expect([firstSeqOf(1), firstSeqOf(2)]).toEqual([
      [1, 4, 6, 9],
      [1, 4, 6, 9],
    ])
  })

  it('has the times of its points from its own start, and names limiting points by their place in the sweep', async () => {
    const { recorder, kept, clock } = setUp()
    await clock.run(clock.sleep(500))
    const sweep = await recorder.startSweep({ stepId: 'measure', direction: 'forward', source })
    sweep.add(pointsOf([0, 10], [1]))
    sweep.add(pointsOf([20, 30], [0]))
    await sweep.complete()
    expect(kept.blocks[2]).toMatchObject({ utcMs: [1_000_520, 1_000_530], monotonicMs: [520, 530], value: [2, 3] })
    expect(kept.limiting).toEqual([1, 2])
    expect(kept.published.map((event) => event.type === 'sweepPoints' && event.points.offset)).toEqual([0, 2])
  })

  it('is entered when it starts, numbered by pairs of forward and reverse', async () => {
    const { recorder, kept } = setUp()
    for (const direction of ['forward', 'reverse', 'forward', 'reverse'] as const)
      await recorder.startSweep({ stepId: 'measure', direction, source })
    expect(kept.sweeps).toMatchObject(
      ['forward-1', 'reverse-1', 'forward-2', 'reverse-2'].map((id, position) => ({
        ...{ id, position, runId: 'run', stepId: 'measure', startedUtcMs: 1_000_000 },
        ...{ voltageChannel: 1, currentChannel: 2 },
      })),
    )
  })

  it('that can’t be stored publishes nothing more, is not complete and throws the store’s error', async () => {
    const { recorder, kept, fault } = setUp()
    const sweep = await recorder.startSweep({ stepId: 'measure', direction: 'forward', source })
    sweep.add(pointsOf([0]))
    await sweep.settled()
    const error = diskFull()
    fault.error = error
    sweep.add(pointsOf([10]))
    await expect(sweep.settled()).rejects.toBe(error)
    fault.error = null
    sweep.add(pointsOf([20]))
    await expect(sweep.settled()).rejects.toBe(error)
    await expect(sweep.complete()).rejects.toBe(error)
    expect(kept.order).toEqual(['stored', 'published'])
  })
})
