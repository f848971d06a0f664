import ExcelJS from 'exceljs'
import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/contract/dossier.ts'
import { curvesCsv, guardText, samplesCsv, writeCsv } from '../../src/engine/reports/csv.ts'
import { buildReportModel } from '../../src/engine/reports/model.ts'
import { renderWorkbook } from '../../src/engine/reports/workbook.ts'
import { createDossier, reseal } from './fixture.ts'
import { createStressDossier, type LedgerRow } from './stressFixture.ts'

/** Domain list of reliability-security.md, 2.2: V1.2.10 of OWASP ASVS 5.0. */
const attacks = [
  '=HYPERLINK("http://example.org","x")',
  '+1+1',
  '-2+3|cmd',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(A1)',
]

/** A second, plain reader of RFC 4180. */
const parseCsv = (text: string): string[][] => {
  const rows: string[][] = []
  let row: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|$)/y
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text)
    expect(match, `no CSV at ${cell.lastIndex}`).not.toBeNull()
    row.push(match![1] === undefined ? match![2]! : match![1].replaceAll('""', '"'))
    if (match![3] === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

const attacked = (text: string): Dossier => {
  const dossier = createDossier({ sweeps: 2, points: 50 })
  dossier.sweeps[0]!.id = text
  dossier.sweeps[0]!.temperatures[0]!.name = text
  dossier.run.module = { id: text, maker: text, model: text }
  dossier.run.operator = text
  dossier.laboratory.name = text
  dossier.events[0]!.text = text
  dossier.run.instruments[0]!.name = text
  dossier.run.parameters.extractionRule = text
  return reseal(dossier)
}

const load = async (bytes: Uint8Array): Promise<ExcelJS.Workbook> => {
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load(Buffer.from(bytes) as unknown as ExcelJS.Buffer)
  return workbook
}

const render = (dossier: Dossier): Promise<Uint8Array> => renderWorkbook(buildReportModel(dossier), dossier)

describe('CSV', () => {
  it('gives back every raw double exactly, with its provenance', () => {
    const dossier = createDossier()
    const [head, ...rows] = parseCsv(curvesCsv(dossier))
    const column = (title: string): number => head!.indexOf(title)
    const voltages = dossier.sweeps.flatMap((sweep) => sweep.voltageV)
    expect(rows.map((row) => Number(row[column('voltage (V)')]))).toEqual(voltages)
    expect(rows.map((row) => Number(row[column('current (A)')]))).toEqual(dossier.sweeps.flatMap((s) => s.currentA))
    expect(new Set(rows.map((row) => row[column('provenance')]))).toEqual(new Set(['simulated']))
    for (const row of rows) expect(row).toHaveLength(head!.length)
  })

  it('keeps negative and tiny numbers as numbers', () => {
    expect(writeCsv(['x'], [[-0.4], [1e-7], [-1.5e300]])).toBe('x\r\n-0.4\r\n1e-7\r\n-1.5e+300\r\n')
  })

  it('writes the sensors’ own samples, and an empty cell where one is missing', () => {
    const dossier = createDossier({ sweeps: 1 })
    dossier.sweeps[0]!.irradiance.value[2] = null
    const rows = parseCsv(samplesCsv(dossier))
    expect(rows).toHaveLength(1 + 7 + 4 * 7)
    expect(rows[3]!.slice(5)).toEqual(['', 'W/m2', 'missing', 'simulated'])
  })

  it.each(attacks)('defuses %j, in every text cell', (text) => {
    expect(guardText(text)).toBe(`'${text}`)
    const dossier = attacked(text)
    for (const csv of [curvesCsv(dossier), samplesCsv(dossier)]) {
      const cells = parseCsv(csv).flat()
      expect(cells).toContain(`'${text}`)
      for (const cell of cells)
        expect(Number.isFinite(Number(cell)) || !/^[=+\-@\t\r\n＝＋－＠]/.test(cell), cell).toBe(true)
    }
  })

  it('guards headers too, and quotes by RFC 4180', () => {
    expect(writeCsv(['=a', 'b,c', 'd"e'], [['x\r\ny', null, '']])).toBe('\'=a,"b,c","d""e"\r\n"x\r\ny",,\r\n')
  })
})

describe('the workbook', () => {
  const sheets = [
    'Summary',
    'Results',
    'Curves',
    'Raw data',
    'Uncertainty',
    'Criteria',
    'Instruments',
    'Parameters',
    'Events',
  ]

  it('has its sheets, frozen heads, widths, and the mark in banner and printed header', async () => {
    const workbook = await load(await render(createDossier()))
    expect(workbook.worksheets.map((sheet) => sheet.name)).toEqual(sheets)
    for (const sheet of workbook.worksheets) {
      expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: 2 })
      expect(sheet.getCell('A1').value).toBe('SIMULATED · DRAFT, not signed · Report PVTP-001-20261122-718293a4')
      expect(sheet.headerFooter.oddHeader).toContain('SIMULATED')
      expect(sheet.getColumn(1).width).toBeGreaterThan(5)
    }
  })

  it('holds raw data and results as numbers in full precision, with units in the heads', async () => {
    const dossier = createDossier()
    const workbook = await load(await render(dossier))
    const raw = workbook.getWorksheet('Raw data')!
    expect(raw.getCell('F2').value).toBe('Voltage (V)')
    const voltages = dossier.sweeps.flatMap((sweep) => sweep.voltageV)
    expect(voltages.map((_, k) => raw.getRow(k + 3).getCell(6).value)).toEqual(voltages)
    const results = workbook.getWorksheet('Results')!
    const power = dossier.results.find((each) => each.name === 'power')!.value as { pmaxW: number }
    expect(results.getCell('B3').value).toBe(power.pmaxW)
    expect(results.getCell('B3').numFmt).toBe('0.00')
    expect(workbook.getWorksheet('Curves')!.getCell('F2').value).toBe('Isc (A)')
    expect(typeof workbook.getWorksheet('Curves')!.getCell('F3').value).toBe('number')
  })

  it('holds what looks like a formula as text, in every cell that takes text', async () => {
    const dossier = attacked(attacks[0]!)
    dossier.events = attacks.map((text, k) => ({ ...dossier.events[0]!, seq: k + 1, text }))
    const bytes = await render(reseal(dossier))
    const workbook = await load(bytes)
    workbook.eachSheet((sheet) =>
      sheet.eachRow((row) => row.eachCell((cell) => expect(cell.type).not.toBe(ExcelJS.ValueType.Formula))),
    )
    const xml = Object.entries(unzipSync(bytes)).filter(([name]) => name.startsWith('xl/worksheets/'))
    for (const [, content] of xml) expect(Buffer.from(content).toString()).not.toMatch(/<f[ >]/)
    const values: unknown[] = []
    workbook
      .getWorksheet('Events')!
      .getColumn(5)
      .eachCell((cell) => values.push(cell.value))
    // An XML reader makes a line feed of a carriage return.
    expect(values.slice(-attacks.length)).toEqual(attacks.map((text) => text.replaceAll('\r', '\n')))
  })

  it('has the same bytes for the same dossier', async () => {
    expect(Buffer.compare(await render(createDossier()), await render(createDossier()))).toBe(0)
  })

  it('survives characters that XML can’t hold', async () => {
    const dossier = attacked('a\u0000b\u0007c & <d>')
    const workbook = await load(await render(dossier))
    expect(workbook.getWorksheet('Events')!.getCell('E3').value).toBe('a b c & <d>')
  })

  it('has a unit beside each amount of the ledger, and no column in which nothing stands', async () => {
    const ledger: LedgerRow[] = [['credited', 2]]
    const headsOf = async (dossier: Dossier): Promise<unknown[]> => {
      const sheet = (await load(await render(dossier))).getWorksheet('Ledger')!
      const column = (title: string): number => (sheet.getRow(2).values as unknown[]).indexOf(title)
      expect(sheet.getRow(3).getCell(column('Unit')).value).toBe('h')
      expect(sheet.getRow(3).getCell(column('Lane')).value).toBe('all')
      for (let k = 1; k <= sheet.columnCount; k++)
        expect(
          sheet
            .getColumn(k)
            .values.slice(3)
            .some((value) => value !== undefined && value !== null),
        ).toBe(true)
      return (sheet.getRow(2).values as unknown[]).slice(1)
    }
    expect((await headsOf(createStressDossier({ ledger }))).at(-1)).toBe('Unit')
    expect((await headsOf(createStressDossier())).slice(-3)).toEqual(['Reason', 'Proposed', 'Decision'])
  })

  it('folds a note over the width of its table: what sticks out isn’t printed', async () => {
    const sheet = (await load(await render(createDossier()))).getWorksheet('Uncertainty')!
    const note = sheet.getRow(sheet.rowCount)
    expect(note.getCell(1).alignment.wrapText).toBe(true)
    expect(note.getCell(sheet.columnCount).master.address).toBe(note.getCell(1).address)
    expect(note.height).toBeGreaterThan(15)
  })
})
