import type { RunView } from '../../contract/runView.ts'
import type { Channel } from '../../contract/sample.ts'
import { viewPixels, type Stretch } from '../logic/runChart.ts'
import { useFetched, type Fetched } from './hooks.ts'

/** What the run has recorded so far. `version`: asked for again when it changes. */
export const useRunChannels = (runId: string, version: string): Fetched<Channel[]> =>
  useFetched({ key: runId, version, fetch: (client) => client.runs.channels({ runId }) })

interface ViewAsked {
  runId: string
  channelIds: readonly number[]
  stretch: Stretch
  /** End of what there is, for a stretch that goes with the run. */
  nowMs: number
  /** Asked for again when it changes. */
  round: number
}

const edgesOf = (stretch: Stretch, nowMs: number): { fromMs?: number; toMs?: number } => {
  if (stretch.kind === 'all') return {}
  if (stretch.kind === 'last') return { fromMs: nowMs - stretch.spanMs, toMs: nowMs }
  return { fromMs: stretch.fromMs, toMs: stretch.toMs }
}

/** The stored values of a stretch of a run, by pixels; the earlier ones stay on the screen until they come. */
export function useRunView({ runId, channelIds, stretch, nowMs, round }: ViewAsked): Fetched<RunView> {
  const channels = channelIds.join()
  return useFetched({
    key: channels === '' ? null : runId,
    version: JSON.stringify([channels, stretch, round]),
    fetch: (client) =>
      client.runs.view({ runId, channelIds: channelIds.slice(0, 64), pixels: viewPixels, ...edgesOf(stretch, nowMs) }),
  })
}
