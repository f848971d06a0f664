import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root, runCli, temporaryFolder } from '../support/cli.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')

it('names in the README exactly the commands that there are', async () => {
  const { stdout, code } = await runCli('help')
  expect(code).toBe(0)
  const there = [...stdout.matchAll(/^ {2}pvtp ([a-z]+)/gm)].map((match) => match[1])
  const table = readme.slice(readme.indexOf('## The command line'), readme.indexOf('## What it promises'))
  const named = [...table.matchAll(/^\| (`pvtp .*?) \|/gm)].flatMap((match) =>
    [...match[1]!.matchAll(/`(?:pvtp )?([a-z]+)/g)].map((command) => command[1]),
  )
  expect(new Set(named)).toEqual(new Set(there))
})

it('starts the simulated station with the start command and serves its page', async () => {
  const start = spawn(
    process.execPath,
    [join(root, 'scripts', 'start.mjs'), '--port', '0', '--data', join(temporaryFolder(), 'data')],
    {
      env: { ...process.env, PVTP_HEADLESS: '1', PVTP_SET_UP: 'done' },
    },
  )
  const ended = new Promise<number | null>((resolve) => start.once('close', (code) => resolve(code)))
  let text = ''
  start.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  await expect.poll(() => text, { timeout: 60_000 }).toMatch(/Open http:\S+/)
  expect(text).toContain('SIMULATED')
  const page = await fetch(/Open (http:\S+)/.exec(text)![1]!)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<div id="root">')
  start.kill('SIGTERM')
  expect(await ended).toBe(0)
})
