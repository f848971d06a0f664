import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createStrictClient, type StrictClient } from '../scpi/strictClient.ts'
import { fast, refusal, type commandsOf } from './commands.ts'

/** What is known of the unit since it was identified. */
export interface Known {
  isFast: boolean
  maxV: number | null
  /** Magnitude that was asked for last; the unit itself has 0 while the output is off. */
  wantedV: number | null
  isOn: boolean | null
}

export interface SessionDeps {
  link: LineLink
  name: string
  known: Known
  commands: ReturnType<typeof commandsOf>
  /** What one step of the trip L means. */
  tripA: number
}

export interface Session extends SessionDeps {
  client: StrictClient
  /** The client, once the unit answers as fast as it can. */
  ready(): Promise<StrictClient>
}

/** Until it is told, a unit may wait 255 ms between characters. */
const slowCommandMs = 4000

export function createSession(deps: SessionDeps, defaults: QueryOptions): Session {
  const client = createStrictClient(deps.link, { name: deps.name, echo: 'always', refusal, defaults })
  const ready = async (): Promise<StrictClient> => {
    if (!deps.known.isFast) await client.command(fast, /^$/, { timeoutMs: slowCommandMs })
    deps.known.isFast = true
    return client
  }
  return { ...deps, client, ready }
}
