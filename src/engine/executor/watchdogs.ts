import { createCanceller } from '../../base/clock.ts'
import { messageOf } from '../../contract/errors.ts'
import type { DeviceWatchdog } from '../../contract/instrument.ts'
import type { HeldInstrument, StepContext } from './stepKind.ts'

const wantedMs = 10_000

const timeoutOf = ({ rangeMs: [least, most] }: DeviceWatchdog): number => Math.min(most, Math.max(least, wantedMs))

async function keepOne(
  held: HeldInstrument,
  watchdog: DeviceWatchdog,
  context: StepContext,
): Promise<() => Promise<void>> {
  const timeoutMs = timeoutOf(watchdog)
  const end = createCanceller()
  await watchdog.arm(timeoutMs, context.signal)
  await context.log(
    'info',
    'watchdog',
    `${held.name}: its watchdog switches off after ${timeoutMs / 1000} s of silence`,
  )
  const feeding = (async () => {
    while (!end.signal.aborted) {
      await context.clock.sleep(timeoutMs / 4, end.signal).catch(() => undefined)
      // A missed meal is what the watchdog is for: the next one may still be in time.
      if (!end.signal.aborted) await watchdog.feed(end.signal).catch(() => undefined)
    }
  })()
  return async () => {
    end.cancel(new Error('the output is off'))
    await feeding
    await watchdog
      .disarm()
      .catch((error: unknown) =>
        context.log('warning', 'watchdog', `${held.name}: ${messageOf(error)}`).catch(() => undefined),
      )
  }
}

/**
 * Arms the watchdogs of the instruments that have one, and feeds them: when the station falls silent, the device itself
 * switches off. Resolves with what disarms them again.
 */
export async function keepWatchdog(context: StepContext, roleName: string): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = []
  for (const held of context.held(roleName)) {
    const { watchdog } = held.instrument
    if (watchdog) stops.push(await keepOne(held, watchdog, context))
  }
  return async () => {
    for (const stop of stops) await stop()
  }
}
