import { generateKeyPairSync } from 'node:crypto'
import ExcelJS from 'exceljs'
import { expect, it } from 'vitest'
import type { Dossier } from '../../src/contract/dossier.ts'
import { createSigner } from '../../src/engine/reports/bundle/signature.ts'
import { verifyBundle } from '../../src/engine/reports/bundle/verifyBundle.ts'
import { createReportFiles } from '../../src/engine/reports/create.ts'
import { buildReportModel } from '../../src/engine/reports/model.ts'
import { recompute } from '../../src/engine/verify.ts'
import { reseal } from './fixture.ts'
import { createStressDossier, logOfTheOutage } from './stressFixture.ts'

const sign = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
const plain = createStressDossier({
  ledger: [
    ['credited', 2],
    ['unknown', 1, 'the station was off'],
    ['credited', 2],
  ],
})
const record = logOfTheOutage(plain)
const startMs = plain.run.startedUtcMs
const trend = {
  ...{ channel: 'chamber.Climate chamber.temperature', unit: '°C', fromUtcMs: startMs, stepMs: 60_000 },
  ...{ pixel: [0, 1, 90, 91], breaks: [2], minimum: [85, 85, 85, 85], maximum: [85, 85, 85, 85] },
}
const filled = {
  ...trend,
  ...{ pixel: [2, 3], breaks: [], minimum: [84, 84], maximum: [84, 84], filledFrom: ['chamber.csv'] },
}
const chamber = { ...plain.channels[0]!, id: 99, name: trend.channel, unit: trend.unit }
const dossier: Dossier = reseal({
  ...plain,
  ...{ channels: [...plain.channels, chamber], backFills: [record], trends: [trend, filled] },
})

const rowsOf = (bytes: Uint8Array): string[][] =>
  new TextDecoder()
    .decode(bytes)
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','))

it('stands in the chart as dotted lines of its own, and the note says whose they are', () => {
  const chart = buildReportModel(dossier).sections.find((section) => section.kind === 'chart' && section.fit === 'all')
  expect(chart).toMatchObject({
    series: [
      { label: 'Climate chamber temperature', style: 'solid', y: [85, 85] },
      { label: 'Climate chamber temperature', style: 'solid', y: [85, 85] },
      { label: 'Climate chamber temperature, from the controller’s log', style: 'dotted', y: [84, 84] },
    ],
    note: expect.stringContaining(
      'BACK-FILLED from chamber.csv, not recorded by this station and not credited',
    ) as string,
  })
})

it('is a file of its own, is told beside each row of the ledger, and is sealed with the rest', async () => {
  const files = await createReportFiles({ dossier, sign })
  const bytesOf = (name: string): Uint8Array => files.find((file) => file.name === name)!.bytes
  const values = rowsOf(bytesOf('backfilled.csv'))
  expect(values[0]).toEqual(['instrument', 'channel', 'unit', 'utc', 'value', 'provenance', 'file', 'record'])
  expect(values).toHaveLength(60)
  const first = new Date(record.channels[0]!.gaps[0]!.utcMs[0]!).toISOString()
  expect(values[1]).toEqual(['Climate chamber', 'temperature', '°C', first, '85', 'backFilled', 'chamber.csv', 'one'])

  const ledger = rowsOf(bytesOf('exposure.csv'))
  const [head, ...rows] = ledger
  const at = (name: string): number => head!.indexOf(name)
  const unknown = rows.filter((row) => row[at('class')] === 'unknown')
  expect(unknown.map((row) => row[at('stretch back-filled (s)')])).toContain('3480')
  expect(unknown.map((row) => row[at('of it inside every window (s)')])).toContain('3480')
  for (const row of rows.filter((each) => each[at('class')] === 'credited'))
    expect(row[at('stretch back-filled (s)')]).toBe('')

  const bundle = files.find((file) => file.name.endsWith('.pvtp.zip'))!.bytes
  const outside = files.filter((file) => file.bytes !== bundle)
  const { checks } = verifyBundle({ bytes: bundle, fileName: 'x', outside, recompute })
  expect(checks.filter((check) => !check.ok)).toEqual([])
  expect(checks.map(({ name }) => name)).toContain('rebuilt backfilled.csv')

  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load(Buffer.from(bytesOf('report.xlsx')) as unknown as ExcelJS.Buffer)
  expect(workbook.getWorksheet('Back-filled')!.getRow(3).getCell(1).value).toBe('Climate chamber temperature')
  const overTime = workbook.getWorksheet('Over time')!
  const data = overTime.getColumn(6).values.filter((value) => typeof value === 'string')
  expect(new Set(data.slice(1))).toEqual(new Set(['simulated', 'backFilled']))
}, 60_000)

it('is no file, no column and no sheet where nothing was filled in', async () => {
  const files = await createReportFiles({ dossier: plain, sign })
  expect(files.map(({ name }) => name)).not.toContain('backfilled.csv')
  expect(rowsOf(files.find((file) => file.name === 'exposure.csv')!.bytes)[0]!.at(-1)).toBe('why')
}, 60_000)
