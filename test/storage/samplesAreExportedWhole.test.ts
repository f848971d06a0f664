import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/cli.ts'
import { errorOf, runHere } from '../support/inProcess.ts'
import { dataFolderAt, openStore, storeRun } from '../support/store.ts'

const compressors = { ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes) }
const at = dataFolderAt(temporaryFolder())
const startMs = Date.UTC(2026, 5, 1)
const odd = [0.1 + 0.2, -0, 5e-324, 1e300, 1 / 3]

const logColumn = { column: 2, title: 'T', channel: 'a', unit: '°C' }

beforeAll(async () => {
  const { db, store } = openStore(at)
  await storeRun(store, { id: 'run-1', count: 0 })
  const channel = (name: string, unit: string) => ({
    runId: 'run-1',
    name,
    unit,
    provenance: 'simulated' as const,
    instrumentId: 'a',
    instrumentName: '=HYPERLINK("x")',
    calibration: 'C-1',
    precision: 0.01,
  })
  const [first, second] = [
    await store.addChannel(channel('temperature.a', '°C')),
    await store.addChannel(channel('humidity.b', '%')),
  ]
  const times = Array.from({ length: 5000 }, (_each, i) => 1000 * i)
  const block = (channelId: number, every: number) => {
    const own = times.filter((_each, i) => i % every === 0)
    const value = own.map((time, i) => (i % 100 === 7 ? null : i < odd.length ? odd[i]! : time / 1000))
    return {
      channelId,
      firstSeq: 1,
      utcMs: own.map((time) => startMs + time),
      monotonicMs: own,
      value,
      missing: Object.fromEntries(value.flatMap((each, i) => (each === null ? [[String(i), 'no, answer']] : []))),
    }
  }
  await store.appendSamples([block(first, 1), block(second, 10)])
  db.close()
})

const samples = (...args: string[]) => runHere('samples', 'run-1', '--data', at.folder, ...args)
const rowsOf = (csv: string) => csv.trimEnd().split('\r\n').slice(1)

