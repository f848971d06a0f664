import { afterEach, describe, expect, it } from 'vitest'
import { latin1ToBytes } from '../../src/base/bytes.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { createLinkOpener } from '../../src/engine/transport/openLink.ts'
import { hostSimulatorInMemory } from '../../src/engine/transport/simulatorHost.ts'
import { serveSimulatorOnTcp } from '../../src/engine/transport/simulatorOnTcp.ts'
import { createFaultBoard } from '../../drivers/bench/faults.ts'
import { failureOf, patientScpi, scpi } from './support.ts'

const clock = createRealClock()
const closes: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close()
})

/** An instrument that answers everything with how often it was asked; `options.fault` as in the simulators. */
const createCounter = (at: { monotonicMs(): number } = clock) => {
  const options: Record<string, string> = {}
  const faults = createFaultBoard({ ...clock, monotonicMs: () => at.monotonicMs() }, options)
  let asked = 0
  const create = (send: (bytes: Uint8Array) => void) => ({
    faults,
    receive: () => {
      send(latin1ToBytes(`${++asked}\n`))
      faults.countAnswer()
    },
  })
  return { options, create }
}

async function serve() {
  const { options, create } = createCounter()
  const server = await serveSimulatorOnTcp({ create, host: '127.0.0.1', port: 0, clock })
  closes.push(server.close)
  const open = () => createLinkOpener({ clock }).openLine(`tcp://127.0.0.1:${server.port}`, patientScpi)
  return { options, server, open }
}

describe('faults of the connection, on TCP', () => {
  it('a pulled cable ends connections and accepts none, until it is plugged in again', async () => {
    const { server, open } = await serve()
    const first = await open()
    expect(await first.link.query('N?')).toBe('1')
    await server.unplug()
    expect((await failureOf(first.link.query('N?'))).code).toBe('device.closed')
    expect(await failureOf(open())).toMatchObject({ code: 'device.linkFailed' })
    await server.plug()
    expect(await (await open()).link.query('N?')).toBe('2')
  })

  it('unplug comes and goes by the clock, without any traffic', async () => {
    const { options, open } = await serve()
    const { link } = await open()
    expect(await link.query('N?')).toBe('1')
    options['fault'] = 'unplug:every=700ms,for=300ms'
    const seen = new Set<string>()
    const giveUpMs = clock.monotonicMs() + 60_000
    while (seen.size < 2 && clock.monotonicMs() < giveUpMs) {
      const opened = await open().catch(() => null)
      seen.add(opened === null ? 'refused' : 'taken')
      await opened?.close()
      await clock.sleep(50)
    }
    expect([...seen].sort()).toEqual(['refused', 'taken'])
    expect((await failureOf(link.query('N?'))).code).toBe('device.closed')
  })

  it('reset ends the connection once; a new one is accepted', async () => {
    const { options, open } = await serve()
    const first = await open()
    options['fault'] = 'reset'
    const failure = await failureOf(first.link.query('N?'))
    expect(failure.code).toBe('device.closed')
    const second = await open()
    expect(await second.link.query('N?')).toBe('1')
    await clock.sleep(200)
    expect(await second.link.query('N?')).toBe('2')
  })

  it('half-open is silence, on the old connection and on a new one', async () => {
    const { options, open } = await serve()
    const first = await open()
    expect(await first.link.query('N?')).toBe('1')
    options['fault'] = 'half-open'
    expect((await failureOf(first.link.query('N?', { timeoutMs: 200 }))).code).toBe('device.timeout')
    const second = await open()
    expect((await failureOf(second.link.query('N?', { timeoutMs: 200 }))).code).toBe('device.timeout')
    options['fault'] = ''
    expect(await (await open()).link.query('N?')).toBe('2')
  })

  it('one-client refuses the second', async () => {
    const { options, open } = await serve()
    options['fault'] = 'one-client'
    const first = await open()
    expect(await first.link.query('N?')).toBe('1')
    const second = await open().then(
      ({ link }) => failureOf(link.query('N?')),
      (error: { code?: string }) => error,
    )
    expect(second.code).toMatch(/^device\.(closed|linkFailed)$/)
    expect(await first.link.query('N?')).toBe('2')
    await first.close()
    // It hears of the end a little later than who ended it, and refuses whoever comes before.
    const isLetIn = (): Promise<string | null> =>
      open().then(
        ({ link }) => link.query('N?').catch(() => null),
        () => null,
      )
    await expect.poll(isLetIn).toBe('3')
  })

  it('idle-close closes after 5 s without a request', async () => {
    const { options, open } = await serve()
    options['fault'] = 'idle-close'
    const { link } = await open()
    for (let i = 1; i <= 3; i++) {
      await clock.sleep(1000)
      expect(await link.query('N?')).toBe(String(i))
    }
    await clock.sleep(5300)
    expect((await failureOf(link.query('N?'))).code).toBe('device.closed')
  })
})

describe('faults of the connection, in memory and virtual time', () => {
  it('unplug every 30 s, for 2 s: the wire ends, nothing can be attached, then all is well', async () => {
    const virtual = createVirtualClock(0, () => new Promise((resolve) => setImmediate(resolve)))
    const { options, create } = createCounter(virtual)
    const host = hostSimulatorInMemory({ name: 'sim:counter', create, clock: virtual })
    const opener = createLinkOpener({ clock: virtual, attachSimulated: () => host.attach() })
    options['fault'] = 'unplug:every=30s,for=2s'
    const first = await virtual.run(opener.openLine('sim:counter', scpi))
    expect(await virtual.run(first.link.query('N?'))).toBe('1')
    await virtual.run(virtual.sleep(30_500))
    expect((await virtual.run(failureOf(first.link.query('N?')))).code).toBe('device.closed')
    expect(await virtual.run(failureOf(opener.openLine('sim:counter', scpi)))).toMatchObject({
      code: 'device.linkFailed',
      context: { detail: 'the cable is not plugged in' },
    })
    await virtual.run(virtual.sleep(2000))
    const second = await virtual.run(opener.openLine('sim:counter', scpi))
    expect(await virtual.run(second.link.query('N?'))).toBe('2')
  })

  it('pulled by hand it stays unplugged until it is plugged in', async () => {
    const { create } = createCounter()
    const host = hostSimulatorInMemory({ name: 'sim:counter', create, clock })
    const opener = createLinkOpener({ clock, attachSimulated: () => host.attach() })
    const first = await opener.openLine('sim:counter', patientScpi)
    host.pull()
    expect((await failureOf(first.link.query('N?'))).code).toBe('device.closed')
    expect((await failureOf(opener.openLine('sim:counter', scpi))).code).toBe('device.linkFailed')
    host.plug()
    expect(await (await opener.openLine('sim:counter', patientScpi)).link.query('N?')).toBe('1')
  })
})
