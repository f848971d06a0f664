import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/cli.ts'
import { acknowledged, copyDatabase, faultsOf, prepare } from './faults/check.ts'
import { rounds } from './faults/plan.ts'
import { inPairs, runTraced, skippedWithoutStrace, withoutStrace, writeCalls, type WriteCall } from './faults/strace.ts'

const folder = temporaryFolder()
const prepared = join(folder, 'prepared.db')

/** How often each call is made, by one run that nothing happens to. */
async function countCalls(): Promise<Map<WriteCall, number>> {
  const path = join(folder, 'counted.db')
  copyDatabase(prepared, path)
  const trace = join(folder, 'trace')
  const ended = await runTraced(['-o', trace, '-e', `trace=${writeCalls.join(',')}`], { path })
  expect(ended.output).toContain('ended\n')
  expect(await faultsOf(path, acknowledged(ended.output))).toEqual([])
  const lines = readFileSync(trace, 'utf8').split('\n')
  return new Map(writeCalls.map((call) => [call, lines.filter((line) => line.includes(` ${call}(`)).length]))
}

describe.skipIf(withoutStrace !== null)(`a station that is killed${skippedWithoutStrace}`, () => {
  beforeAll(() => prepare(prepared))

  it('at any write of a run has everything it acknowledged, whole and once', async () => {
    const counts = await countCalls()
    const points = [...counts].flatMap(([call, count]) =>
      Array.from({ length: count }, (_each, i) => ({ call, when: i + 1 })),
    )
    expect(points.length).toBeGreaterThanOrEqual(135)
    const found: string[] = []
    const seen = { killed: 0, early: 0, late: 0 }
    await inPairs(points, async ({ call, when }) => {
      const own = join(folder, `${call}-${when}`)
      mkdirSync(own)
      const path = join(own, 'station.db')
      copyDatabase(prepared, path)
      const inject = `inject=${call}:signal=KILL:when=${when}`
      const ended = await runTraced(['-o', '/dev/null', '-e', `trace=${call}`, '-e', inject], { path })
      if (ended.signal === 'SIGKILL' || ended.code === 137) seen.killed++
      const acked = acknowledged(ended.output)
      if ((acked.get('samples') ?? 0) < 2) seen.early++
      if ((acked.get('samples') ?? 0) === rounds) seen.late++
      for (const fault of await faultsOf(path, acked)) found.push(`${call} ${when}: ${fault}`)
      rmSync(own, { recursive: true })
    })
    process.stdout.write(`${seen.killed} of ${points.length} points killed it\n`)
    expect(found).toEqual([])
    // Each of them was killed, and not all at the same place: else the test would prove nothing.
    expect(seen.killed).toBe(points.length)
    expect([seen.early > 0, seen.late > 0]).toEqual([true, true])
  })
})
