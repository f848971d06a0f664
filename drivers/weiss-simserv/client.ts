import type { DriverContext } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { StationError } from '../../src/contract/errors.ts'
import { badReply } from '../climate/chamber.ts'
import { ok, refusal, refusalText, separator } from './commands.ts'

type Argument = string | number

export interface SimServClient {
  /** The values behind the code. Throws device.refused with the code's meaning, device.badReply. */
  ask(command: string, args?: readonly Argument[], options?: QueryOptions): Promise<string[]>
  askText(command: string, args?: readonly Argument[], options?: QueryOptions): Promise<string>
  askNumber(command: string, args?: readonly Argument[], options?: QueryOptions): Promise<number>
  askCount(command: string, args?: readonly Argument[], options?: QueryOptions): Promise<number>
  /** Sends a command whose answer is the code alone. */
  tell(command: string, args?: readonly Argument[], options?: QueryOptions): Promise<void>
}

/** Characters of names, units and numbers: printable ones of ISO 8859-1. */
const printable = /^[\x20-\x7e\xa0-\xff]*$/
const numberForm = /^-?\d{1,7}(\.\d{1,8})?$/

/** The code of a refusal, where the error is one. */
export const refusalCode = (error: unknown): number | null => {
  const code = error instanceof StationError && error.code === 'device.refused' ? error.context['code'] : undefined
  return typeof code === 'number' ? code : null
}

const line = (command: string, args: readonly Argument[]): string => [command, '1', ...args].join(separator)

export function createSimServClient(link: LineLink, context: DriverContext): SimServClient {
  const decode = (request: string, reply: string): string[] => {
    const [code = '', ...values] = reply.split(separator)
    const bad = (detail: string): StationError => badReply(context.name, { request, reply, detail })
    if (!/^(1|-\d{1,2})$/.test(code)) throw bad('an answer begins with a code')
    const readFailed = values.some((each) => /read failed/i.test(each))
    const number = readFailed ? refusal.cannotRead : Number(code)
    if (number !== ok) {
      const detail = `code ${number}, ${refusalText[number] ?? 'of no known meaning'}`
      throw new StationError('device.refused', { instrument: context.name, request, detail, code: number })
    }
    if (!values.every((each) => printable.test(each))) throw bad('a value has characters that the chamber has not')
    return values
  }
  const ask: SimServClient['ask'] = async (command, args = [], options) => {
    const request = line(command, args)
    return decode(request, await link.query(request, options))
  }
  const one = async (
    command: string,
    args: readonly Argument[] = [],
    options?: QueryOptions,
  ): Promise<{ value: string; bad: (detail: string) => StationError }> => {
    const values = await ask(command, args, options)
    const request = line(command, args)
    const bad = (detail: string): StationError =>
      badReply(context.name, { request, reply: [ok, ...values].join(separator), detail })
    if (values.length !== 1) throw bad('one value is expected')
    return { value: values[0] ?? '', bad }
  }
  return {
    ask,
    askText: async (command, args, options) => (await one(command, args, options)).value.trim(),
    askNumber: async (command, args, options) => {
      const { value, bad } = await one(command, args, options)
      if (!numberForm.test(value)) throw bad('it is not a number')
      return Number(value)
    },
    askCount: async (command, args, options) => {
      const { value, bad } = await one(command, args, options)
      if (!/^\d{1,5}$/.test(value)) throw bad('it is not a whole number')
      return Number(value)
    },
    tell: async (command, args = [], options) => {
      const values = await ask(command, args, options)
      if (values.join('').trim() === '') return
      const reply = [ok, ...values].join(separator)
      throw badReply(context.name, { request: line(command, args), reply, detail: 'the code alone is expected' })
    },
  }
}
