import type { Channel, ChannelEnd } from '../../../contract/sample.ts'
import type { RangeReader } from './range.ts'

/** Where each channel of a run ended: its next number, and what was last recorded. */
export const createEndReader =
  (reader: RangeReader, channels: (runId: string) => Channel[]) =>
  (runId: string): ChannelEnd[] =>
    channels(runId).map(({ id, name, unit, instrumentId }) => {
      const nextSeq = reader.nextSeq(id)
      const last = reader.slice(id, nextSeq - 1, nextSeq).at(-1)
      const at = last ? last.value.length - 1 : 0
      return {
        ...{ id, name, unit, instrumentId, nextSeq },
        lastUtcMs: last?.utcMs[at] ?? null,
        lastValue: last && !last.missing.has(at) ? (last.value[at] ?? null) : null,
      }
    })
