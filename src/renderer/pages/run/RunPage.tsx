import { isActive } from '../../logic/words.ts'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { useRunDetail } from '../../state/hooks.ts'
import { useMirror } from '../../state/station.ts'
import { ResultView } from '../result/ResultView.tsx'
import { LiveRun } from './LiveRun.tsx'

function EndedRun({ runId }: { runId: string }) {
  const detail = useRunDetail(runId)
  return (
    <FetchedView fetched={detail} what="the run">
      {(value) => <ResultView detail={value} />}
    </FetchedView>
  )
}

/** One run: live while it goes on, its result afterwards. */
export function RunPage({ runId }: { runId: string }) {
  const run = useMirror((state) => state.runs.find((one) => one.id === runId))
  return run !== undefined && isActive(run.status) ? <LiveRun run={run} /> : <EndedRun runId={runId} />
}
