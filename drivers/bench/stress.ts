import type { SimulatedStress } from '../../src/contract/instrument.ts'

/** What the laminate's surface and bulk conduct at 25 °C and 45 % (S), module of about 1 m². */
const dryConductanceS = 1 / 40e9
/** Conduction of glass and encapsulant: factor e each so many kelvin, and each so many percent of humidity. */
const kelvinPerFold = 14
const percentPerFold = 16
/** Under voltage and damp heat ions move in: the leakage grows towards this factor with this time constant. */
const growthFactor = 1.6
const growthHours = 30

interface Lane {
  voltageV: number
  /** Hours under voltage, weighted by how much the laminate conducts. */
  stressedHours: number
  sinceMs: number
}

/**
 * High voltage across the laminates of the modules in a chamber. Insulation falls with temperature and humidity; under
 * voltage the leakage slowly grows, as it does in tests of potential-induced degradation.
 */
export function createStress(deps: {
  nowMs: () => number
  moduleC: () => number
  humidityPercent: () => number
  /** Called for each stretch of stress (volt-hours of damp heat), which ages a module. */
  onStress: (stretch: { hours: number; voltageV: number; moduleC: number; humidityPercent: number }) => void
}): SimulatedStress {
  const lanes = new Map<number, Lane>()
  const laneOf = (lane: number): Lane => {
    const found = lanes.get(lane) ?? { voltageV: 0, stressedHours: 0, sinceMs: deps.nowMs() }
    lanes.set(lane, found)
    const nowMs = deps.nowMs()
    const hours = (nowMs - found.sinceMs) / 3_600_000
    if (found.voltageV !== 0 && hours > 0) {
      found.stressedHours += hours
      deps.onStress({
        hours,
        voltageV: found.voltageV,
        moduleC: deps.moduleC(),
        humidityPercent: deps.humidityPercent(),
      })
    }
    found.sinceMs = nowMs
    return found
  }
  const conductanceS = (lane: Lane): number => {
    const warm = Math.exp((deps.moduleC() - 25) / kelvinPerFold)
    const damp = Math.exp((deps.humidityPercent() - 45) / percentPerFold)
    const grown = 1 + (growthFactor - 1) * -Math.expm1(-lane.stressedHours / growthHours)
    return dryConductanceS * warm * damp * grown
  }
  return {
    apply: (lane, voltageV) => void (laneOf(lane).voltageV = voltageV),
    voltageV: (lane) => laneOf(lane).voltageV,
    leakageA: (lane) => {
      const found = laneOf(lane)
      // No two modules are alike.
      return found.voltageV * conductanceS(found) * (1 + 0.07 * lane)
    },
    insulationOhm: (lane) => 1 / conductanceS(laneOf(lane)),
  }
}
