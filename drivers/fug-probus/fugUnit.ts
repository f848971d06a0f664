import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createHvOutput, createSetPoint, type HvPoint } from '../bench/hvOutput.ts'

export interface FugRatings {
  nominalV: number
  nominalA: number
  /** null: the polarity can be switched. */
  fixedSign: 1 | -1 | null
}

/** Without a ramp the output follows its set value this fast. */
const slewVPerS = 20_000
const dischargedV = 10

export interface FugState {
  setV: number
  setA: number
  voltageRampPerS: number
  voltageRampMode: number
  currentRampPerS: number
  currentRampMode: number
  isOn: boolean
  isNegative: boolean
}

export type FugUnit = ReturnType<typeof createFugUnit>

/** The supply behind the interface. */
export function createFugUnit(context: SimulatorContext, ratings: FugRatings, lane: number) {
  const { clock, bench } = context
  const random = context.random.fork('fug')
  const state: FugState = { ...powerOn, isNegative: ratings.fixedSign === -1 }
  const voltageSet = createSetPoint(clock)
  const currentSet = createSetPoint(clock)
  const shortS = (): number => (hasFault(context, 'over-current') ? 1e-3 : 0)
  const output = createHvOutput({ clock, bench, lane, limitA: () => currentSet.value(), shortS })
  const isStuck = (): boolean => hasFault(context, 'stuck-output')
  const isRemote = (): boolean => !hasFault(context, 'local')
  const isInterlocked = (): boolean => hasFault(context, 'interlock-open') || !bench.interlock.isClosed()
  const sign = (): number => (state.isNegative ? -1 : 1)
  const slowness = (): number => (hasFault(context, 'slow-ramp') ? 0.2 : 1)

  const setVoltage = (value: number): void => {
    state.setV = value * (hasFault(context, 'clamp') ? 0.9 : 1)
    const isUp = state.setV > voltageSet.value()
    const rate = rateOf(state.voltageRampMode, state.voltageRampPerS, isUp)
    if (rate === null) voltageSet.jump(state.setV)
    else voltageSet.goTo(state.setV, rate * slowness())
    if (state.isOn) output.goTo(sign() * state.setV, rate === null ? slewVPerS : rate * slowness())
  }
  const switchOff = (): void => {
    if (isStuck() || !state.isOn) return
    state.isOn = false
    output.goTo(0, null)
    if (state.voltageRampMode === 4) setVoltage(0)
  }
  const switchOn = (): void => {
    if (isInterlocked() || !isRemote() || state.isOn) return
    state.isOn = true
    output.jump(sign() * voltageSet.value())
    if (voltageSet.isMoving()) output.goTo(sign() * state.setV, state.voltageRampPerS * slowness())
  }
  return {
    state,
    ratings,
    voltageSet,
    currentSet,
    isRemote,
    setVoltage,
    setCurrent: (value: number): void => {
      state.setA = value
      const rate = rateOf(state.currentRampMode, state.currentRampPerS, value > currentSet.value())
      if (rate === null) currentSet.jump(value)
      else currentSet.goTo(value, rate)
    },
    switchTo: (on: boolean): void => (on ? switchOn() : switchOff()),
    setPolarity: (negative: boolean): void => {
      const isIdle = !state.isOn && Math.abs(output.present().voltageV) < dischargedV
      if (isIdle && ratings.fixedSign === null) state.isNegative = negative
    },
    reset: (): void => {
      switchOff()
      Object.assign(state, { ...powerOn, isOn: state.isOn, isNegative: state.isNegative })
      if (!isStuck()) voltageSet.jump(0)
      if (!isStuck()) currentSet.jump(0)
    },
    /** It would have seen it at once. */
    watch: (): void => {
      if (!isInterlocked() || isStuck() || !state.isOn) return
      state.isOn = false
      output.jump(0)
    },
    present: (): HvPoint => output.present(),
    measuredV: (): number => Math.abs(output.present().voltageV) + 2e-5 * ratings.nominalV * random.normal(),
    measuredA: (): number => Math.abs(output.present().currentA) + 2e-5 * ratings.nominalA * random.normal(),
  }
}

const powerOn: FugState = {
  setV: 0,
  setA: 0,
  voltageRampPerS: 1000,
  voltageRampMode: 0,
  currentRampPerS: 0.01,
  currentRampMode: 0,
  isOn: false,
  isNegative: false,
}

/** Ramp modes of register SnB; null where the value goes there at once. */
const rateOf = (mode: number, ratePerS: number, isUp: boolean): number | null =>
  mode === 1 || (mode > 1 && isUp) ? ratePerS : null
