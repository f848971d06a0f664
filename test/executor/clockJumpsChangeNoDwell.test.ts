import { expect, it } from 'vitest'
import { soakTemplate } from '../support/soakTemplate.ts'
import { openVirtualStation } from '../support/virtualStation.ts'

const hourMs = 3_600_000

/** How long the soak lasted by the monotonic clock, while the PC's clock is moved by `jumpMs` in its middle. */
async function soakWith(jumpMs: number) {
  const shift = { ms: 0 }
  const lab = await openVirtualStation({ templates: [soakTemplate()], utcShift: () => shift.ms })
  const work = async () => {
    const { id } = await lab.start()
    await lab.clock.sleep(40 * 60_000)
    shift.ms += jumpMs
    return lab.station.whenEnded(id)
  }
  const startedMs = lab.clock.monotonicMs()
  const ended = await lab.run(work())
  const entries = await lab.station.reader.exposureOf(ended.id)
  const creditedMs = entries.filter((each) => each.class === 'credited').reduce((sum, each) => sum + each.durationMs, 0)
  const { events } = await lab.station.detail(ended.id)
  return {
    ended,
    lastedMs: lab.clock.monotonicMs() - startedMs,
    creditedMs,
    said: events.filter(({ kind }) => kind === 'clock').map(({ text }) => text),
  }
}

it.each([
  ['an hour forward', hourMs],
  ['an hour back', -hourMs],
  ['a day forward', 24 * hourMs],
  ['a day back', -24 * hourMs],
])('a clock that is set %s changes no dwell, and leaves an event', async (_what, jumpMs) => {
  const plain = await soakWith(0)
  const jumped = await soakWith(jumpMs)
  expect(jumped.ended).toMatchObject({ status: 'completed', verdict: 'pass' })
  expect(Math.abs(jumped.lastedMs - plain.lastedMs)).toBeLessThanOrEqual(1000 + plain.lastedMs / 1000)
  expect(Math.abs(jumped.creditedMs - hourMs)).toBeLessThanOrEqual(1000 + hourMs / 1000)
  expect(plain.said).toEqual([])
  expect(jumped.said).toHaveLength(1)
  expect(jumped.said[0]).toContain(jumpMs > 0 ? 'forward by' : 'back by')
  expect(jumped.said[0]).toContain(`${Math.abs(jumpMs) / 60_000}.0 min`)
})
