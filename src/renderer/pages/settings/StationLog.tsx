import { FetchedView } from '../../parts/FetchedView.tsx'
import { LogPanel } from '../../parts/LogPanel.tsx'
import { useFetched } from '../../state/hooks.ts'

/** What happened at the station beside its tests: lost instruments, hands, backups, the clock, the watchdog. */
export function StationLog() {
  const fetched = useFetched({ key: 'station log', fetch: (client) => client.station.log() })
  return (
    <FetchedView fetched={fetched} what="the log">
      {(events) => <LogPanel title="Log of the station" events={events} withDay />}
    </FetchedView>
  )
}
