import type { CurveSet, IvCurve } from '../contract/curve.ts'
import type { Run } from '../contract/run.ts'
import type { Channel, SampleBlock } from '../contract/sample.ts'
import type { Store } from './storage/store.ts'

interface Moment {
  utcMs: number
  monotonicMs: number
}

/** A file doesn't say when its points were measured: they carry the time of the import. */
const block = (channelId: number, firstSeq: number, given: { value: readonly number[]; at: Moment }): SampleBlock => ({
  channelId,
  firstSeq,
  utcMs: given.value.map(() => given.at.utcMs),
  monotonicMs: given.value.map(() => given.at.monotonicMs),
  value: [...given.value],
})

const conditionsOf = (curve: IvCurve) =>
  [
    { name: `irradiance@${curve.id}`, unit: 'W/m²', value: curve.irradianceWPerM2 },
    { name: `temperature@${curve.id}`, unit: '°C', value: curve.temperatureC },
  ].filter((each): each is { name: string; unit: string; value: number } => each.value !== null)

/** Stores the curves of a file as sweeps of a run, each with its own conditions, every value marked as imported. */
export async function storeCurves(given: {
  run: Run
  curves: CurveSet
  fileName: string
  store: Store
  now: Moment
}): Promise<void> {
  const { run, store, now } = given
  const addChannel = (name: string, unit: string): Promise<number> => {
    const channel: Omit<Channel, 'id'> = {
      runId: run.id,
      name,
      unit,
      provenance: 'imported',
      instrumentId: null,
      instrumentName: given.fileName,
      calibration: null,
    }
    return store.addChannel(channel)
  }
  const voltageChannel = await addChannel('iv.voltage', 'V')
  const currentChannel = await addChannel('iv.current', 'A')
  let seq = 1
  for (const [position, curve] of given.curves.curves.entries()) {
    for (const condition of conditionsOf(curve)) {
      const channel = await addChannel(condition.name, condition.unit)
      await store.appendSamples([block(channel, 1, { value: [condition.value], at: now })])
    }
    const at = { runId: run.id, position }
    await store.addSweep({
      ...at,
      id: curve.id,
      stepId: 'import',
      direction: curve.direction ?? null,
      provenance: 'imported',
      startedUtcMs: now.utcMs,
      voltageChannel,
      currentChannel,
    })
    const blocks = [
      block(voltageChannel, seq, { value: curve.voltageV, at: now }),
      block(currentChannel, seq, { value: curve.currentA, at: now }),
    ]
    await store.appendSweepPoints(at, blocks, [])
    await store.completeSweep(at)
    seq += curve.voltageV.length
  }
}
