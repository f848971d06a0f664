import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { jsonOf, root, runCli, temporaryFolder } from '../support/cli.ts'

const folder = temporaryFolder()
const data = join(folder, 'data')
const out = join(folder, 'out')

const runInto = (...more: string[]) => runCli('run', 'PVTP-001', '--simulate', '--data', data, '--out', out, ...more)

describe('two runs into one folder', () => {
  beforeAll(async () => {
    expect((await runInto()).code).toBe(0)
    // A label that the module can't meet: the same run fails.
    expect((await runInto('--param', 'ratedPmaxW=60', '--json')).code).toBe(1)
  })

  it('keep their papers apart, and both are verified', async () => {
    const below = readdirSync(out, { withFileTypes: true }).filter((each) => each.isDirectory())
    expect(below).toHaveLength(1)
    expect((await runCli('verify', out)).code).toBe(0)
    expect((await runCli('verify', join(out, below[0]!.name))).code).toBe(0)
  })

  it('don’t pass with a certificate that belongs to the other', async () => {
    const below = readdirSync(out, { withFileTypes: true }).find((each) => each.isDirectory())!
    copyFileSync(join(out, 'certificate.pdf'), join(out, below.name, 'certificate.pdf'))
    const verified = await runCli('verify', join(out, below.name))
    expect(verified.code).toBe(1)
    expect(verified.stdout).toMatch(/FAILED.*certificate\.pdf is not one of this bundle’s papers/)
  })
})

it('takes relative paths from where the command was typed, not from the project', () => {
  const typed = join(folder, 'typed')
  mkdirSync(typed)
  writeFileSync(join(typed, 'curve.csv'), 'voltage (V),current (A)\n0,5\n5,5\n10,4.9\n15,4.5\n18,3\n20,0\n')
  const stdout = execFileSync('npm', ['run', '-s', '--prefix', root, 'pvtp', '--', 'analyze', 'curve.csv', '--json'], {
    cwd: typed,
    env: { ...process.env, PVTP_SET_UP: 'done' },
    shell: process.platform === 'win32',
    encoding: 'utf8',
  })
  expect((JSON.parse(stdout) as { curves: unknown[] }).curves).toHaveLength(1)
})

it('refuses a module without an id, on the command line as in a window', async () => {
  const refused = await runCli(
    'run',
    'PVTP-001',
    '--simulate',
    '--sample',
    '',
    '--data',
    data,
    '--out',
    join(folder, 'no'),
    '--json',
  )
  expect(refused.code).toBe(2)
  expect(jsonOf<{ error: { happened: string } }>(refused).error.happened).toContain('module.id')
})
