import { afterEach, describe, expect, it } from 'vitest'
import { bytesToLatin1, latin1ToBytes } from '../../base/bytes.ts'
import type { WireSimulator } from '../../contract/instrument.ts'
import { failureOf, patientScpi } from '../../../test/transport/support.ts'
import { createRealClock } from '../realClock.ts'
import { createLinkOpener } from './openLink.ts'
import { hostSimulatorInMemory } from './simulatorHost.ts'
import { serveSimulatorOnTcp } from './simulatorOnTcp.ts'

const clock = createRealClock()
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** Answers `N?` with how often it was asked, whoever asked, and `SLOW?` later. */
const createCounter = (send: (bytes: Uint8Array) => void): WireSimulator => {
  let asked = 0
  return {
    receive: (bytes) => {
      const line = bytesToLatin1(bytes).trim()
      if (line === 'N?') send(latin1ToBytes(`${++asked}\n`))
      if (line === 'SLOW?') setTimeout(() => send(latin1ToBytes('slow\n')), 50)
    },
  }
}

describe('a simulator', () => {
  it('on TCP keeps its state across connections and answers the client that asked', async () => {
    const server = await serveSimulatorOnTcp({ create: createCounter, host: '127.0.0.1', port: 0, clock })
    closers.push(server.close)
    const url = `tcp://127.0.0.1:${server.port}`
    const openers = [createLinkOpener({ clock }), createLinkOpener({ clock })] as const
    const a = await openers[0].openLine(url, patientScpi)
    const b = await openers[1].openLine(url, patientScpi)
    expect(await a.link.query('N?')).toBe('1')
    expect(await b.link.query('N?')).toBe('2')
    expect(await a.link.query('N?')).toBe('3')
    await a.link.write('SLOW?')
    await a.close()
    await clock.sleep(80)
    expect(await b.link.query('N?')).toBe('4')
    expect(b.stats().discardedBytes).toBe(0)
    const again = await openers[0].openLine(url, patientScpi)
    expect(await again.link.query('N?')).toBe('5')
    await server.close()
    expect((await failureOf(b.link.query('N?'))).code).toBe('device.closed')
    expect((await failureOf(openers[1].openLine(url, patientScpi))).code).toBe('device.linkFailed')
  })

  it('refuses a port that is taken', async () => {
    const server = await serveSimulatorOnTcp({ create: createCounter, host: '127.0.0.1', port: 0, clock })
    closers.push(server.close)
    const second = serveSimulatorOnTcp({ create: createCounter, host: '127.0.0.1', port: server.port, clock })
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('in memory keeps its state when it is unplugged and attached again', async () => {
    const host = hostSimulatorInMemory({ name: 'sim:smu', create: createCounter })
    const opener = createLinkOpener({ clock, attachSimulated: () => host.attach() })
    const first = await opener.openLine('sim:smu', patientScpi)
    expect(await first.link.query('N?')).toBe('1')
    host.unplug()
    expect((await failureOf(first.link.query('N?'))).code).toBe('device.closed')
    const second = await opener.openLine('sim:smu', patientScpi)
    expect(await second.link.query('N?')).toBe('2')
    await second.close()
  })
})