describe('samples of a run', () => {
  it('are the same CSV as ever without options, of one channel, and of a stretch of time', async () => {
    const all = await samples()
    expect(all.stdout).toMatch(/^channel,unit,seq,utc,monotonic_ms,value,provenance,instrument,calibration,missing\r\n/)
    expect(rowsOf(all.stdout)).toHaveLength(5500)
    expect(rowsOf(all.stdout)[0]).toBe(
      `temperature.a,°C,1,2026-06-01T00:00:00.000Z,0,0.30000000000000004,simulated,"'=HYPERLINK(""x"")",C-1,`,
    )
    expect(rowsOf(all.stdout)[7]).toContain(',7000,,simulated')
    expect(rowsOf(all.stdout)[7]).toMatch(/"no, answer"$/)
    const part = await samples(
      '--channel',
      'humidity.b',
      '--from',
      '2026-06-01T00:01:00Z',
      '--to',
      '2026-06-01T00:02:00Z',
    )
    expect(rowsOf(part.stdout).map((row) => row.split(',')[2])).toEqual(['7', '8', '9', '10', '11', '12', '13'])
  })

  it('are a table with units in its header, a line a moment', async () => {
    const table = await samples('--format', 'table', '--to', '2026-06-01T00:00:11Z')
    expect(table.stdout.split('\r\n')[0]).toBe('utc,time_ms,irradiance.cell [W/m²],temperature.a [°C],humidity.b [%]')
    const rows = rowsOf(table.stdout)
    expect(rows).toHaveLength(12)
    expect(rows[10]).toBe(`2026-06-01T00:00:10.000Z,${startMs + 10_000},,10,0`)
    expect(rows[7]).toBe(`2026-06-01T00:00:07.000Z,${startMs + 7_000},,,`)
  })

  it('are JSON in which every double comes back', async () => {
    const { channels } = JSON.parse((await samples('--json')).stdout) as {
      channels: {
        channel: { precision: number }
        samples: { seq: number; value: number | null; missing: string | null }[]
      }[]
    }
    expect(channels.map((each) => each.samples.length)).toEqual([0, 5000, 500])
    expect(channels[1]!.channel.precision).toBe(0.01)
    expect(channels[1]!.samples.slice(0, 5).map(({ value }) => value)).toEqual([0.1 + 0.2, 0, 5e-324, 1e300, 1 / 3])
    expect(channels[1]!.samples[7]).toMatchObject({ seq: 8, value: null, missing: 'no, answer' })
  })

  it('are a Parquet file that another program reads, with what it has to know of the channels', async () => {
    const path = join(at.folder, 'run.parquet')
    expect((await samples('--format', 'parquet', '--out', path)).code).toBe(0)
    const file = await asyncBufferFromFile(path)
    const rows = (await parquetReadObjects({ file, compressors })) as Record<string, unknown>[]
    expect(rows).toHaveLength(5500)
    expect(rows[0]).toEqual({
      channel: 'temperature.a',
      seq: 1,
      time_ms: startMs,
      utc_ms: startMs,
      monotonic_ms: 0,
      value: 0.1 + 0.2,
      missing: null,
    })
    expect(Object.is(rows[1]!['value'], -0)).toBe(true)
    expect(rows[7]).toMatchObject({ value: null, missing: 'no, answer' })
    const about = (await parquetMetadataAsync(file)).key_value_metadata?.find(({ key }) => key === 'pvtp.channels')
    expect(JSON.parse(about!.value!)).toMatchObject([
      { unit: 'W/m²' },
      { unit: '°C', calibration: 'C-1' },
      { unit: '%' },
    ])
    expect(readFileSync(path).length).toBeLessThan(60_000)
  })

  it('are shown as a chart would show them', async () => {
    const view = await samples('--view', '10', '--channel', 'temperature.a', '--exact')
    const rows = rowsOf(view.stdout).map((row) => row.split(','))
    expect(rows).toHaveLength(10)
    expect(rows[0]).toEqual([
      'temperature.a',
      '°C',
      '2026-06-01T00:00:00.000Z',
      '0',
      '1e+300',
      '0.30000000000000004',
      '499',
      '495',
    ])
    const document = JSON.parse((await samples('--view', '10', '--json')).stdout) as { channels: { gaps: unknown[] }[] }
    expect(document.channels[1]!.gaps.length).toBeGreaterThan(0)
  })

  it('are kept apart from what was filled in, which is told and written when it is asked for', async () => {
    expect((await samples()).stderr).toBe('')
    const edge = { compared: 0, mostDeviation: null, meanDeviation: null }
    const gap = { fromUtcMs: startMs, toUtcMs: null, utcMs: [startMs + 500], value: [24.5], longestHoleMs: 1 }
    const backFill = {
      ...{ id: 'b-1', utcMs: startMs, who: 'Ada', provenance: 'backFilled', instrumentId: 'a', instrumentName: 'Oven' },
      ...{ fileName: 'oven, old.csv', fileSha256: 'ab', clockAheadS: 0, bestClockAheadS: null, windows: [] },
      profile: { name: 'Oven', time: { column: 1, order: 'ymd' }, values: [logColumn] },
      channels: [{ channel: 'a', unit: '°C', gaps: [{ ...gap, before: edge, after: edge }] }],
    }
    const { db, store } = openStore(at)
    const audit = { actor: 'Ada', action: 'run.backFill', subject: 'run-1', detail: {} }
    await store.saveDocument({ runId: 'run-1', name: 'backFills' }, [backFill], audit)
    db.close()

    const all = await samples()
    expect(rowsOf(all.stdout)).toHaveLength(5500)
    expect(all.stdout).not.toContain('backFilled')
    expect(all.stderr).toContain('--back-filled writes them')
    expect((await samples('--back-filled')).stdout).toBe(
      'instrument,channel,unit,utc,value,provenance,file,record\r\nOven,a,°C,2026-06-01T00:00:00.500Z,24.5,backFilled,"oven, old.csv",b-1\r\n',
    )
    expect(JSON.parse((await samples('--back-filled', '--json')).stdout)).toMatchObject({ backFills: [{ id: 'b-1' }] })
    for (const args of [
      ['--format', 'table'],
      ['--format', 'parquet'],
      ['--channel', 'humidity.b'],
      ['--view', '10'],
    ])
      expect((await samples('--back-filled', ...args)).code, args.join(' ')).toBe(2)
  })

  it('are not guessed at: a wrong time, format or place is refused', async () => {
    for (const args of [
      ['--from', 'yesterday'],
      ['--format', 'xls'],
      ['--format', 'parquet'],
      ['--view', '0'],
    ])
      expect(errorOf(await samples(...args, '--json')).code).toBe('usage.badArgument')
    expect(errorOf(await samples('--channel', 'none', '--json')).code).toBe('usage.notFound')
    expect(errorOf(await samples('--out', '/nowhere/at/all', '--format', 'csv', '--json')).code).toBe('file.unwritable')
  })
})
