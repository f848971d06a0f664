import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { discoverParts } from '../../src/engine/discover.ts'
import { checkDisk, forecastRun, type DiskGround } from '../../src/engine/diskForecast.ts'
import { dryRun } from '../../src/engine/dryRun.ts'
import { openStore, dataFolderAt, storeRun } from '../support/store.ts'
import { temporaryFolder } from '../support/cli.ts'
import { soakTemplate } from '../support/soakTemplate.ts'
import type { Template } from '../../src/contract/template.ts'

const parts = await discoverParts()
const dry = (protocolId: string, parameters: Record<string, number>) =>
  dryRun(
    { protocolId, parameters, modules: 2, seed: 1, faults: [], startUtcMs: Date.UTC(2026, 11, 1) },
    { parts, softwareVersion: '0', onError: (error) => expect.fail(String(error)) },
  )

describe('the samples that are forecast are about those that are recorded', () => {
  it.each([
    ['PVTP-017', { durationH: 8 }],
    ['PVTP-015', { cycles: 2 }],
    ['PVTP-030', { dwellH: 2 }],
  ])('%s', async (id, parameters) => {
    const { samples, disk, durationS } = await dry(id, parameters)
    // The plan is the least: ramps lag, and steps wait for values.
    expect(samples / disk.samples).toBeGreaterThan(0.8)
    expect(samples / disk.samples).toBeLessThan(1.6)
    expect(durationS / disk.durationS).toBeLessThan(1.6)
  })
})

const hourMs = 3_600_000
/** An hour at 40 °C, read twice a minute: two values each. */
const plan = (holdS: number, channels = 2) => ({
  template: soakTemplate() as unknown as Template,
  parameters: { warmC: 40, toleranceK: 2, holdS, level: 5 },
  lanes: 1,
  instruments: () => [{ id: 'chamber', channels }],
})

describe('a forecast, by hand', () => {
  const store = { size: { bytes: 100e6, bytesPerSample: 10 }, backups: null }
  it('counts channels, pace and duration', () => {
    const { samples, runBytes, bytesPerSample } = forecastRun(plan(36_000), store)
    expect(samples).toBe((36_000 / 30) * 2)
    expect(runBytes).toBe(samples * bytesPerSample + 22e6)
    expect(forecastRun(plan(36_000, 6), store).samples).toBe(3 * samples)
  })

  it('has room for as many backups as are made and kept, and one that is being made', () => {
    const backups = { keep: 4, everyMs: hourMs, madeBytes: [] as number[] }
    const one = 100e6 + forecastRun(plan(3000), store).runBytes
    expect(forecastRun(plan(3000), { ...store, backups }).backupBytes).toBe(one)
    const long = forecastRun(plan(36_000), { ...store, backups })
    expect(long.backupBytes).toBe(5 * (100e6 + long.runBytes))
    // Those that are there already go meanwhile: only what is more has to be free.
    const madeBytes = [50e6, 50e6, 50e6, 50e6]
    const full = forecastRun(plan(36_000), { ...store, backups: { ...backups, madeBytes } })
    expect(full.backupBytes).toBe(long.backupBytes - 200e6)
  })
})

describe('the line of the pre-flight page', () => {
  const folder = temporaryFolder()
  const ground = (bytes: number, change: Partial<DiskGround> = {}): DiskGround => ({
    ...{ dataFolder: folder, backups: { folder: join(folder, 'backups'), everyMs: hourMs, keep: 2 } },
    size: async () => ({ bytes, bytesPerSample: null }),
    ...change,
  })
  const utcMs = Date.UTC(2026, 11, 24)
  const look = async (bytes: number) => (await checkDisk(ground(bytes), plan(14 * 86_400), utcMs))[0]

  it('says how much, until when, and what is free', async () => {
    const line = await look(1e6)
    expect(line).toMatchObject({ id: 'disk', state: 'ok', todo: null })
    expect(line?.detail).toMatch(/^needs ≈ \d+ MB until 2027-01-07, \d.* free$/)
  })

  it('is a problem where there is not enough, and a warning where there is not twice as much', async () => {
    const disk = await statfs(folder)
    const free = disk.bavail * disk.bsize
    // Three copies of the database, the new one with what the run adds.
    const said = async (share: number) => [(await look(free / share))?.state, (await look(free / share))?.todo ?? '']
    expect(await said(2)).toEqual(['problem', expect.stringContaining('Free at least')])
    expect(await said(4)).toEqual(['warning', expect.stringContaining('twice')])
    expect(await said(12)).toEqual(['ok', ''])
  })

  it('counts the backups that are there', async () => {
    const backups = join(folder, 'backups')
    mkdirSync(backups, { recursive: true })
    const name = join(backups, 'station-2026-12-01T00-00-00.000Z.db')
    writeFileSync(name, Buffer.alloc(30_000_000))
    expect(statSync(name).size).toBe(30_000_000)
    const before = Number(/≈ (\d+) MB/.exec((await look(1e6))?.detail ?? '')?.[1])
    writeFileSync(name, Buffer.alloc(10_000_000))
    const after = Number(/≈ (\d+) MB/.exec((await look(1e6))?.detail ?? '')?.[1])
    expect(after - before).toBe(20)
  })

  it('is nothing for a station that writes nowhere', async () => {
    expect(await checkDisk(null, plan(3600), utcMs)).toEqual([])
  })
})

it('the store tells what its newest samples took, and nothing where they are few', async () => {
  const { store, db } = openStore(dataFolderAt(temporaryFolder()))
  const { channel } = await storeRun(store, { id: 'run-1', count: 100 })
  expect(await store.size()).toMatchObject({ bytesPerSample: null })
  const count = 40_000
  const numbers = Array.from({ length: count }, (_each, i) => i)
  await store.appendSamples([
    {
      channelId: channel,
      firstSeq: 101,
      utcMs: numbers.map((i) => 1e12 + 1000 * i),
      monotonicMs: numbers.map((i) => 1000 * i),
      // Noise that no packing can make short.
      value: numbers.map((i) => Math.sin(i * i)),
    },
  ])
  await store.finishRun((await store.getRun('run-1')).run, [], { actor: 'x', action: 'y', subject: 'z', detail: 0 })
  const { bytes, bytesPerSample } = await store.size()
  expect(bytesPerSample).toBeGreaterThan(6)
  expect(bytesPerSample).toBeLessThan(10)
  expect(bytes).toBeGreaterThan(count * 6)
  db.close()
})
