import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createMeter } from '../bench/meter.ts'
import { createSupplyTerminals, type TerminalLimits, type TerminalPoint } from '../bench/supplyTerminals.ts'
import type { AlarmName } from './alarms.ts'
import { createEaAlarms } from './eaAlarms.ts'
import type { EaRating } from './models.ts'

/** Set-points that both protocols know; sink values only of a bidirectional unit. */
export type EaSetPoint =
  'voltageV' | 'currentA' | 'powerW' | 'resistanceOhm' | 'sinkCurrentA' | 'sinkPowerW' | 'sinkResistanceOhm'
export type EaProtection = 'voltageV' | 'currentA' | 'powerW' | 'sinkCurrentA' | 'sinkPowerW'
export type EaOwner = 'REMOTE' | 'LOCAL' | 'NONE'

/** Sets reach 2 % beyond nominal, protections 10 %. */
export const overRange = 1.02
export const overProtection = 1.1

const nominalOf = (rating: EaRating): Record<EaSetPoint, number> => ({
  voltageV: rating.voltageV,
  currentA: rating.currentA,
  powerW: rating.powerW,
  resistanceOhm: (rating.voltageV / rating.currentA) * 25,
  sinkCurrentA: rating.currentA,
  sinkPowerW: rating.powerW,
  sinkResistanceOhm: (rating.voltageV / rating.currentA) * 25,
})

/** Set-points with their adjustable limits; what a fault makes of a set. */
function createSets(context: SimulatorContext, nominal: Record<EaSetPoint, number>) {
  const names = Object.keys(nominal) as EaSetPoint[]
  const full = (name: EaSetPoint): number => nominal[name] * overRange
  const values = { voltageV: 0, currentA: 0, sinkCurrentA: 0 } as Record<EaSetPoint, number>
  const limits = {} as Record<EaSetPoint, { low: number; high: number }>
  for (const name of names) {
    values[name] ??= nominal[name]
    limits[name] = { low: 0, high: full(name) }
  }
  /** What a read-back still shows once, where it lags by one poll. */
  const lagging = new Map<EaSetPoint, number>()
  return {
    values,
    limits,
    full,
    /** Whether the unit would take it; what lies beyond its limits is left as it was. */
    isTaken: (name: EaSetPoint, value: number): boolean =>
      !hasFault(context, 'ignored') && value >= limits[name].low - 1e-9 && value <= limits[name].high + 1e-9,
    put: (name: EaSetPoint, value: number): void => {
      if (hasFault(context, 'lag')) lagging.set(name, values[name])
      values[name] = name === 'currentA' && hasFault(context, 'clamp') ? value * 0.9 : value
    },
    readBack: (name: EaSetPoint): number => {
      const old = lagging.get(name)
      lagging.delete(name)
      return old ?? values[name]
    },
  }
}

/** A load only takes current, a supply only gives it, a bidirectional unit does both. */
function limitsOf(rating: EaRating, values: Record<EaSetPoint, number>): TerminalLimits {
  const { voltageV, currentA, powerW, sinkCurrentA, sinkPowerW } = values
  if (rating.kind === 'load') return { voltageV, sourceA: 0, sourceW: 0, sinkA: currentA, sinkW: powerW }
  const source = { voltageV, sourceA: currentA, sourceW: powerW }
  return rating.kind === 'bidirectional'
    ? { ...source, sinkA: sinkCurrentA, sinkW: sinkPowerW }
    : { ...source, sinkA: 0, sinkW: 0 }
}

function tripped(
  protection: Record<EaProtection, number>,
  { voltageV, currentA }: { voltageV: number; currentA: number },
): AlarmName[] {
  const found: AlarmName[] = []
  if (voltageV > protection.voltageV) found.push('overVoltage')
  if (Math.abs(currentA) > protection.currentA) found.push('overCurrent')
  if (Math.abs(voltageV * currentA) > protection.powerW) found.push('overPower')
  return found
}

/** An EA supply or load behind both of its protocols. */
export function createEaDevice(context: SimulatorContext, rating: EaRating) {
  const { bench, clock, random, options } = context
  const terminals = createSupplyTerminals(bench, options['light'] === 'on', clock)
  const voltmeter = createMeter(random.fork('voltmeter'))
  const ammeter = createMeter(random.fork('ammeter'))
  const nominal = nominalOf(rating)
  const sets = createSets(context, nominal)
  const alarms = createEaAlarms(context)
  const protection: Record<EaProtection, number> = {
    voltageV: rating.voltageV * overProtection,
    currentA: rating.currentA * overProtection,
    powerW: rating.powerW * overProtection,
    sinkCurrentA: rating.currentA * overProtection,
    sinkPowerW: rating.powerW * overProtection,
  }
  const state = { remote: false, output: false }
  const whenOn = (): TerminalPoint => terminals.at(limitsOf(rating, sets.values))

  /** Looks after the protections: an alarm switches the output off until it is acknowledged and switched on again. */
  const isOn = (): boolean => {
    const isStuck = hasFault(context, 'stuck-output')
    alarms.look()
    if (state.output && alarms.latched().size === 0) {
      const { voltageV, currentA } = whenOn()
      for (const name of tripped(protection, { voltageV, currentA })) alarms.trip(name)
    }
    if (alarms.latched().size > 0 && !isStuck) state.output = false
    return state.output
  }
  const point = (): TerminalPoint => (isOn() ? whenOn() : terminals.open())
  const voltageV = (): number => voltmeter.read(point().voltageV, rating.voltageV)
  /** A load counts the current into itself. */
  const currentA = (): number => {
    const meant = rating.kind === 'load' ? -point().currentA : point().currentA
    return ammeter.read(meant, rating.currentA)
  }
  const owner = (): EaOwner => {
    if (hasFault(context, 'local')) return 'LOCAL'
    return state.remote ? 'REMOTE' : 'NONE'
  }
  return {
    rating,
    nominal,
    sets,
    protection,
    alarms,
    owner,
    isOn,
    voltageV,
    currentA,
    regulation: () => point().regulation,
    isSinking: () => rating.kind === 'load' || point().currentA < -1e-6,
    /** @returns false where somebody at the panel keeps it */
    setRemote: (on: boolean): boolean => {
      if (owner() === 'LOCAL') return false
      state.remote = on
      return true
    },
    /** @returns false where an alarm keeps it off */
    switchOutput: (on: boolean): boolean => {
      if (!on && hasFault(context, 'stuck-output')) return true
      if (on && !alarms.mayGoOn()) return false
      state.output = on
      point()
      return true
    },
    changed: () => void point(),
    isOverRange: () => hasFault(context, 'over-range'),
  }
}

export type EaDevice = ReturnType<typeof createEaDevice>
