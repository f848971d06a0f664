import type { Clock } from '../../src/base/clock.ts'
import type { SimulatedBench } from '../../src/contract/instrument.ts'

/** What a supply, or a load, is set to; a limit of 0 means that it can't, or may not, go that way. */
export interface TerminalLimits {
  voltageV: number
  /** Most current and power into the module. */
  sourceA: number
  sourceW: number
  /** Most current and power out of the module. */
  sinkA: number
  sinkW: number
}

export interface TerminalPoint {
  voltageV: number
  /** Positive into the module, as a supply counts it. */
  currentA: number
  regulation: 'CV' | 'CC' | 'CP'
}

/** Where `fits` changes, between a value that fits and one that doesn't; the end at which it still does. */
function lastFitting(fitting: number, other: number, fits: (value: number) => boolean): number {
  let [good, bad] = [fitting, other]
  for (let i = 0; i < 60 && Math.abs(good - bad) > 1e-9 * (1 + Math.abs(good)); i++) {
    const middle = (good + bad) / 2
    if (fits(middle)) good = middle
    else bad = middle
  }
  return good
}

/** In the dark the module only takes current: the more, the higher its voltage. */
function darkPoint(bench: SimulatedBench, { voltageV, sourceA, sourceW }: TerminalLimits): TerminalPoint {
  const fits = (currentA: number): boolean => {
    const moduleV = bench.forwardVoltageV(currentA)
    return moduleV <= voltageV && moduleV * currentA <= sourceW
  }
  const isConstantCurrent = fits(sourceA)
  const currentA = isConstantCurrent ? sourceA : lastFitting(0, sourceA, fits)
  // Asked last with the true current: the bench keeps it as what heats the module.
  const moduleV = bench.forwardVoltageV(currentA)
  if (isConstantCurrent) return { voltageV: moduleV, currentA, regulation: 'CC' }
  return { voltageV: moduleV, currentA, regulation: moduleV > voltageV - 1e-3 ? 'CV' : 'CP' }
}

/** In the light the module pushes current out below its open-circuit voltage, and takes it above. */
function litPoint(bench: SimulatedBench, limits: TerminalLimits): TerminalPoint {
  const inwardA = (voltageV: number): number => -bench.moduleCurrentA(voltageV, 0)
  const within = (voltageV: number): boolean => {
    const currentA = inwardA(voltageV)
    const [mostA, mostW] = currentA < 0 ? [limits.sinkA, limits.sinkW] : [limits.sourceA, limits.sourceW]
    return Math.abs(currentA) <= mostA && Math.abs(currentA * voltageV) <= mostW
  }
  if (within(limits.voltageV))
    return { voltageV: limits.voltageV, currentA: inwardA(limits.voltageV), regulation: 'CV' }
  const voltageV = lastFitting(bench.openCircuitVoltageV(), limits.voltageV, within)
  const currentA = inwardA(voltageV)
  const mostA = currentA < 0 ? limits.sinkA : limits.sourceA
  return { voltageV, currentA, regulation: Math.abs(currentA) > mostA * (1 - 1e-4) - 1e-6 ? 'CC' : 'CP' }
}

/** Nothing at a module changes noticeably in this time: several questions have one answer. */
const keptMs = 50

const sameLimits = (a: TerminalLimits, b: TerminalLimits): boolean =>
  a.voltageV === b.voltageV &&
  a.sourceA === b.sourceA &&
  a.sourceW === b.sourceW &&
  a.sinkA === b.sinkA &&
  a.sinkW === b.sinkW

/**
 * A supply's terminals on the module of the bench. Forward injection is done in the dark, so the lamp counts only where
 * `isLit` says so.
 * @param clock spares working out the same again for questions of one moment
 */
export function createSupplyTerminals(bench: SimulatedBench, isLit: boolean, clock?: Clock) {
  let last: { atMs: number; limits: TerminalLimits; point: TerminalPoint } | null = null
  return {
    /** With the output on. */
    at: (limits: TerminalLimits): TerminalPoint => {
      const atMs = clock?.monotonicMs() ?? NaN
      if (last && atMs - last.atMs < keptMs && sameLimits(last.limits, limits)) return last.point
      const point = isLit ? litPoint(bench, limits) : darkPoint(bench, limits)
      last = { atMs, limits, point }
      return point
    },
    /** With the output off: what the module itself shows. Ends the heating by the current. */
    open: (): TerminalPoint => {
      if (last && !isLit) bench.forwardVoltageV(0)
      last = null
      return { voltageV: isLit ? bench.openCircuitVoltageV() : 0, currentA: 0, regulation: 'CV' }
    },
  }
}
