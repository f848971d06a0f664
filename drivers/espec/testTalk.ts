/** For tests of the simulators only: lines to one, and what it says, in the time of a virtual clock. */
import { bytesToLatin1, latin1ToBytes } from '../../src/base/bytes.ts'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { createBench } from '../bench/bench.ts'
import { startSimulator } from '../bench/startSimulator.ts'

export function talkTo(module: SimulatorModule, settle: () => Promise<void>, more: Record<string, string> = {}) {
  const clock = createVirtualClock(Date.UTC(2026, 0, 5, 9), settle)
  const random = createRandom(7)
  const bench = createBench({ clock, random: random.fork('bench') })
  let heard = ''
  const { simulator, context } = startSimulator(module, {
    clock,
    random: random.fork('instrument'),
    bench,
    send: (bytes) => void (heard += bytesToLatin1(bytes)),
    options: { startMs: '0', ...more },
  })
  /** The answer without its terminator; empty where there is none within a second. */
  const ask = async (line: string): Promise<string> => {
    heard = ''
    simulator.receive(latin1ToBytes(`${line}\r\n`))
    await clock.run(clock.sleep(1000))
    return heard.replace(/\r\n$/, '')
  }
  const wait = (minutes: number): Promise<void> => clock.run(clock.sleep(minutes * 60_000))
  return { ask, wait, bench, clock, options: context.options as Record<string, string> }
}
