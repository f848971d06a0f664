import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  inPairs,
  runNodeTraced,
  skippedWithoutStrace,
  withoutStrace,
  writeCalls,
  type WriteCall,
} from '../storage/faults/strace.ts'
import { root, temporaryFolder } from '../support/cli.ts'
import { acknowledged, faultsAfterKill } from './killed/check.ts'

const folder = temporaryFolder()
const workload = join(root, 'test', 'run', 'killed', 'workload.ts')
/** How many points of the run it is killed at: a few in each test, and with scripts/kill.mjs as many as are asked for. */
const wanted = Number(process.env['PVTP_KILL_POINTS'] ?? 12)

interface Point {
  call: WriteCall
  when: number
}

/** Every call that changes a file, in the order of a run that nothing happens to. */
async function everyPoint(): Promise<Point[]> {
  const own = join(folder, 'whole')
  const trace = join(folder, 'trace')
  const ended = await runNodeTraced(['-o', trace, '-e', `trace=${writeCalls.join(',')}`], [workload, own])
  const acked = acknowledged(ended.output)
  expect(acked.get('end'), ended.output).toEqual(['completed'])
  expect(await faultsAfterKill(own, acked)).toEqual([])
  const counts = new Map<WriteCall, number>()
  return readFileSync(trace, 'utf8')
    .split('\n')
    .flatMap((line): Point[] => {
      const call = writeCalls.find((each) => line.includes(` ${each}(`))
      if (!call) return []
      const when = (counts.get(call) ?? 0) + 1
      counts.set(call, when)
      return [{ call, when }]
    })
}

/** Spread over the whole run. */
const some = (points: readonly Point[]): Point[] => {
  const count = Math.min(wanted, points.length)
  return Array.from({ length: count }, (_each, i) => points[Math.floor(((i + 0.5) * points.length) / count)]!)
}

describe.skipIf(withoutStrace !== null)(`a station killed in a run${skippedWithoutStrace}`, () => {
  it(
    'has everything it told its windows, no step twice, and goes on to the same end',
    async () => {
      const all = await everyPoint()
      const points = some(all)
      const found: string[] = []
      const seen = { killed: 0, begun: 0, readings: new Set<number>() }
      await inPairs(points, async ({ call, when }) => {
        const own = join(folder, `${call}-${when}`)
        const inject = `inject=${call}:signal=KILL:when=${when}`
        const ended = await runNodeTraced(['-o', '/dev/null', '-e', `trace=${call}`, '-e', inject], [workload, own])
        const acked = acknowledged(ended.output)
        if (ended.signal === 'SIGKILL' || ended.code === 137) seen.killed++
        if (acked.has('start')) seen.begun++
        seen.readings.add(acked.get('reading')?.length ?? 0)
        for (const fault of await faultsAfterKill(own, acked)) found.push(`${call} ${when}: ${fault}`)
        rmSync(own, { recursive: true, force: true })
      })
      process.stdout.write(
        `${seen.killed} of ${points.length} points (of ${all.length} calls) killed it, ${seen.begun} in the run, after ${seen.readings.size} different numbers of readings\n`,
      )
      expect(found).toEqual([])
      expect(points.length).toBe(Math.min(wanted, all.length))
      expect(seen.killed).toBe(points.length)
      // Not all at the same place: else the test would prove nothing.
      expect(seen.begun).toBeGreaterThan(points.length / 2)
      expect(seen.readings.size).toBeGreaterThan(points.length / 3)
    },
    300_000 + wanted * 60_000,
  )
})
