import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { withReader } from '../../src/engine/openStation.ts'
import { jsonOf, temporaryFolder } from '../support/cli.ts'
import { smoothCurve } from '../support/curves.ts'
import { errorOf, runHere } from '../support/inProcess.ts'

const folder = temporaryFolder()
const data = join(folder, 'data')

const profile = {
  name: 'Old tracer',
  encoding: 'windows-1252',
  delimiter: ';',
  decimal: ',',
  skipLines: 2,
  sign: 'load',
  columns: {
    voltage: { column: 2, unit: 'mV' },
    current: { column: 3, unit: 'A', title: 'Strom' },
    temperature: { column: 4, unit: '°C' },
  },
}
const profileFile = join(folder, 'profile.json')

const comma = (value: number): string => String(value).replace('.', ',')
const { voltageV, currentA } = smoothCurve()
const rows = voltageV.map(
  (voltage, i) => `${i};${comma(Number((voltage * 1000).toFixed(1)))};${comma(-(currentA[i] ?? 0))};25,5`,
)
/** “Prüfling” in Windows-1252, which is not UTF-8. */
const text = ['Prüfling 7', 'Nr;Spannung;Strom;Temp', ...rows].join('\r\n')

const curveFile = (content: string): string => {
  const file = join(folder, 'curve.txt')
  writeFileSync(file, Buffer.from(content, 'latin1'))
  return file
}
const importBy = (asked: string, content = text) =>
  runHere(
    ...['import', curveFile(content), '--protocol', 'PVTP-001', '--sample', 'M-1', '--out', join(folder, 'out')],
    ...['--profile', asked, '--data', data, '--json'],
  )
const profiles = async (...args: string[]) => runHere('import-profiles', ...args, '--data', data, '--json')
const runCount = async (): Promise<number> =>
  jsonOf<{ runs: unknown[] }>(await runHere('runs', '--data', data, '--json')).runs.length

beforeAll(async () => {
  writeFileSync(profileFile, JSON.stringify(profile))
  await profiles('save', profileFile, '--operator', 'Ann')
})

describe('an import profile', () => {
  it('is saved, listed, and its change is in the audit trail', async () => {
    const listed = jsonOf<{ profiles: { name: string }[] }>(await profiles('list'))
    expect(listed.profiles).toEqual([{ ...profile, comment: '', stopAtEmptyLine: false }])
    await profiles('save', profileFile)
    expect(jsonOf<{ profiles: unknown[] }>(await profiles('list')).profiles).toHaveLength(1)
    const trail = await withReader(data, (reader) => reader.auditRows(profile.name))
    expect(trail.map(({ actor, action }) => `${actor} ${action}`)[0]).toBe('Ann importProfile.save')
    expect(trail).toHaveLength(2)
  })

  it('reads a file whose header says too little, by its name or as a file', async () => {
    for (const asked of [profile.name, profileFile]) {
      const ended = await importBy(asked)
      expect(ended.code, ended.stderr).toBe(0)
    }
    const { runs } = jsonOf<{ runs: { id: string; status: string; provenance: string }[] }>(
      await runHere('runs', '--data', data, '--json'),
    )
    expect(runs).toHaveLength(2)
    expect(runs[0]).toMatchObject({ status: 'completed', provenance: 'imported' })
    const { sweeps, events } = await withReader(data, async (reader) => ({
      sweeps: await reader.sweeps(runs[0]!.id),
      events: await reader.events(runs[0]!.id),
    }))
    expect(sweeps[0]?.currentA[0]).toBeCloseTo(currentA[0]!, 9)
    expect(sweeps[0]?.voltageV.at(-1)).toBeCloseTo(voltageV.at(-1)!, 4)
    expect(events.map((each) => each.text).join()).toContain('Read by the import profile “Old tracer”')
  })

  it.each([
    { what: 'a garbled cell', content: text.replace('\r\n5;', '\r\n5;x'), place: 'line 8, column 2 (voltage)' },
    {
      what: 'a missing column',
      content: text.replace(/;25,5$/, '').replace(/;[^;]*$/, ''),
      place: 'column 3 (current)',
    },
    { what: 'another header', content: text.replace('Strom', 'Leistung'), place: 'line 2, column 3 (current)' },
  ])('with $what names the place, and nothing is imported', async ({ content, place }) => {
    const before = await runCount()
    const ended = await importBy(profile.name, content)
    expect(ended.code).not.toBe(0)
    expect(errorOf(ended).code).toBe('file.badColumn')
    expect(errorOf(ended).happened).toContain(place)
    expect(errorOf(ended).check).toContain('Old tracer')
    expect(await runCount()).toBe(before)
  })

  it('that is not there or not valid is refused in words', async () => {
    expect(errorOf(await importBy('New tracer')).code).toBe('usage.notFound')
    const wrong = join(folder, 'wrong.json')
    writeFileSync(
      wrong,
      JSON.stringify({ ...profile, columns: { ...profile.columns, voltage: { column: 0, unit: 'V' } } }),
    )
    const ended = await importBy(wrong)
    expect(errorOf(ended).code).toBe('usage.invalidInput')
    expect(errorOf(ended).happened).toContain('columns.voltage.column')
    expect(errorOf(await profiles('save', wrong)).code).toBe('usage.invalidInput')
    expect((await profiles('replace', 'x')).code).toBe(2)
  })

  it('is removed', async () => {
    expect(jsonOf<{ profiles: unknown[] }>(await profiles('remove', profile.name)).profiles).toEqual([])
    expect(errorOf(await profiles('remove', profile.name)).code).toBe('usage.notFound')
  })
})
