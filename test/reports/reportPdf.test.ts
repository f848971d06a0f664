import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDocument } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { StationError } from '../../src/contract/errors.ts'
import type { ReportModel } from '../../src/contract/report.ts'
import { buildReportModel } from '../../src/engine/reports/model.ts'
import { renderCertificatePdf } from '../../src/engine/reports/pdf/certificatePdf.ts'
import { renderReportPdf } from '../../src/engine/reports/pdf/reportPdf.ts'
import { niceTicks } from '../../src/engine/reports/pdf/ticks.ts'
import { createDossier, reseal } from './fixture.ts'

const hasPdftotext = spawnSync('pdftotext', ['-v']).error === undefined
const why = hasPdftotext ? '' : ' (skipped: pdftotext of poppler-utils is not installed)'

/** The text of each page, as an independent reader sees it. */
const pagesOf = (pdf: Uint8Array, order: '-layout' | '-raw' = '-layout'): string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'pvtp-report-'))
  try {
    const file = join(folder, 'report.pdf')
    writeFileSync(file, pdf)
    const text = spawnSync('pdftotext', [order, '-enc', 'UTF-8', file, '-'], { encoding: 'utf8' })
    expect(text.stderr).toBe('')
    return text.stdout.split('\f').slice(0, -1)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const modelOf = (options: Parameters<typeof createDossier>[0] = {}): ReportModel =>
  buildReportModel(createDossier(options))

const squeeze = (text: string): string => text.replaceAll(/\s+/g, ' ')

describe('the report as PDF', () => {
  it('has the same bytes for the same model, no object streams, and is small', async () => {
    const pdf = await renderReportPdf(modelOf())
    expect(Buffer.compare(pdf, await renderReportPdf(modelOf()))).toBe(0)
    expect(pdf.length).toBeLessThan(300_000)
    expect(Buffer.from(pdf).includes('/ObjStm')).toBe(false)
    const read = await PDFDocument.load(pdf, { updateMetadata: false })
    expect(read.getCreationDate()?.getTime()).toBe(modelOf().issuedUtcMs)
    expect(read.getPage(0).getSize()).toEqual({ width: 595.28, height: 841.89 })
  })

  it('stays below 300 kB with sixty-four sweeps of 400 points', async () => {
    expect((await renderReportPdf(modelOf({ sweeps: 64, points: 400 }))).length).toBeLessThan(300_000)
  })

  it.skipIf(!hasPdftotext)(`has number, “page n of m”, draft and mark on every page${why}`, async () => {
    const pages = pagesOf(await renderReportPdf(modelOf({ sweeps: 64, points: 60 })), '-raw')
    expect(pages.length).toBeGreaterThan(5)
    for (const [k, page] of pages.entries()) {
      expect(page).toContain(`page ${k + 1} of ${pages.length}`)
      expect(page).toContain('PVTP-001-20261122-718293a4')
      expect(page).toContain('DRAFT, not signed')
      expect(page, 'in the header').toContain('SIMULATED')
      // Drawn last, over everything: an aslant word comes out letter by letter.
      expect(page.replaceAll(/\s/g, ''), 'across the page').toMatch(/page\d+of\d+SIMULATED$/)
    }
  })

  it.skipIf(!hasPdftotext)(`carries no mark and no DRAFT when live and signed${why}`, async () => {
    const text = pagesOf(await renderReportPdf(modelOf({ live: true, signed: true }))).join('')
    expect(text).not.toMatch(/SIMULATED|DRAFT/)
    expect(squeeze(text)).toContain('Authorised by Dr. B. Example (approved) on 2026-11-22 10:30:00 UTC.')
  })

  it.skipIf(!hasPdftotext)(`prints every number and every text of the model${why}`, async () => {
    const model = modelOf()
    const text = pagesOf(await renderReportPdf({ ...model, mark: null })).join(' ')
    const printed = new Set(squeeze(text).split(' '))
    const cells = model.sections.flatMap((section) => (section.kind === 'table' ? section.rows.flat() : []))
    const numbers = cells.filter((cell) => typeof cell.number === 'number').flatMap((cell) => cell.text.split(' '))
    expect(numbers.length).toBeGreaterThan(150)
    for (const number of numbers) expect(printed, number).toContain(number)
    for (const section of model.sections) expect(text).toContain(section.title)
  })

  it.skipIf(!hasPdftotext)(`prints signs and alphabets, and names what the font lacks${why}`, async () => {
    const dossier = createDossier()
    dossier.run.module.model = 'αβκΩ≥≤−±²° Ж 中'
    const text = squeeze(pagesOf(await renderReportPdf(buildReportModel(reseal(dossier))))[0]!)
    expect(text).toContain('αβκΩ≥≤−±²° Ж ‹U+4E2D›')
  })

  it.skipIf(!hasPdftotext)(`loses nothing of texts longer than a page${why}`, async () => {
    const dossier = createDossier()
    const words = Array.from({ length: 3000 }, (_, k) => `word${k}`)
    dossier.events.push({ seq: 9, runId: null, utcMs: 0, level: 'error', kind: 'long', text: words.join(' ') })
    dossier.run.verdictReasons = [words.slice(0, 1200).join(' ')]
    const model = { ...buildReportModel(reseal(dossier)), mark: null }
    const printed = new Set(squeeze(pagesOf(await renderReportPdf(model)).join(' ')).split(' '))
    expect(words.filter((word) => !printed.has(word))).toEqual([])
  })

  it('can be drawn when everything is missing', async () => {
    const dossier = createDossier({ verdict: 'inconclusive' })
    const bare = reseal({ ...dossier, results: [], criteria: [], events: [], channels: [] })
    const run = { ...bare.run, provenance: 'imported' as const, instruments: [] }
    await expect(renderReportPdf(buildReportModel({ ...bare, run }))).resolves.toBeInstanceOf(Uint8Array)
  })
})

describe('the certificate', () => {
  it.skipIf(!hasPdftotext)(`is one page with the mark, and says that it is a draft${why}`, async () => {
    const pages = pagesOf(await renderCertificatePdf(modelOf()), '-raw')
    expect(pages).toHaveLength(1)
    expect(pages[0]).toContain('page 1 of 1')
    expect(pages[0]).toContain('Certificate of conformity')
    expect(pages[0]!.replaceAll(/\s/g, '')).toMatch(/SIMULATED.*page1of1SIMULATED$/)
    expect(squeeze(pages[0]!)).toContain('Not valid as a certificate.')
  })

  it.skipIf(!hasPdftotext)(`names the authoriser when live and signed${why}`, async () => {
    const page = squeeze(pagesOf(await renderCertificatePdf(modelOf({ live: true, signed: true })))[0]!)
    expect(page).toContain('Authorised by Dr. B. Example (approved), 2026-11-22 10:30:00 UTC')
    expect(page).not.toMatch(/SIMULATED|DRAFT|Not valid/)
  })

  it('stays on one page with the longest texts', async () => {
    const model = modelOf()
    const long = 'a rule with many words '.repeat(90)
    const verdict = { ...model.verdict, decisionRule: long, sentence: long.slice(0, 600) }
    const pdf = await renderCertificatePdf({
      ...model,
      verdict,
      module: { id: 'x'.repeat(80), maker: long.slice(0, 120), model: long.slice(0, 120) },
    })
    expect((await PDFDocument.load(pdf)).getPageCount()).toBe(1)
  })

  it.each(['fail', 'marginal', 'inconclusive', 'notMeasured', 'error'] as const)(
    'is refused for %s',
    async (verdict) => {
      const attempt = renderCertificatePdf(modelOf({ verdict }))
      await expect(attempt).rejects.toBeInstanceOf(StationError)
      await expect(attempt).rejects.toMatchObject({ code: 'report.notPassed' })
    },
  )
})

describe('ticks', () => {
  it.each([
    { low: 0, high: 38.1, wanted: 8, ticks: [0, 5, 10, 15, 20, 25, 30, 35], decimals: 0 },
    { low: 0, high: 0.031, wanted: 6, ticks: [0, 0.01, 0.02, 0.03], decimals: 2 },
    { low: 0, high: 9.6, wanted: 6, ticks: [0, 2, 4, 6, 8], decimals: 0 },
  ])('from $low to $high', ({ low, high, wanted, ticks, decimals }) => {
    const found = niceTicks(low, high, wanted)
    expect(found.decimals).toBe(decimals)
    expect(found.ticks.map((tick) => Number(tick.toFixed(9)))).toEqual(ticks)
  })

  it('gives one tick for an empty range', () => expect(niceTicks(3, 3, 5).ticks).toEqual([3]))
})
