import { StationError } from '../../src/contract/errors.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createStrictClient, type StrictClient } from '../scpi/strictClient.ts'
import {
  anyText,
  decodeIdentity,
  done,
  explain,
  identity,
  refusal,
  type FugIdentity,
  type Register,
} from './commands.ts'
import { profile } from './profile.ts'

export interface Session {
  name: string
  client: StrictClient
  /** Value of a register, as text. */
  ask(register: Register): Promise<string>
  askNumber(register: Register): Promise<number>
  /** 1 or 0 */
  askBit(register: Register): Promise<boolean>
  /** A command that has to be answered with E0. */
  command(line: string): Promise<void>
  /** Throws device.wrongModel. */
  identify(): Promise<FugIdentity>
}

export function createSession(link: LineLink, name: string, defaults: QueryOptions): Session {
  const client = createStrictClient(link, { name, echo: 'maybe', refusal, explain, defaults })
  const ask = async ({ query, form }: Register): Promise<string> => {
    const reply = await client.ask(query, form)
    return form.exec(reply)?.[1] ?? ''
  }
  return {
    name,
    client,
    ask,
    askNumber: async (register) => Number(await ask(register)),
    askBit: async (register) => (await ask(register)) === '1',
    command: (line) => client.command(line, done),
    identify: async () => {
      const reply = await client.ask(identity, anyText)
      const found = decodeIdentity(reply)
      if (found) return found
      throw new StationError('device.wrongModel', { expected: profile.title, link: name, actual: reply })
    },
  }
}
