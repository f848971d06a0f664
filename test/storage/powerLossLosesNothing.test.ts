import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/base/random.ts'
import { temporaryFolder } from '../support/cli.ts'
import { acknowledged, copyDatabase, faultsOf, prepare } from './faults/check.ts'
import { cutPower, readTrace } from './faults/powerCut.ts'
import { runTraced, skippedWithoutStrace, withoutStrace, writeCalls } from './faults/strace.ts'

const seed = 20261126
const folder = temporaryFolder()
const prepared = join(folder, 'prepared.db')

/** Cuts the power at random places of a traced run, and says what is wrong with what is left each time. */
async function replay(
  synchronous: 'FULL' | 'NORMAL' | 'OFF',
  cuts: number,
): Promise<{ faults: string[]; acked: number }> {
  const path = join(folder, synchronous, 'station.db')
  const trace = join(folder, `${synchronous}.trace`)
  // Into a folder of its own: the names in the trace are those of the files that are laid out again.
  cutPower([], { before: 0, prepared, folder: join(folder, synchronous), random: createRandom(0) })
  const calls = [...writeCalls, 'write'].join(',')
  const ended = await runTraced(['-y', '-xx', '-s', '200000', '-o', trace, '-e', `trace=${calls}`], {
    path,
    synchronous,
  })
  expect(ended.output).toContain('ended\n')
  const steps = readTrace(trace)
  expect(steps.filter((step) => step.kind === 'write').length).toBeGreaterThan(80)
  const random = createRandom(seed)
  const faults: string[] = []
  let most = 0
  for (let i = 0; i < cuts; i++) {
    const before = Math.floor(random.uniform() * (steps.length + 1))
    const left = join(folder, 'left')
    const said = cutPower(steps, { before, prepared, folder: left, random })
    const acked = acknowledged(said)
    most = Math.max(most, acked.get('samples') ?? 0)
    for (const fault of await faultsOf(join(left, 'station.db'), acked))
      faults.push(`cut ${i} before step ${before}: ${fault}`)
  }
  return { faults, acked: most }
}

describe.skipIf(withoutStrace !== null)(`a power cut${skippedWithoutStrace}`, () => {
  beforeAll(() => prepare(prepared))

  it('anywhere, tearing what wasn’t flushed yet, costs nothing that was acknowledged', async () => {
    const { faults, acked } = await replay('FULL', 300)
    expect(faults).toEqual([])
    // Cuts late in the run were among them: there was something to lose.
    expect(acked).toBeGreaterThan(8)
  })

  it('costs acknowledged samples, but never the file, with synchronous=NORMAL: the test can fail', async () => {
    const { faults } = await replay('NORMAL', 100)
    expect(faults.filter((fault) => fault.includes('LOST')).length).toBeGreaterThan(20)
    expect(faults.filter((fault) => !fault.includes('LOST'))).toEqual([])
  })

  it('costs the file with synchronous=OFF', async () => {
    const { faults } = await replay('OFF', 40)
    expect(faults.some((fault) => fault.includes('CORRUPT'))).toBe(true)
  })

  it('is replayed from what the run wrote: all of it flushed is the file itself', async () => {
    const left = join(folder, 'left')
    const steps = readTrace(join(folder, 'FULL.trace'))
    const said = cutPower(steps, {
      before: steps.length,
      prepared,
      folder: left,
      random: { ...createRandom(1), uniform: () => 0 },
    })
    copyDatabase(join(left, 'station.db'), join(folder, 'whole.db'))
    expect(said).toContain('ended\n')
    expect(await faultsOf(join(folder, 'whole.db'), acknowledged(said))).toEqual([])
  })
})
