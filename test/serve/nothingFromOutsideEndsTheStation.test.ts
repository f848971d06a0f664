import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { serveCli, temporaryFolder } from '../support/cli.ts'

const portOf = (address: string): number => Number(new URL(address).port)

it('goes on when a refused client hangs up in the middle', async () => {
  const served = await serveCli('serve', '--simulate', '--port', '0', '--data', join(temporaryFolder(), 'data'))
  for (let i = 0; i < 5; i++) {
    await new Promise<void>((resolve, reject) => {
      const socket = connect(portOf(served.address), '127.0.0.1', () => {
        socket.write('GET /nope HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
        socket.resetAndDestroy()
      })
      socket.once('close', () => resolve())
      socket.once('error', reject)
    })
  }
  expect((await fetch(served.address)).status).toBe(200)
  expect(await served.end('SIGTERM')).toBe(0)
})

it('ends in order at once, whatever a client of the network has left half sent', async () => {
  const served = await serveCli('serve', '--simulate', '--port', '0', '--data', join(temporaryFolder(), 'data'))
  const socket = connect(portOf(served.address), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(
    'POST /session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n{',
  )
  await expect.poll(() => socket.bytesWritten).toBeGreaterThan(0)
  expect(await served.end('SIGTERM')).toBe(0)
  socket.destroy()
})

it('ends in order when nobody takes its log any more', async () => {
  const served = await serveCli('serve', '--simulate', '--port', '0', '--data', join(temporaryFolder(), 'data'))
  served.child.stderr?.destroy()
  const late = setTimeout(() => served.child.kill('SIGKILL'), 60_000)
  // It says that it ends, and where it can't it must not try for ever.
  expect(await served.end('SIGTERM')).toBe(0)
  clearTimeout(late)
})

it.skipIf(process.platform === 'win32')(
  'ends in order at the second Ctrl+C too, and at a closed terminal (skipped on Windows: no such signals)',
  async () => {
    for (const signals of [['SIGINT', 'SIGINT'], ['SIGHUP']] as const) {
      const served = await serveCli('serve', '--simulate', '--port', '0', '--data', join(temporaryFolder(), 'data'))
      const ended = new Promise<number | null>((resolve) => served.child.once('close', resolve))
      for (const signal of signals) served.child.kill(signal)
      expect(await ended, signals.join()).toBe(0)
    }
  },
)
