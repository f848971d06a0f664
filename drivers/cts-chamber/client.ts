import { bytesToHex } from '../../src/base/bytes.ts'
import type { DriverContext } from '../../src/contract/instrument.ts'
import type { FrameLink, QueryOptions } from '../../src/contract/link.ts'
import { badReply } from '../climate/chamber.ts'
import { answer, command, decodeFrame, decodeSevenBit, encodeFrame, encodeSevenBit } from './protocol.ts'

/** Frames without address, bit 7 and checksum: nothing protects them, so this is for interfaces that have no others. */
export const sevenBit = 'seven-bit'

const address = 1
/** Controllers lose a command that comes sooner than this after their answer. */
const gapMs = 100

export interface Status {
  isRunning: boolean
  hasError: boolean
  isPaused: boolean
  isHumidityOn: boolean
}

export interface CtsClient {
  /** The groups of the answer. Throws device.badReply. */
  ask(text: string, form: RegExp, options?: QueryOptions): Promise<string[]>
  /** A command whose answer is this text alone. */
  tell(text: string, reply: string, options?: QueryOptions): Promise<string>
  /** Actual value and set-point of a channel. */
  channel(of: number, options?: QueryOptions): Promise<{ actual: number; setpoint: number }>
  status(options?: QueryOptions): Promise<Status>
  /** The text of the error that stands, or that stood last. */
  errorText(options?: QueryOptions): Promise<string>
}

export function createCtsClient(link: FrameLink, context: DriverContext): CtsClient {
  const isSevenBit = context.deviations.includes(sevenBit)

  const decode = (frame: Uint8Array): string | null => {
    if (isSevenBit) return decodeSevenBit(frame)
    const found = decodeFrame(frame)
    return found?.address === address ? found.text : null
  }
  const exchange = async (request: string, options: QueryOptions): Promise<string> => {
    const frame = await link.query(isSevenBit ? encodeSevenBit(request) : encodeFrame(address, request), {
      gapMs,
      ...options,
    })
    const text = decode(frame)
    if (text !== null) return text
    const detail = 'the frame, its address or its checksum is wrong'
    throw badReply(context.name, { request, reply: bytesToHex(frame), detail })
  }
  const ask: CtsClient['ask'] = async (request, form, options = {}) => {
    const reply = await exchange(request, options)
    const found = form.exec(reply)
    if (found) return found.slice(1)
    throw badReply(context.name, { request, reply, detail: 'the answer hasn’t the form that it should have' })
  }
  return {
    ask,
    tell: async (request, reply, options = {}) => {
      const found = await exchange(request, options)
      if (found === reply) return found
      throw badReply(context.name, { request, reply: found, detail: `“${reply}” is expected` })
    },
    channel: async (of, options) => {
      const [actual, setpoint] = await ask(command.read(of), answer.channel(of), options)
      return { actual: Number(actual), setpoint: Number(setpoint) }
    },
    status: async (options) => {
      const [running, error, notPaused, humidity] = await ask(command.status, answer.status, options)
      return {
        isRunning: running === '1',
        hasError: error === '1',
        isPaused: notPaused === '0',
        isHumidityOn: humidity === '1',
      }
    },
    errorText: async (options) => ((await ask(command.error, answer.error, options))[0] ?? '').trim(),
  }
}
