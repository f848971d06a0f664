import { expect, it } from 'vitest'
import type { Sample } from '../../bench/soak/engine.ts'
import { driftPercent, judgeSoak } from '../../bench/soak/judge.ts'
import { soak } from '../../bench/soak/soak.ts'

it(
  'half a minute on real sockets keeps its handles, and stores everything that it told',
  { timeout: 600_000 },
  async () => {
    const seen: Sample[] = []
    const report = await soak({ minutes: 0.5, checksMemory: false, tell: (sample) => seen.push(sample) })
    expect(report.faults).toEqual([])
    expect(report.acknowledged).toBeGreaterThan(500)
    expect(report.stored).toBeGreaterThanOrEqual(report.acknowledged)
    expect(seen.length).toBeGreaterThan(15)
  },
)

it('the judgement finds what grows and what is lost', () => {
  const flat = (change: (i: number) => Partial<Sample> = () => ({})): Sample[] =>
    Array.from({ length: 300 }, (_each, i) => ({
      ...{ atS: i, rssBytes: 2e8, heapBytes: 5e7, handles: 40, resources: 20, loopP99Ms: 12 },
      ...{ acknowledged: i, isSwept: i % 10 === 0 },
      ...change(i),
    }))
  const end = { ended: 'completed', problem: null, acknowledged: 300, stored: 300, gaps: 0 }
  expect(judgeSoak(flat(), end, true).faults).toEqual([])
  expect(
    judgeSoak(
      flat((i) => ({ rssBytes: 2e8 * (1 + i / 3000) })),
      end,
      true,
    ).faults.join(),
  ).toContain('memory grew')
  expect(
    judgeSoak(
      flat((i) => ({ handles: 40 + Math.floor(i / 20) })),
      end,
      true,
    ).faults.join(),
  ).toContain('handles')
  expect(
    judgeSoak(
      flat((i) => ({ resources: 20 + Math.floor(i / 20) })),
      end,
      true,
    ).faults.join(),
  ).toContain('loop')
  expect(judgeSoak(flat(), { ...end, stored: 299 }, true).faults).toEqual(['300 values were told, 299 are stored'])
  expect(judgeSoak(flat(), { ...end, gaps: 1 }, true).faults.join()).toContain('gaps')
  expect(judgeSoak(flat(), { ...end, ended: 'aborted' }, true).faults.join()).toContain('aborted')
  expect(driftPercent([0, 1, 2, 3].map((x) => ({ x, y: 100 + x })))).toBeCloseTo((3 / 101.5) * 100, 9)
})
