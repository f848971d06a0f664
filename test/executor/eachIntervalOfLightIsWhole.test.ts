import { expect, it } from 'vitest'
import type { DryRun } from '../../src/engine/dryRun.ts'
import { jsonOf } from '../support/cli.ts'
import { runHere } from '../support/inProcess.ts'

it('a stable module needs two intervals of light, and the second isn’t short of what the first had too much (MQT 19.1)', async () => {
  const { status, verdict, exposure, timeline } = jsonOf<DryRun>(await runHere('dry-run', 'PVTP-028', '--json'))
  expect([status, verdict]).toEqual(['completed', 'pass'])
  expect(timeline.filter(({ kind }) => kind === 'hold').map(({ path }) => path.split('/').at(-1))).toEqual([
    'light1',
    'light2',
  ])
  // Two of 5 kWh/m² and, at each end, at most a minute of 1 kW/m² more.
  expect(exposure[0]!.credited).toBeGreaterThanOrEqual(10)
  expect(exposure[0]!.credited).toBeLessThan(10 + (2 * 1.05) / 60)
})
