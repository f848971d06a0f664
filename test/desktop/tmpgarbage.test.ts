import { it, expect } from 'vitest'
import { WebSocket } from 'ws'
import { temporaryFolder, serveCli } from '../support/cli.ts'
import { startShell, untilCalled } from './fakeShell.ts'
it('port', async () => {
  const shell = await startShell('--simulate', `--data=${temporaryFolder()}`)
  await shell.loaded
  await untilCalled(shell, 'window.loadURL')
  for (const bad of ['garbage', '{}', 'null', '{"i":"1","p":5}', 7, new Uint8Array([1,2]), {a:1}, [1,2,3], null]) {
    const { port } = await shell.openClient()
    port.postMessage(bad)
    await new Promise(r => setTimeout(r, 200))
    console.log('port', JSON.stringify(bad), await Promise.race([shell.ended, new Promise(r => setTimeout(r, 300, 'alive'))]))
  }
})
it('ws', async () => {
  for (const bad of ['garbage', '{}', 'null', '{"i":"1","p":5}', new Uint8Array([1,2])]) {
    const served = await serveCli('serve', '--simulate', '--port', '0', '--data', temporaryFolder())
    const code = new Promise(r => served.child.once('close', r))
    const s = new WebSocket(served.address.replace('http','ws') + 'rpc')
    await new Promise(r => s.once('open', r))
    s.send(bad)
    console.log('ws', JSON.stringify(bad), await Promise.race([code, new Promise(r => setTimeout(r, 1500, 'alive'))]))
    await served.end('SIGKILL')
  }
})
