import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { StationError } from '../contract/errors.ts'

/** Reads --simulate, --seed and --data (a folder) among Chromium's own switches, which pass by. */
export function readOptions(args: string[], userData: string): { home: string; simulate: { seed: number } | null } {
  const options = { simulate: { type: 'boolean' }, seed: { type: 'string' }, data: { type: 'string' } } as const
  const { simulate, seed = '1', data } = parseArgs({ args, options, strict: false }).values
  if (typeof seed === 'boolean' || !/^\d{1,9}$/.test(seed))
    throw new StationError('usage.badArgument', { detail: '--seed takes a whole number of at most nine digits.' })
  if (typeof data === 'boolean' || data === '')
    throw new StationError('usage.badArgument', { detail: '--data takes a folder.' })
  const home = data ?? (simulate ? join(userData, 'simulated') : userData)
  return { home: resolve(home), simulate: simulate ? { seed: Number(seed) } : null }
}
