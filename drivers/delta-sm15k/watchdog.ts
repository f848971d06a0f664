import { StationError } from '../../src/contract/errors.ts'
import type { DeviceWatchdog } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { limitError } from '../scpi/settingCheck.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'
import { createSupplyClient, type SupplyClient } from './supplyClient.ts'

const command = 'SYST:COMM:WAT'

/** The supply's own watchdog (manual, 5.6.10): any valid command restarts it; when it expires the output goes off. */
export function createWatchdog(link: LineLink, name: string): DeviceWatchdog {
  const least = profileLimit(profile, 'watchdogLeastMs')
  const most = profileLimit(profile, 'watchdogMostMs')
  const quantity = 'watchdog (ms)'
  /** Remaining time, 0 expired, -1 off. */
  const state = (client: SupplyClient): Promise<number> => client.askWhole(`${command}?`)

  return {
    rangeMs: [least, most],
    arm: async (timeoutMs, signal) => {
      const client = createSupplyClient(link, name, { signal })
      const asked = Math.round(timeoutMs)
      if (!(asked >= least)) throw limitError(name, { quantity, asked: timeoutMs, limit: least })
      if (asked > most) throw limitError(name, { quantity, asked: timeoutMs, limit: most })
      await client.write(`${command} SET,${asked}`)
      const actual = await client.askWhole(`${command} SET?`)
      if (actual !== asked) throw new StationError('device.clamped', { instrument: name, quantity, asked, actual })
    },
    feed: async (signal) => {
      const left = await state(createSupplyClient(link, name, { signal }))
      if (left > 0) return
      const detail = left === 0 ? 'the watchdog has expired: the output is off' : 'the watchdog isn’t armed'
      throw new StationError('device.refused', { instrument: name, request: `${command}?`, detail })
    },
    disarm: async (signal) => {
      const client = createSupplyClient(link, name, { signal })
      await client.write(`${command} STOP`)
      let left = await state(client)
      // An expiry that came before is told once, by 0.
      if (left === 0) left = await state(client)
      if (left !== -1)
        throw new StationError('device.clamped', { instrument: name, quantity, asked: 'off', actual: left })
    },
  }
}
