import type { InstrumentState } from '../../contract/api.ts'
import type { Tone } from '../logic/words.ts'
import { useMirror } from '../state/station.ts'
import { ProvenanceChip, ToneChip } from './chips.tsx'

const words = {
  connected: { tone: 'good', label: 'connected', title: 'It answered the last time it was asked.' },
  unknown: { tone: 'unknown', label: 'not asked yet', title: 'Nothing is known: it was not asked since the start.' },
  stale: {
    tone: 'caution',
    label: 'no fresh value',
    title: 'Its link is there, but the last values that were due did not come.',
  },
  lost: { tone: 'bad', label: 'no answer', title: 'It did not answer the last time it was asked.' },
} as const satisfies Record<InstrumentState['health'], { tone: Tone; label: string; title: string }>

/** Whether an instrument answers; and that it is a simulated one, where not all of the station is. */
export function HealthChip({ instrument }: { instrument: InstrumentState }) {
  const allSimulated = useMirror((state) => state.info?.simulated ?? false)
  return (
    <>
      <ToneChip {...words[instrument.health]} />
      {instrument.simulated && !allSimulated && <ProvenanceChip provenance="simulated" />}
    </>
  )
}
