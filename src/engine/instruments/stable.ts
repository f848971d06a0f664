import type { Instrument } from '../../contract/instrument.ts'
import type { Connection } from './connection.ts'

/**
 * An instrument that stays the same object over any number of links: while there is none its calls fail with device.lost,
 * and work again when the same unit is back.
 * @param first what the instrument can, as it was opened first
 */
export function createStable(connection: Connection, first: Instrument): Instrument {
  const { use } = connection
  const { ivSource, chamberProgram, insulationTester, watchdog } = first
  return {
    identify: (signal) => use((now) => now.identify(signal)),
    read: (signal) => use((now) => now.read(signal)),
    safeStop: connection.safeStop,
    ...(first.set ? { set: (name, value, signal) => use((now) => now.set!(name, value, signal)) } : {}),
    ...(ivSource
      ? {
          ivSource: {
            sweep: (request, onPoints, signal) => use((now) => now.ivSource!.sweep(request, onPoints, signal)),
          },
        }
      : {}),
    ...(insulationTester
      ? {
          insulationTester: {
            test: (request, onReadings, signal) =>
              use((now) => now.insulationTester!.test(request, onReadings, signal)),
          },
        }
      : {}),
    ...(chamberProgram
      ? {
          chamberProgram: {
            status: (signal) => use((now) => now.chamberProgram!.status(signal)),
            start: (at, signal) => use((now) => now.chamberProgram!.start(at, signal)),
            pause: (signal) => use((now) => now.chamberProgram!.pause(signal)),
            resume: (signal) => use((now) => now.chamberProgram!.resume(signal)),
            stop: (signal) => use((now) => now.chamberProgram!.stop(signal)),
          },
        }
      : {}),
    ...(watchdog
      ? {
          watchdog: {
            rangeMs: watchdog.rangeMs,
            arm: (timeoutMs, signal) => use((now) => now.watchdog!.arm(timeoutMs, signal)),
            feed: (signal) => use((now) => now.watchdog!.feed(signal)),
            disarm: (signal) => use((now) => now.watchdog!.disarm(signal)),
          },
        }
      : {}),
  }
}
