import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { jsonOf, runCli, temporaryFolder, type Ended } from '../support/cli.ts'

interface RunDocument {
  verdict: string
  run: { id: string; status: string; provenance: string; virtualTime: boolean }
  results: Record<string, unknown>
  criteria: { id: string; outcome: string; value: number | null }[]
  files: string[]
}

const folder = temporaryFolder()
const data = join(folder, 'data')
const out = join(folder, 'out')
const runInto = (target: string, seed: string, dataFolder: string): Promise<Ended> =>
  runCli('run', 'PVTP-001', '--simulate', '--seed', seed, '--data', dataFolder, '--out', target, '--json')

describe('a run in the simulated lab', () => {
  let first: Ended
  beforeAll(async () => {
    first = await runInto(out, '1', data)
  })

  it('passes, and says that it is simulated', () => {
    expect(first.stderr).toBe('')
    const document = jsonOf<RunDocument>(first)
    expect(document).toMatchObject({
      verdict: 'pass',
      run: { status: 'completed', provenance: 'simulated', virtualTime: true },
    })
    expect(document.criteria.every((each) => each.outcome === 'pass')).toBe(true)
    expect(first.code).toBe(0)
  })

  it('writes report, workbook, tables, certificate and bundle', () => {
    const names = readdirSync(out).sort()
    expect(names).toEqual(
      expect.arrayContaining(['certificate.pdf', 'curves.csv', 'report.pdf', 'report.xlsx', 'samples.csv']),
    )
    expect(names.filter((name) => name.endsWith('.pvtp.zip'))).toHaveLength(1)
    expect(jsonOf<RunDocument>(first).files).toHaveLength(names.length)
  })

  it('gives the same numbers for the same seed, and others for another', async () => {
    const again = jsonOf<RunDocument>(await runInto(join(folder, 'again'), '1', join(folder, 'data2')))
    const other = jsonOf<RunDocument>(await runInto(join(folder, 'other'), '2', join(folder, 'data3')))
    expect(again.results).toEqual(jsonOf<RunDocument>(first).results)
    expect(again.criteria).toEqual(jsonOf<RunDocument>(first).criteria)
    expect(other.results['power']).not.toEqual(again.results['power'])
  })

  it('is accepted by the verifier, in its folder and in the database', async () => {
    expect(await runCli('verify', out)).toMatchObject({ code: 0 })
    expect(await runCli('verify', '--data', data)).toMatchObject({ code: 0 })
  })

  it('names any byte that is changed afterwards', async () => {
    for (const name of readdirSync(out)) {
      const path = join(out, name)
      const whole = readFileSync(path)
      const at = Math.floor(whole.length / 2)
      const damaged = Buffer.from(whole)
      damaged[at] = damaged[at]! ^ 1
      writeFileSync(path, damaged)
      const verified = await runCli('verify', out)
      writeFileSync(path, whole)
      expect(verified.code, name).toBe(1)
      expect(verified.stdout, name).toMatch(/FAILED/)
      expect(
        verified.stdout
          .split('\n')
          .filter((line) => line.startsWith('FAILED'))
          .join('\n'),
      ).toContain(String(at))
    }
    expect((await runCli('verify', out)).code).toBe(0)
  })

  it('lists, exports and prints its samples again from the database', async () => {
    const { run } = jsonOf<RunDocument>(first)
    const listed = jsonOf<{ runs: { id: string }[] }>(await runCli('runs', '--data', data, '--json'))
    expect(listed.runs.map((each) => each.id)).toEqual([run.id])
    const exported = join(folder, 'exported')
    expect((await runCli('export', run.id, '--data', data, '--out', exported)).code).toBe(0)
    for (const name of readdirSync(out))
      expect(readFileSync(join(exported, name)).equals(readFileSync(join(out, name)))).toBe(true)
    const samples = (await runCli('samples', run.id, '--data', data, '--channel', 'iv.voltage')).stdout
      .trimEnd()
      .split('\r\n')
    expect(samples).toHaveLength(1 + 6 * 200)
    expect(samples[0]).toBe('channel,unit,seq,utc,monotonic_ms,value,provenance,instrument,calibration,missing')
    expect(samples.slice(1).every((line) => line.includes(',simulated,'))).toBe(true)
  })
})
