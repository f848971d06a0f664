import { Box, Typography } from '@mui/material'
import type { Reading } from '../../../contract/instrument.ts'
import type { Run } from '../../../contract/run.ts'
import { formatDuration } from '../../logic/format.ts'
import { isStale, readingName, scaledReading } from '../../logic/readings.ts'
import { Figure, Figures } from '../../parts/Figure.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ProvenanceChip } from '../../parts/chips.tsx'
import { useNow } from '../../state/hooks.ts'
import type { InstrumentReading } from '../../state/stationState.ts'
import { useMirror } from '../../state/station.ts'

function ReadingFigure({ reading, stale }: { reading: Reading; stale: boolean }) {
  const missing = reading.value === null
  const { text, unit } = scaledReading(reading.value, reading.unit)
  return (
    <Figure
      label={readingName(reading)}
      text={text}
      unit={unit}
      stale={stale}
      {...(missing && { note: reading.reason ?? 'no value, no reason given' })}
    />
  )
}

/** What the sensors said last, with source and age. Old values are grey. */
export function ReadingsPanel({ run, readings }: { run: Run; readings: Readonly<Record<string, InstrumentReading>> }) {
  const nowMs = useNow()
  const connected = useMirror((state) => state.link === 'open')
  const instruments = Object.entries(readings)
  return (
    <Panel title="Readings" aside={<ProvenanceChip provenance={run.provenance} />}>
      {instruments.length === 0 && (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          Nothing was read yet.
        </Typography>
      )}
      {instruments.map(([name, reading]) => {
        const ageMs = nowMs - reading.receivedMs
        const stale = !connected || isStale(ageMs, reading.everyMs)
        return (
          <Box key={name} sx={{ '& + &': { mt: 1.25, pt: 1, borderTop: 1, borderColor: 'divider' } }}>
            <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 1, mb: 0.25 }}>
              <Typography component="h3" variant="h3">
                {name}
              </Typography>
              <Typography variant="caption" sx={{ color: stale ? 'warning.main' : 'text.secondary' }}>
                {stale ? `STALE: ${formatDuration(ageMs)} old` : `${formatDuration(ageMs)} ago`}
              </Typography>
            </Box>
            <Figures minWidth={86} align="end">
              {reading.readings.map((one) => (
                <ReadingFigure key={one.channel} reading={one} stale={stale} />
              ))}
            </Figures>
          </Box>
        )
      })}
    </Panel>
  )
}
