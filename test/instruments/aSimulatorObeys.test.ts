import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Reading } from '../../src/contract/instrument.ts'
import { jsonOf, root, runCli } from '../support/cli.ts'
import { errorOf, runHere } from '../support/inProcess.ts'
import { stopProcess } from '../transport/support.ts'

const children: ChildProcess[] = []
afterEach(async () => {
  await Promise.all(children.splice(0).map(stopProcess))
})

/** `pvtp simulate … --json` with its stdin open: `tell` resolves with the answer to a line. */
async function start(...args: string[]) {
  const entry = join(root, 'scripts', 'pvtp.mjs')
  const child = spawn(process.execPath, [entry, 'simulate', ...args, '--json'], {
    cwd: root,
    env: { ...process.env, PVTP_SET_UP: 'done' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })
  const waiting: ((line: string) => void)[] = []
  const document: string[] = []
  const address = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      if (waiting.length > 0) return waiting.shift()!(line)
      document.push(line)
      if (line === '}') resolve((JSON.parse(document.join('')) as { address: string }).address)
    })
  })
  const tell = (line: string) =>
    new Promise<{ ok: boolean; now?: string; error?: string }>((resolve) => {
      waiting.push((answer) => resolve(JSON.parse(answer) as { ok: boolean }))
      child.stdin.write(`${line}\n`)
    })
  return { address: await address, tell, child }
}

const read = async (address: string) => {
  const link = address.replace('tcp:', 'modbus-rtu-over-tcp:')
  return runHere('instrument', 'imt-si-rs485', '--link', link, 'read', '--json')
}

describe('pvtp simulate', () => {
  it('changes its faults by lines on stdin, and says what it is like now', async () => {
    const { address, tell } = await start('imt-si-rs485', '--tcp', '127.0.0.1:0', '--fault', 'over-range')
    const irradiance = async (): Promise<Reading | undefined> =>
      jsonOf<{ readings: Reading[] }>(await read(address)).readings.find((each) => each.channel === 'irradiance')
    expect((await irradiance())?.value).toBeNull()
    expect(await tell('fault off')).toEqual({ line: 'fault off', ok: true, now: 'no fault' })
    expect((await irradiance())?.value).toBeGreaterThan(900)
    expect(await tell('fault no-answer')).toMatchObject({ ok: true, now: 'fault no-answer' })
    expect(errorOf(await read(address)).code).toBe('device.timeout')
    expect(await tell('fault off')).toMatchObject({ ok: true })
    expect(await tell('unplug')).toMatchObject({ ok: true, now: 'unplugged' })
    expect(errorOf(await read(address)).code).toBe('device.linkFailed')
    expect(await tell('plug')).toMatchObject({ ok: true })
    expect((await irradiance())?.value).toBeGreaterThan(900)
    expect(await tell('interlock open')).toMatchObject({ ok: true, now: 'interlock open' })
    expect(await tell('set unfitted=external')).toMatchObject({ ok: true })
  })

  it('refuses lines that it doesn’t understand, and goes on', async () => {
    const { address, tell } = await start('imt-si-rs485', '--tcp', '127.0.0.1:0')
    for (const line of ['fault', 'fault nonsense', 'fault no-answer:at=soon', 'set x', 'interlock ajar', 'explode'])
      expect(await tell(line), line).toMatchObject({ ok: false, error: expect.any(String) as unknown })
    expect((await tell('fault nonsense')).error).toContain('over-range')
    expect((await read(address)).code).toBe(0)
  })

  it('ends with 0 when it is asked to, stdin open or not', async () => {
    const { child, tell } = await start('imt-si-rs485', '--tcp', '127.0.0.1:0')
    await tell('fault off')
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  it.each([
    [['--fault', 'nonsense'], /no fault “nonsense”; there are: .*no-answer.*unplug.*over-range/],
    [['--fault', 'late-answer:at=soon'], /at needs a number/],
    [['--fault', 'late-answer:weekly=1'], /weekly/],
    [['--unit', '300'], /--unit 300/],
    [['--bench', 'module=900w'], /45w, 400w/],
    [['--bench', 'weather=fine'], /module, lamp, temperature, ageing/],
    [['--bench', 'lamp=5000'], /0 to 1500/],
    [['--time-factor', '0'], /above 0/],
    [['--set', 'x'], /name=value/],
  ])('refuses %j with what there is', async (args, said) => {
    const ended = await runCli('simulate', 'imt-si-rs485', '--tcp', '127.0.0.1:0', ...args, '--json')
    expect(ended.code).toBe(2)
    expect(jsonOf<{ error: { happened: string } }>(ended).error.happened).toMatch(said)
  })

  it('refuses a model that nobody made: that is no matter of cables', async () => {
    const args = ['keithley-2400', '--tcp', '127.0.0.1:0', '--set', 'model=9999', '--json']
    const ended = await runCli('simulate', ...args)
    expect(ended.code).toBe(2)
    const { error } = jsonOf<{ error: { code: string; happened: string } }>(ended)
    expect(error.code).toBe('usage.badArgument')
    expect(error.happened).toContain('no simulated model 9999')
  })

  it('refuses a fault of connections on a serial line', async () => {
    const ended = await runCli('simulate', 'imt-si-rs485', '--serial', '/dev/null', '--fault', 'one-client', '--json')
    expect(ended.code).toBe(2)
  })
})
