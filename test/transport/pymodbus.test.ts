import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { createRealClock } from '../../src/engine/realClock.ts'
import { createLinkOpener } from '../../src/engine/transport/openLink.ts'
import { freePort } from './freePort.ts'
import { createPtyPair, failureOf, hasPymodbus, hasSocat, needs, python, stopProcess, type PtyPair } from './support.ts'

const clock = createRealClock()
const opener = createLinkOpener({ clock })
const children: ChildProcess[] = []
const pairs: PtyPair[] = []
afterEach(async () => {
  await Promise.all(children.splice(0).map(stopProcess))
  await Promise.all(pairs.splice(0).map((pair) => pair.remove()))
})

const serve = (kind: string, where: string): void => {
  const script = fileURLToPath(new URL('pymodbusServer.py', import.meta.url))
  children.push(spawn(python, [script, kind, where], { stdio: 'ignore' }))
}

const patient = { timeoutMs: 30_000 }

const untilUp = async (url: string): Promise<void> => {
  const giveUpMs = clock.monotonicMs() + 60_000
  for (;;) {
    try {
      const { link, close } = await opener.openRegisters(url, url)
      await link.readHolding(0, 1, { timeoutMs: 300 }).finally(close)
      return
    } catch (error) {
      if (clock.monotonicMs() > giveUpMs) throw error
      await clock.sleep(100)
    }
  }
}

/** Opens once the server listens and answers, and has answered whatever was asked of it before it was there. */
const openWhenUp = async (url: string) => {
  await untilUp(url)
  for (;;) {
    const opened = await opener.openRegisters(url, url)
    await clock.sleep(500)
    if (opened.stats().discardedBytes === 0) return opened
    await opened.close()
  }
}

/** What every kind of link to that server has to do. */
const proveLink = async (url: (unit: number) => string): Promise<void> => {
  const one = await openWhenUp(url(1))
  const two = await opener.openRegisters(url(2))
  const absent = await opener.openRegisters(url(3))
  const [a, b, coils] = await Promise.all([
    one.link.readInput(5, 3, patient),
    two.link.readHolding(199, 1, patient),
    one.link.readCoils(0, 10, patient),
  ])
  expect(a).toEqual([1005, 1006, 1007])
  expect(b).toEqual([2199])
  expect(coils).toEqual([true, false, false, true, false, false, true, false, false, true])
  await one.link.writeRegister(10, 0xfffe, patient)
  await one.link.writeRegisters(11, [1, 2, 3], patient)
  await two.link.writeCoil(1, true, patient)
  expect(await one.link.readHolding(10, 5, patient)).toEqual([0xfffe, 1, 2, 3, 1014])
  expect(await two.link.readHolding(10, 2, patient)).toEqual([2010, 2011])
  expect(await two.link.readCoils(0, 3, patient)).toEqual([true, true, false])
  const failure = await failureOf(one.link.readHolding(199, 2, patient))
  expect(failure).toMatchObject({ code: 'device.refused', context: { detail: 'exception 2, illegal data address' } })
  expect(await failureOf(absent.link.readHolding(0, 1, { timeoutMs: 200 }))).toMatchObject({ code: 'device.timeout' })
  expect(await two.link.readHolding(3, 1, patient)).toEqual([2003])
  expect(one.stats().discardedBytes).toBe(0)
  await Promise.all([one, two, absent].map((each) => each.close()))
}

describe('against pymodbus', () => {
  it.skipIf(!hasPymodbus)(`Modbus TCP${needs(hasPymodbus, 'python3-pymodbus')}`, async () => {
    const port = await freePort()
    serve('tcp', String(port))
    await proveLink((unit) => `modbus-tcp://127.0.0.1:${port}?unit=${unit}`)
  })

  it.skipIf(!hasPymodbus)(`RTU over TCP${needs(hasPymodbus, 'python3-pymodbus')}`, async () => {
    const port = await freePort()
    serve('rtu-over-tcp', String(port))
    await proveLink((unit) => `modbus-rtu-over-tcp://127.0.0.1:${port}?unit=${unit}`)
  })

  const serial = hasPymodbus && hasSocat
  it.skipIf(!serial)(`RTU on a serial port${needs(serial, 'python3-pymodbus or socat')}`, async () => {
    const pair = await createPtyPair()
    pairs.push(pair)
    serve('rtu', pair.far)
    await proveLink((unit) => `modbus-rtu://${pair.near}?baudRate=115200&unit=${unit}`)
  })
})
