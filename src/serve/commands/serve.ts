import type { AddressInfo } from 'node:net'
import { StationError, messageOf } from '../../contract/errors.ts'
import { createApi } from '../../engine/api.ts'
import { integerOption, readArguments, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf, realClock } from '../environment.ts'
import { createAccess } from '../http/access.ts'
import { createHttpServer } from '../http/server.ts'
import { exitCode } from '../output.ts'
import { hostStation } from '../stationHost.ts'
import { untilStopped } from '../untilStopped.ts'

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  simulate: { type: 'boolean' },
  seed: { type: 'string' },
} as const

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host)

export const serve: Command = {
  usage: 'serve [--port N] [--host H] [--data DIR] [--simulate [--seed N]] [--json]',
  about: 'The station in a browser: on this machine, or with --host and an access token on the network',
  run: async (args, output) => {
    const { options: given } = readArguments(args, { options, positionals: [0, 0] })
    const port = integerOption(given, 'port', { least: 0, most: 65535, otherwise: 4170 })
    const seed = integerOption(given, 'seed', { least: 0, most: 4294967295, otherwise: 1 })
    const host = textOption(given, 'host') ?? '127.0.0.1'
    const dataFolder = dataFolderOf(given)
    const simulated = given['simulate'] === true
    const onError = (error: unknown): void =>
      output.log(error instanceof Error ? (error.stack ?? error.message) : String(error))
    const { station, drivers, close } = await hostStation({
      dataFolder,
      clock: realClock(),
      simulate: simulated ? { seed } : null,
      virtualTime: false,
      automaticAnswer: null,
      startsQueued: true,
    })
    const { stopped, release } = untilStopped()
    let closeHttp = async (): Promise<void> => undefined
    try {
      const access = createAccess({ loopback: loopback.has(host), nowMs: Date.now })
      const app = await createHttpServer({ station, api: createApi(station, { drivers, onError }), access, onError })
      closeHttp = async () => {
        app.server.closeAllConnections()
        await app.close()
      }
      await app.listen({ host, port }).catch((error: unknown) => {
        throw new StationError(
          'usage.badArgument',
          { detail: `The address ${host}:${port} can’t be used: ${messageOf(error)}.` },
          error,
        )
      })
      const address = `http://${urlHost(host)}:${(app.server.address() as AddressInfo).port}/`
      const lines = [
        `PVTP Station${simulated ? ' — SIMULATED lab, no real instrument is used' : ''}`,
        `Open ${address}`,
        ...(access.token === null ? [] : [`Access token: ${access.token}`]),
        `Data folder ${dataFolder}; Ctrl+C ends the station`,
        `Bundles are sealed with the key ${station.sealingKey}`,
      ]
      output.result(
        { address, token: access.token, simulated, dataFolder, sealingKey: station.sealingKey, pid: process.pid },
        lines.join('\n'),
      )
      for (const text of station.protocols.refused) output.log(`Warning: ${text.happened} ${text.did} ${text.check}`)
      await stopped
      output.log('Ending: running tests are stopped, outputs are commanded off and read back.')
      return exitCode.ok
    } finally {
      // The outputs first: no client of the network can hold that up.
      await close()
      await closeHttp()
      release()
    }
  },
}
