import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'

export type ChromaMode = 'AC' | 'DC' | 'IR'

export interface ChromaStep {
  mode: ChromaMode
  volts: number
  /** Current limits (A); resistance limits (Ω). 0 is off. */
  high: number
  low: number
  rampS: number
  testS: number
}

export interface ChromaResult {
  mode: ChromaMode
  volts: number
  /** A or Ω; 9.9E37 beyond the range. */
  measured: number
  code: number
  seconds: number
}

export const overRange = 9.9e37
export const notMeasured = 9.91e37
const mostOhm = 50e9
const leastA = 1e-7
const brokenOhm = 20_000

/** Judgement codes (result table of the manual). */
const code = { stopped: 112, userStop: 113, cannotTest: 114, testing: 115, pass: 116 } as const
const bases: Readonly<Record<ChromaMode, number>> = { AC: 32, DC: 48, IR: 64 }
const [highFail, lowFail] = [1, 2]

interface Stretch {
  step: ChromaStep
  startS: number
  endS: number
  code: number
}

export type ChromaUnit = ReturnType<typeof createChromaUnit>

/** What is between the terminals, and how a step ends by it. */
function createTerminals(context: SimulatorContext, lane: number) {
  const noise = context.random.fork('chroma')
  const ohmNow = (): number => {
    if (hasFault(context, 'breakdown')) return brokenOhm
    if (hasFault(context, 'over-range')) return 1e13
    return context.bench.stress.insulationOhm(lane) * (1 + 0.005 * noise.normal())
  }
  return {
    isOpen: (): boolean => hasFault(context, 'interlock-open') || !context.bench.interlock.isClosed(),
    isStuck: (): boolean => hasFault(context, 'stuck-output'),
    measure: (step: ChromaStep, volts: number): number => {
      const ohm = ohmNow()
      if (step.mode === 'IR') return ohm > mostOhm ? overRange : ohm
      const ampere = Math.round(volts / ohm / leastA) * leastA
      return step.high > 0 ? Math.min(ampere, step.high) : ampere
    },
    /** Seconds from its own start, and the code. */
    endOf: (step: ChromaStep): { seconds: number; code: number } => {
      const base = bases[step.mode]
      const whole = { seconds: step.rampS + step.testS, code: code.pass }
      const ohm = ohmNow()
      if (step.mode === 'IR') {
        if (ohm < step.low) return { seconds: step.rampS, code: base + lowFail }
        return step.high > 0 && ohm > step.high ? { ...whole, code: base + highFail } : whole
      }
      const share = step.high > 0 ? (step.high * ohm) / step.volts : Infinity
      if (share < 1) return { seconds: share * step.rampS, code: base + highFail }
      return step.low > 0 && step.volts / ohm < step.low ? { ...whole, code: base + lowFail } : whole
    },
  }
}

const voltsAt = (step: ChromaStep, seconds: number): number =>
  step.volts * (step.rampS > 0 ? Math.min(1, seconds / step.rampS) : 1)

/** The tester behind the interface: steps one after the other, until one fails. Computed when asked. */
export function createChromaUnit(context: SimulatorContext, lane: number) {
  const { clock } = context
  const terminals = createTerminals(context, lane)
  const steps: ChromaStep[] = []
  const state = { pauseS: 0.5, reports: false, items: ['MODE', 'OMET', 'MMET', 'STAT'] as string[] }
  let startMs: number | null = null
  let results: ChromaResult[] = []

  /** The steps in the time since the start; those behind a failure don't come. */
  const stretches = (): Stretch[] => {
    const found: Stretch[] = []
    let startS = 0
    for (const step of steps) {
      const end = terminals.endOf(step)
      found.push({ step, startS, endS: startS + end.seconds, code: end.code })
      if (end.code !== code.pass) break
      startS += end.seconds + state.pauseS
    }
    return found
  }
  const resultAt = ({ step, startS }: Stretch, seconds: number, judgement: number): ChromaResult => {
    const ownS = Math.max(0, seconds - startS)
    const volts = voltsAt(step, ownS)
    return { mode: step.mode, volts, measured: terminals.measure(step, volts), code: judgement, seconds: ownS }
  }
  const finish = (seconds: number, judgement: number | null): void => {
    results = stretches()
      .filter((each) => each.startS <= seconds)
      .map((each) => {
        const isOver = judgement === null ? each.endS <= seconds : each.endS < seconds
        return isOver ? resultAt(each, each.endS, each.code) : resultAt(each, seconds, judgement ?? each.code)
      })
    startMs = null
  }
  const nowS = (): number => (startMs === null ? 0 : (clock.monotonicMs() - startMs) / 1000)
  const advance = (): void => {
    if (startMs === null || terminals.isStuck()) return
    const lastS = stretches().at(-1)?.endS ?? 0
    if (terminals.isOpen()) finish(nowS(), code.cannotTest)
    else if (nowS() >= lastS) finish(lastS, null)
  }
  return {
    state,
    steps,
    isTesting: (): boolean => {
      advance()
      return startMs !== null || terminals.isStuck()
    },
    results: (): readonly ChromaResult[] => {
      advance()
      if (startMs === null) return results
      return stretches()
        .filter((each) => each.startS <= nowS())
        .map((each) =>
          each.endS <= nowS() ? resultAt(each, each.endS, each.code) : resultAt(each, nowS(), code.testing),
        )
    },
    /** What was measured belongs to the steps as they were. */
    forget: (): void => void (results = []),
    start: (): void => {
      advance()
      if (startMs !== null || steps.length === 0) return
      startMs = clock.monotonicMs()
      if (terminals.isOpen()) finish(0, code.cannotTest)
    },
    stop: (): void => {
      advance()
      if (startMs !== null && !terminals.isStuck()) finish(nowS(), code.userStop)
    },
    lengthMs: (): number => (stretches().at(-1)?.endS ?? 0) * 1000,
  }
}
