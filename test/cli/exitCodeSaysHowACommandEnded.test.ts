import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { smoothCurve, tableOf } from '../support/curves.ts'
import { errorOf, runHere } from '../support/inProcess.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'

const folder = temporaryFolder()
const data = join(folder, 'data')
const out = join(folder, 'out')
const curve = join(folder, 'curve.csv')
writeFileSync(curve, tableOf(smoothCurve(), { header: 'Voltage (V),Current (A)', separator: ',' }))

const least = ['serve', 'run', 'analyze', 'import', 'simulate', 'instrument', 'runs', 'samples', 'export', 'verify']
const simulated = ['run', 'PVTP-001', '--simulate', '--data', data, '--out', out]

const badUsage: [what: string, args: string[], named: string][] = [
  ['an unknown command', ['frobnicate'], 'frobnicate'],
  ['an unknown option', ['runs', '--frobnicate'], 'frobnicate'],
  ['an option without its value', ['runs', '--data'], 'data'],
  ['too few arguments', ['analyze'], '1'],
  ['too many arguments', ['analyze', curve, curve], '2'],
  ['run without --out', ['run', 'PVTP-001', '--simulate', '--data', data], '--out'],
  ['import without --out', ['import', curve, '--protocol', 'PVTP-001', '--sample', 'X', '--data', data], '--out'],
  ['import without --sample', ['import', curve, '--protocol', 'PVTP-001', '--out', out, '--data', data], '--sample'],
  ['export without --out', ['export', '123', '--data', data], '--out'],
  ['run without a module at a live station', ['run', 'PVTP-001', '--data', data, '--out', out], '--sample'],
  ['a parameter without a value', [...simulated, '--param', 'points'], 'points'],
  ['a parameter that the protocol doesn’t have', [...simulated, '--param', 'frobnicate=1'], 'frobnicate'],
  ['a parameter outside its range', [...simulated, '--param', 'points=10'], 'points'],
  ['text where a number is needed', [...simulated, '--param', 'points=many'], 'points'],
  [
    'an imported curve with a bad parameter',
    ['import', curve, '--protocol', 'PVTP-001', '--sample', 'X', '--param', 'points=10', '--out', out, '--data', data],
    'points',
  ],
  ['a protocol that isn’t there', ['run', 'PVTP-054', '--simulate', '--data', data, '--out', out], 'PVTP-054'],
  ['a run that isn’t there', ['samples', 'no-such-run', '--data', data], 'no-such-run'],
  ['a seed that is no whole number', [...simulated, '--seed', '1.5'], '--seed'],
  ['a port out of range', ['serve', '--port', '70000', '--data', data], '--port'],
  ['an unknown driver', ['instrument', 'acme-1', '--link', 'tcp://127.0.0.1:1', 'read'], 'acme-1'],
  ['an unknown action', ['instrument', 'keithley-2460', '--link', 'tcp://127.0.0.1:1', 'energise'], 'energise'],
  ['a link that is no URL', ['instrument', 'keithley-2460', '--link', 'COM3', 'identify'], 'COM3'],
  ['a link of the wrong kind', ['instrument', 'imt-si-rs485', '--link', 'tcp://127.0.0.1:1', 'read'], 'tcp:'],
  ['an unknown simulator', ['simulate', 'acme-1', '--tcp', '127.0.0.1:0'], 'acme-1'],
  ['a simulator without a wire', ['simulate', 'keithley-2460'], '--tcp'],
  ['an instrument for a role in no form', [...simulated, '--instrument', 'ivSource'], 'ivSource'],
  ['verify without anything', ['verify'], '--data'],
]

describe('bad usage ends with 2', () => {
  it.each(badUsage)('%s', async (_what, args, named) => {
    const ended = await runHere(...args, '--json')
    expect(ended.code, ended.stderr).toBe(2)
    expect(errorOf(ended).happened).toContain(named)
    const spoken = await runHere(...args)
    expect(spoken).toMatchObject({ code: 2, stdout: '' })
    expect(spoken.stderr).toContain(named)
    expect(existsSync(out)).toBe(false)
  })
})

describe('what can’t be done ends with 1, in three parts', () => {
  it.each([
    ['a file that isn’t there', ['analyze', join(folder, 'none.csv')], 'file.unreadable'],
    ['a folder to verify that isn’t there', ['verify', join(folder, 'none')], 'file.unreadable'],
    ['a data folder that isn’t there', ['runs', '--data', join(folder, 'none')], 'storage.open'],
  ])('%s', async (_what, args, code) => {
    const ended = await runHere(...args, '--json')
    expect(errorOf(ended).code).toBe(code)
    expect(ended.code).toBe(1)
  })

  it('a reader makes nothing in an empty data folder', async () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const ended = await runHere('runs', '--data', empty, '--json')
    expect(errorOf(ended).code).toBe('storage.open')
    expect(readdirSync(empty)).toEqual([])
  })
})

describe('help ends with 0', () => {
  it('pvtp --help names every command, and each has a help of its own', async () => {
    const help = await runHere('--help')
    expect(help.code).toBe(0)
    const commands = [...help.stdout.matchAll(/^ {2}pvtp ([a-z]+) /gm)].map(([, name]) => name ?? '')
    expect(commands).toEqual(expect.arrayContaining(least))
    for (const command of commands) {
      const spoken = await runHere(command, '--help')
      expect(spoken, command).toMatchObject({ code: 0, stderr: '' })
      expect(spoken.stdout).toContain(`pvtp ${command}`)
      const asJson = await runHere(command, '--help', '--json')
      expect(JSON.parse(asJson.stdout)).toMatchObject({ usage: expect.stringMatching(`^${command} `) as unknown })
    }
  })

  it('pvtp alone shows it, but is bad usage', async () => {
    expect(await runHere()).toMatchObject({ code: 2, stdout: expect.stringContaining('pvtp analyze') as unknown })
  })
})

it('a process of its own ends with the same codes and documents', async () => {
  const [good, refused, misused] = await Promise.all([
    runCli('analyze', curve, '--json'),
    runCli('analyze', join(folder, 'none.csv'), '--json'),
    runCli('runs', '--frobnicate', '--json'),
  ])
  expect([good.code, refused.code, misused.code]).toEqual([0, 1, 2])
  expect(good.stderr).toBe('')
  expect(JSON.parse(good.stdout)).toMatchObject({ curves: [{ id: '1' }] })
  expect(errorOf(refused).code).toBe('file.unreadable')
  expect(errorOf(misused).code).toBe('usage.badArgument')
})
