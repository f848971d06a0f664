import { StationError } from '../../src/contract/errors.ts'
import type { Cancellation } from '../../src/base/cancellation.ts'
import type { DriverContext, Setting } from '../../src/contract/instrument.ts'
import { checkModelLimit } from '../scpi/settingCheck.ts'
import { registerA, registerB, whyOff } from './registers.ts'
import { loops, setPoints, type SetPoint } from './setPoints.ts'
import { formatNumber, type SupplyClient } from './supplyClient.ts'

/** How long the output may take to follow a command. */
const outputMs = 1000
const pollMs = 50

interface Deps {
  client: SupplyClient
  context: DriverContext
  maxima: Maxima
  signal: Cancellation
}

/** What this unit says it can do; asked once after each identification. */
export interface Maxima {
  of: (client: SupplyClient, point: SetPoint) => Promise<number>
  forget: () => void
}

export function createMaxima(name: string): Maxima {
  const known = new Map<string, number>()
  return {
    forget: () => known.clear(),
    of: async (client, { maximum }) => {
      const found = known.get(maximum) ?? (await client.askMaximum(maximum))
      if (found <= 0)
        throw new StationError('device.badReply', {
          instrument: name,
          request: maximum,
          reply: String(found),
          detail: 'no maximum that could be',
        })
      known.set(maximum, found)
      return found
    },
  }
}

/** Makes Ethernet the programming source of these loops; throws device.refused where the supply keeps another. */
async function claim(
  { client, context }: Deps,
  wanted: readonly Pick<SetPoint, 'loop' | 'remoteBit'>[],
): Promise<void> {
  const missing = (b: number) => wanted.filter((each) => (b & each.remoteBit) === 0).map((each) => each.loop)
  const before = await client.askWhole('STAT:REG:B?')
  const refuse = (detail: string): StationError =>
    new StationError('device.refused', { instrument: context.name, request: 'remote control', detail })
  if ((before & registerB.programRunning) !== 0) throw refuse('its sequencer runs a program')
  const toClaim = missing(before)
  if (toClaim.length === 0) return
  for (const loop of toClaim) await client.write(`SYST:REM:${loop} Remote`)
  const kept = missing(await client.askWhole('STAT:REG:B?'))
  if (kept.length > 0) throw refuse(`${kept.join(', ')} is programmed from elsewhere (front panel, web, slot)`)
}

/** The number is read back. Throws device.limit, device.refused, device.clamped. */
export async function setSetPoint(deps: Deps, setting: Setting, value: number): Promise<number> {
  const { client, context, maxima } = deps
  const point = setPoints[setting.name]
  if (!point) throw new StationError('usage.invalidInput', { detail: `no command sets ${setting.name}` })
  const most = await maxima.of(client, point)
  checkModelLimit(setting, value, { instrument: context.name, least: 0, most })
  await claim(deps, [point])
  await client.write('*CLS')
  await client.write(`${point.command} ${formatNumber(point.sign * value)}`)
  const actual = Math.abs(await client.askDecimal(`${point.command}?`))
  await client.expectNoError(point.command)
  // The unit rounds to its step: some mV of 500 V (manual, 5.2.12).
  if (Math.abs(actual - value) > 1e-3 * value + 2e-4 * most)
    throw new StationError('device.clamped', {
      instrument: context.name,
      quantity: setting.title,
      asked: value,
      actual,
    })
  return actual
}

/** All set-points are 0 after power-on, the power too: without power there is no current, whatever was set. */
async function allowPower({ client, maxima }: Deps): Promise<void> {
  const point = setPoints['powerW']
  if (!point || (await client.askDecimal(`${point.command}?`)) !== 0) return
  await client.write(`${point.command} ${formatNumber(await maxima.of(client, point))}`)
}

/** Switches the output, and waits until register A says so. */
export async function setOutput(deps: Deps, on: boolean): Promise<void> {
  const { client, context, signal } = deps
  const { clock, name } = context
  const request = on ? 'OUTP 1' : 'OUTP 0'
  if (on) {
    await claim(deps, loops)
    await allowPower(deps)
  }
  await client.write('*CLS')
  await client.write(request)
  const startMs = clock.monotonicMs()
  for (;;) {
    const a = await client.askWhole('STAT:REG:A?')
    if (((a & registerA.output) !== 0) === on) break
    if (clock.monotonicMs() - startMs >= outputMs) {
      await client.expectNoError(request)
      const detail = on ? [...whyOff(a), 'the output stays off'].join(', ') : 'the output stays on'
      throw new StationError('device.refused', { instrument: name, request, detail })
    }
    await clock.sleep(pollMs, signal)
  }
  await client.expectNoError(request)
}
