import { Box, Chip, Typography } from '@mui/material'
import { useMemo } from 'react'
import { formatNumber } from '../../logic/format.ts'
import { lastFinished, quickLook } from '../../logic/quickLook.ts'
import type { SweepTrace } from '../../logic/trace.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Figure, Figures } from '../../parts/Figure.tsx'
import { Panel } from '../../parts/Panel.tsx'

/** Isc, Voc and Pmax of the last finished sweep, as measured, so that a bad curve is seen before the module is unclamped. */
export function QuickPanel({ sweeps }: { sweeps: readonly SweepTrace[] }) {
  const last = lastFinished(sweeps)
  const look = useMemo(() => (last === null ? null : quickLook(last)), [last])
  const aside = <Chip variant="outlined" color="warning" label="preliminary, not corrected" />
  if (look === null) {
    return (
      <Panel title="Last finished sweep" aside={aside}>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          Shown as soon as a sweep is finished.
        </Typography>
      </Panel>
    )
  }
  if ('happened' in look) {
    return (
      <Panel title="Last finished sweep" aside={aside}>
        <ErrorNotice error={look} severity="warning" />
      </Panel>
    )
  }
  const { values, sweep } = look
  const percent = values.fillFactor === null ? null : values.fillFactor * 100
  return (
    <Panel title={`Sweep ${sweep.index + 1}${sweep.direction === null ? '' : `, ${sweep.direction}`}`} aside={aside}>
      <Figures>
        <Figure label="Isc" text={formatNumber(values.iscA, 4)} unit="A" />
        <Figure label="Voc" text={formatNumber(values.vocV, 3)} unit="V" />
        <Figure label="Pmax" text={formatNumber(values.pmaxW, 2)} unit="W" />
        <Figure label="FF" text={formatNumber(percent, 2)} unit="%" />
      </Figures>
      {values.flags.length > 0 && (
        <Box component="ul" sx={{ m: 0, mt: 1, pl: 2.5, fontSize: '0.8125rem', color: 'text.secondary' }}>
          {values.flags.map((flag, i) => (
            <li key={i}>{flag.text}</li>
          ))}
        </Box>
      )}
    </Panel>
  )
}
