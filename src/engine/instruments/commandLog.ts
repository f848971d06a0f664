import { messageOf } from '../../contract/errors.ts'
import type {
  ChamberProgram,
  DeviceWatchdog,
  Instrument,
  InsulationTester,
  IvSource,
} from '../../contract/instrument.ts'

/** off: nothing. commands: what changes something, and its answer. all: also every question. */
export type AuditLevel = 'off' | 'commands' | 'all'

export interface CommandEntry {
  call: string
  /** What was asked of it. */
  asked: unknown
  /** What it said, or what went wrong. */
  answer: unknown
  failed: boolean
}

export interface CommandTeller {
  level: () => AuditLevel
  tell: (entry: CommandEntry) => void
}

/** What is told of a call; `answerOf` where its value isn't the whole answer. */
interface Told<T> {
  call: string
  asked?: unknown
  isQuestion?: boolean
  answerOf?: (value: T) => unknown
}
type Say = <T>(told: Told<T>, work: () => Promise<T>) => Promise<T>

const createSay =
  ({ level, tell }: CommandTeller): Say =>
  async ({ call, asked = null, isQuestion = false, answerOf = (value) => value ?? null }, work) => {
    const now = level()
    if (now === 'off' || (now === 'commands' && isQuestion)) return work()
    try {
      const value = await work()
      tell({ call, asked, answer: answerOf(value), failed: false })
      return value
    } catch (error) {
      tell({ call, asked, answer: messageOf(error), failed: true })
      throw error
    }
  }

const tellSource = (source: IvSource, say: Say): IvSource => ({
  sweep: (request, onPoints, signal) => {
    let points = 0
    const count: typeof onPoints = (some) => {
      points += some.voltageV.length
      onPoints(some)
    }
    return say({ call: 'sweep', asked: request, answerOf: () => ({ points }) }, () =>
      source.sweep(request, count, signal),
    )
  },
})

const tellTester = (tester: InsulationTester, say: Say): InsulationTester => ({
  test: (request, onReadings, signal) =>
    say({ call: 'insulationTest', asked: request }, () => tester.test(request, onReadings, signal)),
})

const tellProgram = (program: ChamberProgram, say: Say): ChamberProgram => ({
  status: (signal) => say({ call: 'program.status', isQuestion: true }, () => program.status(signal)),
  start: (at, signal) => say({ call: 'program.start', asked: at }, () => program.start(at, signal)),
  pause: (signal) => say({ call: 'program.pause' }, () => program.pause(signal)),
  resume: (signal) => say({ call: 'program.resume' }, () => program.resume(signal)),
  stop: (signal) => say({ call: 'program.stop' }, () => program.stop(signal)),
})

const tellWatchdog = (watchdog: DeviceWatchdog, say: Say): DeviceWatchdog => ({
  rangeMs: watchdog.rangeMs,
  arm: (timeoutMs, signal) => say({ call: 'watchdog.arm', asked: timeoutMs }, () => watchdog.arm(timeoutMs, signal)),
  feed: (signal) => say({ call: 'watchdog.feed', isQuestion: true }, () => watchdog.feed(signal)),
  disarm: (signal) => say({ call: 'watchdog.disarm' }, () => watchdog.disarm(signal)),
})

/** An instrument whose calls are told, each with its answer, at the level that holds when it is called. */
export function tellCommands(instrument: Instrument, teller: CommandTeller): Instrument {
  const say = createSay(teller)
  const { ivSource, chamberProgram, insulationTester, watchdog } = instrument
  const set: Instrument['set'] = (name, value, signal) =>
    say({ call: 'set', asked: { name, value } }, () => instrument.set!(name, value, signal))
  return {
    identify: (signal) => say({ call: 'identify', isQuestion: true }, () => instrument.identify(signal)),
    read: (signal) => say({ call: 'read', isQuestion: true }, () => instrument.read(signal)),
    safeStop: (onSent, extent = 'all') =>
      say({ call: 'safeStop', ...(extent === 'all' ? {} : { asked: extent }) }, () =>
        instrument.safeStop(onSent, extent),
      ),
    ...(instrument.set ? { set } : {}),
    ...(ivSource ? { ivSource: tellSource(ivSource, say) } : {}),
    ...(insulationTester ? { insulationTester: tellTester(insulationTester, say) } : {}),
    ...(chamberProgram ? { chamberProgram: tellProgram(chamberProgram, say) } : {}),
    ...(watchdog ? { watchdog: tellWatchdog(watchdog, say) } : {}),
  }
}
