import { describe, expect, it } from 'vitest'
import { apiVersion, type Snapshot, type StationEvent } from '../../contract/api.ts'
import { backOffMs, keepConnected, type ConnectionDeps, type LinkPhase } from './connect.ts'
import type { StationClient, Transport } from './transport.ts'

const snapshot = { runs: [] } as unknown as Snapshot

interface FakeStation {
  version?: number
  events?: () => AsyncIterable<StationEvent>
}

async function* noEvents(): AsyncGenerator<StationEvent> {
  // An empty stream: the connection ends at once.
}

const fakeTransport = ({ version = apiVersion, events = noEvents }: FakeStation): Transport => ({
  client: {
    station: {
      hello: async () => ({ apiVersion: version }),
      events: async () => events(),
      snapshot: async () => snapshot,
    },
  } as unknown as StationClient,
  closed: new Promise(() => undefined),
  close: () => undefined,
})

/** Records everything; after `mostWaits` waits the station asks for a token, which ends the loop. */
function recordingDeps(open: () => Promise<Transport>, mostWaits: number) {
  const seen: string[] = []
  let waits = 0
  const deps: ConnectionDeps = {
    window: 'window-1',
    isAuthorised: async () => waits < mostWaits,
    open,
    // Heartbeats never come due here; waits between attempts pass at once.
    sleep: (durationMs) => {
      if (durationMs >= 4000) return new Promise(() => undefined)
      waits += 1
      seen.push(`wait ${durationMs}`)
      return Promise.resolve()
    },
    onPhase: (phase: LinkPhase) => seen.push(phase),
    onClient: (client) => seen.push(client === null ? 'no client' : 'client'),
    onSnapshot: () => seen.push('snapshot'),
    onEvent: (event) => seen.push(event.type),
    onAlive: () => undefined,
    onTrouble: () => seen.push('trouble'),
  }
  return { deps, seen }
}

describe('keepConnected', () => {
  it('takes the snapshot before it says that it is open, and tries again after a loss', async () => {
    const { deps, seen } = recordingDeps(async () => fakeTransport({}), 1)
    await keepConnected(deps)
    expect(seen).toEqual(['snapshot', 'client', 'open', 'no client', 'lost', 'wait 500', 'no client', 'locked'])
  })
  it('waits longer after each failure', async () => {
    const { deps, seen } = recordingDeps(() => Promise.reject(new Error('refused')), 3)
    await keepConnected(deps)
    expect(seen.filter((line) => line.startsWith('wait'))).toEqual(['wait 500', 'wait 1000', 'wait 2000'])
  })
  it('stops at a station that speaks other words', async () => {
    const { deps, seen } = recordingDeps(async () => fakeTransport({ version: apiVersion + 1 }), 5)
    await keepConnected(deps)
    expect(seen).toEqual(['no client', 'otherVersion'])
  })
})

it('never waits longer than eight seconds', () => {
  expect([0, 1, 4, 5, 1000].map(backOffMs)).toEqual([500, 1000, 8000, 8000, 8000])
})
