import { expect, it } from 'vitest'
import { createVirtualClock } from '../../base/virtualClock.ts'
import type { SafeStateProof, StopExtent } from '../../contract/instrument.ts'
import { createSafeStops } from './safeStops.ts'
import type { HeldInstrument } from './stepKind.ts'

const proof = (safe: boolean, command: string): SafeStateProof => ({
  ...{ safe, evidence: [{ command, readBack: '0' }], detail: safe ? null : 'the chamber runs' },
})

/** An instrument whose stops end when the test says so. */
function createScene() {
  const asked: { extent: StopExtent | undefined; end: (proof: SafeStateProof) => void }[] = []
  const instrument = {
    safeStop: (_onSent: () => void, extent?: StopExtent) =>
      new Promise<SafeStateProof>((end) => asked.push({ extent, end })),
  }
  const held = {
    id: 'pid',
    name: 'PID',
    instrument,
    profile: { energises: true },
    roles: [],
  } as unknown as HeldInstrument
  const clock = createVirtualClock(0, () => new Promise((turn) => setImmediate(turn)))
  const safeStops = createSafeStops({
    ...{ clock, deadlineMs: 10_000, changed: () => undefined, log: () => Promise.resolve() },
  })
  return { asked, safeStops, held: [held] }
}

it('a stop of everything doesn’t wait for an electrical one, and what it found stays on the screen', async () => {
  const { asked, safeStops, held } = createScene()
  const pause = safeStops.command(held, 'electrical')
  const stop = safeStops.command(held)
  const again = safeStops.command(held, 'electrical')
  expect(asked.map(({ extent }) => extent)).toEqual(['electrical', 'all'])
  asked[1]!.end(proof(false, 'all'))
  expect(await stop).toMatchObject([{ state: 'notConfirmed' }])
  expect(await again).toEqual(await stop)
  asked[0]!.end(proof(true, 'electrical'))
  expect(await pause).toEqual([])
  expect(safeStops.states).toMatchObject([{ state: 'notConfirmed', detail: 'the chamber runs' }])
})
