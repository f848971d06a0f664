import type { SimulatedBench } from '../../src/contract/instrument.ts'

/** Settings of a source-measure unit whose output is on. */
export interface SourceSettings {
  source: 'voltage' | 'current'
  /** V or A; the current counts as positive into the module. */
  level: number
  /** Limit of the other quantity, positive. */
  limit: number
  fourWire: boolean
  /** How fast the level moves; 0 when it stands still. */
  sweepRateVPerS: number
}

/** What the unit's own terminals (two-wire) or its sense terminals (four-wire) see. */
export interface OperatingPoint {
  voltageV: number
  /** Into the module, as the instrument counts. */
  currentA: number
  limiting: boolean
}

/** Both force leads together: what two-wire measurements include. */
export const leadOhm = 0.06

/** Root of a falling function between two bounds, by false position with the Illinois rule: it never leaves them. */
function solveFalling(falling: (x: number) => number, low: number, high: number): number {
  let [lowValue, highValue] = [falling(low), falling(high)]
  if (lowValue <= 0) return low
  if (highValue >= 0) return high
  let side = 0
  for (let i = 0; i < 60 && high - low > 1e-9; i++) {
    const x = (low * highValue - high * lowValue) / (highValue - lowValue)
    const value = falling(x)
    if (Math.abs(value) < 1e-9) return x
    if (value > 0) {
      low = x
      lowValue = value
      if (side === 1) highValue /= 2
      side = 1
    } else {
      high = x
      highValue = value
      if (side === -1) lowValue /= 2
      side = -1
    }
  }
  return (low * highValue - high * lowValue) / (highValue - lowValue)
}

/** Where the characteristic of the source meets that of the module on the bench, now. */
export function operatingPoint(bench: SimulatedBench, settings: SourceSettings): OperatingPoint {
  const dropV = (deliveredA: number): number => (settings.fourWire ? 0 : deliveredA * leadOhm)
  const deliveredAt = (moduleV: number): number => bench.moduleCurrentA(moduleV, settings.sweepRateVPerS)
  const seen = (moduleV: number, deliveredA: number, limiting: boolean): OperatingPoint => ({
    voltageV: moduleV - dropV(deliveredA),
    currentA: -deliveredA,
    limiting,
  })
  if (settings.source === 'current') return atCurrent(settings, deliveredAt, seen)

  const openV = bench.openCircuitVoltageV()
  const reachV = settings.fourWire ? 0 : leadOhm * (settings.limit * 4 + 20)
  const moduleV = settings.fourWire
    ? settings.level
    : solveFalling((v) => settings.level - v + dropV(deliveredAt(v)), settings.level - reachV, settings.level + reachV)
  const deliveredA = deliveredAt(moduleV)
  if (Math.abs(deliveredA) <= settings.limit) return seen(moduleV, deliveredA, false)
  // Limiting: the unit holds the current, the module chooses the voltage between the level and open circuit.
  const heldA = Math.sign(deliveredA) * settings.limit
  const heldV = solveFalling((v) => deliveredAt(v) - heldA, Math.min(moduleV, openV), Math.max(moduleV, openV))
  return seen(heldV, heldA, true)
}

function atCurrent(
  settings: SourceSettings,
  deliveredAt: (moduleV: number) => number,
  seen: (moduleV: number, deliveredA: number, limiting: boolean) => OperatingPoint,
): OperatingPoint {
  const wantedA = -settings.level
  if (deliveredAt(-settings.limit) < wantedA) return seen(-settings.limit, deliveredAt(-settings.limit), true)
  if (deliveredAt(settings.limit) > wantedA) return seen(settings.limit, deliveredAt(settings.limit), true)
  return seen(
    solveFalling((v) => deliveredAt(v) - wantedA, -settings.limit, settings.limit),
    wantedA,
    false,
  )
}
