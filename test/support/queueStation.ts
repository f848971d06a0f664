import type { Enqueue, QueueEntry } from '../../src/contract/queue.ts'
import type { StartRequest } from '../../src/contract/startRequest.ts'
import { templateHash } from '../../src/engine/protocols.ts'
import { soakTemplate } from './soakTemplate.ts'
import { tinyTemplate } from './tinyTemplate.ts'
import { openVirtualStation, type VirtualStation } from './virtualStation.ts'

/** Warm air only. */
export const warm = soakTemplate()
/** One curve: it puts energy on the module. */
export const curve = tinyTemplate({
  id: 'PVTP-053',
  steps: [
    {
      ...{ id: 'sweeps', kind: 'group', title: 'Sweeps' },
      main: [
        {
          ...{ id: 'sweep', kind: 'sweep', title: 'Sweep', direction: 'forward', source: 'source' },
          ...{ irradiance: 'light', temperature: 'light', startV: 0, stopV: 20, points: 5, currentLimitA: 10 },
          ...{ settleMs: 1, nplc: 1 },
        },
      ],
      teardown: [{ id: 'off', kind: 'safeState', title: 'Off', roles: ['source'] }],
    },
  ],
})

const chamber = { chamber: ['sim-chamber'] }

export const warmRequest = (moduleId: string, parameters: StartRequest['parameters'] = {}): StartRequest => ({
  protocolId: warm.id,
  module: { id: moduleId, maker: '', model: '' },
  operator: 'O. Operator',
  parameters,
  roles: chamber,
})

export const curveRequest = (moduleId: string): StartRequest => ({
  ...warmRequest(moduleId),
  protocolId: 'PVTP-053',
  roles: { source: ['sim-smu'], light: ['sim-cell-1'] },
})

/** A station with both, that starts what may start by itself. */
export const openQueueStation = (given: { startsQueued?: boolean } = {}): Promise<VirtualStation> =>
  openVirtualStation({ templates: [warm, curve], startsQueued: given.startsQueued ?? true })

export async function approve(on: VirtualStation, id: string): Promise<void> {
  const { approvals, protocols } = on.station
  const sha256 = templateHash(protocols.get(id))
  const base = { id, sha256, comment: '' }
  await on.run(approvals.act('submit', { ...base, name: 'A. Author', role: 'engineer' }))
  await on.run(approvals.act('approve', { ...base, name: 'B. Boss', role: 'head' }))
}

export const enqueue = (on: VirtualStation, request: StartRequest, more: Partial<Enqueue> = {}): Promise<QueueEntry> =>
  on.run(on.station.queue.add({ request, who: 'O. Operator', ...more }))

export const entryOf = (on: VirtualStation, { id }: Pick<QueueEntry, 'id'>): QueueEntry =>
  on.station.queue.all().find((each) => each.id === id)!

/** Resolves once the entry is in that state; the time runs meanwhile. */
export const reaches = (on: VirtualStation, entry: QueueEntry, state: QueueEntry['state']): Promise<QueueEntry> =>
  on.run(
    (async () => {
      for (let i = 0; i < 5000; i++) {
        if (entryOf(on, entry).state === state) return entryOf(on, entry)
        await on.clock.sleep(1000)
      }
      throw new Error(`it is ${JSON.stringify(entryOf(on, entry))}`)
    })(),
  )
