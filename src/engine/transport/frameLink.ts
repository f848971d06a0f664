import { assert } from '../../base/assert.ts'
import { bytesToHex, concatBytes } from '../../base/bytes.ts'
import { StationError } from '../../contract/errors.ts'
import type { FrameLink, FrameSettings } from '../../contract/link.ts'
import type { Answer, Channel, ChannelPort } from './channel.ts'

/** A frame link on a channel, for one of its users. What stands between frames is counted and thrown away. */
export function frameLinkOn(
  channel: Channel,
  settings: FrameSettings,
  instrument: string,
): { link: FrameLink; port: ChannelPort } {
  const { start, end, longestBytes, quietMs } = settings
  const manners = { quietMs, padding: [], gapMs: 0, party: 0 }
  const port = channel.join(instrument, manners)

  const query: FrameLink['query'] = async (frame, options = {}) => {
    assert(frame[0] === start && frame.at(-1) === end, 'a frame is sent from its start to its end')
    const request = bytesToHex(frame.subarray(0, 32))
    const timeoutMs = options.timeoutMs ?? settings.defaultTimeoutMs
    let received: Uint8Array = new Uint8Array()
    const reply = (): string => bytesToHex(received.subarray(0, 64))
    const receive = (chunk: Uint8Array): Answer<Uint8Array> | null => {
      received = concatBytes(received, chunk)
      const first = received.indexOf(start)
      const last = first < 0 ? -1 : received.indexOf(end, first + 1)
      if (last >= 0) {
        const value = received.slice(first, last + 1)
        return { value, skippedBytes: first, rest: received.slice(last + 1) }
      }
      if (received.length <= longestBytes) return null
      const detail = `no frame among the first ${longestBytes} bytes`
      throw new StationError('device.badReply', { instrument, request, reply: reply(), detail })
    }
    const late = (): StationError =>
      new StationError('device.timeout', { instrument, request, timeoutMs, received: reply() })
    const { gapMs = 0 } = options
    return port.exchange({ request, bytes: frame, timeoutMs, ...manners, gapMs, receive, late }, options)
  }
  return { link: { query }, port }
}
