import { expect, it } from 'vitest'
import type { Hub } from '../acquisition/hub.ts'
import { createSensors } from './sensors.ts'
import type { HeldInstrument } from './stepKind.ts'

const supply = {
  id: 'supply',
  name: 'Supply',
  roles: [{ roleName: 'supply', role: 'BidirectionalSupply', lane: null, channel: null }],
  profile: { channels: [{ channel: 'current', quantity: 'current', unit: 'A', role: 'BidirectionalSupply' }] },
} as unknown as HeldInstrument

const reading = (value: number) => ({ value, unit: 'A', reason: null, utcMs: 0, monotonicMs: 0 })

const sensorsOf = (value: number) =>
  createSensors({
    held: [supply],
    hub: { latest: () => reading(value) } as unknown as Hub,
    nowMs: () => 0,
    number: (ref) => ref as number,
  })

it.each([
  [2, 'Supply current 2 A is below 2.7244 A', 'Supply current is below 2.7244 A'],
  [2.8, 'Supply current 2.8 A is above 2.7796 A', 'Supply current is above 2.7796 A'],
])('tells a limit that was computed with the digits that it has: %s A', (value, detail, why) => {
  const band = { role: 'supply', channel: 'current', minimum: 2.7243999999999997, maximum: 2.7796000000000003 }
  const found = sensorsOf(value).check(band, { lane: null, freshMs: 1000 })
  expect(found).toMatchObject({ state: 'outside', detail, why })
})
