import { ORPCError } from '@orpc/client'
import { apiVersion, type Snapshot, type StationEvent } from '../../contract/api.ts'
import type { StationClient, Transport } from './transport.ts'

export type LinkPhase = 'connecting' | 'open' | 'lost' | 'locked' | 'otherVersion'

export interface ConnectionDeps {
  /** What this window calls itself: as long as it is connected, it answers for what it has in hand. */
  window: string
  /** False: an access token is needed first. */
  isAuthorised: () => Promise<boolean>
  open: () => Promise<Transport>
  sleep: (durationMs: number) => Promise<void>
  onPhase: (phase: LinkPhase) => void
  onClient: (client: StationClient | null) => void
  onSnapshot: (snapshot: Snapshot) => void
  onEvent: (event: StationEvent) => void
  /** Any sign of life. */
  onAlive: () => void
  /** Why the last attempt ended, for the page's own diagnosis. */
  onTrouble: (reason: unknown) => void
}

const firstWaitMs = 500
const longestWaitMs = 8000
const heartbeatMs = 4000
const heartbeatTimeoutMs = 8000

/** Grows from half a second to eight. */
export const backOffMs = (failures: number): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures, 10))

type Outcome = 'locked' | 'otherVersion' | 'lost'

/** Keeps one connection up for ever: version, subscription, snapshot, then events; again after each loss. */
export async function keepConnected(deps: ConnectionDeps): Promise<void> {
  let failures = 0
  for (;;) {
    const outcome = await connectOnce(deps, () => {
      failures = 0
    })
    deps.onClient(null)
    deps.onPhase(outcome)
    if (outcome !== 'lost') return
    await deps.sleep(backOffMs(failures))
    failures += 1
  }
}

async function connectOnce(deps: ConnectionDeps, onOpen: () => void): Promise<Outcome> {
  let transport: Transport | null = null
  try {
    if (!(await deps.isAuthorised())) return 'locked'
    transport = await deps.open()
    if (!(await agreesOnVersion(transport.client))) return 'otherVersion'
    const streamEnd = pump(deps, await transport.client.station.events({ window: deps.window }))
    deps.onSnapshot(await transport.client.station.snapshot())
    deps.onClient(transport.client)
    deps.onPhase('open')
    onOpen()
    await Promise.race([streamEnd, transport.closed, beat(deps, transport.client)])
  } catch (error) {
    deps.onTrouble(error)
  } finally {
    transport?.close()
  }
  return 'lost'
}

/** A station that speaks other words answers with another number, or refuses with a text of its own. */
async function agreesOnVersion(client: StationClient): Promise<boolean> {
  try {
    return (await client.station.hello({ apiVersion })).apiVersion === apiVersion
  } catch (error) {
    if (error instanceof ORPCError && error.code === 'STATION') return false
    throw error
  }
}

/** Ends, without throwing, when the stream of events does. */
async function pump(deps: ConnectionDeps, events: AsyncIterable<StationEvent>): Promise<void> {
  try {
    for await (const event of events) {
      deps.onAlive()
      deps.onEvent(event)
    }
  } catch (error) {
    deps.onTrouble(error)
  }
}

/** Asks for a sign of life: a connection that is open but silent is a lost one. */
async function beat(deps: ConnectionDeps, client: StationClient): Promise<void> {
  for (;;) {
    await deps.sleep(heartbeatMs)
    const late = deps.sleep(heartbeatTimeoutMs).then(() => false)
    const answered = client.station.hello({ apiVersion }).then(() => true)
    if (!(await Promise.race([answered, late]))) return
    deps.onAlive()
  }
}
