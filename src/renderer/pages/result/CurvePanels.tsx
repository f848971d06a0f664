import { Box, Typography } from '@mui/material'
import { useMemo } from 'react'
import type { RunDetail } from '../../../contract/api.ts'
import type { CorrectedCurves } from '../../../contract/results.ts'
import { drawnSweeps } from '../../charts/ivSeries.ts'
import { IvChart } from '../../charts/IvChart.tsx'
import { formatPlain } from '../../logic/format.ts'
import { ProvenanceChip } from '../../parts/chips.tsx'
import { Panel } from '../../parts/Panel.tsx'

function Measured({ detail }: { detail: RunDetail }) {
  const curves = useMemo(() => drawnSweeps(detail.sweeps), [detail.sweeps])
  const open = detail.sweeps.filter((sweep) => !sweep.complete).length
  return (
    <Panel title="Curves as measured" aside={<ProvenanceChip provenance={detail.run.provenance} />}>
      <IvChart curves={curves} withPower height={340} description={`${curves.length} measured I-V curves`} />
      {open > 0 && (
        <Typography variant="body2" sx={{ mt: 1, color: 'warning.main' }}>
          {open === 1 ? 'One sweep was' : `${open} sweeps were`} not finished; what was measured of it is shown.
        </Typography>
      )}
    </Panel>
  )
}

function Corrected({ corrected, detail }: { corrected: CorrectedCurves; detail: RunDetail }) {
  const curves = useMemo(() => drawnSweeps(corrected.curves.map((curve, index) => ({ ...curve, index }))), [corrected])
  const target = `${formatPlain(corrected.targetIrradianceWPerM2)} W/m², ${formatPlain(corrected.targetTemperatureC)} °C`
  return (
    <Panel title={`Corrected to ${target}`} aside={<ProvenanceChip provenance={detail.run.provenance} />}>
      <IvChart
        curves={curves}
        withPower
        height={340}
        description={`${curves.length} I-V curves corrected to ${target}`}
      />
      <Typography variant="caption" sx={{ color: 'text.secondary', display: 'block', mt: 1 }}>
        {corrected.procedure}
        {corrected.coefficients.map((one) => ` · ${one.name} ${formatPlain(one.value)} ${one.unit}`).join('')}
      </Typography>
      {corrected.leftOut.map((one) => (
        <Typography key={one.id} variant="body2" sx={{ color: 'warning.main' }}>
          {one.id} was left out: {one.reason}
        </Typography>
      ))}
    </Panel>
  )
}

/** The curves as they were measured and, where there are any, corrected to the target conditions. */
export function CurvePanels({ detail, corrected }: { detail: RunDetail; corrected: CorrectedCurves | null }) {
  if (detail.sweeps.length === 0) return null
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: corrected === null ? '1fr' : 'repeat(2, minmax(0, 1fr))' },
      }}
    >
      {corrected !== null && <Corrected corrected={corrected} detail={detail} />}
      <Measured detail={detail} />
    </Box>
  )
}
