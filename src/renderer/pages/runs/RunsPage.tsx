import { Box, Button, Link, Paper, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import type { Run } from '../../../contract/run.ts'
import { modulesName } from '../../../contract/runName.ts'
import { formatDateTime } from '../../logic/format.ts'
import { hrefOf } from '../../logic/route.ts'
import { filterRuns, type RunFilter } from '../../logic/runFilter.ts'
import { isActive, verdictWords } from '../../logic/words.ts'
import { ProvenanceChip, StatusChip, VerdictChip } from '../../parts/chips.tsx'
import { Choice } from '../../parts/Choice.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { useMirror } from '../../state/station.ts'

const columns = { xs: '1fr', md: 'minmax(0, 1.6fr) minmax(0, 1.3fr) 150px 130px 130px 150px' }

function RunRow({ run }: { run: Run }) {
  return (
    <Box
      component="li"
      sx={{
        ...{
          display: 'grid',
          gridTemplateColumns: columns,
          columnGap: 2,
          rowGap: 0.5,
          alignItems: 'center',
          px: 1.75,
          py: 1,
        },
        ...{ borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 }, position: 'relative' },
        '&:hover': { bgcolor: 'action.hover' },
      }}
    >
      <Box sx={{ minWidth: 0 }}>
        <Link
          href={hrefOf({ page: 'run', runId: run.id })}
          sx={{
            fontWeight: 650,
            overflowWrap: 'anywhere',
            '&::after': { content: '""', position: 'absolute', inset: 0 },
          }}
        >
          {modulesName(run)}
        </Link>
        <Typography variant="caption" component="div" noWrap sx={{ color: 'text.secondary' }}>
          {[run.module.maker, run.module.model].join(' ').trim() || 'no maker and model given'}
        </Typography>
      </Box>
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="body2">{run.protocolTitle}</Typography>
        <Typography variant="caption" component="div" sx={{ color: 'text.secondary' }}>
          {run.protocolId} {run.protocolVersion} · {run.operator}
        </Typography>
      </Box>
      <Typography variant="body2">{formatDateTime(run.startedUtcMs)}</Typography>
      <Box sx={{ display: { xs: 'flex', md: 'contents' }, flexWrap: 'wrap', gap: 0.75 }}>
        <Box>{isActive(run.status) ? null : <VerdictChip verdict={run.verdict} />}</Box>
        <Box>
          <StatusChip status={run.status} />
        </Box>
        <Box>
          <ProvenanceChip provenance={run.provenance} />
        </Box>
      </Box>
    </Box>
  )
}

const verdictOptions = [
  { value: 'all', label: 'All' },
  ...Object.entries(verdictWords).map(([value, words]) => ({ value, label: words.title })),
  { value: 'none', label: 'No verdict' },
]

function Filters({ filter, onChange }: { filter: RunFilter; onChange: (filter: RunFilter) => void }) {
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: '1fr', sm: '1fr 220px' }, mb: 2 }}>
      <TextField
        label="Filter runs"
        type="search"
        value={filter.query}
        placeholder="module, protocol, operator"
        onChange={(event) => onChange({ ...filter, query: event.target.value })}
      />
      <Choice
        label="Verdict"
        value={filter.verdict}
        options={verdictOptions}
        onChoose={(verdict) => onChange({ ...filter, verdict: verdict as RunFilter['verdict'] })}
      />
    </Box>
  )
}

/** Every run of this station, newest first. */
export function RunsPage() {
  const runs = useMirror((state) => state.runs)
  const [filter, setFilter] = useState<RunFilter>({ query: '', verdict: 'all' })
  const shown = filterRuns(runs, filter)
  return (
    <>
      <PageHead
        title="Runs"
        subtitle={`${runs.length} ${runs.length === 1 ? 'run' : 'runs'} at this station, newest first`}
        actions={
          <Button variant="contained" href={hrefOf({ page: 'test' })}>
            New test
          </Button>
        }
      />
      <Filters filter={filter} onChange={setFilter} />
      <Typography role="status" variant="body2" sx={{ mb: 1, color: 'text.secondary' }}>
        {shown.length === 0 && (runs.length === 0 ? 'There is no run yet.' : 'No run matches the filter.')}
        {shown.length > 0 && shown.length < runs.length && `${shown.length} of ${runs.length} shown`}
      </Typography>
      {shown.length > 0 && (
        <Paper variant="outlined" component="ul" aria-label="Runs" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {shown.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </Paper>
      )}
    </>
  )
}
