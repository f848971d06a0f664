import { bytesToHex } from '../../src/base/bytes.ts'
import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext } from '../../src/contract/instrument.ts'
import type { FrameLink, QueryOptions } from '../../src/contract/link.ts'
import { badReply, refused } from '../climate/chamber.ts'
import { profile } from './profile.ts'
import { ack, decodeFrame, encodeFrame, readStatus, setText, type Status, type Target } from './protocol.ts'

const address = '1'
/** “Between commands 5 s” says the manual; units are known to take them quicker. */
const manualGapMs = 5000
const quickGapMs = 200

/** What is to change; the rest is written as it is. */
export interface Change {
  setpointC?: number
  setpointPercent?: number
  digits?: ReadonlyMap<number, boolean>
}

export interface ChamberLink {
  status(options: QueryOptions): Promise<Status>
  lastStatus(): Status | null
  change(change: Change, signal: Cancellation): Promise<void>
  write(target: Target, options: QueryOptions): Promise<void>
}

export function targetOf(status: Status, change: Change): Target {
  const digits = [...status.digits].map((digit, index) => {
    const on = change.digits?.get(index)
    return on === undefined ? digit : on ? '1' : '0'
  })
  return {
    setpointC: change.setpointC ?? status.setpointC,
    setpointPercent: change.setpointPercent ?? status.setpointPercent ?? 0,
    digits: digits.join(''),
  }
}

export function createChamberLink(link: FrameLink, context: DriverContext): ChamberLink {
  const { deviations, name } = context
  const usualGapMs = deviations.includes('quick') ? quickGapMs : manualGapMs
  const isChecked = !deviations.includes('answers-unchecked')
  let last: Status | null = null

  const send = async (text: string, options: QueryOptions): Promise<{ answer: string; hex: string }> => {
    const frame = await link.query(encodeFrame(text), { gapMs: usualGapMs, ...options })
    const answer = decodeFrame(frame, { isChecked })
    const hex = bytesToHex(frame)
    if (answer === null)
      throw badReply(name, { request: text, reply: hex, detail: 'the frame or its checksum is wrong' })
    return { answer, hex }
  }
  const status = async (options: QueryOptions): Promise<Status> => {
    const { answer, hex } = await send(`${address}?`, options)
    const found = readStatus(answer)
    if (!found && answer.slice(1) === ack)
      throw badReply(name, { request: `${address}?`, reply: hex, detail: 'this answers a command' })
    if (!found) throw new StationError('device.wrongModel', { expected: profile.title, link: name, actual: answer })
    if (found.address !== address)
      throw badReply(name, { request: `${address}?`, reply: hex, detail: `address ${found.address} answers` })
    last = found
    return found
  }
  const write = async (target: Target, options: QueryOptions): Promise<void> => {
    const text = setText(address, target)
    const { answer, hex } = await send(text, options)
    if (answer === `${address}${ack}`) return
    if (readStatus(answer)) throw badReply(name, { request: text, reply: hex, detail: 'this answers a poll' })
    throw refused(name, text, `it isn’t acknowledged (${hex})`)
  }
  return {
    status,
    lastStatus: () => last,
    change: async (change, signal) => write(targetOf(await status({ signal }), change), { signal }),
    write,
  }
}
