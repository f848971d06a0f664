import { Box, Typography } from '@mui/material'
import type { SafeStop } from '../../../contract/run.ts'
import type { Tone } from '../../logic/words.ts'
import { Panel } from '../../parts/Panel.tsx'
import { ToneChip } from '../../parts/chips.tsx'

const words = {
  requested: { tone: 'bad', label: 'requested' },
  sent: { tone: 'bad', label: 'sent, not read back' },
  confirmed: { tone: 'good', label: 'read back as off' },
  notConfirmed: { tone: 'bad', label: 'NOT CONFIRMED' },
} as const satisfies Record<SafeStop['state'], { tone: Tone; label: string }>

function Proof({ stop }: { stop: SafeStop }) {
  return (
    <Box sx={{ '& + &': { mt: 1.5 } }}>
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography sx={{ fontWeight: 600 }}>{stop.instrument}</Typography>
        <ToneChip {...words[stop.state]} />
      </Box>
      {stop.detail !== null && <Typography variant="body2">{stop.detail}</Typography>}
      {stop.evidence.length > 0 && (
        <Box component="ul" sx={{ m: 0, mt: 0.5, pl: 2.5, fontFamily: 'monospace', fontSize: '0.75rem' }}>
          {stop.evidence.map((line, i) => (
            <Box key={i} component="li" sx={{ overflowWrap: 'anywhere' }}>
              {line.command} → {line.readBack ?? (line.command.includes('?') ? 'NO ANSWER' : 'sent')}
            </Box>
          ))}
        </Box>
      )}
      {stop.state === 'notConfirmed' && (
        <Typography sx={{ mt: 0.5, color: 'error.main', fontWeight: 600 }}>
          Do not touch the module. Switch the instrument off by hand and check with a meter.
        </Typography>
      )}
    </Box>
  )
}

interface SafeStopPanelProps {
  safeStops: readonly SafeStop[]
  /** While a run goes on, a read-back is that of an earlier step. */
  running: boolean
}

/** Requested, sent, read back: the proof that outputs are off. Red until it is complete. */
export function SafeStopPanel({ safeStops, running }: SafeStopPanelProps) {
  const open = safeStops.some((stop) => stop.state !== 'confirmed')
  return (
    <Panel title="Safe state of the outputs" alarming={open}>
      <Box role="status" aria-live="polite">
        {safeStops.length === 0 ? (
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            Not commanded yet in this run. Treat the outputs as live.
          </Typography>
        ) : (
          safeStops.map((stop) => <Proof key={stop.instrument} stop={stop} />)
        )}
      </Box>
      {running && safeStops.length > 0 && (
        <Typography variant="caption" sx={{ color: 'text.secondary', display: 'block', mt: 1 }}>
          The run goes on: this is the last read-back, not the state of this moment.
        </Typography>
      )}
    </Panel>
  )
}
