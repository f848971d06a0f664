import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/cli.ts'
import { acknowledged, copyDatabase, faultsOf, prepare } from './faults/check.ts'
import { rounds } from './faults/plan.ts'
import { inPairs, runTraced, skippedWithoutStrace, withoutStrace } from './faults/strace.ts'

const folder = temporaryFolder()
const prepared = join(folder, 'prepared.db')

/**
 * Every so many calls one fails, in runs that begin with another one each: together they fail each call once. What
 * failed is tried again, so a run also proves that the store goes on.
 */
const everyWrite = 13
const everyFlush = 4

const points = (['EIO', 'ENOSPC'] as const).flatMap((error) => [
  ...Array.from({ length: everyWrite }, (_each, i) => ({ call: 'pwrite64', error, first: i + 1, step: everyWrite })),
  ...Array.from({ length: everyFlush }, (_each, i) => ({ call: 'fsync', error, first: i + 1, step: everyFlush })),
])

describe.skipIf(withoutStrace !== null)(`a disk that fails${skippedWithoutStrace}`, () => {
  beforeAll(() => prepare(prepared))

  it('at any write or flush costs nothing that was acknowledged, and the store goes on', async () => {
    const found: string[] = []
    const seen = { failed: 0, completed: 0 }
    await inPairs(points, async ({ call, error, first, step }) => {
      const name = `${call}-${error}-${first}`
      const own = join(folder, name)
      mkdirSync(own)
      const path = join(own, 'station.db')
      copyDatabase(prepared, path)
      const inject = `inject=${call}:error=${error}:when=${first}+${step}`
      const ended = await runTraced(['-o', '/dev/null', '-e', `trace=${call}`, '-e', inject], { path })
      const acked = acknowledged(ended.output)
      if (ended.output.includes('failed ')) seen.failed++
      if (ended.output.includes('ended\n')) seen.completed++
      if (ended.output.includes('ended\n') && acked.get('samples') !== rounds) found.push(`${name}: ended too early`)
      for (const fault of await faultsOf(path, acked)) found.push(`${name}: ${fault}`)
      rmSync(own, { recursive: true })
    })
    process.stdout.write(
      `${points.length} runs: writes failed in ${seen.failed}, ${seen.completed} went on to their end\n`,
    )
    expect(found).toEqual([])
    // Not every failed call reaches the station: one in a checkpoint is made good by the next. Most do.
    expect(seen.failed).toBeGreaterThan(points.length / 2)
    expect(seen.completed).toBe(points.length)
  })

  it('for good is said, and what was acknowledged before is there', async () => {
    const path = join(folder, 'for-good.db')
    copyDatabase(prepared, path)
    const inject = 'inject=pwrite64:error=ENOSPC:when=60+'
    const ended = await runTraced(['-o', '/dev/null', '-e', 'trace=pwrite64', '-e', inject], { path })
    expect(ended.code).not.toBe(0)
    expect(ended.output).toMatch(/disk that holds .* is full|refused a write/)
    const acked = acknowledged(ended.output)
    expect(acked.get('samples')).toBeGreaterThan(1)
    expect(await faultsOf(path, acked)).toEqual([])
  })
})
