import type { BackFill } from '../contract/backFill.ts'
import type { RunView, RunViewRequest } from '../contract/runView.ts'
import type { ChannelView, View } from '../contract/sample.ts'
import { loadBackFills } from './dossier.ts'
import { lastFilledMs, viewFilled } from './filledView.ts'
import type { Reader } from './storage/store.ts'

/** Columns with null where there is nothing: a 0 in them would look like a value. */
const toColumns = <T extends Omit<ChannelView, 'lastSeq' | 'gaps'>>(channel: T) => {
  const { minimum, maximum, first, last, count, ...rest } = channel
  const known = (column: Float64Array): (number | null)[] =>
    Array.from(column, (value, i) => (count[i] === 0 ? null : value))
  return { ...rest, minimum: known(minimum), maximum: known(maximum), first: known(first), last: known(last) }
}

const toRunView = ({ channels, ...view }: View): RunView => ({ ...view, channels: channels.map(toColumns) })

/** A chart that asks for all there is also gets what was filled in after the station's last value. */
async function viewWithEnd(reader: Reader, request: RunViewRequest, records: readonly BackFill[]): Promise<View> {
  const view = await reader.view(request)
  const lastMs = request.toMs === undefined ? lastFilledMs(records) : null
  return lastMs !== null && lastMs > view.toMs ? reader.view({ ...request, toMs: lastMs }) : view
}

/** What a chart of a run shows: what the station recorded and, beside it and never in it, what controllers' logs say. */
export async function loadRunView(reader: Reader, request: RunViewRequest): Promise<RunView> {
  const records = await loadBackFills(reader, request.runId)
  if (records.length === 0) return toRunView(await reader.view(request))
  const view = await viewWithEnd(reader, request, records)
  const channels = await reader.channels(request.runId)
  const backFilled = request.channelIds.flatMap((id) => {
    const channel = channels.find((each) => each.id === id)
    const filled = channel ? viewFilled(records, channel, view) : null
    return filled ? [toColumns(filled)] : []
  })
  return { ...toRunView(view), ...(backFilled.length > 0 ? { backFilled } : {}) }
}
