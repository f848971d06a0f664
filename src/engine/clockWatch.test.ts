import { expect, it } from 'vitest'
import { createCanceller } from '../base/clock.ts'
import { createVirtualClock } from '../base/virtualClock.ts'
import { watchClock } from './clockWatch.ts'

/** What local time in Berlin is ahead of UTC (min). */
const aheadInBerlin = (utcMs: number): number => {
  const zone = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', timeZoneName: 'longOffset' })
  const name = zone.formatToParts(utcMs).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return Number(/\+(\d+):/.exec(name)?.[1] ?? 0) * 60
}

it.each([
  [Date.UTC(2026, 2, 29, 0, 30), 'UTC+01:00 to UTC+02:00'],
  [Date.UTC(2026, 9, 25, 0, 30), 'UTC+02:00 to UTC+01:00'],
])('tells once when daylight saving begins and ends, and nothing of the clock', async (fromUtcMs, expected) => {
  const clock = createVirtualClock(fromUtcMs, () => new Promise<void>((turn) => setImmediate(turn)))
  const told: string[] = []
  const end = createCanceller()
  const tell = (event: { text: string }): Promise<void> => Promise.resolve(void told.push(event.text))
  const watching = watchClock({ clock, tell, aheadMin: aheadInBerlin }, end.signal)
  await clock.run(clock.sleep(3_600_000))
  end.cancel(new Error('the end'))
  await watching
  expect(told).toHaveLength(1)
  expect(told[0]).toContain(expected)
})
