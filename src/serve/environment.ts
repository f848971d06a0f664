import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { readFileSync } from 'node:fs'
import { createVirtualClock } from '../base/virtualClock.ts'
import type { Clock } from '../base/clock.ts'
import { createRealClock } from '../engine/realClock.ts'
import { textOption, type Options } from './arguments.ts'

const packageFile = new URL('../../package.json', import.meta.url)

export const softwareVersion = (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version

/** --data, or PVTP_DATA, or a folder of the user's; simulated runs have a folder of their own. */
export function dataFolderOf(options: Options): string {
  const given = textOption(options, 'data') ?? process.env['PVTP_DATA']
  if (given) return resolve(given)
  return join(homedir(), '.pvtp-station', options['simulate'] === true ? 'simulated' : 'live')
}

export const realClock = (): Clock => createRealClock()

/** A clock for simulated runs: it jumps whenever everything waits. */
export const virtualClock = () => createVirtualClock(Date.now(), () => new Promise<void>((turn) => setImmediate(turn)))
