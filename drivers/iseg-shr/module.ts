import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createStrictClient, type StrictClient } from '../scpi/strictClient.ts'
import { form, query } from './commands.ts'

/** What the unit on the link is, as far as it was asked since it was identified. */
export interface Known {
  lanes: number | null
  nominalV: number | null
  nominalA: number | null
}

/** The unit's lanes, and how to talk to it. */
export interface Module {
  client: StrictClient
  name: string
  known: Known
  /** How many lanes are used; asks the unit the first time. */
  lanes(): Promise<number>
}

export interface ModuleDeps {
  link: LineLink
  name: string
  known: Known
  /** The channels that the admin allows. */
  mostLanes: number
}

export function createModule({ link, name, known, mostLanes }: ModuleDeps, defaults: QueryOptions): Module {
  const client = createStrictClient(link, { name, echo: 'maybe', defaults })
  const lanes = async (): Promise<number> => {
    known.lanes ??= Math.min(mostLanes, Math.max(1, Number(await client.ask(query.channels, form.count))))
    return known.lanes
  }
  return { client, name, known, lanes }
}

/** Values of an answer that has passed its form; units stand behind the numbers. */
export const numbersOf = (reply: string): number[] => reply.split(',').map((part) => Number.parseFloat(part))
