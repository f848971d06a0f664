import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { jsonOf, temporaryFolder } from '../support/cli.ts'
import { smoothCurve, tableOf } from '../support/curves.ts'
import { errorOf, runHere } from '../support/inProcess.ts'

interface Analysed {
  curves: Record<'iscA' | 'vocV' | 'pmaxW' | 'vmpV' | 'impA' | 'fillFactor', number> & { id: string; flags: string[] }[]
}

const folder = temporaryFolder()
let count = 0
const put = (content: string | Uint8Array, extension = 'csv'): string => {
  const path = join(folder, `curve-${++count}.${extension}`)
  writeFileSync(path, content)
  return path
}
const analysed = async (path: string) => {
  const ended = await runHere('analyze', path, '--json')
  expect(ended.code, ended.stderr).toBe(0)
  return jsonOf<Analysed>(ended).curves[0]!
}

const curve = smoothCurve()
const plain = tableOf(curve, { header: 'Voltage (V),Current (A)', separator: ',' })
const comma = (value: number): string => String(value).replace('.', ',')
const milli = (value: number): string => (value * 1000).toFixed(2)

describe('the same curve gives the same numbers, however it is written', () => {
  let expected: Awaited<ReturnType<typeof analysed>>
  beforeAll(async () => {
    expected = await analysed(put(plain))
  })

  it('by the definition of the curve itself', () => {
    // Isc and Voc are what the curve was made of; the largest point lies a little below the maximum of the smooth curve.
    expect(expected).toMatchObject({ iscA: expect.closeTo(5, 3) as unknown, vocV: expect.closeTo(21.6, 3) as unknown })
    const largestW = Math.max(...curve.voltageV.map((voltage, i) => voltage * curve.currentA[i]!))
    expect(expected).toMatchObject({ pmaxW: expect.closeTo(largestW, 0) as unknown })
  })

  it.each([
    ['semicolons and decimal commas', tableOf(curve, { header: 'U [V];I [A]', separator: ';', print: comma })],
    ['tabs', tableOf(curve, { header: 'Voltage (V)\tCurrent (A)', separator: '\t' })],
    ['tabs and decimal commas', tableOf(curve, { header: 'U (V)\tI (A)', separator: '\t', print: comma })],
    ['mV and mA', tableOf(curve, { header: 'Voltage (mV),Current (mA)', separator: ',', print: milli })],
    ['units in a line of their own', tableOf(curve, { header: 'Voltage,Current\r\nV,A', separator: ',' })],
    ['a byte-order mark', `\uFEFF${plain}`],
    ['line feeds only', plain.replaceAll('\r\n', '\n')],
    [
      'current first',
      tableOf({ voltageV: curve.currentA, currentA: curve.voltageV }, { header: 'I (A),U (V)', separator: ',' }),
    ],
    [
      'load convention',
      tableOf({ ...curve, currentA: curve.currentA.map((each) => -each) }, { header: 'V (V),I (A)', separator: ',' }),
    ],
    ['JSON', JSON.stringify({ curves: [{ id: '1', ...curve }] })],
  ])('%s', async (_what, text) => {
    const found = await analysed(put(text))
    for (const key of ['iscA', 'vocV', 'pmaxW', 'vmpV', 'impA', 'fillFactor'] as const)
      expect((found as never as Record<string, number>)[key], key).toBeCloseTo(
        (expected as never as Record<string, number>)[key]!,
        3,
      )
  })

  it('reversed, and says so', async () => {
    const reversed = { voltageV: curve.voltageV.toReversed(), currentA: curve.currentA.toReversed() }
    const found = await analysed(put(JSON.stringify({ curves: [{ id: 'r', ...reversed }] })))
    expect(found).toMatchObject({ id: 'r', flags: expect.arrayContaining(['reversed']) as unknown })
    expect((found as never as { pmaxW: number }).pmaxW).toBeCloseTo((expected as never as { pmaxW: number }).pmaxW, 3)
  })

  it('unsorted, and says so', async () => {
    // 17 and 60 have no common divisor: every point once, in no order.
    const order = curve.voltageV.map((_each, i) => (i * 17) % curve.voltageV.length)
    const mixed = { voltageV: order.map((i) => curve.voltageV[i]!), currentA: order.map((i) => curve.currentA[i]!) }
    const found = await analysed(put(JSON.stringify({ curves: [{ id: 'u', ...mixed }] })))
    expect(found).toMatchObject({ flags: expect.arrayContaining(['unsorted']) as unknown })
    expect((found as never as { pmaxW: number }).pmaxW).toBeCloseTo((expected as never as { pmaxW: number }).pmaxW, 3)
  })
})

