import { offeredParameters } from '../../src/engine/simulatedRequest.ts'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { WebSocket } from 'ws'
import type { stationContract, StationEvent } from '../../src/contract/api.ts'

export type Client = ContractRouterClient<typeof stationContract>

/** A window without pixels: the contract's client over a real WebSocket. */
export async function openWindow(address: string): Promise<{ client: Client; close: () => void }> {
  const socket = new WebSocket(`${address.replace('http', 'ws')}rpc`)
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  const client: Client = createORPCClient(new RPCLink({ websocket: socket as never }))
  return { client, close: () => socket.terminate() }
}

/** Resolves with the first event that fits. */
export async function waitForEvent(client: Client, fits: (event: StationEvent) => boolean): Promise<StationEvent> {
  for await (const event of await client.station.events()) if (fits(event)) return event
  throw new Error('the events ended')
}

/** A request for PVTP-001 with everything that the simulated lab offers. */
export async function simulatedRequest(client: Client) {
  const snapshot = await client.station.snapshot()
  const simulated = snapshot.info.simulatedModule
  if (!simulated) throw new Error('this station is not simulated')
  const idsFor = (role: string) =>
    snapshot.instruments.filter((each) => each.roles.includes(role)).map((each) => each.config.id)
  return {
    protocolId: 'PVTP-001',
    module: simulated.module,
    operator: 'Test operator',
    parameters: offeredParameters(await client.protocols.get({ id: 'PVTP-001' }), simulated.parameters),
    roles: {
      ivSource: idsFor('IvSource').slice(0, 1),
      irradiance: idsFor('IrradianceSensor').slice(0, 1),
      moduleTemperature: idsFor('TemperatureSensor'),
    },
  }
}
