import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import modbusSerial from 'modbus-serial'
import { afterEach, describe, expect, it } from 'vitest'
import { createRealClock } from '../../src/engine/realClock.ts'
import { rtuFrame } from '../../src/engine/transport/modbusFrame.ts'
import { createLinkOpener } from '../../src/engine/transport/openLink.ts'
import { failureOf } from './support.ts'

const servers: Server[] = []
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

const answerAfterMs = 300
const timeoutMs = 200
/** Of a request whose answer comes, on a busy machine, too. */
const patientMs = 30_000

/**
 * A slow RTU unit behind a port server: a register's value is its address. It does one request after the other, each in
 * 300 ms.
 */
const serveSlowUnit = async (): Promise<number> => {
  const server = createServer((socket) => {
    sockets.push(socket)
    let free = Promise.resolve()
    socket.on('data', (request) => {
      free = free.then(async () => {
        await new Promise((resolve) => setTimeout(resolve, answerAfterMs))
        socket.write(rtuFrame(1, Uint8Array.of(3, 2, request[2] ?? 0, request[3] ?? 0)))
      })
    })
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

describe('an answer that comes after its time-out', () => {
  it('is handed to the next request by modbus-serial left alone: why this project frames for itself', async () => {
    const client = new modbusSerial.default()
    await client.connectTelnet('127.0.0.1', { port: await serveSlowUnit() })
    client.setID(1)
    client.setTimeout(timeoutMs)
    await expect(client.readHoldingRegisters(100, 1)).rejects.toThrow('Timed out')
    client.setTimeout(patientMs)
    const { data } = await client.readHoldingRegisters(200, 1)
    expect(data).toEqual([100])
    await new Promise<void>((resolve) => client.close(() => resolve()))
  })

  it('is thrown away by this project’s link', async () => {
    const opener = createLinkOpener({ clock: createRealClock() })
    const { link, stats, close } = await opener.openRegisters(
      `modbus-rtu-over-tcp://127.0.0.1:${await serveSlowUnit()}?unit=1`,
      'slow unit',
    )
    expect(await failureOf(link.readHolding(100, 1, { timeoutMs }))).toMatchObject({ code: 'device.timeout' })
    expect(await link.readHolding(200, 1, { timeoutMs: patientMs })).toEqual([200])
    expect(stats()).toMatchObject({ timeouts: 1, discardedBytes: 7 })
    await close()
  })
})
