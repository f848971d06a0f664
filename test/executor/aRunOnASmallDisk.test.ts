import { spawnSync } from 'node:child_process'
import { mkdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { discoverParts } from '../../src/engine/discover.ts'
import { openStation } from '../../src/engine/openStation.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { assignRoles } from '../../src/engine/simulatedRequest.ts'
import { root, temporaryFolder } from '../support/cli.ts'
import { soakTemplate } from '../support/soakTemplate.ts'

const disk = join(temporaryFolder(), 'disk')
mkdirSync(disk)
const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0
/** A file system of its own, whose size can be changed, needs Linux and the right to mount one. It takes what is in it. */
const isMounted = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=4g', 'tmpfs', disk)
afterAll(() => isMounted && spawnSync('umount', [disk]))

/** No room is left but what this many bytes need. */
function fill(freeBytes: number): void {
  const { blocks, bfree, bsize } = statfsSync(disk)
  expect(mount('-o', `remount,size=${(blocks - bfree) * bsize + freeBytes}`, disk)).toBe(true)
}
const makeRoom = (): void => expect(mount('-o', 'remount,size=4g', disk)).toBe(true)

async function open() {
  const parts = await discoverParts()
  const template = soakTemplate({
    pause: { text: 'The chamber holds its temperature.', energy: 'off' },
    recovery: { longestOutageS: 600, unattended: true },
    steps: [
      {
        ...{ id: 'log', kind: 'record', title: 'Record', channels: [{ roles: ['chamber'], everyS: 0.1 }] },
        steps: [{ id: 'soak', kind: 'hold', title: 'Soak', bands: [], durationS: 20, everyS: 1, timeoutS: 600 }],
      },
    ],
    exposure: undefined,
  })
  const worker = join(root, 'src', 'engine', 'storage', 'worker.ts')
  const errors: unknown[] = []
  const opened = await openStation({
    ...{ dataFolder: join(disk, 'data'), clock: createRealClock(), softwareVersion: '0.0.0-test' },
    parts: { ...parts, protocols: [{ file: 'PVTP-054.json', text: JSON.stringify(template) }] },
    createReports: () => Promise.resolve([]),
    storageWorker: pathToFileURL(worker),
    ...{ simulate: { seed: 1 }, virtualTime: false, automaticAnswer: null },
    onError: (error) => errors.push(error),
  })
  return { ...opened, errors }
}

describe.skipIf(!isMounted)('a real disk (skipped without the right to mount one)', () => {
  it('that gets full makes a run stand still, and it goes on with nothing lost when somebody makes room', async () => {
    const { station, close, errors } = await open()
    const template = station.protocols.get('PVTP-054')
    const shown = new Set<number>()
    let full = false
    const isFull = Promise.withResolvers<undefined>()
    station.onEvent((event) => {
      if (event.type === 'reading') shown.add(event.utcMs)
      if (event.type !== 'live') return
      full = event.live.diskFull === true
      if (full) isFull.resolve(undefined)
    })
    const run = await station.startRun({
      ...{ protocolId: template.id, module: { id: 'M-1', maker: '', model: '' }, operator: 'Test operator' },
      ...{ parameters: {}, roles: assignRoles(template, station.instruments.states()) },
    })
    await expect.poll(() => shown.size).toBeGreaterThan(15)
    fill(64 * 1024)
    await isFull.promise
    const before = shown.size
    await setTimeout(1500)
    expect(shown.size).toBe(before)
    expect((await station.snapshot()).live[0]?.paused).toContain('make room there')
    makeRoom()
    const ended = await station.whenEnded(run.id)
    expect(full).toBe(false)
    expect(ended).toMatchObject({ status: 'completed', problem: null })
    const [channel] = await station.reader.channels(run.id)
    const stored = new Set<number>()
    let seq = 0
    for await (const row of station.reader.sampleRows(channel?.id ?? 0)) {
      expect(row.seq).toBe(++seq)
      stored.add(row.utc_ms)
    }
    // Everything that anybody saw is there.
    expect([...shown].filter((utcMs) => !stored.has(utcMs))).toEqual([])
    expect(shown.size).toBeGreaterThan(before)
    expect(await station.reader.checkIntegrity()).toBe('ok')
    expect((await station.detail(run.id)).events.filter(({ kind }) => kind === 'disk')).toHaveLength(2)
    await close()
    expect(errors).toEqual([])
  })
})
