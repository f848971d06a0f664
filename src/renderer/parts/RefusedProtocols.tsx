import { useMirror } from '../state/station.ts'
import { ErrorNotice } from './ErrorNotice.tsx'

/** A template that can't be offered is said, not left out in silence. */
export function RefusedProtocols() {
  const refused = useMirror((state) => state.info?.refusedProtocols) ?? []
  return refused.map((text) => <ErrorNotice key={text.happened} error={text} severity="warning" />)
}
