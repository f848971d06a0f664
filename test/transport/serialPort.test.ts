import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { bytesToLatin1, latin1ToBytes } from '../../src/base/bytes.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { createLinkOpener } from '../../src/engine/transport/openLink.ts'
import { openSerialWire } from '../../src/engine/transport/serialWire.ts'
import { serveSimulatorOnSerial } from '../../src/engine/transport/simulatorHost.ts'
import { startStopwatch } from '../support/stalls.ts'
import { createPtyPair, failureOf, hasSocat, needs, patientScpi, waitUntil, type PtyPair } from './support.ts'

const clock = createRealClock()
const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const serial = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const

const echoing = (send: (bytes: Uint8Array) => void) => ({
  receive: (bytes: Uint8Array) => send(latin1ToBytes(`${bytesToLatin1(bytes).trim()} heard\r\n`)),
})

const createEchoingPair = async (): Promise<PtyPair> => {
  const pair = await createPtyPair()
  cleanups.push(pair.remove)
  const server = await serveSimulatorOnSerial({ create: echoing, path: pair.far, serial, clock })
  cleanups.push(server.close)
  return pair
}

const openFiles = (): number => readdirSync('/proc/self/fd').length

describe.skipIf(!hasSocat)(`serial ports joined by socat${needs(hasSocat, 'socat')}`, () => {
  it('carry queries, and belong to one program alone', async () => {
    const pair = await createEchoingPair()
    const opener = createLinkOpener({ clock })
    const { link, close, stats } = await opener.openLine(`serial://${pair.near}?baudRate=19200`, patientScpi)
    expect(await link.query('*IDN?')).toBe('*IDN? heard')
    expect(await link.query('x'.repeat(10_000))).toContain('heard')
    expect(stats().timeouts).toBe(0)
    const other = await failureOf(createLinkOpener({ clock }).openLine(`serial://${pair.near}`, patientScpi))
    expect(other).toMatchObject({
      code: 'device.linkFailed',
      context: { detail: 'the port is in use by another program' },
    })
    await close()
  })

  it('can be opened again at once, before the system has the port back', async () => {
    const pair = await createEchoingPair()
    const opener = createLinkOpener({ clock })
    let closing = Promise.resolve()
    for (let i = 0; i < 30; i++) {
      const { link, close } = await opener.openLine(`serial://${pair.near}`, patientScpi)
      expect(await link.query('A?')).toBe('A? heard')
      closing = close()
    }
    await closing
  })

  it('report a pulled cable on the next use, and work again when it is back', async () => {
    const opener = createLinkOpener({ clock })
    const first = await createEchoingPair()
    const used = await opener.openLine(`serial://${first.near}`, patientScpi)
    expect(await used.link.query('A?')).toBe('A? heard')
    await first.unplug()
    expect((await failureOf(used.link.query('B?'))).code).toBe('device.closed')
    const second = await createEchoingPair()
    const again = await opener.openLine(`serial://${second.near}`, patientScpi)
    expect(await again.link.query('A?')).toBe('A? heard')
    await Promise.all([used.close(), again.close()])
  })

  it('report a pulled cable within 3 s without any use', async () => {
    const pair = await createPtyPair()
    cleanups.push(pair.remove)
    const wire = await openSerialWire({ path: pair.near, serial }, { clock, timeoutMs: 1000 })
    const reasons: string[] = []
    wire.onClose((reason) => reasons.push(reason))
    await pair.unplug()
    const stopwatch = startStopwatch()
    await waitUntil(() => reasons.length > 0)
    expect(stopwatch.elapsedMs()).toBeLessThan(3000)
    stopwatch.end()
    await wire.close()
    await clock.sleep(100)
    expect(reasons).toEqual(['the device is gone'])
  })

  it('leak nothing in 100 times of opening and closing', async () => {
    const pair = await createEchoingPair()
    const opener = createLinkOpener({ clock })
    const cycle = async (): Promise<void> => {
      const { link, close } = await opener.openLine(`serial://${pair.near}`, patientScpi)
      expect(await link.query('A?')).toBe('A? heard')
      await close()
    }
    await cycle()
    const filesBefore = openFiles()
    const timersBefore = process.getActiveResourcesInfo().length
    for (let i = 0; i < 100; i++) await cycle()
    // What ends a moment later is no leak.
    await expect.poll(openFiles).toBeLessThanOrEqual(filesBefore)
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(timersBefore)
  })
})
