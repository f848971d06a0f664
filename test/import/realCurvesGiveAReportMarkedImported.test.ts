import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EvaluatedCurves } from '../../src/contract/results.ts'
import type { Run } from '../../src/contract/run.ts'
import { jsonOf, sharedData, temporaryFolder, type Ended } from '../support/cli.ts'
import { runHere } from '../support/inProcess.ts'
import { hasPdftotext, pagesOf } from '../support/pdf.ts'

const file = sharedData && join(sharedData, 'pvsyst_demo', 'curves.json')
const missing = file ? '' : ' [skipped: ../shared/data is not there]'
const noPdf = hasPdftotext ? '' : ' [skipped: pdftotext is not installed]'

interface Stated {
  id: string
  headerIscA: number
  headerImpA: number
  headerVmpV: number
  headerVocV: number
}

describe.skipIf(!file)(`60 outdoor curves of a real module${missing}`, () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  const out = join(folder, 'out')
  let ended: Ended
  let document: { run: Run; verdict: string; results: { measured: EvaluatedCurves }; files: string[] }
  beforeAll(async () => {
    const args = ['--protocol', 'PVTP-001', '--sample', 'PV-UE125MF5N', '--out', out, '--data', data, '--json']
    ended = await runHere('import', file ?? '', ...args)
    document = jsonOf(ended)
  })

  it('are imported, and marked as that', () => {
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(document.run).toMatchObject({ status: 'completed', provenance: 'imported', instruments: [] })
    expect(document.verdict).toBe('inconclusive')
  })

  it('have the Pmax that the file states to 0.2 %, and its Isc and Voc to 1 %', () => {
    const { curves: stated } = JSON.parse(readFileSync(file ?? '', 'utf8')) as { curves: Stated[] }
    const { curves } = document.results.measured
    expect(curves.map(({ id }) => id)).toEqual(stated.map(({ id }) => id))
    const percentOff = (found: number | null | undefined, expected: number): number =>
      Math.abs((found ?? Infinity) / expected - 1) * 100
    stated.forEach((header, i) => {
      const found = curves[i]
      expect(percentOff(found?.pmaxW, header.headerImpA * header.headerVmpV), `Pmax of ${header.id}`).toBeLessThan(0.2)
      expect(percentOff(found?.iscA, header.headerIscA), `Isc of ${header.id}`).toBeLessThan(1)
      expect(percentOff(found?.vocV, header.headerVocV), `Voc of ${header.id}`).toBeLessThan(1)
    })
  })

  it('are verified, in the folder of the papers and in the database', async () => {
    expect((await runHere('verify', out)).code).toBe(0)
    expect((await runHere('verify', '--data', data)).code).toBe(0)
  })

  it.skipIf(!hasPdftotext)(`give a report with IMPORTED on every page, and no certificate${noPdf}`, () => {
    const pages = pagesOf(join(out, 'report.pdf'))
    expect(pages.length).toBeGreaterThan(2)
    expect(pages.filter((page) => !page.includes('IMPORTED'))).toEqual([])
    expect(document.files.some((name) => name.includes('certificate'))).toBe(false)
  })

  it('keep every raw point as it stands in the file', async () => {
    const [source] = (JSON.parse(readFileSync(file ?? '', 'utf8')) as { curves: { voltageV: number[] }[] }).curves
    const asCsv = await runHere('samples', document.run.id, '--channel', 'iv.voltage', '--data', data)
    const rows = asCsv.stdout.trimEnd().split('\r\n').slice(1)
    const values = rows.map((row) => Number(row.split(',')[5]))
    expect(values.slice(0, source!.voltageV.length)).toEqual(source!.voltageV)
    expect(rows.every((row) => row.split(',')[6] === 'imported')).toBe(true)
    const asJson = await runHere('samples', document.run.id, '--data', data, '--json')
    const { channels } = jsonOf<{ channels: { samples: unknown[] }[] }>(asJson)
    expect(channels[0]?.samples).toHaveLength(rows.length)
  })

  it('can be looked at by a spreadsheet and a PDF reader', () => {
    for (const name of document.files) {
      const head = readFileSync(name).subarray(0, 4).toString('latin1')
      if (name.endsWith('.pdf')) expect(head).toBe('%PDF')
      if (name.endsWith('.xlsx') || name.endsWith('.zip')) expect(head.slice(0, 2)).toBe('PK')
    }
  })
})
