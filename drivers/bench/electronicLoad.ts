import type { SimulatedBench, SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from './faults.ts'
import { createMeter } from './meter.ts'
import { leadOhm } from './smuOutput.ts'

export type LoadMode = 'cc' | 'cv' | 'cr' | 'cp'

/** What a simulated load can take, and how far down it can pull the voltage. */
export interface LoadRating {
  maxVoltageV: number
  maxCurrentA: number
  maxPowerW: number
  /** Of the transistors, fully on: with its current this makes the least voltage. */
  onOhm: number
}

/** Everything that is set; the simulators write it. */
export interface LoadState {
  on: boolean
  short: boolean
  mode: LoadMode
  currentA: number
  voltageV: number
  resistanceOhm: number
  powerW: number
  /** In constant voltage. */
  currentLimitA: number
  /** The load draws nothing below this voltage. */
  vonV: number
  remoteSense: boolean
}

/** What the load's own meters would show, were they perfect. */
export interface LoadPoint {
  voltageV: number
  currentA: number
}

/** Protections that have tripped; the simulators put them into their own bits. */
export type Trip = 'overCurrent' | 'overVoltage' | 'overPower' | 'reverse' | 'overTemperature'

/** Voltage at which the module's current equals the load's: the first falls with the voltage, the second doesn't. */
function crossing(bench: SimulatedBench, loadA: (moduleV: number) => number): number {
  let [low, high] = [0, Math.max(0, bench.openCircuitVoltageV())]
  for (let i = 0; i < 60 && high - low > 1e-9; i++) {
    const middle = (low + high) / 2
    if (bench.moduleCurrentA(middle, 0) > loadA(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The higher of the two voltages at which the module gives this power; null where it can't. */
function powerCrossing(bench: SimulatedBench, powerW: number): number | null {
  const powerAt = (moduleV: number): number => moduleV * bench.moduleCurrentA(moduleV, 0)
  const openV = bench.openCircuitVoltageV()
  let [low, high] = [0, openV]
  for (let i = 0; i < 60; i++) {
    const [third, twoThirds] = [low + (high - low) / 3, high - (high - low) / 3]
    if (powerAt(third) < powerAt(twoThirds)) low = third
    else high = twoThirds
  }
  let top = openV
  let bottom = (low + high) / 2
  if (powerAt(bottom) < powerW) return null
  for (let i = 0; i < 60; i++) {
    const middle = (bottom + top) / 2
    if (powerAt(middle) > powerW) bottom = middle
    else top = middle
  }
  return (bottom + top) / 2
}

/** Where the load's characteristic meets the module's; voltage at the module. */
function moduleVoltageV(bench: SimulatedBench, state: LoadState, onOhm: number): number {
  const openV = bench.openCircuitVoltageV()
  const leastOhm = onOhm + leadOhm
  /** No load can draw more than its transistors let through. */
  const hold = (loadA: (moduleV: number) => number): number =>
    crossing(bench, (moduleV) => Math.min(loadA(moduleV), moduleV / leastOhm))
  if (!state.on || openV < state.vonV) return openV
  if (state.short) return hold(() => Infinity)
  const senseOhm = state.remoteSense ? 0 : leadOhm
  if (state.mode === 'cc') return hold(() => state.currentA)
  if (state.mode === 'cr') return hold((moduleV) => moduleV / (state.resistanceOhm + senseOhm))
  if (state.mode === 'cp') return powerCrossing(bench, state.powerW) ?? hold(() => Infinity)
  if (state.voltageV >= openV) return openV
  // Constant voltage: as much current as it takes, up to the limit.
  const atV = state.remoteSense ? state.voltageV : crossing(bench, (moduleV) => (moduleV - state.voltageV) / leadOhm)
  const neededA = Math.min(bench.moduleCurrentA(atV, 0), state.currentLimitA)
  return hold(() => neededA)
}

/** As from the factory. */
export const initialLevels = (rating: LoadRating) => ({
  mode: 'cc' as LoadMode,
  currentA: 0,
  voltageV: rating.maxVoltageV,
  resistanceOhm: 1000,
  powerW: 0,
  currentLimitA: rating.maxCurrentA,
})

/** An electronic load on the bench's module, with its protections and its meters. */
export function createElectronicLoad(context: SimulatorContext, rating: LoadRating) {
  const { bench, random } = context
  const voltmeter = createMeter(random.fork('voltmeter'))
  const ammeter = createMeter(random.fork('ammeter'))
  const tripped = new Set<Trip>()
  const state: LoadState = { on: false, short: false, vonV: 0, remoteSense: true, ...initialLevels(rating) }
  const isReversed = (): boolean => hasFault(context, 'reversed')

  const trueMoment = (): LoadPoint => {
    // Connected the wrong way round, the load's diode conducts whatever is commanded.
    if (isReversed()) return { voltageV: -0.7, currentA: -bench.moduleCurrentA(0.7, 0) }
    const moduleV = moduleVoltageV(bench, state, rating.onOhm)
    const currentA = state.on ? Math.max(0, bench.moduleCurrentA(moduleV, 0)) : 0
    return { voltageV: state.remoteSense ? moduleV : moduleV - currentA * leadOhm, currentA }
  }
  /** Looks whether a protection trips now; the load is then off until it is cleared and switched on again. */
  const protect = (): void => {
    const { voltageV, currentA } = trueMoment()
    if (isReversed()) tripped.add('reverse')
    if (voltageV > rating.maxVoltageV * 1.02) tripped.add('overVoltage')
    if (state.on && currentA > rating.maxCurrentA * 1.02) tripped.add('overCurrent')
    if (state.on && voltageV * currentA > rating.maxPowerW * 1.04) tripped.add('overPower')
    if (state.on && hasFault(context, 'trip')) tripped.add('overTemperature')
    if (tripped.size > 0 && !hasFault(context, 'stuck-load')) Object.assign(state, { on: false, short: false })
  }
  return {
    state,
    isOn: (): boolean => {
      protect()
      return state.on
    },
    switchLoad: (on: boolean): void => {
      protect()
      if (!on && hasFault(context, 'stuck-load')) return
      if (on && tripped.size > 0) return
      state.on = on
      protect()
    },
    tripped: (): ReadonlySet<Trip> => {
      protect()
      return tripped
    },
    clearTrips: (): void => {
      tripped.clear()
      protect()
    },
    voltageV: (): number => {
      protect()
      return voltmeter.read(trueMoment().voltageV, Math.min(rating.maxVoltageV, 80))
    },
    currentA: (): number => {
      protect()
      return ammeter.read(trueMoment().currentA, Math.min(rating.maxCurrentA, 20))
    },
  }
}

export type ElectronicLoad = ReturnType<typeof createElectronicLoad>

/** Faults of every simulated load. */
export const loadFaults = [
  { name: 'clamp', title: 'levels are taken 10 % lower than asked', effect: 'refused' },
  { name: 'over-range', title: 'readings are over range', effect: 'missing' },
  { name: 'trip', title: 'over-temperature: the load switches itself off', effect: 'refused' },
  { name: 'reversed', title: 'the module is connected the wrong way round', effect: 'refused' },
  { name: 'stuck-load', title: 'the load can’t be switched off', effect: 'notSafe' },
] as const
