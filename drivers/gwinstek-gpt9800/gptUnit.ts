import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'

export type GptMode = 'ACW' | 'DCW' | 'IR' | 'GB'

export interface ModeSettings {
  kilovolts: number
  highMa: number
  lowMa: number
  /** null: no upper limit. */
  highMohm: number | null
  lowMohm: number
  testS: number
}

interface Running {
  startMs: number
  mode: GptMode
  settings: ModeSettings
  rampS: number
}

/** As `MEAS?` tells it. */
export interface GptReading {
  mode: GptMode
  judgement: 'VIEW' | 'TEST' | 'PASS' | 'FAIL'
  kilovolts: number
  ohm: number
  ampere: number
  /** Time within the ramp, or of the test. */
  isRamp: boolean
  seconds: number
}

const startSettings = (): ModeSettings => ({
  kilovolts: 0.1,
  highMa: 1,
  lowMa: 0,
  highMohm: null,
  lowMohm: 1,
  testS: 1,
})

/** A breakdown of the simulated laminate. */
const brokenOhm = 20_000

export type GptUnit = ReturnType<typeof createGptUnit>

/** What is between the tester's terminals, and what that makes of a test. */
function createTerminals(context: SimulatorContext, lane: number) {
  const noise = context.random.fork('gpt')
  const ohmNow = (): number => {
    if (hasFault(context, 'breakdown')) return brokenOhm
    if (hasFault(context, 'over-range')) return 1e13
    return context.bench.stress.insulationOhm(lane) * (1 + 0.005 * noise.normal())
  }
  return {
    isOpen: (): boolean => hasFault(context, 'interlock-open') || !context.bench.interlock.isClosed(),
    isStuck: (): boolean => hasFault(context, 'stuck-output'),
    readingAt: (test: Running, seconds: number, judgement: GptReading['judgement']): GptReading => {
      const { kilovolts, highMa } = test.settings
      const isRamp = seconds < test.rampS
      const present = isRamp ? (kilovolts * seconds) / test.rampS : kilovolts
      const ohm = ohmNow()
      return {
        mode: test.mode,
        judgement,
        kilovolts: present,
        ohm,
        ampere: Math.min((present * 1000) / ohm, test.mode === 'IR' ? Infinity : highMa / 1000),
        isRamp,
        seconds: isRamp ? seconds : seconds - test.rampS,
      }
    },
    /** When it ends by itself, and how. */
    endOf: (test: Running): { seconds: number; judgement: 'PASS' | 'FAIL' } => {
      const { kilovolts, highMa, lowMohm, highMohm, testS } = test.settings
      const ohm = ohmNow()
      const whole = { seconds: test.rampS + testS, judgement: 'PASS' as const }
      if (test.mode === 'IR') {
        if (ohm < lowMohm * 1e6) return { seconds: test.rampS, judgement: 'FAIL' }
        return highMohm !== null && ohm > highMohm * 1e6 ? { ...whole, judgement: 'FAIL' } : whole
      }
      const share = ((highMa / 1000) * ohm) / (kilovolts * 1000)
      return share < 1 ? { seconds: share * test.rampS, judgement: 'FAIL' } : whole
    },
  }
}

/** The tester behind the interface. It computes where a test stands when it is asked. */
export function createGptUnit(context: SimulatorContext, lane: number) {
  const { clock } = context
  const terminals = createTerminals(context, lane)
  const settings: Record<GptMode, ModeSettings> = {
    ACW: startSettings(),
    DCW: startSettings(),
    IR: { ...startSettings(), kilovolts: 0.5 },
    GB: startSettings(),
  }
  const state = { mode: 'ACW' as GptMode, step: 1, rampS: 0.1, isAuto: false, reports: false }
  let running: Running | null = null
  let last: GptReading | null = null

  const secondsOf = (test: Running): number => (clock.monotonicMs() - test.startMs) / 1000
  const advance = (): void => {
    if (!running || terminals.isStuck()) return
    const end = terminals.endOf(running)
    const isOver = terminals.isOpen() || secondsOf(running) >= end.seconds
    if (!isOver) return
    last = terminals.isOpen() ? null : terminals.readingAt(running, end.seconds, end.judgement)
    running = null
  }
  return {
    state,
    settings,
    isTesting: (): boolean => {
      advance()
      return running !== null
    },
    /** Anything edited makes the last result one of other values. */
    forget: (): void => void (last = null),
    start: (): void => {
      advance()
      if (running || terminals.isOpen() || state.isAuto) return
      last = null
      const { mode, rampS } = state
      running = { startMs: clock.monotonicMs(), mode, settings: { ...settings[mode] }, rampS }
    },
    stop: (): void => {
      advance()
      if (!running || terminals.isStuck()) return
      last = null
      running = null
    },
    reading: (): GptReading => {
      advance()
      if (running) return terminals.readingAt(running, secondsOf(running), 'TEST')
      const { kilovolts } = settings[state.mode]
      return last ?? { mode: state.mode, judgement: 'VIEW', kilovolts, ohm: 0, ampere: 0, isRamp: false, seconds: 0 }
    },
    /** Of a test that starts now. */
    lengthMs: (): number => (state.rampS + settings[state.mode].testS) * 1000,
  }
}
