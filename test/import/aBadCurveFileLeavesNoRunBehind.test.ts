import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { jsonOf, temporaryFolder } from '../support/cli.ts'
import { smoothCurve, tableOf } from '../support/curves.ts'
import { errorOf, runHere } from '../support/inProcess.ts'

const folder = temporaryFolder()
const data = join(folder, 'data')
const out = join(folder, 'out')
const good = tableOf(smoothCurve(), { header: 'Voltage (V),Current (A)', separator: ',' })

const importText = (text: string, ...more: string[]) => {
  const file = join(folder, 'curve.csv')
  writeFileSync(file, text)
  const args = ['--protocol', 'PVTP-001', '--sample', 'M-1', '--out', out, '--data', data, '--json']
  return runHere('import', file, ...args, ...more)
}
const runs = async () =>
  jsonOf<{ runs: { status: string }[] }>(await runHere('runs', '--data', data, '--json')).runs.map(
    ({ status }) => status,
  )

beforeAll(async () => {
  // The data folder is there before, so that “no run” isn’t “no database”.
  await importText('Voltage (V),Current (A)\n')
})

it.each([
  ['text in a cell', good.replace(/,5\r/, ',high\r'), 'file.badNumber'],
  ['NaN', good.replace(/,5\r/, ',NaN\r'), 'file.badNumber'],
  ['one point', 'Voltage (V),Current (A)\n0,5\n', 'file.tooFewPoints'],
  ['a wrong unit', good.replace('(A)', '(Ohm)'), 'file.badUnit'],
  ['an empty file', '', 'file.notACurve'],
])('%s', async (_what, text, code) => {
  const ended = await importText(text)
  expect(ended.code).toBe(1)
  expect(errorOf(ended).code).toBe(code)
  expect(errorOf(ended).did).toContain('no run was made')
  expect(await runs()).toEqual([])
  expect(existsSync(out)).toBe(false)
})

it.each([
  ['a protocol that isn’t there', ['--protocol', 'PVTP-054'], 'protocol.unknown'],
  ['a parameter that isn’t there', ['--param', 'frobnicate=1'], 'protocol.badParameter'],
])('%s', async (_what, more, code) => {
  const ended = await importText(good, ...more)
  expect(ended.code).toBe(2)
  expect(errorOf(ended).code).toBe(code)
  expect(await runs()).toEqual([])
})

it('a curve that is odd, but a curve, ends as a run with a verdict that claims nothing', async () => {
  const odd = {
    'two points': 'V (V),I (A)\n0,5\n20,0\n',
    'no current': 'V (V),I (A)\n0,0\n10,0\n20,0\n',
    'the voltage leads swapped': tableOf(
      { ...smoothCurve(), voltageV: smoothCurve().voltageV.map((each) => -each) },
      { header: 'V (V),I (A)', separator: ',' },
    ),
  }
  for (const [what, text] of Object.entries(odd)) {
    const ended = await importText(text)
    expect(ended.stderr, what).toBe('')
    const document = jsonOf<{ run: { status: string; verdict: string } }>(ended)
    expect(document.run, what).toMatchObject({ status: 'completed' })
    expect(['inconclusive', 'notMeasured', 'error'], what).toContain(document.run.verdict)
  }
  expect(new Set(await runs())).toEqual(new Set(['completed']))
  expect((await runHere('verify', '--data', data)).code).toBe(0)
})

it.each([
  ['too large to be multiplied', 'V (V),I (A)\n0,1e300\n1e300,5\n1e308,-1e308\n'],
  ['too small to be printed', 'V (V),I (A)\n0,1e-300\n1e-300,5e-301\n2e-300,0\n'],
])('refuses a curve with absurd numbers: %s', async (_what, text) => {
  const ended = await importText(text)
  expect(jsonOf<{ error?: { code: string } }>(ended).error?.code, ended.stderr).toBe('file.implausible')
})