const withCell = (cell: string): string => plain.replace(/^([^\n]*\n[^\n]*\n)[^,]+/, `$1${cell}`)

describe('a file that isn’t a curve is refused in three parts, and nothing is written', () => {
  const bad: [what: string, content: string | Uint8Array, error: [code: string, named: RegExp]][] = [
    ['text in a cell', withCell('n/a'), ['file.badNumber', /line 3.*n\/a/]],
    ['NaN', withCell('NaN'), ['file.badNumber', /line 3.*NaN/]],
    ['infinity', withCell('1e999'), ['file.badNumber', /line 3.*1e999/]],
    ['an empty cell', withCell(''), ['file.badNumber', /line 3/]],
    ['NaN in JSON', '{"curves":[{"id":"a","voltageV":[0,1,NaN],"currentA":[5,5,4]}]}', ['file.badNumber', /NaN/]],
    [
      'null in JSON',
      '{"curves":[{"id":"a","voltageV":[0,1,null],"currentA":[5,5,4]}]}',
      ['file.badNumber', /voltageV\[2\]/],
    ],
    [
      'lists of different length',
      '{"curves":[{"id":"a","voltageV":[0,1,2],"currentA":[5,5]}]}',
      ['file.notACurve', /3.*2/],
    ],
    ['JSON cut in half', JSON.stringify({ curves: [{ id: 'a', ...curve }] }).slice(0, 300), ['file.notACurve', /JSON/]],
    ['one point', 'Voltage (V),Current (A)\n0,5\n', ['file.tooFewPoints', /1 usable/]],
    ['a header only', 'Voltage (V),Current (A)\n', ['file.tooFewPoints', /0 usable/]],
    ['a wrong unit', plain.replace('(A)', '(W)'), ['file.badUnit', /“W”/]],
    ['no unit', plain.replace(' (V)', '').replace(' (A)', ''), ['file.badUnit', /none/]],
    ['no header', plain.replace(/^.*\r\n/, ''), ['file.notACurve', /header/]],
    [
      'decimal commas between commas',
      tableOf(curve, { header: 'V (V),I (A)', separator: ',', print: comma }),
      ['file.notACurve', /decimal comma/],
    ],
    ['an empty file', '', ['file.notACurve', /empty/]],
    [
      'a picture',
      Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0xff, 0xd8]),
      ['file.unreadable', /not a text file/],
    ],
    [
      'bytes without any zero',
      Uint8Array.from({ length: 4096 }, (_each, i) => 1 + ((i * 89) % 255)),
      ['file.notACurve', /header/],
    ],
  ]
  it.each(bad)('%s', async (_what, content, [code, named]) => {
    const path = put(content)
    const before = readdirSync(folder)
    const ended = await runHere('analyze', path, '--json')
    expect(ended.code).toBe(1)
    const error = errorOf(ended)
    expect(error).toMatchObject({ code })
    expect(error.happened).toMatch(named)
    expect(readdirSync(folder)).toEqual(before)
  })

  it('a folder', async () => {
    const path = join(folder, 'folder.csv')
    mkdirSync(path)
    const ended = await runHere('analyze', path, '--json')
    expect(ended.code).toBe(1)
    expect(errorOf(ended)).toMatchObject({ code: 'file.unreadable' })
  })
})
