import { Box, Button } from '@mui/material'
import { useEffect, useState } from 'react'
import type { RunDetail, RunFile } from '../../../contract/api.ts'
import { hrefOf } from '../../logic/route.ts'
import { isActive } from '../../logic/words.ts'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { useFetched, useRunDetail } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'
import { Downloads } from './Downloads.tsx'
import { PaperReport } from './Paper.tsx'

const fetchAgainMs = 1500
const mostRounds = 40

/** The station makes the files right after the end of a run: asks again until they are there. */
function RunFiles({ detail }: { detail: RunDetail }) {
  const station = useStation()
  const runId = detail.run.id
  const [late, setLate] = useState<readonly RunFile[]>([])
  const [rounds, setRounds] = useState(0)
  const files = detail.files.length > 0 ? detail.files : late
  const waiting = files.length === 0 && !isActive(detail.run.status) && rounds < mostRounds
  useEffect(() => {
    if (!waiting) return
    const timer = setTimeout(() => {
      station
        .call((client) => client.runs.detail({ runId }))
        .then((found) => setLate(found.files))
        .catch((error: unknown) => console.warn('fetching the files:', error))
        .finally(() => setRounds(rounds + 1))
    }, fetchAgainMs)
    return () => clearTimeout(timer)
  }, [waiting, rounds, runId, station])
  const empty = waiting ? 'The station makes the files …' : 'This run has no files; its log says why.'
  return <Downloads runId={runId} files={files} empty={empty} />
}

/** The report of a run: preview and files. */
export function ReportPage({ runId }: { runId: string }) {
  const detail = useRunDetail(runId)
  const version = detail.state === 'here' ? JSON.stringify([detail.value.run.status, detail.value.run.signature]) : ''
  const report = useFetched({ key: runId, version, fetch: (client) => client.runs.report({ runId }) })
  return (
    <>
      <PageHead
        title="Report"
        subtitle="The preview has the same words and numbers as the PDF."
        actions={<Button href={hrefOf({ page: 'run', runId })}>Back to the run</Button>}
      />
      <Box
        sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 900px) 280px' } }}
      >
        <Box sx={{ minWidth: 0 }}>
          <FetchedView fetched={report} what="the report">
            {(value) => <PaperReport report={value} />}
          </FetchedView>
        </Box>
        <Box sx={{ order: { xs: -1, lg: 0 }, alignSelf: 'start' }}>
          <FetchedView fetched={detail} what="the files">
            {(value) => <RunFiles detail={value} />}
          </FetchedView>
        </Box>
      </Box>
    </>
  )
}
