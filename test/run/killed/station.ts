import { createVirtualClock, type VirtualClock } from '../../../src/base/virtualClock.ts'
import { discoverParts } from '../../../src/engine/discover.ts'
import { openStation } from '../../../src/engine/openStation.ts'
import { soakTemplate } from '../../support/soakTemplate.ts'

/** A whole run: a question, set-points, an hour's soak with its ledger, the way to the safe state, a verdict. */
const template = soakTemplate({
  before: [{ id: 'asked', kind: 'prompt', title: 'Asked', text: 'Confirm.', answer: 'confirm' }],
  recovery: { longestOutageS: 3600, unattended: true },
})

export const clockAt = (utcMs: number): VirtualClock =>
  createVirtualClock(utcMs, () => new Promise<void>((turn) => setImmediate(turn)))
export const startUtcMs = Date.UTC(2026, 5, 1)

/** The station on a data folder, in virtual time, with every commit on the disk. */
export async function openHere(dataFolder: string, clock: VirtualClock, goesOn: boolean) {
  const parts = await discoverParts()
  return openStation({
    ...{ dataFolder, clock, goesOn, softwareVersion: '0.0.0-test', virtualTime: true },
    parts: { ...parts, protocols: [{ file: 'PVTP-054.json', text: JSON.stringify(template) }] },
    createReports: () => Promise.resolve([]),
    storageWorker: new URL('../../../src/engine/storage/worker.ts', import.meta.url),
    simulate: { seed: 1 },
    automaticAnswer: () => ({ value: 'confirmed', who: 'Test operator' }),
    onError: (error) => void process.stderr.write(`${String(error)}\n`),
  })
}
